"""Figures of merit of predicted sets of labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.models.scores import SMALLEST_PROBABILITY, ClassCounts


def count_labels(sets: np.ndarray, chosen: np.ndarray) -> ClassCounts:
    """Count for every label how often it was rightly chosen, chosen, and there.

    Args:
        sets: Uint8 (N pictures, C labels): 1 where a picture has a label.
        chosen: Bool (N, C): what was predicted.
    """
    truth, given = np.asarray(sets, dtype=bool), np.asarray(chosen, dtype=bool)
    return ClassCounts(
        right=(truth & given).sum(axis=0, dtype=np.int64),
        predicted=given.sum(axis=0, dtype=np.int64),
        support=truth.sum(axis=0, dtype=np.int64),
    )


def micro_f1(counts: ClassCounts) -> float:
    """F1 over all decisions together: frequent labels count for more; 0 where no label is there or chosen."""
    return float(2 * counts.right.sum() / max(int((counts.predicted + counts.support).sum()), 1))


def all_right(sets: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Tell for each picture whether exactly its labels were chosen, bool (N,)."""
    return np.asarray((np.asarray(sets, dtype=bool) == chosen).all(axis=1))


def label_figures(probabilities: np.ndarray, sets: np.ndarray, thresholds: np.ndarray) -> dict[str, Any]:
    """Compute the figures of some pictures.

    Args:
        probabilities: Float32 (N, C).
        sets: Uint8 (N, C).
        thresholds: Float32 (C,).

    Returns:
        ``all_labels_right``: share of pictures with exactly their labels, also given as ``accuracy``, which it is where
        the set is the answer; ``micro_f1``; ``macro_f1`` over the labels that occur; ``binary_accuracy``: share of
        right decisions, which flatters because most labels are rightly not chosen; ``binary_accuracy_of_always_no``:
        what it is for choosing none at all; ``loss``: mean negative log-probability of a decision; ``pictures``.
    """
    chosen = probabilities >= thresholds
    truth = np.asarray(sets, dtype=bool)
    counts, exact = count_labels(sets, chosen), all_right(sets, chosen)
    given = np.where(truth, probabilities, 1 - probabilities)
    share = float(exact.mean()) if len(exact) else 0.0
    return {
        "all_labels_right": share,
        "accuracy": share,
        "micro_f1": micro_f1(counts),
        "macro_f1": counts.macro_f1,
        "binary_accuracy": _mean(truth == chosen),
        "binary_accuracy_of_always_no": _mean(~truth),
        "loss": _mean(-np.log(np.maximum(given, SMALLEST_PROBABILITY))),
        "pictures": len(exact),
    }


def label_table(counts: ClassCounts, *, classes: Sequence[str], thresholds: np.ndarray) -> pd.DataFrame:
    """Lay out the figures of every label: name, threshold, precision, recall, f1, support, predicted, right."""
    return pd.DataFrame(
        {
            "name": list(classes),
            "threshold": np.asarray(thresholds, dtype=np.float64),
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
            "support": counts.support,
            "predicted": counts.predicted,
            "right": counts.right,
        }
    )


def judge_sets(probabilities: np.ndarray, sets: np.ndarray, thresholds: np.ndarray) -> pd.DataFrame:
    """Say how the prediction of each picture fared.

    Returns:
        One row a picture: probability (of its least certain decision), label_probability (of all its true decisions
        together, were they independent) and label_rank (1 when all labels are right, else 1 and the wrong decisions).
    """
    chosen, truth = probabilities >= thresholds, np.asarray(sets, dtype=bool)
    certainty = np.where(chosen, probabilities, 1 - probabilities)
    given = np.where(truth, probabilities, 1 - probabilities).astype(np.float64)
    return pd.DataFrame(
        {
            "probability": certainty.min(axis=1).astype(np.float32),
            "label_probability": np.exp(np.log(np.maximum(given, SMALLEST_PROBABILITY)).sum(axis=1)),
            "label_rank": ((chosen != truth).sum(axis=1) + 1).astype(np.int32),
        }
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean(dtype=np.float64)) if values.size else 0.0
