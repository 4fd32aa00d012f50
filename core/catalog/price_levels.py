"""Price levels: how dear a product is among its own kind, from 1 (cheap) to 4 (dear).

Source: report F of the seed systems (F8). Per category the 30, 65 and 90 % quantiles of its prices part it into four
levels; people who buy cheap clothes may prefer cheaper products, whatever the category costs.

A category of three prices has quantiles too, but they say nothing: one more product moves them all. So a category with
fewer than :data:`LEAST_PRICES` prices takes the quantiles of its parent, everything below included, or of the parent's
parent, and at last of all products of the currency. With :data:`EXACT` as least number every category stands alone,
which is the rule as F8 states it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import SettingsError

QUANTILES_PERCENT = (30, 65, 90)
LEVELS = np.array([1.0, 2.0, 2.5, 3.0, 4.0], np.float32)
"""Every level there is; 2.5 stands for a group whose three quantiles agree."""

EXACT = 1
"""Least number of prices for the rule of F8 itself: any category with a price has levels of its own."""

LEAST_PRICES = 20
"""Prices a category needs for levels of its own, unless another number is asked for.

The share of prices below the estimated 65 % quantile of n prices strays by sqrt(0.65 * 0.35 / n), that of the 90 %
quantile by sqrt(0.9 * 0.1 / n): for n = 20 by 11 and 7 percentage points, together (the root of the squares) 13, half
of the 25 that lie between them. Below 20 prices two neighbouring levels cannot be told apart at two standard errors.
"""

_LEVEL_SEPARATOR = " > "
_SAME_PRICE_LEVEL = 2.5
_FARTHEST = 3.0  # from level 1 to level 4

Group = tuple[str | None, str]
"""(category path, currency); the category None stands for every product of that currency."""


@dataclass(frozen=True)
class PriceThresholds:
    """The three prices that part one group of products.

    Attributes:
        hundredths: the quantiles in hundredths of a minor unit. Linear interpolation between two whole prices at a
            whole percentage is a whole number of hundredths, so "at or below" is decided exactly.
    """

    hundredths: tuple[int, int, int]

    def levels(self, prices_minor_units: np.ndarray) -> np.ndarray:
        """Give prices their levels: 1 at or below the first quantile, then 2, 3, and 4 above the last.

        Args:
            prices_minor_units: int64 (M,).

        Returns:
            float32 (M,): 1, 2, 3 or 4; all 2.5 when the three quantiles agree.
        """
        if self.hundredths[0] == self.hundredths[2]:
            return np.full(len(prices_minor_units), _SAME_PRICE_LEVEL, np.float32)
        whole = [hundredths // 100 for hundredths in self.hundredths]  # a whole price is above both or neither
        return (1 + np.searchsorted(whole, prices_minor_units, side="left")).astype(np.float32)

    def level(self, price_minor_units: int) -> float:
        """Give one price its level."""
        return float(self.levels(np.array([price_minor_units], np.int64))[0])


def price_thresholds(prices_minor_units: Sequence[int] | np.ndarray) -> PriceThresholds:
    """Find the quantiles of one group's prices.

    Args:
        prices_minor_units: at least one price, whole minor units of one currency, any order.

    Returns:
        Quantiles at 30, 65 and 90 %, linear between neighbours (numpy's default method), exact.
    """
    ordered = np.sort(np.asarray(prices_minor_units, np.int64)).tolist()
    return PriceThresholds(tuple(_quantile_hundredths(ordered, percent) for percent in QUANTILES_PERCENT))  # type: ignore[arg-type]


def _quantile_hundredths(ordered: list[int], percent: int) -> int:
    """Interpolate one quantile in hundredths, with whole numbers only."""
    place, rest = divmod(percent * (len(ordered) - 1), 100)
    upper = ordered[min(place + 1, len(ordered) - 1)]
    return ordered[place] * (100 - rest) + upper * rest


@dataclass(frozen=True)
class PriceLevels:
    """Levels of all N products of an index, and what gives the level of any other price.

    Attributes:
        thresholds: by (category, currency), already those of a parent where the category has too few prices; by
            (None, currency) for the whole currency.
        codes: intp (N,), which (currency, level) a product has, see `currencies`; the last code stands for missing.
        currencies: currency codes in sorted order; code = place of the currency * 5 + place in `LEVELS`.
    """

    thresholds: dict[Group, PriceThresholds]
    codes: np.ndarray
    currencies: tuple[str, ...]

    @property
    def missing_code(self) -> int:
        """The code of a product without a price."""
        return len(self.currencies) * len(LEVELS)

    def level(self, price_minor_units: int | None, currency: str | None, *, category: str | None) -> float | None:
        """Place a price among the products of its category and currency.

        A category that has no prices in this currency is placed as its nearest parent that has some; without a
        category, or where no parent has, the price is placed among all products of the currency.

        Returns:
            1, 2, 2.5, 3 or 4; None without a price, or when no product is priced in that currency.
        """
        if price_minor_units is None or currency is None:
            return None
        group = None
        for path in (*_upwards(category), None):
            group = group or self.thresholds.get((path, currency))
        return None if group is None else group.level(price_minor_units)

    def similarities(self, level: float | None, currency: str | None) -> np.ndarray:
        """Compare one level with every product: (3 - |difference|) / 3.

        Returns:
            float32 (codes,), a table to look `codes` up in: 0..1, higher is nearer; NaN where the product has no
            price or one in another currency.
        """
        table = np.full(self.missing_code + 1, np.nan, np.float32)
        if level is not None and currency in self.currencies:
            start = self.currencies.index(currency) * len(LEVELS)
            table[start : start + len(LEVELS)] = (_FARTHEST - np.abs(LEVELS - level)) / _FARTHEST
        return table


def price_levels(
    prices_minor_units: Sequence[int | None],
    currencies: Sequence[str | None],
    *,
    categories: Sequence[str | None],
    least_prices: int = LEAST_PRICES,
) -> PriceLevels:
    """Give every product its price level within its category and currency.

    Args:
        prices_minor_units: one price a product, None = no price.
        currencies: one currency a product, None = no price.
        categories: one category path a product, None = no category.
        least_prices: a category with fewer prices takes the levels of its parent; :data:`EXACT` never does.

    Returns:
        The levels of the N products.

    Raises:
        SettingsError: The least number of prices is below 1.
    """
    if least_prices < 1:
        raise SettingsError(f"a category needs at least 1 price for levels of its own, not {least_prices}")
    rows_of: dict[Group, list[int]] = {}
    for row, (price, currency) in enumerate(zip(prices_minor_units, currencies, strict=True)):
        if price is not None and currency is not None:
            rows_of.setdefault((categories[row], currency), []).append(row)
    prices_of = {
        group: np.array([prices_minor_units[row] for row in rows], np.int64) for group, rows in rows_of.items()
    }
    thresholds = _group_thresholds(prices_of, least_prices)
    known = tuple(sorted({currency for _category, currency in rows_of}))
    codes = np.full(len(prices_minor_units), len(known) * len(LEVELS), np.intp)
    for group, rows in rows_of.items():
        levels = thresholds[group].levels(prices_of[group])
        codes[rows] = known.index(group[1]) * len(LEVELS) + np.searchsorted(LEVELS, levels)
    return PriceLevels(thresholds, codes, known)


def _group_thresholds(prices_of: dict[Group, np.ndarray], least_prices: int) -> dict[Group, PriceThresholds]:
    """Find the thresholds of every group, and of the parents and whole currencies that small ones fall back to."""
    below: dict[Group, list[np.ndarray]] = {}  # prices of a path and everything below it
    for (category, currency), prices in prices_of.items():
        for path in (*_upwards(category), None):
            below.setdefault((path, currency), []).append(prices)
    sizes = {group: sum(map(len, parts)) for group, parts in below.items()}
    found: dict[Group, PriceThresholds] = {}  # of a path and everything below it

    def whole(group: Group) -> PriceThresholds:
        if group not in found:
            found[group] = price_thresholds(np.concatenate(below[group]))
        return found[group]

    thresholds: dict[Group, PriceThresholds] = {}
    for category, currency in prices_of:
        prices = prices_of[category, currency]
        if category is not None and len(prices) >= least_prices:
            thresholds[category, currency] = price_thresholds(prices)
            continue
        paths = (path for path in _upwards(category) if sizes[path, currency] >= least_prices)
        thresholds[category, currency] = whole((next(paths, None), currency))
    for currency in {currency for _category, currency in prices_of}:
        thresholds[None, currency] = whole((None, currency))
    # Parents nobody is in directly, for prices from outside: a category that is not in the catalog may lie below them.
    for group, size in sizes.items():
        if least_prices > EXACT and size >= least_prices:
            thresholds.setdefault(group, whole(group))
    return thresholds


def _upwards(category: str | None) -> list[str]:
    """Give a path and its parents, from the deepest up."""
    levels = category.split(_LEVEL_SEPARATOR) if category else []
    return [_LEVEL_SEPARATOR.join(levels[:length]) for length in range(len(levels), 0, -1)]
