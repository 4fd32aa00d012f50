"""The weighted neighbor graph that UMAP lays out.

Source: McInnes, Healy, Melville, "UMAP: Uniform Manifold Approximation and Projection", 2018, sections 3.1 and 4.1
(algorithms 2 and 3). Written with whole arrays: the compiled version of umap-learn needs longer to compile than a
catalog needs to be mapped.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import coo_matrix

_TOLERANCE = 1e-5
_LEAST_BANDWIDTH = 1e-3  # of the mean distance, so that clumps of duplicates do not divide by 0
_STEPS = 64


def neighbor_graph(rows: np.ndarray, distances: np.ndarray) -> "coo_matrix":
    """Weigh every pair of neighbors and make the weights symmetric.

    Args:
        rows: int32 (N, K), neighbors of each product, itself first.
        distances: float32 (N, K), their distances, rising along a row.

    Returns:
        Sparse (N, N), 0..1: 1 - (1 - w_ij)(1 - w_ji), the chance that at least one of two directed edges exists.
    """
    from scipy.sparse import coo_matrix

    weights = directed_weights(distances)
    weights[rows == np.arange(len(rows))[:, None]] = 0.0
    heads = np.repeat(np.arange(len(rows)), rows.shape[1])
    directed = coo_matrix((weights.ravel(), (heads, rows.ravel())), shape=(len(rows), len(rows))).tocsr()
    mirrored = directed.T.tocsr()
    graph = (directed + mirrored - directed.multiply(mirrored)).tocoo()
    graph.eliminate_zeros()
    return graph


def directed_weights(distances: np.ndarray) -> np.ndarray:
    """Turn distances into weights: 1 up to the nearest neighbor that differs, then falling exponentially.

    Args:
        distances: (N, K), the first column the product itself at 0.

    Returns:
        float32 (N, K), 0..1; without the first column a row sums to log2(K), unless too many neighbors are equal.
    """
    distance = distances.astype(np.float64)
    positive = np.where(distance > 0, distance, np.inf)
    nearest = positive.min(axis=1)
    nearest[~np.isfinite(nearest)] = 0.0
    beyond = np.maximum(distance - nearest[:, None], 0.0)
    bandwidth = _bandwidths(beyond[:, 1:], np.log2(distance.shape[1]))
    floor = np.where(nearest > 0, distance.mean(axis=1), distance.mean()) * _LEAST_BANDWIDTH
    bandwidth = np.maximum(bandwidth, floor)
    scaled = np.divide(beyond, bandwidth[:, None], out=np.zeros_like(beyond), where=bandwidth[:, None] > 0)
    return np.exp(-scaled).astype(np.float32)


def _bandwidths(beyond: np.ndarray, target: float) -> np.ndarray:
    """Halve intervals until each row's sum of exp(-beyond / bandwidth) is the target. (N, K - 1) -> (N,)."""
    low, high = np.zeros(len(beyond)), np.full(len(beyond), np.inf)
    middle = np.ones(len(beyond))
    for _ in range(_STEPS):
        with np.errstate(over="ignore"):
            total = np.exp(-beyond / middle[:, None]).sum(axis=1)
        if (np.abs(total - target) < _TOLERANCE).all():
            break
        over = total > target
        high = np.where(over, middle, high)
        low = np.where(over, low, middle)
        middle = np.where(np.isinf(high), middle * 2, (low + high) / 2)
        middle = np.maximum(middle, np.finfo(np.float64).tiny)
    return middle
