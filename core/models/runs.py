"""Runs at rest: listed in the database, their files in one folder each that appeared whole."""

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from core.catalog.database import read
from core.catalog.log import change
from core.catalog.schema import catalogs, runs
from core.errors import RunError
from core.files import read_json
from core.home import Home
from core.models.learning import Arrays

MANIFEST, ROWS, PROBABILITIES, HISTORY, HEAD = (
    "manifest.json",
    "products.parquet",
    "probabilities.npy",
    "history.json",
    "head.npz",
)


@dataclass(frozen=True)
class Run:
    """One training, as lists show it.

    Attributes:
        run_id: Its name on disk and in addresses; never changes.
        name: What people call it.
        catalog: Name of its catalog: the present one, or the one it had when the catalog is deleted.
        catalog_id: Number of its catalog.
        catalog_version: Version of the catalog it was trained on.
        catalog_deleted: Whether that catalog has been deleted since.
        recipe: Name of the recipe.
        backbone: Name of the backbone.
        target: What it predicts.
        created: UTC time it was finished, ISO 8601.
        seconds: What it took.
        state: ``done``, or ``files missing`` when its folder is gone.
        metrics: Figures by split: accuracy, macro_f1, weighted_f1, top3_accuracy, loss, pictures.
        classes: Class names in the order of the probabilities.
        settings: Settings of the recipe.
    """

    run_id: str
    name: str
    catalog: str
    catalog_id: int
    catalog_version: int
    catalog_deleted: bool
    recipe: str
    backbone: str
    target: str
    created: str
    seconds: float
    state: str
    metrics: dict[str, dict[str, Any]]
    classes: tuple[str, ...]
    settings: dict[str, Any]


@dataclass(frozen=True)
class RunFiles:
    """The files of a run; each is read when first asked for.

    Attributes:
        run: The run.
        folder: Where they are.
        manifest: Everything that says where the run comes from.
    """

    run: Run
    folder: Path
    manifest: dict[str, Any]

    @cached_property
    def products(self) -> pd.DataFrame:
        """One row a picture, in run order.

        Columns: product_id, picture_hash, label, split; and of the prediction: predicted (class name), probability (its
        probability), label_probability (of the true class), label_rank (place of the true class, 1 = right).
        """
        return pd.read_parquet(self._file(ROWS))

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Float32 array of shape (P pictures, C classes), memory-mapped, aligned with the products."""
        return np.load(self._file(PROBABILITIES), mmap_mode="r", allow_pickle=False)

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """One row an epoch: epoch, train_loss, train_accuracy, validation_loss, validation_accuracy."""
        return list(read_json(self._file(HISTORY)))

    @cached_property
    def head(self) -> Arrays:
        """The arrays the recipe's predictor reads."""
        with np.load(self._file(HEAD), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    def _file(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            raise RunError(f"run {self.run.run_id!r} has lost its file {name}: restore {self.folder} or train again")
        return path


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
    manifest = _manifest(home, run.run_id)
    if manifest is None:
        raise RunError(f"the files of run {run.run_id!r} are gone: restore {folder} or delete the run")
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


def _live_runs() -> Any:
    columns = (runs, catalogs.c.name.label("catalog_name"), catalogs.c.deleted.label("catalog_deleted"))
    joined = runs.outerjoin(catalogs, catalogs.c.catalog_id == runs.c.catalog_id)
    return select(*columns).select_from(joined).where(runs.c.deleted.is_(None))


def _manifest(home: Home, run_id: str) -> dict[str, Any] | None:
    try:
        return dict(read_json(home.runs / run_id / MANIFEST))
    except FileNotFoundError:
        return None


def _run(home: Home, row: Any) -> Run:
    manifest = _manifest(home, row["run_id"])
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
        target=str(noted.get("target", "category")),
        created=row["created"],
        seconds=float(row["seconds"] or 0),
        state="done" if manifest is not None else "files missing",
        metrics=row["metrics"],
        classes=tuple(noted.get("classes", ())),
        settings=dict(noted.get("settings", {})),
    )
