"""What a run of labels keeps of each picture, and what it says of each label."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.files import load_array
from core.models.label_scores import count_labels, judge_sets, label_figures, label_table
from core.models.label_sets import named_sets
from core.models.splits import SPLIT_NAMES

LABEL_SETS = "label_sets.npy"
BLOCK_ROWS = 4096


def write_label_rows(
    folder: Path,
    rows: pd.DataFrame,
    label_sets: np.ndarray,
    *,
    probabilities: Path,
    classes: tuple[str, ...],
    thresholds: np.ndarray,
    predict_block: Callable[[slice], np.ndarray],
) -> pd.DataFrame:
    """Write probabilities and true sets, block by block; give the rows with what was predicted.

    Args:
        folder: Of the run.
        rows: One row a picture: product_id, picture_hash, label, split.
        label_sets: Uint8 (P, C): 1 where a picture has a label.
        probabilities: File of the probabilities.
        classes: C names of labels.
        thresholds: Float32 (C,): a label is chosen from this probability on.
        predict_block: Gives float32 probabilities (B, C) of the pictures of a slice.

    Returns:
        The rows with label and predicted (names of the sets), and the columns of
        :func:`core.models.label_scores.judge_sets`.
    """
    kept = np.lib.format.open_memmap(probabilities, mode="w+", dtype=np.float32, shape=label_sets.shape)
    np.save(folder / LABEL_SETS, np.asarray(label_sets, dtype=np.uint8), allow_pickle=False)
    judged, named = [], []
    for start in range(0, len(rows), BLOCK_ROWS):
        block = slice(start, min(start + BLOCK_ROWS, len(rows)))
        kept[block] = chances = predict_block(block)
        judged.append(judge_sets(chances, label_sets[block], thresholds))
        named += named_sets(chances >= thresholds, classes)
    kept.flush()
    columns = pd.concat(judged, ignore_index=True).assign(predicted=named)
    return pd.concat([rows.reset_index(drop=True), columns], axis=1)


def label_metrics(
    probabilities: Path, label_sets: np.ndarray, rows: pd.DataFrame, *, thresholds: np.ndarray
) -> dict[str, dict[str, Any]]:
    """Compute the figures of each split, see :func:`core.models.label_scores.label_figures`."""
    kept = load_array(probabilities)
    sides = {split: (rows["split"] == split).to_numpy() for split in SPLIT_NAMES}
    return {split: label_figures(kept[side], label_sets[side], thresholds) for split, side in sides.items()}


def judged_labels(
    probabilities: Path,
    label_sets: np.ndarray,
    rows: pd.DataFrame,
    *,
    classes: tuple[str, ...],
    thresholds: np.ndarray,
) -> list[dict[str, Any]]:
    """Say of every label its threshold, and on test its precision, recall, f1, support and more."""
    kept = load_array(probabilities)
    test = (rows["split"] == SPLIT_NAMES[-1]).to_numpy()
    counts = count_labels(label_sets[test], kept[test] >= thresholds)
    return label_records(label_table(counts, classes=classes, thresholds=thresholds))


def label_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a table of labels as plain JSON values."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> str | int | float:
    if isinstance(value, str):
        return value
    return int(value) if isinstance(value, int | np.integer) else float(value)
