"""The filters above a grid of products; what is chosen stays in the URL."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.money import to_major_units, to_minor_units
from core.catalog.product_filter import ProductFilter
from core.ui.caches import counts_of, price_range_of

_ORDERS = {
    "as imported": "position",
    "title": "title",
    "price, low first": "price",
    "price, high first": "-price",
    "category": "category",
}
_PICTURES = {"with pictures": True, "without": False}
URL_NAMES = ("q", "category", "sort", "brand", "color", "split", "low", "high", "pictures")
_UNSET = {"q": "", "sort": next(iter(_ORDERS))}


def product_filters(catalog: Catalog) -> ProductFilter:
    """Draw the filters of a catalog and give what they say."""
    search, category, order, more = st.columns([3, 3, 2, 1.2], vertical_alignment="bottom")
    text = search.text_input(
        "Search", key="q", bind="query-params", placeholder="words in title, brand, color or id", max_chars=200
    )
    path = category.selectbox(
        "Category", category_levels(catalog), index=None, key="category", bind="query-params", placeholder="all"
    )
    sorting = order.selectbox("Sort by", list(_ORDERS), key="sort", bind="query-params")
    with more.popover("More", icon=":material/filter_list:", width="stretch"):
        brand = _one_of(catalog, "brand", "Brand")
        color = _one_of(catalog, "color", "Color")
        split = _one_of(catalog, "split", "Split")
        pictures = st.selectbox(
            "Pictures", list(_PICTURES), index=None, key="pictures", bind="query-params", placeholder="either"
        )
        currency, low, high = _prices(catalog)
        st.button("Clear all filters", on_click=clear_filters, icon=":material/filter_list_off:", width="stretch")
    return ProductFilter(
        text=text,
        category=path,
        split=split,
        brand=brand,
        color=color,
        currency=currency,
        price_min=low,
        price_max=high,
        has_picture=_PICTURES.get(pictures or ""),
        order_by=_ORDERS[sorting],
    )


def category_levels(catalog: Catalog) -> list[str]:
    """Give every category path and every level above one, in the order of a tree."""
    paths: set[str] = set()
    for path in counts_of(catalog, "category"):
        levels = path.split(" > ") if path else []
        paths.update(" > ".join(levels[: depth + 1]) for depth in range(len(levels)))
    return sorted(paths, key=lambda path: [level.casefold() for level in path.split(" > ")])


def clear_filters() -> None:
    """Take every filter back. Values are set, not dropped: a dropped one would come back from the address."""
    for name in URL_NAMES:
        if name in st.session_state:
            st.session_state[name] = _UNSET.get(name)


def _one_of(catalog: Catalog, column: str, label: str) -> str | None:
    values = [value for value in counts_of(catalog, column) if value]
    if not values:
        return None
    return st.selectbox(label, values, index=None, key=column, bind="query-params", placeholder="any")


def _prices(catalog: Catalog) -> tuple[str | None, int | None, int | None]:
    """Ask for a range of prices; they compare only within one currency, which is asked first where there are more."""
    currencies = [currency for currency in counts_of(catalog, "currency") if currency]
    if not currencies:
        return None, None, None
    currency = currencies[0]
    if len(currencies) > 1:
        currency = st.selectbox("Currency", currencies, key="currency", bind="query-params")
    bounds = price_range_of(catalog, currency)
    if bounds is None:
        return None, None, None
    left, right = st.columns(2)
    lowest, highest = (to_major_units(bound, currency) for bound in bounds)
    low = left.number_input(
        f"Price from ({currency})", 0.0, key="low", value=None, placeholder=f"{lowest:g}", bind="query-params"
    )
    high = right.number_input(
        f"Price to ({currency})", 0.0, key="high", value=None, placeholder=f"{highest:g}", bind="query-params"
    )
    if low is None and high is None:
        return None, None, None
    minor = [None if value is None else to_minor_units(value, currency) for value in (low, high)]
    return currency, minor[0], minor[1]
