"""The bar of filters above the grid of the Catalog page, and what narrows it now as chips."""

from collections.abc import Callable

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.color_swatches import swatch
from core.catalog.product_filter import ProductFilter
from core.quality.line_products import issue_title
from core.ui.catalog_address import (
    ORDERS,
    SEARCH,
    SORT,
    ActiveFilter,
    active_filters,
    asked,
    asked_filter,
    chooser,
    clear,
    clear_all,
    first_page,
)
from core.ui.catalog_counts import currencies_of, facets_of, issues_of, with_issue
from core.ui.catalog_facet import FacetOption, category_options, facet_list, value_options
from core.ui.catalog_prices import draw_prices
from core.ui.catalog_slices import slices_of, with_slice
from core.ui.wording import literal, shortened

_CHIP_CHARACTERS = 60
_FACET_FIELDS = {"category": "categories", "brand": "brands", "color": "colors", "split": "splits"}
_PICTURE_WORDS = {"either": None, "with": "with", "without": "without"}
_LEFT_OUT_WORDS = {"in the catalog": None, "left out": "only", "both": "all"}


def product_filters(catalog: Catalog) -> ProductFilter:
    """Draw the filters of a catalog and give what they say.

    Values with their counts are read only while the list that shows them is open.
    """
    search, sorting = st.columns([5, 2], vertical_alignment="bottom")
    text = search.text_input(
        "Search",
        key=SEARCH,
        bind="query-params",
        placeholder="words in title, brand, color, category or id",
        max_chars=200,
        icon=":material/search:",
        on_change=first_page,
    )
    order = sorting.selectbox("Sort by", list(ORDERS), key=SORT, bind="query-params", on_change=first_page)
    chosen = with_issue(catalog, asked_filter(text, order), asked("issue"))
    chosen = with_slice(catalog, chosen, asked("slice"))
    _draw_bar(catalog, chosen)
    _draw_chips(active_filters(text, issue_words=issue_title))
    return chosen


def _draw_bar(catalog: Catalog, chosen: ProductFilter) -> None:
    with st.container(horizontal=True, gap="small", key="filter_bar"):
        for name, icon in (
            ("category", "account_tree"),
            ("brand", "sell"),
            ("color", "palette"),
            ("split", "call_split"),
        ):
            _facet(catalog, chosen, name, icon)
        if currencies_of(catalog):
            price = st.popover("Price", icon=":material/payments:", key="open_price", on_change="rerun")
            if price.open:
                with price:
                    draw_prices(catalog, chosen)
        issue = st.popover("Issue", icon=":material/report:", key="open_issue", on_change="rerun")
        if issue.open:
            with issue:
                facet_list(
                    issues_of(catalog), asked("issue"), key="issue_list", label="Issues", on_choose=_closing("issue")
                )
        slices = slices_of(catalog)
        if slices:
            kept = st.popover("Slice", icon=":material/bookmarks:", key="open_slice", on_change="rerun")
            if kept.open:
                with kept:
                    facet_list(slices, asked("slice"), key="slice_list", label="Slices", on_choose=_closing("slice"))
        _draw_more()


def _facet(catalog: Catalog, chosen: ProductFilter, name: str, icon: str) -> None:
    place = st.popover(name.capitalize(), icon=f":material/{icon}:", key=f"open_{name}", on_change="rerun")
    if not place.open:
        return
    counts = getattr(facets_of(catalog, chosen), _FACET_FIELDS[name])
    options = category_options(counts) if name == "category" else value_options(counts)
    if name == "color":
        options = [FacetOption(each.value, each.label, each.count, swatch=swatch(each.value)) for each in options]
    with place:
        facet_list(options, asked(name), key=f"{name}_list", label=name.capitalize(), on_choose=_closing(name))


def _closing(name: str) -> Callable[[str | None], None]:
    """Give a callback that sets a filter and closes its list."""
    choose_it = chooser(name)

    def chosen(value: str | None) -> None:
        choose_it(value)
        st.session_state[f"open_{name}"] = False

    return chosen


def _draw_more() -> None:
    place = st.popover("More", icon=":material/filter_list:", key="open_more", on_change="rerun")
    if not place.open:
        return
    with place:
        _choice("Pictures", "pictures", _PICTURE_WORDS)
        _choice("Products", "left_out", _LEFT_OUT_WORDS)


def _choice(label: str, name: str, words: dict[str, str | None]) -> None:
    names = {value: word for word, value in words.items()}
    current = names.get(asked(name), next(iter(words)))

    def chosen() -> None:
        chooser(name)(words[st.session_state[f"choice_{name}"]])

    st.segmented_control(label, list(words), default=current, key=f"choice_{name}", on_change=chosen, required=True)


def _draw_chips(active: list[ActiveFilter]) -> None:
    if not active:
        return
    with st.container(horizontal=True, gap="small", key="filter_chips"):
        for each in active:
            st.button(
                literal(shortened(each.words, _CHIP_CHARACTERS)),
                key=f"chip_{each.names[0]}",
                icon=":material/close:",
                icon_position="right",
                type="secondary",
                help="Take this filter back",
                on_click=clear,
                args=(each.names,),
            )
        st.button("Reset all", key="chip_all", type="tertiary", on_click=clear_all)
