"""Embeddings: the catalog as a map, look-alikes side by side; select a group and go on from there."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.catalog_maps import latest_map
from core.explore.map_points import METHODS
from core.ui.caches import home
from core.ui.clusters_view import draw_clusters
from core.ui.compare_embeddings_view import draw_compared_embeddings
from core.ui.distances_view import draw_distances
from core.ui.embedding_choice import pick_embedding
from core.ui.frame import need_catalog
from core.ui.guard import guard
from core.ui.map_flat import draw_map
from core.ui.map_offer import draw_offer
from core.ui.map_pair import draw_pair
from core.ui.map_space import draw_space
from core.ui.product_detail import show_asked_product

VIEWS = ("Map", "Two maps", "3-D", "Clusters", "Compare")


def draw_flat(catalog: Catalog) -> None:
    """Draw the map that was asked for, or offer to make it."""
    method, backbone = pick_map(catalog)
    drawn = latest_map(home(), catalog, method, backbone=backbone)
    if drawn is None:
        draw_offer(catalog, method, backbone, why=f"This embedding has no {METHODS[method]} map yet.")
    else:
        draw_map(catalog, drawn)


def pick_map(catalog: Catalog) -> tuple[str, str]:
    """Let the visitor choose a method and an embedding."""
    names = {words: method for method, words in METHODS.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        words = st.segmented_control(
            "Method", list(names), default="UMAP", key="method", bind="query-params", required=True
        )
        backbone = pick_embedding(catalog, derived=True)
    return names[str(words)], backbone


guard()
st.title("Embeddings")
catalog = need_catalog()
view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], key="show", bind="query-params", required=True, label_visibility="collapsed"
)
if view == "Map":
    draw_flat(catalog)
elif view == "Two maps":
    draw_pair(catalog)
elif view == "Clusters":
    draw_clusters(catalog, pick_embedding(catalog, derived=True))
elif view == "Compare":
    draw_compared_embeddings(catalog)
    draw_distances(catalog)
else:
    draw_space(catalog)
show_asked_product(catalog)
