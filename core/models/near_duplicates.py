"""Pictures that show the same thing: found among features, and joined into groups."""

from collections.abc import Iterator, Sequence

import numpy as np

BLOCK_ROWS = 2048
"""Rows compared at once: a block of similarities takes 16 MiB, whatever the number of pictures."""

FILTER_DIMENSIONS = 64


def near_duplicate_pairs(features: np.ndarray, *, threshold: float) -> np.ndarray:
    """Find all pairs of pictures whose centered features point nearly the same way.

    Every pair is compared, but in few dimensions first: an orthonormal projection never moves two points apart, so a
    pair too far apart in the first principal axes is too far apart in all of them. Only the rest is compared in full,
    and no pair at or above the threshold is missed. Memory is bounded by the block, not by the pairs compared.

    Args:
        features: Float32 array of shape (P pictures, D dimensions); may be memory-mapped.
        threshold: Least cosine, 0..1, of the features after subtracting their mean.

    Returns:
        Int64 array of shape (pairs, 2), first below second, in ascending order.
    """
    rows = len(features)
    if rows < 2:
        return np.empty((0, 2), dtype=np.int64)
    center = _mean_row(features)
    short = _project_unit_rows(features, center, _main_axes(features, center))
    lengths = (short**2).sum(axis=1)
    found = [
        _confirm(features, center, candidates, threshold=threshold)
        for candidates in _near_in_projection(short, lengths, threshold)
    ]
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def join_groups(count: int, pairs: Sequence[tuple[int, int]] | np.ndarray) -> np.ndarray:
    """Number the groups that pairs join, by union-find with path halving.

    Args:
        count: Number of things, N.
        pairs: Pairs of positions 0..N-1 that belong together.

    Returns:
        Int64 array of shape (N,): the group of each thing; groups are numbered 0, 1 ... by their first member.
    """
    parent = list(range(count))

    def find(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    for first, second in np.asarray(pairs, dtype=np.int64).reshape(-1, 2).tolist():
        a, b = find(first), find(second)
        # The smaller root wins, so that a group is named by its first member.
        parent[max(a, b)] = min(a, b)
    roots = np.fromiter((find(position) for position in range(count)), dtype=np.int64, count=count)
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, rows))


def _mean_row(features: np.ndarray) -> np.ndarray:
    total = np.zeros(features.shape[1], dtype=np.float64)
    for block in _blocks(len(features)):
        total += features[block].sum(axis=0, dtype=np.float64)
    return (total / len(features)).astype(np.float32)


def _unit_rows(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    # A picture exactly at the mean has no direction; it stays zero and is near nothing.
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)


def _main_axes(features: np.ndarray, center: np.ndarray) -> np.ndarray:
    """Orthonormal axes (D, d) close to the first principal ones, from at most 4,096 evenly spaced rows.

    Any orthonormal axes find every pair; those along which rows differ most leave the fewest pairs to confirm. Random
    combinations of rows point that way after one step. Source: Halko, Martinsson & Tropp (2011), algorithm 4.4.
    """
    sample = features[:: max(1, len(features) // 4096)][:4096]
    units = _unit_rows(np.asarray(sample, dtype=np.float32) - center)
    directions = min(FILTER_DIMENSIONS, *units.shape)
    mixed = units.T @ np.random.default_rng(0).normal(size=(len(units), directions)).astype(np.float32)
    axes = np.linalg.qr(mixed)[0]
    return np.linalg.qr(units.T @ (units @ axes))[0]


def _project_unit_rows(features: np.ndarray, center: np.ndarray, axes: np.ndarray) -> np.ndarray:
    short = np.empty((len(features), axes.shape[1]), dtype=np.float32)
    for block in _blocks(len(features)):
        short[block] = _unit_rows(features[block] - center) @ axes
    return short


def _near_in_projection(short: np.ndarray, lengths: np.ndarray, threshold: float) -> Iterator[np.ndarray]:
    """Yield candidate pairs, block by block: |x - y|^2 <= 2 - 2 cosine holds in the projection too."""
    slack = 1e-4  # float32 rounding must not lose a pair
    limits = (lengths - (2 - 2 * threshold) - slack) / 2
    for left in _blocks(len(short)):
        for right in _blocks(len(short)):
            if right.start < left.start:
                continue
            products = short[left] @ short[right].T
            products -= limits[right]
            a, b = np.nonzero(products >= (lengths[left] / 2)[:, None])
            pairs = np.stack((a + left.start, b + right.start), axis=1)
            pairs = pairs[pairs[:, 0] < pairs[:, 1]]
            if len(pairs):
                yield pairs


def _confirm(features: np.ndarray, center: np.ndarray, pairs: np.ndarray, *, threshold: float) -> np.ndarray:
    kept = []
    for block in _blocks(len(pairs)):
        first = _unit_rows(features[pairs[block, 0]] - center)
        second = _unit_rows(features[pairs[block, 1]] - center)
        cosines = np.einsum("pd,pd->p", first, second)
        kept.append(pairs[block][cosines >= threshold])
    return np.concatenate(kept)
