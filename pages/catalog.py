"""Catalog: browse and mend products, see what changed, look after the catalog."""

import streamlit as st

from core.ui.catalog_browse import draw_browse
from core.ui.catalog_care import draw_care
from core.ui.catalog_history import draw_history
from core.ui.frame import need_catalog
from core.ui.guard import guard
from core.ui.product_detail import show_asked_product

VIEWS = {"Browse": draw_browse, "History": draw_history, "Manage": draw_care}

guard()
st.title("Catalog")
catalog = need_catalog()
view = st.segmented_control(
    "View",
    list(VIEWS),
    default="Browse",
    key="view",
    bind="query-params",
    label_visibility="collapsed",
    required=True,
)
VIEWS[view](catalog)
show_asked_product(catalog)
