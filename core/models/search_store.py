"""Searches at rest: one folder each with `search.json`, which appears whole."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.files import read_json, whole_folder, write_json_whole
from core.home import Home
from core.progress import Progress

SEARCH = "search.json"
SEARCH_FORMAT = 1
_PLANNED = "search-id.json"
_SEARCH_ID = re.compile(r"search-\d{8}-\d{6}-[0-9a-f]{4}")


@dataclass(frozen=True)
class Search:
    """A finished search.

    Attributes:
        search_id: Its id, such as ``search-20261121-101530-ab12``.
        report: Everything of `search.json`: space, trials, best, run.
    """

    search_id: str
    report: dict[str, Any]


def planned_search_id(progress: Progress) -> str:
    """Give the id of this search: the one it had before it was stopped, or a new one."""
    made = f"search-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    if progress.folder is None:
        return made
    path = progress.folder / _PLANNED
    if not path.exists():
        write_json_whole(path, {"search": made})
    kept = str(read_json(path)["search"])
    return kept if _SEARCH_ID.fullmatch(kept) else made


def write_search(home: Home, report: dict[str, Any]) -> None:
    """Write a search under its id; one that is there already, by an attempt that was stopped late, stays."""
    path = home.searches / str(report["search"])
    if path.exists():
        return
    with whole_folder(path) as folder:
        write_json_whole(folder / SEARCH, report)


def list_searches(home: Home, *, catalog_id: int | None = None) -> list[Search]:
    """List the searches, newest first; damaged ones are left out.

    Args:
        home: The home.
        catalog_id: Only searches on this catalog; None lists all.
    """
    if not home.searches.is_dir():
        return []
    paths = (path for path in home.searches.iterdir() if _SEARCH_ID.fullmatch(path.name) and not path.is_symlink())
    found = [search for path in sorted(paths, reverse=True) if (search := _read(path)) is not None]
    return [each for each in found if catalog_id in (None, each.report["catalog_id"])]


def find_search(home: Home, search_id: str) -> Search:
    """Find a search by comparing ids, never by joining one from outside to a path.

    Raises:
        RunError: There is none; the message names the newest.
    """
    found = list_searches(home)
    for search in found:
        if search.search_id == search_id:
            return search
    known = ", ".join(search.search_id for search in found[:3]) or "none yet"
    raise RunError(f"there is no search {search_id[:120]!r}; the newest are: {known} (see `searches`)")


def _read(path: Path) -> Search | None:
    """Read a search, or None when it is damaged; what a report must hold is checked here once."""
    from core.models.search_trials import Trial

    try:
        report = read_json(path / SEARCH)
        trials = [Trial.from_json(values).to_json() for values in report["trials"]]
        best = Trial.from_json(report["best"]).to_json()
        texts = {name: str(report[name]) for name in ("catalog", "recipe", "backbone", "method", "measure", "run")}
        axes = [{**axis, "name": str(axis["name"])} for axis in report["space"]]
        checked = {"trials": trials, "best": best, "space": axes, "seconds": float(report["seconds"])}
        return Search(path.name, {**report, **texts, **checked, "catalog_id": int(report["catalog_id"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
