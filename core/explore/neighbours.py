"""Nearest neighbours of every product, exactly, block by block."""

from collections.abc import Callable

import numpy as np

_BLOCK_BYTES = 64 * 2**20


def exact_neighbours(
    embeddings: np.ndarray, count: int, *, on_progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest products of every product by cosine distance.

    Args:
        embeddings: float32 (N, d), rows of length 1.
        count: neighbours of each product, the product itself first; 1..N.
        on_progress: called with products done and all products.

    Returns:
        Rows int32 (N, count) and cosine distances float32 (N, count), 0..2, nearest first; the first column is the
        product itself at distance 0.
    """
    total = len(embeddings)
    rows = np.empty((total, count), np.int32)
    distances = np.empty((total, count), np.float32)
    block = max(1, _BLOCK_BYTES // (4 * max(total, 1)))
    for start in range(0, total, block):
        end = min(start + block, total)
        distance = cosine_distances(embeddings[start:end], embeddings)
        own = (np.arange(end - start), np.arange(start, end))
        distance[own] = -1.0  # before every duplicate
        found = np.argpartition(distance, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(distance, found, axis=1)
        order = np.lexsort((found, near), axis=1)
        rows[start:end] = np.take_along_axis(found, order, axis=1)
        distances[start:end] = np.maximum(np.take_along_axis(near, order, axis=1), 0.0)
        if on_progress is not None:
            on_progress(end, total)
    return rows, distances


def cosine_distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compare unit rows: 1 - cosine. float32 (M, d) and (N, d) -> float32 (M, N), 0..2.

    Differences below one millionth are roundings of a float32 product and become 0.
    """
    distance = some @ others.T
    np.subtract(1.0, distance, out=distance)
    distance[distance < 1e-6] = 0.0
    return distance
