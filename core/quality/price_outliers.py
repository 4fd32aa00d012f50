"""Prices far from what their category costs.

A price is compared on a logarithmic scale with the median of the products of its category in the same currency, in
robust standard deviations (median absolute deviation). A category with too few prices takes those of its parent, up
to all prices of the currency. Source of the rule: Iglewicz and Hoaglin (1993), who take 3.5; prices have heavier tails
than the normal distribution they assume, see docs/quality.md.
"""

from collections.abc import Sequence

import numpy as np

LEAST_PRICES = 12
"""A category with fewer prices is judged by its parent's."""

FAR_DEVIATIONS = 4.5
LEAST_SPREAD = 0.25
"""Of the logarithm: in a category of nearly equal prices, one at three times the median is far, one at twice is not."""

_TO_SIGMA = 1.4826
_SEPARATOR = " > "


def price_deviations(
    price_minor_units: np.ndarray,
    *,
    category_codes: np.ndarray,
    currency_codes: np.ndarray,
    category_paths: Sequence[str | None],
) -> np.ndarray:
    """Tell how many robust standard deviations each price is from its category's median.

    Args:
        price_minor_units: int64 (N,), N prices.
        category_codes: int32 (N,), places in `category_paths`.
        currency_codes: int32 (N,).
        category_paths: C paths, None for no category.

    Returns:
        float64 (N,): negative for cheap ones, 0 for prices of zero and where the whole currency has too few prices.
    """
    deviations = np.zeros(len(price_minor_units))
    known = price_minor_units > 0
    if not known.any():
        return deviations
    logs = np.log(price_minor_units[known].astype(np.float64))
    currencies = currency_codes[known].astype(np.int64)
    found = np.zeros(len(logs))
    for nodes in _nodes_by_depth(category_paths):  # from all products down: a deeper group that is large enough wins
        node_of = nodes[category_codes[known]]
        groups = np.where(node_of >= 0, node_of + 1 + currencies * (int(nodes.max()) + 2), 0)
        judged, judging = _group_deviations(logs, groups)
        found[judging] = judged[judging]
    deviations[known] = found
    return deviations


def _nodes_by_depth(category_paths: Sequence[str | None]) -> list[np.ndarray]:
    """For each depth from 0 give every path's node at that depth, -1 where the path ends above it; int64 (C,)."""
    levels = [path.split(_SEPARATOR) if path else [] for path in category_paths]
    deepest = max(map(len, levels), default=0)
    nodes = [np.zeros(len(levels), np.int64)]
    for depth in range(1, deepest + 1):
        codes: dict[tuple[str, ...], int] = {}
        nodes.append(
            np.array(
                [codes.setdefault(tuple(path[:depth]), len(codes)) if len(path) >= depth else -1 for path in levels],
                np.int64,
            )
        )
    return nodes


def _group_deviations(logs: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each value's deviation from its group's median, and whether the group is large enough; 0 is no group."""
    sizes = np.bincount(groups)
    medians = _group_medians(logs, groups, sizes)
    distances = np.abs(logs - medians[groups])
    spreads = np.maximum(_TO_SIGMA * _group_medians(distances, groups, sizes), LEAST_SPREAD)
    return (logs - medians[groups]) / spreads[groups], (groups > 0) & (sizes[groups] >= LEAST_PRICES)


def _group_medians(values: np.ndarray, groups: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Median of each group; of an empty one some value, which nobody asks for."""
    ordered = values[np.lexsort((values, groups))]
    starts = np.cumsum(sizes) - sizes
    low, high = (np.minimum(starts + half, len(values) - 1) for half in (np.maximum(sizes - 1, 0) // 2, sizes // 2))
    return np.asarray((ordered[low] + ordered[high]) / 2)
