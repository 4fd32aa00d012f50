"""The Storefront: which of its views the address asks for."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.ui.embed_offer import offer_embedding
from core.ui.errors import shown_errors
from core.ui.recommendations import embedding_of, index_of
from core.ui.storefront_frame import ITEM, SETUP, SHELF, UPLOAD, VIEW, draw_bar
from core.ui.storefront_setup import draw_setup
from core.ui.storefront_shop import draw_home, draw_item, draw_shelf
from core.ui.storefront_state import flush, histories_of
from core.ui.storefront_upload import draw_upload
from core.ui.wording import counted


def draw_storefront(catalog: Catalog) -> None:
    """Draw the shop as a shopper sees it."""
    with shown_errors():
        flush(catalog)
        table = histories_of(catalog)
        user = draw_bar(table)
        view, item, shelf = (st.query_params.get(name) for name in (VIEW, ITEM, SHELF))
        embedding = embedding_of(catalog)
        if embedding is None:
            offer_embedding(catalog, why="A shop that recommends compares embeddings, which this catalog lacks yet.")
            if view == SETUP:
                draw_setup(catalog, None, table)
            elif shelf:
                draw_shelf(catalog, shelf)
            return
        index = index_of(catalog, embedding)
        if index.stale and view != UPLOAD:
            offer_embedding(catalog, why=f"{counted(index.not_embedded, 'product')} cannot be recommended yet.")
        if item:
            draw_item(catalog, index, table, user, item)
        elif shelf:
            draw_shelf(catalog, shelf)
        elif view == UPLOAD:
            draw_upload(catalog, index)
        elif view == SETUP:
            draw_setup(catalog, index, table)
        else:
            draw_home(catalog, index, table, user)
