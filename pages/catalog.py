"""Catalog: browse and mend products, bring new ones in, look after catalogs."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import list_events, undo
from core.catalog.products import count_products, read_products
from core.ui.caches import home
from core.ui.catalog_care import draw_care
from core.ui.frame import chosen_catalog
from core.ui.guard import guard, visitor_name
from core.ui.import_wizard import draw_import
from core.ui.product_detail import open_product, show_asked_product
from core.ui.product_filters import clear_filters, product_filters
from core.ui.product_grid import page_rows, product_card, product_grid
from core.ui.wording import counted

VIEWS = ["Browse", "Import", "Manage"]


def draw_browse(catalog: Catalog) -> None:
    chosen = product_filters(catalog)
    total = count_products(home(), catalog, filter=chosen)
    if not total:
        st.info("No product passes these filters.", icon=":material/search_off:")
        st.button("Clear the filters", on_click=clear_filters)
        return
    words, undoing = st.columns([4, 1.4], vertical_alignment="center")
    words.markdown(
        f"**{counted(total, 'product')}**" + ("" if total == catalog.products else f" of {catalog.products:,}")
    )
    draw_undo(catalog, undoing)
    rows = page_rows(total, key="page")
    products = read_products(home(), catalog, filter=chosen, limit=rows.stop - rows.start, offset=rows.start)
    open_product(product_grid([product_card(product) for product in products], key="catalog_grid"))


def draw_undo(catalog: Catalog, place: st.delta_generator.DeltaGenerator) -> None:
    """Offer to take back the newest edit that still stands."""
    edits = [event for event in list_events(home(), catalog_id=catalog.catalog_id, limit=20) if event.kind == "edit"]
    last = next((event for event in edits if not event.undone), None)
    if last is not None and place.button(
        "Undo last edit", icon=":material/undo:", help="Takes back the newest change."
    ):
        undo(home(), last.event_id, actor=visitor_name())
        st.rerun()


guard()
st.title("Catalog")
catalog = chosen_catalog()
view = st.segmented_control(
    "View",
    VIEWS,
    default=None if catalog is None else "Browse",
    key="view",
    bind="query-params",
    label_visibility="collapsed",
    required=True,
)
if view == "Import" or catalog is None:
    draw_import()
elif view == "Manage":
    draw_care(catalog)
else:
    draw_browse(catalog)
    show_asked_product(catalog)
