"""The nearest products of one by cosine, by Euclidean and by Mahalanobis' distance, one row each (S3)."""

from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.explore.catalog_embeddings import list_embeddings
from core.explore.distance_neighbors import DistanceNeighbors, neighbors_by_each
from core.ui.address import choice_in_address
from core.ui.caches import home
from core.ui.embedding_choice import embeddings_state
from core.ui.errors import shown_errors
from core.ui.match_cards import card_rows
from core.ui.product_detail import asked_product, open_product
from core.ui.product_grid import product_card, product_grid, row_card
from core.ui.wording import number_text

_NEAR = "near"
_K = 10
_SUGGESTIONS = 12
_QUERY_PX = 170
_TITLES = {
    "cosine": "Cosine, by which everything else here measures",
    "euclidean": "Euclidean, on the rows as they are",
    "mahalanobis": "Mahalanobis: every direction counts by how much products differ along it",
}
_HELP = (
    "Rows of an embedding have length 1, so that the Euclidean order is the cosine's. Mahalanobis' distance divides by "
    "the spread along every direction: what many products vary in counts less."
)


def draw_distances(catalog: Catalog) -> None:
    """Let the visitor choose a product, and draw its nearest by three distances."""
    made = {entry.name: entry.title for entry in list_embeddings(home(), catalog) if entry.made}
    if not made:
        return
    st.header("Nearest by other distances", anchor=False, help=_HELP)
    name = next(iter(made))
    if len(made) > 1:
        with st.container(width=420):
            name = choice_in_address("Embedding", list(made), name="embedding", format_func=made.__getitem__)
    product_id = _asked(catalog)
    if product_id is None:
        _draw_search(catalog)
        return
    with shown_errors():
        _draw_rows(catalog, product_id, found=_neighbors(embeddings_state(catalog), name, product_id, catalog))


def _asked(catalog: Catalog) -> str | None:
    """Give the product the address asks about, as far as the catalog has it; one whose dialog is open will do."""
    asked = st.query_params.get(_NEAR) or asked_product()
    if not asked or asked not in card_rows(catalog, (asked,)):
        return None
    st.query_params[_NEAR] = asked
    return asked


def _draw_search(catalog: Catalog) -> None:
    text = st.text_input(
        "Search a product", key="near_find", placeholder="words in title, brand, color or id", max_chars=200
    )
    found = read_products(home(), catalog, filter=ProductFilter(text=text, has_picture=True), limit=_SUGGESTIONS)
    cards = [product_card(product) for product in found]
    empty = "No product has these words."
    picked = product_grid(cards, key="near_candidates", small=True, empty=empty, label="products to pick")
    if picked:
        st.query_params[_NEAR] = picked
        st.rerun()


def _draw_rows(catalog: Catalog, product_id: str, *, found: dict[str, DistanceNeighbors]) -> None:
    ids = {str(each["product_id"]) for row in found.values() for each in row.neighbors}
    rows = card_rows(catalog, (product_id, *ids))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=_QUERY_PX):
            card = row_card(rows[product_id], marked=True)
            open_product(product_grid([card], key="near_query", label="the product asked about"))
        st.button("Pick another", icon=":material/search:", on_click=_pick_another)
    for distance, row in found.items():
        _draw_row(row, _TITLES[distance], rows=rows, by_cosine=found["cosine"])


def _draw_row(found: DistanceNeighbors, title: str, *, rows: dict[str, Any], by_cosine: DistanceNeighbors) -> None:
    """Draw the nearest by one distance; those that are not among the nearest by cosine say so."""
    usual = {each["product_id"] for each in by_cosine.neighbors}
    total = len(found.neighbors)
    shared = round((found.shared_with_cosine or 0.0) * total)
    st.text(title if found is by_cosine else f"{title} · {shared} of {total} are nearest by cosine too")
    cards = []
    for each in found.neighbors:
        if each["product_id"] not in rows:
            continue
        badges = [(number_text(each["distance"], digits=2), "note")]
        if each["product_id"] not in usual:
            badges.append(("not by cosine", "half"))
        cards.append(row_card(rows[each["product_id"]], *badges))
    open_product(product_grid(cards, key=f"near_{found.distance}", small=True, label=f"nearest by {found.distance}"))


def _pick_another() -> None:
    st.query_params.pop(_NEAR, None)


@st.cache_data(show_spinner="Looking for the nearest products", max_entries=64)
def _neighbors(
    state: tuple[object, ...], name: str, product_id: str, _catalog: Catalog
) -> dict[str, DistanceNeighbors]:
    return neighbors_by_each(home(), _catalog, product_id, k=_K, embedding_name=name)
