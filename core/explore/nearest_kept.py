"""The nearest of every product, kept while tiles of similarities pass by; compiled, imported only where it is needed.

Each product keeps its nearest so far as a heap whose root is the farthest of them. What is nearer than the root takes
its place; of equally near ones the earlier product is kept, so that the order of the tiles does not matter.
"""

import numpy as np
from numba import njit

from core.explore.umap_epochs import compiled

_ROUNDING = 1e-6  # of a float32 product of unit rows; nearer than that is equal


@njit(nogil=True, inline="always")
def _settle(near: np.ndarray, rows: np.ndarray, distance: np.float32, row: int, size: int) -> None:
    """Put an entry in place of the root of a heap of so many entries, and restore the heap."""
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        other = below + 1
        if other < size and (near[other] > near[below] or (near[other] == near[below] and rows[other] > rows[below])):
            below = other
        if distance > near[below] or (distance == near[below] and row > rows[below]):
            break
        near[at], rows[at] = near[below], rows[below]
        at = below
    near[at], rows[at] = distance, row


def _offer(alike: np.ndarray, first: int, second: int, near: np.ndarray, rows: np.ndarray, limits: np.ndarray) -> None:
    """Offer the products of one tile to those of another, and the other way round.

    Args:
        alike: float32 (M, L), cosines of M products with L.
        first: Number of the first of the M.
        second: Number of the first of the L; the same as `first`, or beyond the last of the M.
        near: float32 (N, K), heaps of distances.
        rows: int32 (N, K), whose they are.
        limits: float32 (N,), the roots of the heaps.
    """
    size = near.shape[1]
    both = first != second  # within one tile every pair comes twice, once from each side
    for place in range(alike.shape[0]):
        row = first + place
        limit = limits[row]
        for column in range(alike.shape[1]):
            distance = np.float32(1) - alike[place, column]
            distance = np.float32(0) if distance < np.float32(_ROUNDING) else distance
            other = second + column
            if distance <= limit and other != row and (distance < limit or other < rows[row, 0]):
                _settle(near[row], rows[row], distance, other, size)
                limit = near[row, 0]
            if both and distance <= limits[other] and (distance < limits[other] or row < rows[other, 0]):
                _settle(near[other], rows[other], distance, row, size)
                limits[other] = near[other, 0]
        limits[row] = limit


def _sort(near: np.ndarray, rows: np.ndarray, start: int, end: int) -> None:
    """Bring the heaps of some products into rising order."""
    for product in range(start, end):
        for last in range(near.shape[1] - 1, 0, -1):
            distance, row = near[product, last], rows[product, last]
            near[product, last], rows[product, last] = near[product, 0], rows[product, 0]
            _settle(near[product], rows[product], distance, row, last)


offer_tile = compiled(_offer)
sort_kept = compiled(_sort)
