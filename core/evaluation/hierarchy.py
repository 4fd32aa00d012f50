"""How far predictions are from the truth in the order and the tree of the categories."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from core.evaluation.report import Evaluation
from core.models.class_tree import VERDICTS, ClassTree

_DISTANCES = (0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def verdicts(rows: pd.DataFrame, classes: Sequence[str], tree: ClassTree | None) -> np.ndarray:
    """Judge predictions: 0 right, 1 wrong with the right parent, 2 wrong.

    Args:
        rows: N rows: label, predicted (class names).
        classes: C class names in order.
        tree: Their tree; without one nothing is half right.

    Returns:
        Int64 (N,), see :data:`core.models.class_tree.VERDICTS`.
    """
    labels, predicted = _numbers(rows, classes)
    if tree is None:
        return np.where(labels == predicted, 0, 2).astype(np.int64)
    return tree.verdicts(labels, predicted)


def verdict_shares(evaluation: Evaluation) -> dict[str, float]:
    """Give the share of each verdict; they sum to 1, or are 0 without pictures."""
    found = verdicts(evaluation.predictions, evaluation.classes, evaluation.tree)
    counts = np.bincount(found, minlength=len(VERDICTS))
    return dict(zip(VERDICTS, (counts / max(counts.sum(), 1)).tolist(), strict=True))


def index_distances(evaluation: Evaluation) -> pd.DataFrame:
    """Count wrong predictions by how far their category is from the true one, in hierarchical order.

    Categories are numbered in the order of their tree, so a small distance means a category that is alike.

    Returns:
        One row a range of distances: distance (such as "3-4"), pictures, expected (pictures there if every wrong
        prediction were drawn evenly from the other categories).
    """
    labels, predicted = _numbers(evaluation.predictions, evaluation.classes)
    wrong = labels != predicted
    away = np.abs(labels - predicted)[wrong]
    classes = len(evaluation.classes)
    ends = [end for end in _DISTANCES if end < classes - 1] + [classes - 1]
    rows = []
    for low, high in pairwise(ends):
        place = np.arange(classes)
        within = sum(
            np.clip(np.minimum(high, room) - np.minimum(low, room), 0, None) for room in (place, classes - 1 - place)
        )
        expected = float((within / max(classes - 1, 1))[labels[wrong]].sum())
        name = str(high) if high == low + 1 else f"{low + 1}-{high}"
        rows.append({"distance": name, "pictures": int(((away > low) & (away <= high)).sum()), "expected": expected})
    return pd.DataFrame(rows, columns=["distance", "pictures", "expected"])


def class_confidence(evaluation: Evaluation) -> np.ndarray:
    """Count the pictures of each class by the probability the run gives their own class.

    Returns:
        Int64 (C, 10): pictures from 0 to 10 %, from 10 to 20 % and so on; 100 % is in the last.
    """
    labels, _ = _numbers(evaluation.predictions, evaluation.classes)
    probability = evaluation.predictions["label_probability"].to_numpy(np.float64)
    step = np.clip((probability * 10).astype(np.int64), 0, 9)
    classes = len(evaluation.classes)
    return np.bincount(labels * 10 + step, minlength=10 * classes).reshape(classes, 10)


def _numbers(rows: pd.DataFrame, classes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    index = pd.Index(classes)
    return index.get_indexer(pd.Index(rows["label"])), index.get_indexer(pd.Index(rows["predicted"]))
