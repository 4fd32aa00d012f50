"""The filters of the Catalog page as the address names them: the one place they are kept, so that links show them."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.catalog.money import to_minor_units
from core.catalog.product_filter import ProductFilter
from core.errors import SettingsError
from core.ui.wording import price_text

SEARCH, SORT, PAGE = "q", "sort", "page"
FACETS = ("category", "brand", "color", "split", "issue", "slice")
PICTURES = {"with": True, "without": False}
LEFT_OUT = {"only": True, "all": None}
ORDERS = {
    "as imported": "position",
    "title": "title",
    "price, low first": "price",
    "price, high first": "-price",
    "category": "category",
}
_LEFT_OUT_WORDS = {"only": "Only left-out products", "all": "Left-out products too"}
_PICTURE_WORDS = {"with": "With pictures", "without": "Without pictures"}


@dataclass(frozen=True)
class ActiveFilter:
    """One filter that narrows the products.

    Attributes:
        words: What it says; holds foreign text.
        names: Its names in the address, to take it back.
    """

    words: str
    names: tuple[str, ...]


def asked(name: str) -> str | None:
    """Give what the address says under a name; None when it says nothing."""
    value = st.query_params.get(name)
    return str(value) if value else None


def choose(name: str, value: str | None) -> None:
    """Set one filter, or take it back, and go to the first page."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
    first_page()


def chooser(name: str) -> Callable[[str | None], None]:
    """Give a callback that sets one filter."""
    return lambda value: choose(name, value)


def first_page() -> None:
    """Go to the first page: another filter shows other products."""
    st.query_params.pop(PAGE, None)


def asked_page() -> int:
    """Give the page the address asks for, from 1."""
    words = asked(PAGE) or ""
    return max(int(words), 1) if words.isascii() and words.isdecimal() and len(words) < 10 else 1


def draw_pages(current: int, pages: int) -> None:
    """Let the visitor turn pages. The address keeps the number, not the widget: another filter begins anew."""
    key = f"page_{current}_of_{pages}"

    def turn() -> None:
        st.query_params[PAGE] = str(st.session_state[key])

    if pages > 1:
        st.pagination(pages, default=current, key=key, on_change=turn)


def clear(names: tuple[str, ...]) -> None:
    """Take filters back. The search is a widget's own value: dropped, it would come back from the address."""
    for name in names:
        if name == SEARCH:
            st.session_state[SEARCH] = ""
        else:
            st.query_params.pop(name, None)
    first_page()


def clear_all() -> None:
    """Take every filter back; the order stays."""
    clear((SEARCH, *FACETS, "low", "high", "currency", "pictures", "left_out"))


def price_bounds() -> tuple[str | None, int | None, int | None]:
    """Give the currency and the bounds of prices in minor units; None for each that is not asked or no amount."""
    currency = (asked("currency") or "").upper()[:3] or None
    if currency is None:
        return None, None, None
    low, high = (_minor(asked(name), currency) for name in ("low", "high"))
    return (None, None, None) if low is None and high is None else (currency, low, high)


def asked_filter(search: str, sorting: str) -> ProductFilter:
    """Give the filter the address asks for; what it says that means nothing does not narrow."""
    currency, low, high = price_bounds()
    return ProductFilter(
        text=search,
        category=asked("category"),
        brand=asked("brand"),
        color=asked("color"),
        split=asked("split"),
        currency=currency,
        price_min=low,
        price_max=high,
        has_picture=PICTURES.get(asked("pictures") or ""),
        left_out=LEFT_OUT.get(asked("left_out") or "", False),
        order_by=ORDERS[sorting],
    )


def active_filters(search: str, *, issue_words: Callable[[str], str] = str) -> list[ActiveFilter]:
    """List what narrows the products now, in the order of the bar."""
    found = [ActiveFilter(f"“{search.strip()}”", (SEARCH,))] if search.strip() else []
    for name in FACETS:
        value = asked(name)
        if value:
            words = issue_words(value) if name == "issue" else value
            found.append(ActiveFilter(f"{name.capitalize()}: {words}", (name,)))
    currency, low, high = price_bounds()
    if currency:
        found.append(ActiveFilter(_price_words(currency, low, high), ("low", "high", "currency")))
    for name, known in (("pictures", _PICTURE_WORDS), ("left_out", _LEFT_OUT_WORDS)):
        said = known.get(asked(name) or "")
        if said is not None:
            found.append(ActiveFilter(said, (name,)))
    return found


def _price_words(currency: str, low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"{price_text(low, currency)} to {price_text(high, currency)}"
    return f"from {price_text(low, currency)}" if low is not None else f"up to {price_text(high, currency)}"


def _minor(text: str | None, currency: str) -> int | None:
    try:
        return None if text is None else to_minor_units(text[:40], currency)
    except SettingsError:
        return None
