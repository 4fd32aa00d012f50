"""From which probability on a label counts as chosen: a threshold for each label, found on validation."""

from dataclasses import dataclass

import numpy as np

EVEN = 0.5
LEAST_POSITIVES = 5
"""With fewer validation pictures a label's best threshold is a matter of luck."""

SLACK = 1.0
"""Pictures: thresholds that would be as good had one more picture been missed count as equally good."""


@dataclass(frozen=True)
class Thresholds:
    """Where C labels are cut.

    Attributes:
        values: Float32 (C,): a label is chosen from this probability on.
        own: Bool (C,): whether the value rests on the label's own validation pictures; the others share one.
        shared: The value they share.
    """

    values: np.ndarray
    own: np.ndarray
    shared: float


def choose_thresholds(
    probabilities: np.ndarray, sets: np.ndarray, *, least_positives: int = LEAST_POSITIVES, slack: float = SLACK
) -> Thresholds:
    """Choose for every label the threshold with the highest F1; see :func:`best_threshold`.

    A label with fewer than `least_positives` pictures that have it, or that lack it, takes the threshold that is best
    for all labels counted together.

    Args:
        probabilities: Float32 (V validation pictures, C labels).
        sets: Uint8 (V, C): 1 where a picture has a label.
        least_positives: So many pictures must have a label, and as many lack it, for a threshold of its own.
        slack: See :func:`best_threshold`.
    """
    positives = sets.sum(axis=0, dtype=np.int64)
    own = np.minimum(positives, len(sets) - positives) >= max(least_positives, 1)
    shared = best_threshold(probabilities.ravel(), sets.ravel(), slack=slack)
    values = np.full(sets.shape[1], shared, dtype=np.float32)
    for place in np.flatnonzero(own):
        values[place] = best_threshold(probabilities[:, place], sets[:, place], slack=slack)
    return Thresholds(values, own, shared)


def best_threshold(probabilities: np.ndarray, present: np.ndarray, *, slack: float = 0.0) -> float:
    """Find the threshold with the highest F1, or one that is nearly as good and nearer to 0.5.

    F1 only changes where a picture is passed, so that 0.5 and the middles between neighboring probabilities are all
    there is to try. The best of few pictures is often the one that a single odd picture asks for: hence the slack.
    Source of the middles: Lipton, Elkan & Naryanaswamy, "Optimal thresholding of classifiers to maximize F1" (2014).

    Args:
        probabilities: Float (V,).
        present: Uint8 (V,): 1 where the label is there.
        slack: Pictures. Missing one of P that have the label costs an F1 of 1 about 1 / 2P: among the thresholds that
            are worse than the best by no more than this many times that, the nearest to 0.5 is taken.

    Returns:
        A number between 0 and 1; 0.5 when the label is on none of the pictures.
    """
    if not present.any():
        return EVEN
    order = np.argsort(-probabilities, kind="stable")
    descending = probabilities[order].astype(np.float64)
    right = np.cumsum(present[order], dtype=np.int64)
    f1 = 2 * right / (np.arange(1, len(order) + 1) + right[-1])
    cuts = (descending + np.append(descending[1:], 0.0)) / 2
    # Equal probabilities cannot be parted: only the last of them is a cut.
    f1 = np.where(np.append(descending[1:] < descending[:-1], True), f1, -1.0)
    chosen = int((descending >= EVEN).sum())
    even = 2 * right[chosen - 1] / (chosen + right[-1]) if chosen else 0.0
    cuts, f1 = np.append(cuts, EVEN), np.append(f1, even)
    good = np.flatnonzero(f1 >= f1.max() - slack / (2 * right[-1]) - 1e-12)
    return float(cuts[good[np.abs(cuts[good] - EVEN).argmin()]])


def threshold_curve(
    probabilities: np.ndarray, present: np.ndarray, *, points: int = 101
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Compute precision, recall and F1 of a label at evenly spaced thresholds.

    Args:
        probabilities: Float (V,).
        present: Uint8 (V,): 1 where the label is there.
        points: How many thresholds, from 0 to 1.

    Returns:
        Float64 arrays of shape (points,): thresholds, precision (NaN where nothing is chosen), recall (NaN where the
        label is on no picture) and F1.
    """
    thresholds = np.linspace(0, 1, points)
    ascending, having = np.sort(probabilities), np.sort(probabilities[present > 0])
    chosen = len(ascending) - np.searchsorted(ascending, thresholds, side="left")
    right = len(having) - np.searchsorted(having, thresholds, side="left")
    with np.errstate(invalid="ignore"):
        precision, recall = right / np.where(chosen, chosen, np.nan), right / np.where(len(having), len(having), np.nan)
    return thresholds, precision, recall, 2 * right / np.maximum(chosen + len(having), 1)
