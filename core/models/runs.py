"""The runs of a home: listed in the database, their files in one folder each that appeared whole."""

import difflib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from core.catalog.database import read
from core.catalog.log import change
from core.catalog.schema import catalogs, runs
from core.errors import RunError
from core.home import Home
from core.models.run_files import MANIFEST as MANIFEST
from core.models.run_files import ROWS as ROWS
from core.models.run_files import Run as Run
from core.models.run_files import RunFiles as RunFiles
from core.models.run_files import read_manifest
from core.vision.backbones import NETWORK, NETWORK_NOTE, RUN_ID

_NEEDED = frozenset({"classes", "feature_dimensions", "weights_hash", "warnings"})


def list_runs(home: Home, *, catalog_id: int | None = None) -> list[Run]:
    """List the runs, newest first.

    Args:
        home: The home.
        catalog_id: Only runs of this catalog; None lists all.
    """
    query = _live_runs().order_by(runs.c.created.desc(), runs.c.run_id.desc())
    if catalog_id is not None:
        query = query.where(runs.c.catalog_id == catalog_id)
    with read(home) as connection:
        rows = connection.execute(query).mappings().all()
    return [_run(home, row) for row in rows]


def find_run(home: Home, run_id: str) -> Run:
    """Find a run by its id.

    Raises:
        RunError: There is none; the message names the closest ones.
    """
    with read(home) as connection:
        row = connection.execute(_live_runs().where(runs.c.run_id == run_id)).mappings().first()
        if row is not None:
            return _run(home, row)
        ids = list(connection.execute(select(runs.c.run_id).where(runs.c.deleted.is_(None))).scalars())
    close = difflib.get_close_matches(run_id, ids, n=3) or sorted(ids)[-5:]
    found = f"there are {', '.join(close)}" if close else "there is none yet: make one with `train`"
    raise RunError(f"there is no run {run_id[:120]!r}; {found}")


def open_run(home: Home, run_id: str) -> RunFiles:
    """Open the files of a run. The id is looked up in the list, never joined to a path as it came.

    Raises:
        RunError: There is no such run, or its files are gone.
    """
    run = find_run(home, run_id)
    folder = home.runs / run.run_id
    manifest = read_manifest(home, run.run_id)
    if manifest is None or not manifest.keys() >= _NEEDED:
        raise RunError(f"the files of run {run.run_id[:120]!r} are gone or damaged: restore {folder} or delete the run")
    return RunFiles(run, folder, manifest)


def register_run(home: Home, manifest: dict[str, Any], *, actor: str) -> None:
    """Enter a run whose folder is finished in the list; entering it again changes nothing.

    Args:
        home: The home.
        manifest: The run's manifest.
        actor: Who trained.
    """
    row = {
        name: manifest[name] for name in ("catalog_id", "name", "recipe", "backbone", "created", "seconds", "metrics")
    }
    with read(home) as connection:
        known = connection.execute(select(runs.c.run_id).where(runs.c.run_id == manifest["run"])).first()
    if known is None:
        # No catalog is named: a run changes nothing in its catalog, whose version keeps its caches valid.
        summary = f"Trained {manifest['name']} on {manifest['catalog']}"
        with change(home, actor=actor, kind="train", summary=summary) as entering:
            entering.insert(runs, [{"run_id": manifest["run"], **row}])


def rename_run(home: Home, run_id: str, name: str, *, actor: str) -> int:
    """Give a run another name, its id stays; gives the number of the change, for undoing.

    Raises:
        RunError: There is no such run, or the name is empty or longer than 100 characters.
    """
    run = find_run(home, run_id)
    name = check_run_name(name)
    with change(home, actor=actor, kind="rename", summary=f"Renamed the run {run.name} to {name}") as renaming:
        renaming.update(runs, {"run_id": run.run_id}, {"name": name})
        return renaming.event_id


def delete_run(home: Home, run_id: str, *, actor: str) -> int:
    """Take a run out of sight; gives the number of the change: undoing it brings it back with all its files.

    Raises:
        RunError: There is no such run.
    """
    run = find_run(home, run_id)
    with change(home, actor=actor, kind="delete", summary=f"Deleted the run {run.name} ({run.run_id})") as deleting:
        deleting.update(runs, {"run_id": run.run_id}, {"deleted": datetime.now(UTC).isoformat(timespec="seconds")})
        return deleting.event_id


def check_run_name(name: str) -> str:
    """Give a name back, stripped, when it can name a run.

    Raises:
        RunError: It is empty or longer than 100 characters.
    """
    name = name.strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise RunError(f"the name of a run has 1 to 100 printable characters, not {name[:120]!r}")
    return name


def has_network(home: Home, run_id: str) -> bool:
    """Tell whether a run trained a network of its own, whose features can be mapped and searched."""
    return RUN_ID.fullmatch(run_id) is not None and (home.runs / run_id / NETWORK / NETWORK_NOTE).is_file()


def _live_runs() -> Any:
    columns = (runs, catalogs.c.name.label("catalog_name"), catalogs.c.deleted.label("catalog_deleted"))
    joined = runs.outerjoin(catalogs, catalogs.c.catalog_id == runs.c.catalog_id)
    return select(*columns).select_from(joined).where(runs.c.deleted.is_(None))


def _tags(found: Any) -> tuple[str, ...]:
    """Read tags of a database that may come from elsewhere."""
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _estimate(manifest: dict[str, Any]) -> dict[str, Any]:
    """Give what was estimated when it can be held against what the run took."""
    found = manifest.get("estimate")
    return found if isinstance(found, dict) and not manifest.get("resumed") else {}


def _run(home: Home, row: Any) -> Run:
    manifest = read_manifest(home, row["run_id"])
    noted = manifest or {}
    gone = row["catalog_name"] is None or row["catalog_deleted"] is not None
    return Run(
        run_id=row["run_id"],
        name=row["name"],
        catalog=str((noted.get("catalog") if gone else None) or row["catalog_name"] or row["catalog_id"]),
        catalog_id=row["catalog_id"],
        catalog_version=int(noted.get("catalog_version", 0)),
        catalog_deleted=gone,
        recipe=row["recipe"],
        backbone=row["backbone"] or "",
        encoder=row["run_id"] if has_network(home, row["run_id"]) else row["backbone"] or "",
        target=str(noted.get("target", "category")),
        created=row["created"],
        seconds=float(row["seconds"] or 0),
        state="done" if manifest is not None else "files missing",
        metrics=row["metrics"],
        classes=tuple(noted.get("classes", ())),
        settings=dict(noted.get("settings", {})),
        notes=row["notes"] or "",
        tags=_tags(row["tags"]),
        estimate=_estimate(noted),
    )
