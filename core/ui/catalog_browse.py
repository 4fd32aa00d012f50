"""The Browse view of the Catalog page: filters, the grid, a selection and undoing the newest edit."""

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.catalog.log import list_events, undo
from core.catalog.products import Product
from core.ui.caches import home
from core.ui.catalog_address import asked_page, clear_all, draw_pages
from core.ui.catalog_found import found_page
from core.ui.catalog_selection import draw_selection, pick, selected_products
from core.ui.errors import shown_errors
from core.ui.export_panel import draw_export
from core.ui.guard import visitor_name
from core.ui.permission import drawn_for
from core.ui.product_detail import open_product
from core.ui.product_filters import product_filters
from core.ui.product_grid import PAGE_SIZE, Badge, product_card, product_grid
from core.ui.wording import counted, number_text

_UNDOABLE = ("edit", "clean", "cleaning")


def draw_browse(catalog: Catalog) -> None:
    """Draw the products that pass the filters of the address."""
    chosen = product_filters(catalog)
    products, total, page = found_page(catalog, chosen, page=asked_page(), size=PAGE_SIZE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="found_bar"):
        st.markdown(_count_words(catalog, total), width="stretch")
        _draw_undo(catalog)
        _draw_export(catalog)
    if not total:
        st.info("No product passes these filters.", icon=":material/search_off:")
        st.button("Clear the filters", on_click=clear_all)
        return
    _draw_page(page, total)
    draw_selection(catalog, chosen, on_page=[product.product_id for product in products], total=total)
    opened = product_grid(
        [product_card(product, *_badges(product)) for product in products],
        key="catalog_grid",
        selected=selected_products(catalog),
        on_pick=lambda product_ids, on: pick(catalog, product_ids, on),
    )
    open_product(opened)


def _draw_page(page: int, total: int) -> None:
    if total <= PAGE_SIZE:
        return
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        draw_pages(page, -(-total // PAGE_SIZE))
    first, last = (page - 1) * PAGE_SIZE + 1, min(page * PAGE_SIZE, total)
    right.caption(f"{number_text(first)} to {number_text(last)} of {counted(total, 'product')}", text_alignment="right")


def _count_words(catalog: Catalog, total: int) -> str:
    words = f"**{counted(total, 'product')}**"
    return words if total == catalog.products else f"{words} of {number_text(catalog.products)}"


def _badges(product: Product) -> tuple[Badge, ...]:
    more = len(product.picture_hashes) - 1
    badges: tuple[Badge, ...] = ((f"+{more}", ""),) if more > 0 else ()
    return (*badges, ("left out", "bad")) if product.left_out else badges


def _draw_export(catalog: Catalog) -> None:
    panel = st.popover("Export", icon=":material/archive:", key="open_export", on_change="rerun")
    if panel.open:
        with panel:
            draw_export(catalog)


@drawn_for(Role.EDITOR)
def _draw_undo(catalog: Catalog) -> None:
    """Offer to take back the newest edit that still stands."""
    edits = [event for event in list_events(home(), catalog_id=catalog.catalog_id, limit=20) if event.kind in _UNDOABLE]
    last = next((event for event in edits if not event.undone), None)
    if last is not None and st.button("Undo last edit", icon=":material/undo:", key="undo_last"):
        with shown_errors():
            undo(home(), last.event_id, actor=visitor_name())
            st.rerun()
