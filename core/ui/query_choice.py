"""The query of the Recommend page: a product of the catalog, or a picture that the visitor brings."""

import numpy as np
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.recommend.index import CatalogIndex
from core.recommend.ranking import QueryParts
from core.ui.caches import home, products_of
from core.ui.product_detail import open_product
from core.ui.product_grid import product_card, product_grid, row_card
from core.ui.recommendations import picture_parts, product_parts
from core.ui.uploads import uploaded_picture

SUGGESTIONS = 12
_SOURCES = ("A product", "A picture of yours")


def chosen_query(catalog: Catalog, index: CatalogIndex) -> tuple[QueryParts, str | None] | None:
    """Let the visitor choose what matches are sought for.

    Returns:
        The query's parts and the id of the product asked for (None for a picture); None while nothing is chosen.
    """
    product_id = st.query_params.get("query")
    if product_id:
        return product_parts(index, product_id), product_id
    source = st.segmented_control(
        "Start from", _SOURCES, default=_SOURCES[0], key="start", bind="query-params", required=True
    )
    if source == _SOURCES[0]:
        draw_search(catalog, index)
        return None
    data = uploaded_picture("Picture to find look-alikes of")
    return None if data is None or index.embedding is None else (picture_parts(index, index.embedding, data), None)


def draw_search(catalog: Catalog, index: CatalogIndex) -> None:
    """Let the visitor pick a product: search words, then a click."""
    words, chance = st.columns([4, 1.2], vertical_alignment="bottom")
    text = words.text_input(
        "Search a product", key="find", placeholder="words in title, brand, color or id", max_chars=200
    )
    if chance.button("Any product", icon=":material/casino:", width="stretch", help="Picks one at random."):
        choose_query(str(np.random.default_rng().choice(index.product_ids)))
    found = read_products(home(), catalog, filter=ProductFilter(text=text, has_picture=True), limit=SUGGESTIONS)
    cards = [product_card(product) for product in found]
    picked = product_grid(
        cards, key="candidates", small=True, empty="No product has these words.", label="products to pick"
    )
    if picked:
        choose_query(picked)


def choose_query(product_id: str) -> None:
    """Make a product the query and draw the page anew."""
    st.query_params["query"] = product_id
    st.rerun()


def draw_query(catalog: Catalog, product_id: str) -> None:
    """Show the product that matches are sought for, and the way to another."""
    found = products_of(catalog)
    row = next(found[found["product_id"] == product_id].itertuples(), None)
    if row is not None and product_grid([row_card(row, marked=True)], key="query_card", label="the product asked for"):
        open_product(product_id)
        st.rerun()
    if st.button("Pick another", icon=":material/search:", width="stretch"):
        st.query_params.pop("query", None)
        st.rerun()
