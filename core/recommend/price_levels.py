"""Price levels: how dear a product is among its own kind, from 1 (cheap) to 4 (dear).

Source: report F of the seed systems (F8). Per category the 30, 65 and 90 % quantiles of its prices part it into four
levels; people who buy cheap clothes may prefer cheaper products, whatever the category costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

QUANTILES_PERCENT = (30, 65, 90)
LEVELS = np.array([1.0, 2.0, 2.5, 3.0, 4.0], np.float32)
"""Every level there is; 2.5 stands for a group whose three quantiles agree."""

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
        thresholds: by (category, currency), and by (None, currency) for the whole currency.
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

        A product without a category, or of one that has no prices in this currency, is placed among all products of
        the currency.

        Returns:
            1, 2, 2.5, 3 or 4; None without a price, or when no product is priced in that currency.
        """
        if price_minor_units is None or currency is None:
            return None
        group = self.thresholds.get((category, currency)) or self.thresholds.get((None, currency))
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
    prices_minor_units: Sequence[int | None], currencies: Sequence[str | None], *, categories: Sequence[str | None]
) -> PriceLevels:
    """Give every product its price level within its category and currency.

    Args:
        prices_minor_units: one price a product, None = no price.
        currencies: one currency a product, None = no price.
        categories: one category path a product, None = no category.

    Returns:
        The levels of the N products.
    """
    rows_of: dict[Group, list[int]] = {}
    prices_of: dict[str, list[int]] = {}
    for row, (price, currency) in enumerate(zip(prices_minor_units, currencies, strict=True)):
        if price is not None and currency is not None:
            rows_of.setdefault((categories[row], currency), []).append(row)
            prices_of.setdefault(currency, []).append(price)
    known = tuple(sorted(prices_of))
    thresholds: dict[Group, PriceThresholds] = {
        (None, currency): price_thresholds(prices) for currency, prices in prices_of.items()
    }
    codes = np.full(len(prices_minor_units), len(known) * len(LEVELS), np.intp)
    for group, rows in rows_of.items():
        prices = np.array([prices_minor_units[row] for row in rows], np.int64)
        if group not in thresholds:
            thresholds[group] = price_thresholds(prices)
        levels = thresholds[group].levels(prices)
        codes[rows] = known.index(group[1]) * len(LEVELS) + np.searchsorted(LEVELS, levels)
    return PriceLevels(thresholds, codes, known)
