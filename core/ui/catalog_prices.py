"""Asking for a range of prices: they compare only within one currency."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.money import to_major_units
from core.catalog.product_filter import ProductFilter
from core.ui.catalog_address import asked
from core.ui.catalog_counts import currencies_of, facets_of


def draw_prices(catalog: Catalog, chosen: ProductFilter) -> None:
    """Draw the bounds; they narrow when applied, so that half a number never does."""
    currencies = currencies_of(catalog)
    wanted = asked("currency")
    currency = currencies[0]
    if len(currencies) > 1:
        place = currencies.index(wanted) if wanted in currencies else 0
        currency = st.selectbox("Currency", currencies, index=place, key="price_currency")
    bounds = facets_of(catalog, chosen).prices.get(currency)
    lowest, highest = (None, None) if bounds is None else (to_major_units(bound, currency) for bound in bounds)
    with st.form("price_range", border=False):
        left, right = st.columns(2)
        low = left.number_input(
            f"From ({currency})", 0.0, value=_amount("low"), placeholder=_written(lowest), key="price_low"
        )
        high = right.number_input(
            f"To ({currency})", 0.0, value=_amount("high"), placeholder=_written(highest), key="price_high"
        )
        applied = st.form_submit_button("Apply", type="primary", width="stretch")
    if applied:
        _apply(currency, low, high)


def _apply(currency: str, low: float | None, high: float | None) -> None:
    asked_for = {"low": low, "high": high, "currency": None if low is None and high is None else currency}
    for name, value in asked_for.items():
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value if isinstance(value, str) else f"{value:.10g}"
    st.rerun()


def _amount(name: str) -> float | None:
    try:
        value = float(asked(name) or "")
    except ValueError:
        return None
    return value if 0 <= value <= 1e12 else None


def _written(amount: float | None) -> str:
    return "any" if amount is None else f"{amount:g}"
