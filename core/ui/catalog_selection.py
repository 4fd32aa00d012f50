"""Products selected on the Catalog page, over several of its pages, and what can be done with all of them at once."""

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.catalog.product_edits import LEFT_OUT_BY_HAND, MOST_EDITED_AT_ONCE, edit_products, typed_category
from core.catalog.product_filter import ProductFilter
from core.ui.caches import counts_of, home
from core.ui.catalog_found import found_ids
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.permission import drawn_for
from core.ui.said import rerun_saying
from core.ui.wording import counted, number_text

_SELECTED = "_selected_products"
_CATEGORY_PX = 380


def selected_products(catalog: Catalog) -> set[str]:
    """Give the products selected in a catalog; another catalog begins with none."""
    kept = st.session_state.get(_SELECTED)
    if kept is None or kept[0] != catalog.catalog_id:
        kept = st.session_state[_SELECTED] = (catalog.catalog_id, set())
    return kept[1]


def pick(catalog: Catalog, product_ids: list[str], on: bool) -> None:
    """Select products or let them go."""
    selected = selected_products(catalog)
    (selected.update if on else selected.difference_update)(product_ids)


def draw_selection(catalog: Catalog, chosen: ProductFilter, *, on_page: list[str], total: int) -> None:
    """Draw what can be done with the selected products; nothing while none is."""
    selected = selected_products(catalog)
    if not selected:
        return
    with st.container(border=True, key="selection"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{counted(len(selected), 'product')} selected**")
            st.button("This page", on_click=pick, args=(catalog, on_page, True), help="Select all on this page")
            if total > len(on_page) and total <= MOST_EDITED_AT_ONCE:
                st.button(
                    f"All {number_text(total)}", on_click=_pick_all, args=(catalog, chosen), help="Select all that pass"
                )
            st.button("None", on_click=selected.clear, help="Select none")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _draw_actions(catalog, chosen, sorted(selected))


def _pick_all(catalog: Catalog, chosen: ProductFilter) -> None:
    pick(catalog, found_ids(catalog, chosen), True)


@drawn_for(Role.EDITOR, "Changing products")
def _draw_actions(catalog: Catalog, chosen: ProductFilter, product_ids: list[str]) -> None:
    category = st.selectbox(
        "Category for all of them",
        sorted(path for path in counts_of(catalog, "category") if path),
        index=None,
        accept_new_options=True,
        placeholder="choose one, or type a new one",
        key="bulk_category",
        width=_CATEGORY_PX,
    )
    if st.button("Set category", disabled=not category, icon=":material/edit:"):
        _edit(catalog, product_ids, {"category": typed_category(category)})
    if chosen.left_out:
        if st.button("Take back in", icon=":material/add_circle:"):
            _edit(catalog, product_ids, {"left_out": None})
    elif st.button(
        "Leave out",
        icon=":material/remove_circle:",
        help="They stay in the database, but no page, training or export sees them. 'More' shows them again.",
    ):
        _edit(catalog, product_ids, {"left_out": LEFT_OUT_BY_HAND})


def _edit(catalog: Catalog, product_ids: list[str], values: dict[str, str | None]) -> None:
    with shown_errors():
        edit_products(home(), catalog, product_ids, values, actor=visitor_name())
        selected_products(catalog).clear()
        words = f"Changed {counted(len(product_ids), 'product')}. Undo it above the grid."
        rerun_saying(words, icon=":material/check:")
