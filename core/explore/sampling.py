"""Samples that keep the shares of the groups they are drawn from."""

import numpy as np


def stratified_rows(strata: np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """Choose rows so that every group keeps its share, to within one row; the largest remainders are rounded up.

    Args:
        strata: int (N,), the group of each row.
        count: How many rows to choose; all of them when there are no more.
        seed: The same seed chooses the same rows.

    Returns:
        int64 (count,), rising.
    """
    total = len(strata)
    if count >= total:
        return np.arange(total)
    groups, sizes = np.unique(strata, return_inverse=False, return_counts=True)
    wanted = sizes * (count / total)
    taken = np.floor(wanted).astype(np.int64)
    rest = np.argsort(taken - wanted, kind="stable")[: count - int(taken.sum())]
    taken[rest] += 1
    # Within a group the order of one permutation of all rows decides, so that a larger sample holds the smaller one.
    shuffled = np.random.default_rng(seed).permutation(total)
    by_group = shuffled[np.argsort(strata[shuffled], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    chosen = [by_group[start : start + many] for start, many in zip(starts, taken, strict=True)]
    return np.sort(np.concatenate(chosen)) if len(groups) else np.arange(0)
