"""Which product is in which cluster: k-means on the embedding, or density on its map."""

from collections.abc import Callable

import numpy as np

from core.explore.cluster_count import fitted
from core.explore.sampling import stratified_rows

NO_CLUSTER = -1
REDUCED_DIMENSIONS = 32
_STARTS = 5
_DENSITY_PRODUCTS = 30_000
_BLOCK_ROWS = 4096


def kmeans_labels(rows: np.ndarray, k: int, *, seed: int) -> np.ndarray:
    """Give every product to one of k centers.

    Args:
        rows: float32 (N, d).
        k: How many; fewer where fewer rows differ.
        seed: Of the starts.

    Returns:
        int64 (N,), 0 is the largest cluster.
    """
    few = min(k, len(rows))
    differing = len(np.unique(rows, axis=0)) if len(rows) <= 50 * few else few
    k = min(few, differing)
    if k < 2:
        return np.zeros(len(rows), np.int64)
    return by_size(fitted(rows, k, seed=seed, starts=_STARTS)[0])


def density_labels(
    positions: np.ndarray, *, least_products: int, strata: np.ndarray, seed: int, tell: Callable[[], None]
) -> np.ndarray:
    """Find groups of any shape on a map (HDBSCAN); products between them are in no cluster.

    Above 30,000 products, a sample that keeps the share of every stratum is grouped, and the others join the cluster
    of their nearest product of the sample. Source: Campello, Moulavi, Sander, 2013.

    Args:
        positions: float32 (N, D).
        least_products: How few products are a cluster.
        strata: int (N,).
        seed: Of the sample.
        tell: Called before the grouping; may cancel.

    Returns:
        int64 (N,), -1 in no cluster, 0 the largest.
    """
    total = len(positions)
    if total < 2 * least_products or not np.ptp(positions, axis=0).any():
        return np.zeros(total, np.int64)
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import KDTree

    tell()
    chosen = stratified_rows(strata, _DENSITY_PRODUCTS, seed=seed)
    share = len(chosen) / total
    least = max(2, round(least_products * share))
    sample = positions[chosen].astype(np.float64)
    found = HDBSCAN(min_cluster_size=least, min_samples=min(5, least), copy=True).fit_predict(sample)
    labels = np.full(total, NO_CLUSTER, np.int64)
    labels[chosen] = np.maximum(found, NO_CLUSTER)
    rest = np.setdiff1d(np.arange(total), chosen)
    if len(rest):
        tree = KDTree(sample)
        for start in range(0, len(rest), _BLOCK_ROWS):
            block = rest[start : start + _BLOCK_ROWS]
            labels[block] = labels[chosen[tree.query(positions[block], k=1, return_distance=False)[:, 0]]]
    return by_size(labels)


def by_size(labels: np.ndarray) -> np.ndarray:
    """Number clusters anew, the largest 0; -1 stays. int64 (N,)."""
    names, counts = np.unique(labels[labels >= 0], return_counts=True)
    order = names[np.argsort(-counts, kind="stable")]
    places = np.full(int(labels.max(initial=-1)) + 2, NO_CLUSTER, np.int64)
    places[order] = np.arange(len(order))
    return places[labels]  # label -1 reads the last place, which stays -1


def medoids(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Find the product of each cluster that is nearest to all others of it, by cosine: its representative.

    Args:
        rows: float32 (N, d), rows of length 1.
        labels: int64 (N,), 0..C-1, or -1.

    Returns:
        int64 (C,), rows.
    """
    found = []
    for cluster in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == cluster)
        mine = rows[members]
        # The sum of cosines with all members is the product with their sum.
        found.append(members[int(np.argmax(mine @ mine.sum(axis=0)))])
    return np.asarray(found, np.int64)
