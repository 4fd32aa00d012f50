"""What a good price is: of the same level, about the same, lower, higher, or within a budget.

With p the product's price, q the query's and B the budget, all of one currency, each 0..1, higher is better::

    level    (3 - |difference of the price levels|) / 3
    same     min(p, q) / max(p, q), which is exp(-|ln p - ln q|)
    cheaper  q / (p + q): 1/2 at the same price, towards 1 the cheaper
    dearer   p / (p + q): 1/2 at the same price, towards 1 the dearer
    budget   1 where p <= B, else B / p

Missing where either price is unknown or in another currency; a budget needs no price of the query.
"""

from dataclasses import dataclass

import numpy as np

from core.catalog.price_levels import LEVELS, PriceLevels


@dataclass(frozen=True)
class Pricing:
    """What the price part asks for.

    Attributes:
        mode: One of `core.recommend.ranking_settings.PRICE_MODES`.
        budget: Minor units, for the mode "budget".
        currency: Of the budget; None takes the query's, or the only one of the catalog.
    """

    mode: str = "level"
    budget: int | None = None
    currency: str | None = None


LEVEL_PRICING = Pricing()


def price_values(
    pricing: Pricing,
    levels: PriceLevels,
    prices: np.ndarray,
    *,
    level: float | None,
    price: float | None,
    currency: str | None,
) -> np.ndarray:
    """Score the prices of N products.

    Args:
        pricing: What is asked for.
        levels: The products' levels, which also tell their currencies.
        prices: float32 (N,), minor units, NaN = none.
        level: The query's price level; None = none.
        price: The query's price, minor units; None = none.
        currency: The query's currency; None = none.

    Returns:
        float32 (N,), 0..1, NaN = missing.
    """
    if pricing.mode == "level":
        return np.asarray(np.take(levels.similarities(level, currency), levels.codes, mode="clip"))
    wanted = currency
    if pricing.mode == "budget":
        price = None if pricing.budget is None else float(pricing.budget)
        only = levels.currencies[0] if len(levels.currencies) == 1 else None
        wanted = pricing.currency or currency or only
    values = np.full(len(prices), np.nan, np.float32)
    if price is None or wanted not in levels.currencies:
        return values
    rows = currency_rows(levels, wanted)
    values[rows] = _compared(pricing.mode, prices[rows].astype(np.float64), float(price))
    return values


def currency_rows(levels: PriceLevels, currency: str) -> np.ndarray:
    """Tell which products are priced in a currency; bool (N,)."""
    return np.asarray(levels.codes // len(LEVELS) == levels.currencies.index(currency))


def _compared(mode: str, prices: np.ndarray, price: float) -> np.ndarray:
    low, high = np.minimum(prices, price), np.maximum(prices, price)
    both_free = np.where(high > 0, high, 1)  # nothing against nothing: the same price
    if mode == "same":
        return np.asarray(np.where(high > 0, low / both_free, 1.0))
    if mode == "budget":
        return np.asarray(np.where(prices <= price, 1.0, price / np.where(prices > 0, prices, 1)))
    total = np.where(prices + price > 0, prices + price, 1)
    dearer = np.where(prices + price > 0, prices / total, 0.5)
    return np.asarray(dearer if mode == "dearer" else 1 - dearer)
