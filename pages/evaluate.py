"""Evaluate: how good a run is, where it is wrong, and the pictures behind every number."""

import streamlit as st

from core.ui.categories_view import draw_categories
from core.ui.confusion_view import draw_confusion
from core.ui.errors import shown_errors
from core.ui.evaluate_views import View, of_pictures, of_run
from core.ui.guard import guard
from core.ui.labels_view import LABEL_VIEWS, draw_label_run
from core.ui.other_catalog import draw_other_catalog
from core.ui.picture_sets_view import draw_picture_sets
from core.ui.picture_trial import draw_trial
from core.ui.planner_view import draw_planner
from core.ui.product_detail import show_asked_product
from core.ui.run_care import draw_run_care
from core.ui.run_choice import catalog_of, pick_run
from core.ui.run_view import SPLIT_WORDS
from core.ui.slices_view import draw_slices
from core.ui.summary_view import draw_summary
from core.ui.two_runs_view import draw_two_runs
from core.ui.why_view import draw_why

VIEWS: dict[str, View] = {
    "Summary": of_pictures(draw_summary),
    "Confusion": of_pictures(draw_confusion),
    "Categories": of_pictures(draw_categories),
    "Why": of_pictures(draw_why),
    "Planner": of_pictures(draw_planner),
    "Slices": of_pictures(draw_slices),
    "Against another run": of_run(draw_two_runs),
    "Try a picture": of_run(draw_trial),
    "Real-life test": of_run(draw_picture_sets),
    "Another catalog": of_run(draw_other_catalog),
}

guard()
st.title("Evaluate")
run = pick_run()
if run is None:
    st.stop()
views, key = (LABEL_VIEWS, "show_labels") if run.predicts_labels else (list(VIEWS), "show")
view = st.segmented_control("Show", views, default=views[0], key=key, bind="query-params", required=True)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    side = st.segmented_control(
        "Pictures", list(SPLIT_WORDS), default="Test", key="split_shown", bind="query-params", required=True
    )
    draw_run_care(run)
if side != "Test":
    st.caption(
        ":orange[:material/info:] The model learned from these pictures; only figures on test pictures are fair."
    )
owner = catalog_of(run)
with shown_errors():
    if run.predicts_labels:
        draw_label_run(run, owner, view, SPLIT_WORDS[side])
    else:
        VIEWS[view](run, owner, side)
if owner is not None:
    show_asked_product(owner)
