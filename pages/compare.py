"""Compare: runs beside one another, what they cost, and which differences are more than chance."""

import streamlit as st

from core.models.runs import list_runs
from core.ui.caches import home
from core.ui.compare_tables import draw_chance, draw_classes, draw_yes_or_no
from core.ui.compare_view import draw_curves, draw_downloads, draw_figures, draw_frontier, draw_settings
from core.ui.compared import comparison_of, offer_newest, pick_compared
from core.ui.errors import shown_errors
from core.ui.foreign_model import foreign_model_form
from core.ui.frame import chosen_catalog, need_catalog
from core.ui.guard import guard
from core.ui.navigation import link

guard()
st.title("Compare")
st.caption("Hold runs against one another: accuracy, what it cost, and whether a difference is more than chance.")
if not list_runs(home()):
    catalog = need_catalog()
    st.info("No run yet: train two models, then compare them here.", icon=":material/balance:")
    link("train", "Go to Train", icon=":material/arrow_forward:")
    foreign_model_form(catalog)
    st.stop()
with shown_errors():
    runs = pick_compared()
    if not runs:
        if len(list_runs(home())) == 1:
            st.info("There is one run so far: train another to compare it with.", icon=":material/balance:")
            link("train", "Go to Train", icon=":material/arrow_forward:")
        else:
            st.info("Choose two or more runs above, or tick them in a list of runs.", icon=":material/balance:")
        offer_newest()
    else:
        comparison = comparison_of(runs)
        if len(runs) == 1:
            st.info("Choose another run to compare this one with.", icon=":material/add:")
        for warning in comparison.warnings:
            st.text(f"⚠ {warning}")
        draw_figures(comparison)
        st.header("Accuracy against time", anchor=False)
        draw_frontier(comparison)
        st.header("How they learned", anchor=False)
        draw_curves(comparison)
        if len(runs) > 1:
            st.header("What was set otherwise", anchor=False)
            draw_settings(comparison)
            st.header("More than chance?", anchor=False)
            draw_chance(comparison)
            st.header("Categories gained and lost", anchor=False)
            draw_classes(comparison)
        draw_yes_or_no(comparison)
        draw_downloads(comparison)
foreign_model_form(chosen_catalog())
