"""ROC and precision-recall curves: what every threshold of one category or label would give.

For a run of categories each one is held against all others; for a run of labels each label is a question of its own.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import RunError
from core.models.runs import RunFiles

_CLASSES_AT_ONCE = 64


@dataclass(frozen=True)
class Curve:
    """A curve over all thresholds.

    Attributes:
        x: Float64 (K,): false positive rate, rising; or recall, falling.
        y: Float64 (K,): true positive rate; or precision.
        thresholds: Float64 (K,): a picture counts as yes from this probability on; infinite where none does.
        area: Area under the ROC curve; or average precision. NaN where it is not defined.
    """

    x: np.ndarray
    y: np.ndarray
    thresholds: np.ndarray
    area: float


def roc(probabilities: np.ndarray, truth: np.ndarray) -> Curve:
    """Compute the ROC curve and the area under it, by trapezoids; equal probabilities are one threshold.

    Args:
        probabilities: Float array of shape (N,).
        truth: Bool array of shape (N,); with only one kind in it the area is NaN.
    """
    thresholds, yes, no = _cumulated(probabilities, truth)
    positives, negatives = int(yes[-1]), int(no[-1])
    x, y = no / max(negatives, 1), yes / max(positives, 1)
    area = float(np.trapezoid(y, x)) if positives and negatives else float("nan")
    return Curve(x, y, thresholds, area)


def precision_recall(probabilities: np.ndarray, truth: np.ndarray) -> Curve:
    """Compute precision over recall, and the average precision: the sum of precisions, each times the gain in recall.

    Args:
        probabilities: Float array of shape (N,).
        truth: Bool array of shape (N,); without a true one the area is NaN.
    """
    thresholds, yes, no = _cumulated(probabilities, truth)
    positives = int(yes[-1])
    recall = yes / max(positives, 1)
    precision = np.divide(yes, yes + no, out=np.ones(len(yes)), where=yes + no > 0)
    area = float((np.diff(recall) * precision[1:]).sum()) if positives else float("nan")
    return Curve(recall[::-1], precision[::-1], thresholds[::-1], area)


def thinned(curve: Curve, *, points: int = 400) -> Curve:
    """Keep at most so many points, for drawing; the ends and the area stay."""
    if len(curve.x) <= points:
        return curve
    kept = np.unique(np.linspace(0, len(curve.x) - 1, points).round().astype(np.int64))
    return Curve(curve.x[kept], curve.y[kept], curve.thresholds[kept], curve.area)


def class_areas(run: RunFiles, split: str) -> pd.DataFrame:
    """Compute both areas for every class of a run, a few classes at a time.

    Returns:
        One row a class: name, pictures (true ones), roc_area, average_precision (NaN where not defined).

    Raises:
        RunError: The run has no picture in that split.
    """
    rows, found = _rows(run, split), []
    for start in range(0, len(run.run.classes), _CLASSES_AT_ONCE):
        places = range(start, min(start + _CLASSES_AT_ONCE, len(run.run.classes)))
        given = np.asarray(run.probabilities[rows, places.start : places.stop])
        for place in places:
            truth = _truth(run, rows, place)
            mine = given[:, place - start]
            areas = roc(mine, truth).area, precision_recall(mine, truth).area
            found.append((run.run.classes[place], int(truth.sum()), *areas))
    return pd.DataFrame(found, columns=["name", "pictures", "roc_area", "average_precision"])


def class_answers(run: RunFiles, split: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Give what a run says of one class: probabilities, float32 (N,), and the truth, bool (N,).

    Raises:
        RunError: The run has no picture in that split, or no such class.
    """
    if name not in run.run.classes:
        known = ", ".join(repr(each) for each in run.run.classes[:12])
        raise RunError(f"run {run.run.run_id!r} knows no {name[:120]!r}: it knows {known}")
    rows, place = _rows(run, split), run.run.classes.index(name)
    return np.asarray(run.probabilities[rows, place]), _truth(run, rows, place)


def _rows(run: RunFiles, split: str) -> np.ndarray:
    rows = np.flatnonzero((run.products["split"] == split).to_numpy())
    if not len(rows):
        raise RunError(f"run {run.run.run_id!r} has no {split!r} pictures: expected train, validation or test")
    return rows


def _truth(run: RunFiles, rows: np.ndarray, place: int) -> np.ndarray:
    """Tell of some rows whether they are of a class, bool (N,)."""
    if run.run.predicts_labels:
        return np.asarray(run.label_sets[rows, place] > 0)
    return run.products["label"].to_numpy()[rows] == run.run.classes[place]


def _cumulated(probabilities: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count yes and no at or above every distinct probability, highest first, from none at all."""
    order = np.argsort(-np.asarray(probabilities), kind="stable")
    given, hits = np.asarray(probabilities, dtype=np.float64)[order], np.asarray(truth, dtype=bool)[order]
    ends = np.flatnonzero(np.append(given[1:] < given[:-1], True)[: len(given)])
    yes = np.append(0, np.cumsum(hits)[ends])
    return np.append(np.inf, given[ends]), yes, np.append(0, ends + 1) - yes
