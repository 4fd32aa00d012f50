"""One run: what lists show of it, and its files, each read when first asked for and never trusted unread."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import ArrowException
from pyarrow.parquet import ParquetFile

from core.errors import RunError
from core.files import MOST_BYTES, load_array, load_arrays, read_json
from core.home import Home
from core.models.label_rows import LABEL_SETS
from core.models.label_sets import LABELS
from core.models.learning import Arrays
from core.vision.backbones import RUN_ID

MANIFEST, ROWS, PROBABILITIES, HISTORY, HEAD = (
    "manifest.json",
    "products.parquet",
    "probabilities.npy",
    "history.json",
    "head.npz",
)

_TEXT_COLUMNS = ("product_id", "picture_hash", "label", "split", "predicted")
_NUMBER_COLUMNS = ("probability", "label_probability", "label_rank")
_MOST_CELLS = 200_000_000


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
        backbone: Name of the backbone it started from.
        encoder: What gives the features its head reads: the backbone, or the run itself when it trained a network of
            its own.
        target: What it predicts.
        created: UTC time it was finished, ISO 8601.
        seconds: What it took.
        state: ``done``, or ``files missing`` when its folder is gone.
        metrics: Figures by split: accuracy, macro_f1, weighted_f1, top3_accuracy, loss, pictures.
        classes: Class names in the order of the probabilities.
        settings: Settings of the recipe.
        notes: What people wrote on it.
        tags: Words to find it by.
        estimate: What it was said to cost before it began, see :meth:`core.models.estimate.Estimate.to_note`; empty
            where nobody asked, or where it was resumed, so that its time is not that of the whole.
    """

    run_id: str
    name: str
    catalog: str
    catalog_id: int
    catalog_version: int
    catalog_deleted: bool
    recipe: str
    backbone: str
    encoder: str
    target: str
    created: str
    seconds: float
    state: str
    metrics: dict[str, dict[str, Any]]
    classes: tuple[str, ...]
    settings: dict[str, Any]
    notes: str = ""
    tags: tuple[str, ...] = ()
    estimate: dict[str, Any] = field(default_factory=dict)

    @property
    def predicts_labels(self) -> bool:
        """Whether it predicts any number of labels for a picture, in place of one class."""
        return self.target == LABELS


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
        probability), label_probability (of the true class), label_rank (place of the true class, 1 = right). Where the
        run predicts labels, label and predicted are the names of sets, see
        :func:`core.models.label_scores.judge_sets` for the numbers.
        """
        with self._reading(ROWS) as path:
            frame = _read_rows(path)
            _check_rows(frame, None if self.run.predicts_labels else self.run.classes)
            return frame

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Float32 array of shape (P pictures, C classes), memory-mapped, aligned with the products."""
        with self._reading(PROBABILITIES) as path:
            found = load_array(path)
            if found.ndim != 2 or found.shape[1] != len(self.run.classes) or found.dtype != np.float32:
                raise ValueError(f"expected a float32 number for every class, found {found.dtype} {found.shape}")
            return found

    @cached_property
    def label_sets(self) -> np.ndarray:
        """Uint8 array of shape (P, C), memory-mapped: 1 where a picture has a label; only of runs of labels."""
        with self._reading(LABEL_SETS) as path:
            found = load_array(path)
            if found.shape != self.probabilities.shape or found.dtype != np.uint8 or found.max(initial=0) > 1:
                raise ValueError(f"expected 0 or 1 for every label, found {found.dtype} {found.shape}")
            return found

    @property
    def thresholds(self) -> np.ndarray:
        """Float32 array of shape (C,): from which probability on each label is chosen; only of runs of labels."""
        found, count = self.head.get("thresholds"), len(self.run.classes)
        if found is None or found.shape != (count,) or found.dtype.kind != "f":
            with self._reading(HEAD):
                raise ValueError(f"expected a threshold for each of {count} labels")
        return np.asarray(found, dtype=np.float32)

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """One row an epoch: epoch, train_loss, train_accuracy, validation_loss, validation_accuracy."""
        with self._reading(HISTORY) as path:
            rows = read_json(path)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ValueError("expected a list of epochs")
            return rows

    @cached_property
    def head(self) -> Arrays:
        """The arrays the recipe's predictor reads."""
        with self._reading(HEAD) as path:
            return _read_arrays(path)

    @contextmanager
    def _reading(self, name: str) -> Iterator[Path]:
        """Turn whatever is wrong with a file of the run, which may come from strangers, into one error."""
        path = self.folder / name
        if not path.is_file():
            raise RunError(f"run {self.run.run_id!r} has lost its file {name}: restore {self.folder} or train again")
        try:
            yield path
        except (OSError, ValueError, KeyError, TypeError, MemoryError, ArrowException) as error:
            raise RunError(
                f"run {self.run.run_id!r}: its file {name} is damaged ({str(error)[:200]}): "
                f"restore {self.folder} or train again"
            ) from error


def read_manifest(home: Home, run_id: str) -> dict[str, Any] | None:
    """Read what says where a run comes from; None when it is gone or damaged."""
    if not RUN_ID.fullmatch(run_id):  # a database from elsewhere must not lead out of the home
        return None
    try:
        manifest = read_json(home.runs / run_id / MANIFEST)
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and _is_sound(manifest) else None


def _is_sound(manifest: dict[str, Any]) -> bool:
    """Tell whether what is read of a manifest is of its kind; one that is not counts as gone."""
    classes = manifest.get("classes", [])
    warnings = manifest.get("warnings", [])
    return (
        all(isinstance(each, list) and all(isinstance(one, str) for one in each) for each in (classes, warnings))
        and len(set(classes)) == len(classes)
        and isinstance(manifest.get("settings", {}), dict)
        and isinstance(manifest.get("catalog_version", 0), int)
        and isinstance(manifest.get("feature_dimensions", 0), int)
        and isinstance(manifest.get("weights_hash", ""), str)
    )


def _read_rows(path: Path) -> pd.DataFrame:
    """Read a table whose size was looked at first: a few bytes of Parquet may stand for billions of rows."""
    with ParquetFile(path) as file:
        cells = file.metadata.num_rows * file.metadata.num_columns
        if cells > _MOST_CELLS:
            raise ValueError(f"it has {cells:,} cells, at most {_MOST_CELLS:,} are read")
        return file.read().to_pandas()


def _check_rows(frame: pd.DataFrame, classes: tuple[str, ...] | None) -> None:
    """Check columns, numbers and, where each picture has one of the classes, their names."""
    missing = sorted({*_TEXT_COLUMNS, *_NUMBER_COLUMNS} - set(frame.columns))
    if missing:
        raise ValueError(f"it has no column {', '.join(missing)}")
    for name in _NUMBER_COLUMNS:
        if not pd.api.types.is_numeric_dtype(frame[name]) or not np.isfinite(frame[name].to_numpy(float)).all():
            raise ValueError(f"{name} holds values that are no numbers")
    for name in ("label", "predicted"):
        if classes is None and not frame[name].map(lambda value: isinstance(value, str)).all():
            raise ValueError(f"{name} holds values that are no texts")
        if classes is not None and not frame[name].isin(classes).all():
            raise ValueError(f"{name} names a class that the run does not have")


def _read_arrays(path: Path) -> Arrays:
    """Read arrays whose sizes were looked at first: a small archive may unpack to more than the memory."""
    arrays = load_arrays(path, most_bytes=MOST_BYTES)
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{name} holds values that are no numbers")
    return arrays
