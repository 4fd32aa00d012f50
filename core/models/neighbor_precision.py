"""Precision of neighbors: how many of the pictures nearest to a picture have its label."""

from dataclasses import dataclass

import numpy as np

NEIGHBORS = 10
_BLOCK_CELLS = 8 * 2**20


@dataclass(frozen=True)
class Placed:
    """Pictures placed by an embedding.

    Attributes:
        points: Float32 (N, d), rows of length 1.
        labels: Int (N,).
        products: Int (N,): number of the product each picture shows.
    """

    points: np.ndarray
    labels: np.ndarray
    products: np.ndarray

    def take(self, rows: np.ndarray) -> "Placed":
        """Give some of the pictures."""
        return Placed(self.points[rows], self.labels[rows], self.products[rows])


def neighbor_precision(queries: Placed, gallery: Placed, *, k: int = NEIGHBORS) -> tuple[np.ndarray, np.ndarray]:
    """Look at the nearest pictures of each query, other pictures of its own product left out.

    Args:
        queries: Q pictures.
        gallery: Where neighbors are sought, exactly; the queries may be among them.
        k: How many neighbors count; fewer where the gallery is smaller.

    Returns:
        Float64 (Q,): share of the neighbors with the query's label; and the most that any order could reach, as a
        label may have fewer pictures than k. Both are NaN for a query that has nothing to be compared with.
    """
    found, best = np.full(len(queries.labels), np.nan), np.full(len(queries.labels), np.nan)
    size = max(1, _BLOCK_CELLS // max(len(gallery.labels), 1))
    for start in range(0, len(queries.labels), size):
        block = slice(start, start + size)
        alike = queries.points[block] @ gallery.points.T
        others = queries.products[block][:, None] != gallery.products[None]
        right = (queries.labels[block][:, None] == gallery.labels[None]) & others
        alike[~others] = -np.inf
        width = min(k, alike.shape[1])
        if not width:
            continue
        nearest = _nearest(alike, width)
        counted = np.minimum(others.sum(axis=1), width)
        hits = np.take_along_axis(right, nearest, axis=1).sum(axis=1)
        possible = np.minimum(right.sum(axis=1), counted)
        has_any = counted > 0
        found[block][has_any] = hits[has_any] / counted[has_any]
        best[block][has_any] = possible[has_any] / counted[has_any]
    return found, best


def _nearest(alike: np.ndarray, width: int) -> np.ndarray:
    """Give the columns of the largest values of each row, unordered, int64 (Q, width)."""
    if width >= alike.shape[1]:
        return np.broadcast_to(np.arange(alike.shape[1]), alike.shape)
    return np.argpartition(-alike, width - 1, axis=1)[:, :width]
