"""Storefront: the shop as a shopper sees it, for demos."""

import streamlit as st

from core.ui.frame import need_catalog
from core.ui.guard import guard
from core.ui.storefront_view import draw_storefront

guard()
st.title("Storefront")
draw_storefront(need_catalog())
