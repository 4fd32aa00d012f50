"""The nearest look-alikes of every product, exactly, block by block."""

from dataclasses import dataclass

import numpy as np

from core.progress import Progress

BLOCK_ROWS = 1024
"""Products compared with all others at once: 400 MiB of similarities at 100,000 products."""

_MOST_CELLS = 1024 * 100_000


@dataclass(frozen=True)
class LookAlikes:
    """N products with their k nearest others, nearest first.

    Attributes:
        rows: Int64 array of shape (N, k): which; -1 where there are fewer.
        similarities: Float32 array of shape (N, k): cosine, -1 where there is none.
    """

    rows: np.ndarray
    similarities: np.ndarray


def find_look_alikes(matrix: np.ndarray, groups: np.ndarray, *, count: int, progress: Progress) -> LookAlikes:
    """Find the nearest others of each product; copies of it say nothing new and are passed over.

    Args:
        matrix: Float32 array of shape (N, d), rows of length 1; may be memory-mapped.
        groups: Int array of shape (N,): products of one group show the same.
        count: How many, at most.
        progress: Told of every block; may cancel.
    """
    total = len(matrix)
    count = min(count, max(total - 1, 1))
    found = LookAlikes(np.full((total, count), -1, np.int64), np.full((total, count), -1, np.float32))
    step = max(1, min(BLOCK_ROWS, _MOST_CELLS // max(total, 1)))
    for start in range(0, total, step):
        progress.report(start, total, "looking for look-alikes")
        stop = min(start + step, total)
        likeness = matrix[start:stop] @ matrix.T
        likeness[groups[start:stop, None] == groups[None, :]] = -np.inf
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count] if count < total else None
        nearest = np.tile(np.arange(total), (stop - start, 1)) if nearest is None else nearest
        values = np.take_along_axis(likeness, nearest, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        values = np.take_along_axis(values, order, axis=1)
        nearest = np.take_along_axis(nearest, order, axis=1)
        there = np.isfinite(values)
        found.rows[start:stop] = np.where(there, nearest, -1)
        found.similarities[start:stop] = np.where(there, values, -1)
    progress.report(total, total, "look-alikes found")
    return found


def label_votes(found: LookAlikes, labels: np.ndarray, *, class_count: int, rows: slice) -> np.ndarray:
    """Count how the look-alikes of some products are labeled.

    Args:
        found: Their look-alikes.
        labels: Int array of shape (N,): class of each product, -1 for none.
        class_count: C.
        rows: Which products, B of them.

    Returns:
        Float32 array of shape (B, C), rows sum to 1; half a vote is spread over all classes.
    """
    nearest = found.rows[rows]
    votes = np.full((len(nearest), class_count), 0.5 / class_count, dtype=np.float32)
    given = np.where(nearest >= 0, labels[nearest], -1)
    places, columns = np.nonzero(given >= 0)
    np.add.at(votes, (places, given[places, columns]), np.float32(1))
    return np.asarray(votes / votes.sum(axis=1, keepdims=True), dtype=np.float32)
