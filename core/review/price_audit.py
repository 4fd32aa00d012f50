"""Prices far from what look-alikes cost."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalog.money import format_price
from core.progress import Progress
from core.quality.price_outliers import FAR_DEVIATIONS as FAR_IN_CATEGORY
from core.quality.price_outliers import LEAST_SPREAD, price_deviations
from core.review.audited_products import AuditedProducts
from core.review.findings import PRICES, Audit, Finding, most_suspicious
from core.review.look_alikes import find_look_alikes

LOOK_ALIKES = 20
LEAST_LOOK_ALIKES = 8
"""With fewer priced look-alikes a price is judged by its category alone."""

FAR_DEVIATIONS = 2.5
"""So many robust standard deviations from the look-alikes make a price worth a look."""

_TO_SIGMA = 1.4826  # median absolute deviation to standard deviation, of a normal distribution


@dataclass(frozen=True)
class _Judged:
    """Prices as compared with look-alikes; N priced products.

    Attributes:
        deviations: Float64 (N,): robust standard deviations from what is typical, of the logarithm, over how many are
            far; negative for cheap ones.
        typical: Float64 (N,): that median in minor units.
        compared: Int64 (N,): how many look-alikes; 0 where the category judges.
    """

    deviations: np.ndarray
    typical: np.ndarray
    compared: np.ndarray


def audit_prices(table: pd.DataFrame, audited: AuditedProducts | None, *, progress: Progress) -> Audit:
    """Score the price of every product that has one above zero.

    The logarithm of a price is compared with the median of its look-alikes in the same currency and category; where a
    category has too few of them, with those of any category. What remains is measured in robust standard deviations of
    all that remains: twenty look-alikes tell well what is typical, but badly how far prices spread. A product that
    cannot be compared by its picture is judged by the prices of its category.

    Args:
        table: Every product: product_id, category, price_minor_units, currency.
        audited: Those with embedding; None when there are none.
        progress: Told how far it is; may cancel.
    """
    priced = table[table["price_minor_units"].notna() & table["currency"].notna()].reset_index(drop=True)
    priced = priced[priced["price_minor_units"] > 0].reset_index(drop=True)
    if priced.empty:
        return Audit(PRICES, (), ("No product has a price above zero.",))
    prices = priced["price_minor_units"].to_numpy(dtype=np.float64)
    found = _by_category(priced, prices)
    if audited is not None:
        _judge_by_look_alikes(found, priced, prices, audited, progress)
    findings = [
        _finding(str(product_id), str(currency), prices[place], found, place)
        for place, (product_id, currency) in enumerate(zip(priced["product_id"], priced["currency"], strict=True))
    ]
    missing = len(table) - len(priced)
    notes = (f"{missing:,} products have no price above zero.",) if missing else ()
    return Audit(PRICES, most_suspicious(findings), notes)


def _by_category(priced: pd.DataFrame, prices: np.ndarray) -> _Judged:
    codes, paths = pd.factorize(priced["category"], use_na_sentinel=False)
    currencies, _names = pd.factorize(priced["currency"])
    deviations = price_deviations(
        prices.astype(np.int64),
        category_codes=codes.astype(np.int32),
        currency_codes=currencies.astype(np.int32),
        category_paths=[None if pd.isna(path) else str(path) for path in paths],
    )
    logs = pd.Series(np.log(prices))
    typical = np.exp(logs.groupby([codes, currencies]).transform("median").to_numpy())
    return _Judged(deviations / FAR_IN_CATEGORY, typical, np.zeros(len(prices), dtype=np.int64))


def _judge_by_look_alikes(
    found: _Judged, priced: pd.DataFrame, prices: np.ndarray, audited: AuditedProducts, progress: Progress
) -> None:
    """Replace the verdict of the category where there are enough priced look-alikes."""
    place = pd.Series(np.arange(len(audited.products)), index=audited.products["product_id"])
    rows = place.reindex(priced["product_id"]).to_numpy()
    pictured = np.flatnonzero(~np.isnan(rows))
    codes, _paths = pd.factorize(priced["category"], use_na_sentinel=False)
    currencies, _names = pd.factorize(priced["currency"])
    # From the widest circle to the narrowest: the look-alikes of one category win where there are enough of them.
    for circles in (currencies, currencies * (codes.max() + 1) + codes):
        order = pictured[np.argsort(circles[pictured], kind="stable")]
        starts = np.flatnonzero(np.diff(circles[order], prepend=-1))[1:]
        for members in np.split(order, starts):
            if len(members) > LEAST_LOOK_ALIKES:
                _compare_circle(found, members, rows[members].astype(np.int64), prices, audited, progress)
    _measure_deviations(found, prices, currencies)


def _compare_circle(
    found: _Judged,
    members: np.ndarray,
    rows: np.ndarray,
    prices: np.ndarray,
    audited: AuditedProducts,
    progress: Progress,
) -> None:
    """Find what the look-alikes of some products cost, sought among them alone."""
    matrix = np.ascontiguousarray(audited.matrix[rows])
    nearest = find_look_alikes(matrix, audited.groups[rows], count=LOOK_ALIKES, progress=progress).rows
    counts = (nearest >= 0).sum(axis=1)
    enough = counts >= LEAST_LOOK_ALIKES
    if enough.any():
        near = np.where(nearest >= 0, np.log(prices[members])[nearest], np.nan)[enough]
        found.typical[members[enough]] = np.exp(np.nanmedian(near, axis=1))
        found.compared[members[enough]] = counts[enough]


def _measure_deviations(found: _Judged, prices: np.ndarray, currencies: np.ndarray) -> None:
    """Measure how far prices are from their look-alikes', currency by currency."""
    for currency in np.unique(currencies[found.compared > 0]):
        compared = (currencies == currency) & (found.compared > 0)
        away = np.log(prices[compared] / found.typical[compared])
        spread = max(_TO_SIGMA * float(np.median(np.abs(away))), LEAST_SPREAD)
        found.deviations[compared] = away / spread / FAR_DEVIATIONS


def _finding(product_id: str, currency: str, price: float, found: _Judged, place: int) -> Finding:
    deviation, typical = abs(float(found.deviations[place])), float(found.typical[place])
    compared = int(found.compared[place])
    others = f"its {compared} nearest look-alikes" if compared else "its category"
    written = format_price(round(typical), currency)
    words = f"Costs {_times(price / typical)} {others} (typically {written})."
    return Finding(
        product_id=product_id,
        kind=PRICES,
        score=deviation / (deviation + 1),
        current=format_price(round(price), currency),
        suggested=f"about {written}",
        reason=words,
    )


def _times(ratio: float) -> str:
    if ratio >= 1.5:
        return f"{ratio:.1f}x".replace(".0x", "x") + " as much as"
    if ratio <= 1 / 1.5:
        return f"1/{1 / ratio:.1f}".removesuffix(".0") + " of"
    return "about as much as"
