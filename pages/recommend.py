"""Recommend: pick a product or bring a picture, and let the sliders say what makes products alike."""

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.recommend.index import CatalogIndex
from core.recommend.ranking import Matches, QueryParts, rank
from core.recommend.weights import BASIC_PARTS as PARTS
from core.recommend.weights import RankWeights
from core.ui.caches import home, products_of
from core.ui.embed_offer import offer_embedding
from core.ui.embedding_choice import pick_embedding
from core.ui.errors import shown_errors
from core.ui.frame import need_catalog
from core.ui.guard import guard
from core.ui.product_detail import open_product, show_asked_product
from core.ui.product_grid import Card, product_card, product_grid, row_card
from core.ui.recommendations import embedding_of, index_of, picture_parts, product_parts
from core.ui.score_weights import draw_part_legend, weight_sliders
from core.ui.uploads import uploaded_picture
from core.ui.wording import counted

SHOWN = 24
QUERY_PX = 160
SUGGESTIONS = 12


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


@st.fragment
def draw_matches(catalog: Catalog, parts: QueryParts, product_id: str | None) -> None:
    """Rank and draw; a slider reruns only this."""
    with shown_errors():
        weights = weight_sliders()
        if weights is None:
            st.info("All four weights are zero, so nothing can be ranked. Move one slider up.")
            return
        draw_part_legend()
        with st.container(horizontal=True, gap="medium"):
            if product_id is not None:
                with st.container(width=QUERY_PX):
                    draw_query(catalog, product_id)
            with st.container(width="stretch"):
                draw_ranked(catalog, parts, weights)


def draw_ranked(catalog: Catalog, parts: QueryParts, weights: RankWeights) -> None:
    matches = rank(parts, weights, k=SHOWN)
    cards = match_cards(catalog, parts.index, matches, weights)
    clicked = product_grid(cards, key="matches", label="matches, best first")
    if matches.unscored:
        st.caption(f"{counted(matches.unscored, 'product')} could not be scored: what the weights ask for is unknown.")
    with st.expander("The parts of each score, in numbers", icon=":material/table:"):
        st.dataframe(parts_table(catalog, matches), hide_index=True, width="stretch")
    if clicked:
        open_product(clicked)
        st.rerun()


def match_cards(catalog: Catalog, index: CatalogIndex, matches: Matches, weights: RankWeights) -> list[Card]:
    table = products_of(catalog).set_index("product_id", drop=False).loc[list(matches.product_ids)]
    cards = []
    for place, row in enumerate(table.itertuples()):
        values = [None if np.isnan(value) else float(value) for value in matches.parts[place]]
        parts = {part: (value, getattr(weights, part)) for part, value in zip(PARTS, values, strict=False)}
        cards.append(row_card(row, (f"score {matches.scores[place]:.3f}", "note"), parts=parts, place=place + 1))
    return cards


def parts_table(catalog: Catalog, matches: Matches) -> pd.DataFrame:
    titles = products_of(catalog).set_index("product_id")["title"]
    frame = pd.DataFrame(matches.parts[:, : len(PARTS)], columns=[part.capitalize() for part in PARTS]).round(3)
    frame.insert(0, "Score", np.round(matches.scores, 3))
    frame.insert(0, "Product", [titles.get(product_id, product_id) for product_id in matches.product_ids])
    frame.insert(0, "Place", range(1, len(frame) + 1))
    return frame


guard()
st.title("Recommend")
catalog = need_catalog()
backbone = pick_embedding(catalog)
embedding = embedding_of(catalog, backbone=backbone)
if embedding is None:
    words = "Look-alikes are found by comparing embeddings, which this catalog does not have yet."
    offer_embedding(catalog, why=words, backbone=backbone)
    st.stop()
index = index_of(catalog, embedding)
if index.stale:
    words = f"{counted(index.not_embedded, 'product')} came after the embedding and cannot be found yet."
    offer_embedding(catalog, why=words, backbone=backbone)
query = st.query_params.get("query")
source = (
    "A product"
    if query
    else st.segmented_control(
        "Start from",
        ["A product", "A picture of yours"],
        default="A product",
        key="start",
        bind="query-params",
        required=True,
    )
)
if query:
    with shown_errors():
        draw_matches(catalog, product_parts(index, query), query)
elif source == "A product":
    draw_search(catalog, index)
else:
    data = uploaded_picture("Picture to find look-alikes of")
    if data is not None:
        with shown_errors():
            draw_matches(catalog, picture_parts(index, embedding, data), None)
show_asked_product(catalog)
