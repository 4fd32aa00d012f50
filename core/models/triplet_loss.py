"""The triplet loss: which triplets of a batch count, what they cost, and where the points should move.

A triplet is an anchor, a positive (another picture of its category) and a negative (a picture of another category). Its
loss is ``max(d(a, p) - d(a, n) + margin, 0)``, or ``log(1 + exp(d(a, p) - d(a, n)))`` with a soft margin. Sources:
Schroff, Kalenichenko and Philbin, "FaceNet: a unified embedding for face recognition and clustering" (2015): unit
points, semi-hard negatives; Hermans, Beyer and Leibe, "In defense of the triplet loss for person re-identification"
(2017): batches of P categories and K pictures, hardest positives and negatives, distances not squared, soft margin.
"""

from dataclasses import dataclass

import numpy as np

_LEAST_SQUARED = 1e-6
"""Nearer points count as this far apart, and do not push each other: the slope of a distance at 0 has no direction."""


@dataclass(frozen=True)
class Triplets:
    """T triplets of a batch.

    Attributes:
        anchors: Int64 (T,): rows of the batch.
        positives: Int64 (T,).
        negatives: Int64 (T,).
    """

    anchors: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray


@dataclass(frozen=True)
class TripletLoss:
    """What the triplets of a batch cost.

    Attributes:
        mean: Mean loss; with mining `all` over the triplets that cost something, as most do not.
        active: Share of triplets within the margin, 0..1.
        gradient: Float32 (B, d): of the mean loss by the points.
    """

    mean: float
    active: float
    gradient: np.ndarray


def distances(points: np.ndarray) -> np.ndarray:
    """Compute the Euclidean distances of unit points.

    Args:
        points: Float32 (B, d), rows of length 1.

    Returns:
        Float32 (B, B), 0.001..2.
    """
    return np.sqrt(np.maximum(2 - 2 * (points @ points.T), np.float32(_LEAST_SQUARED)))


def mine(apart: np.ndarray, labels: np.ndarray, mining: str) -> Triplets:
    """Choose triplets.

    Args:
        apart: Float32 (B, B): distances.
        labels: Int (B,): category of each picture.
        mining: ``hard``: the farthest positive and the nearest negative of each anchor. ``semi-hard``: for each pair of
            a category the nearest negative that is farther away than the positive, or else the farthest. ``all``.

    Returns:
        Triplets; none when the batch has no pair or no second category.
    """
    same = labels[:, None] == labels[None]
    pairs = same & ~np.eye(len(labels), dtype=bool)
    if not pairs.any() or same.all():
        nothing = np.zeros(0, dtype=np.int64)
        return Triplets(nothing, nothing, nothing)
    if mining == "hard":
        anchors = np.flatnonzero(pairs.any(axis=1) & ~same.all(axis=1))
        positives = np.where(pairs, apart, -1)[anchors].argmax(axis=1)
        return Triplets(anchors, positives, np.where(same, np.inf, apart)[anchors].argmin(axis=1))
    anchors, positives = np.nonzero(pairs)
    if mining == "all":
        pair, negatives = np.nonzero(~same[anchors])
        return Triplets(anchors[pair], positives[pair], negatives)
    far = np.where(same, np.inf, apart)[anchors]
    far[far <= apart[anchors, positives][:, None]] = np.inf
    negatives = far.argmin(axis=1)
    nearer_all = np.isinf(far[np.arange(len(anchors)), negatives])
    negatives[nearer_all] = np.where(same, -1, apart)[anchors[nearer_all]].argmax(axis=1)
    return Triplets(anchors, positives, negatives)


def triplet_loss(
    points: np.ndarray, labels: np.ndarray, *, mining: str, margin: float, soft_margin: bool
) -> TripletLoss:
    """Compute what a batch costs, and the gradient.

    Args:
        points: Float32 (B, d), rows of length 1; the gradient is that in space, not along the sphere.
        labels: Int (B,).
        mining: See :func:`mine`.
        margin: At least so much nearer shall positives be.
        soft_margin: Use the smooth loss; the margin then only says which triplets are called active.
    """
    apart = distances(points)
    chosen = mine(apart, labels, mining)
    if not len(chosen.anchors):
        return TripletLoss(0.0, 0.0, np.zeros_like(points))
    over = apart[chosen.anchors, chosen.positives] - apart[chosen.anchors, chosen.negatives]
    active = over + margin > 0
    if soft_margin:
        losses, slopes = np.logaddexp(np.float32(0), over), 1 / (1 + np.exp(-over))
    else:
        losses, slopes = np.maximum(over + margin, 0), active.astype(np.float32)
    count = max(int(active.sum()), 1) if mining == "all" and not soft_margin else len(over)
    by_distance = _by_distance(chosen, slopes / count, len(points))
    by_distance[apart * apart <= 2 * _LEAST_SQUARED] = 0
    # d = sqrt(2 - 2 cosine), so a distance changes by -1 / d with the cosine, and a cosine by the other point.
    by_cosine = -by_distance / apart
    gradient = (by_cosine + by_cosine.T) @ points
    return TripletLoss(float(losses.sum(dtype=np.float64) / count), float(active.mean()), gradient)


def _by_distance(chosen: Triplets, slopes: np.ndarray, rows: int) -> np.ndarray:
    """Gather the slope of the loss by each distance, float32 (B, B)."""
    cells = np.concatenate((chosen.anchors * rows + chosen.positives, chosen.anchors * rows + chosen.negatives))
    return np.bincount(cells, np.concatenate((slopes, -slopes)), rows * rows).reshape(rows, rows).astype(np.float32)
