"""Recommend: pick a product or bring a picture, and let the sliders say what makes products alike."""

import streamlit as st

from core.ui.blind_test_view import draw_blind_tests
from core.ui.embed_offer import offer_embedding
from core.ui.embedding_choice import pick_embedding
from core.ui.errors import shown_errors
from core.ui.frame import need_catalog
from core.ui.guard import guard
from core.ui.impact_view import draw_impact
from core.ui.look_alikes_view import draw_look_alikes
from core.ui.presets_view import draw_presets
from core.ui.product_detail import show_asked_product
from core.ui.ranking_choices import View, with_settings
from core.ui.recommendations import embedding_of, index_of
from core.ui.teach_view import draw_teach
from core.ui.wording import counted

# A panel draw(catalog, index, settings) becomes a view by ranking_choices.with_settings, which draws the sliders first.
VIEWS: dict[str, View] = {
    "Look-alikes": draw_look_alikes,
    "Presets": with_settings(draw_presets),
    "Teach": with_settings(draw_teach),
    "Impact": with_settings(draw_impact),
    "Blind tests": with_settings(draw_blind_tests),
}

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
views = list(VIEWS)
view = views[0]
if len(views) > 1:
    view = st.segmented_control(
        "Show", views, default=views[0], key="show", bind="query-params", required=True, label_visibility="collapsed"
    )
with shown_errors():
    VIEWS[view](catalog, index)
show_asked_product(catalog)
