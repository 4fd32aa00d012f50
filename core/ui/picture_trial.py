"""Trying a run on a picture from elsewhere."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.calibration_applied import predict_scaled
from core.evaluation.explanation import explain_picture
from core.models.predict import predict_pictures
from core.models.runs import Run
from core.ui.caches import home, picture_address
from core.ui.charts import bars
from core.ui.run_view import run_files
from core.ui.uploads import decoded_upload
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone


def draw_trial(run: Run, owner: Catalog | None) -> None:
    """Draw the choice of a picture and what the run takes it for."""
    side_px = find_backbone(run.encoder or DEFAULT_BACKBONE, home=home()).side_px
    picture = decoded_upload("Picture to classify", enough_px=side_px, key="trial")
    if picture is None:
        st.caption("The picture is looked at on this machine and not kept.")
        return
    left, right = st.columns([1, 2], gap="large")
    left.image(picture_address(picture), width="stretch")
    scaled = right.toggle("Scaled probabilities", key="trial_scaled", help="By the run's temperature, see Planner.")
    predict = predict_scaled if scaled else predict_pictures
    answers = predict(home(), run.run_id, [picture], top=5)[0]
    names, chances = [name for name, _ in answers], [chance for _, chance in answers]
    with right:
        figure = bars(names, chances, title="Most probable", as_percent=True)
        st.plotly_chart(figure, key="trial_bars", config={"displayModeBar": False}, alt="Most probable categories")
    if left.toggle("Where it looked", key="trial_why", help="Orange: places that speak for the likeliest category."):
        found = explain_picture(home(), run_files(run.run_id), picture, classes=names[:1])
        left.image(picture_address(found.overlay(names[0])), width="stretch")
