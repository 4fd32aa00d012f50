"""Clean: mend a catalog step by step; every step is previewed, kept in the recipe and undone at a click."""

import streamlit as st

from core.ui.cleaning_recipe import draw_recipe
from core.ui.cleaning_workbench import draw_workbench
from core.ui.errors import shown_errors
from core.ui.frame import need_catalog
from core.ui.guard import guard
from core.ui.product_detail import show_asked_product

guard()
st.title("Clean")
catalog = need_catalog()
if not catalog.products:
    st.info("This catalog has no products, so there is nothing to clean.", icon=":material/inventory_2:")
    st.stop()
left, right = st.columns([1, 2.4], gap="large")
with right, shown_errors():
    draw_workbench(catalog)
with left, shown_errors():
    draw_recipe(catalog)
show_asked_product(catalog)
