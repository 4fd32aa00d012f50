"""Whether probabilities can be taken at their word, and what every threshold of one category would give."""

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.calibration import LEAST_PICTURES, Calibration, reliability, top_probabilities
from core.evaluation.roc_curves import Curve, class_answers, precision_recall, roc
from core.models.runs import Run
from core.ui.caches import home
from core.ui.planner_view_charts import precision_recall_chart, reliability_chart, roc_chart
from core.ui.run_view import run_files
from core.ui.wording import number_text, percent

_STILL = {"displayModeBar": False}


def draw_calibration(run: Run, calibration: Calibration) -> None:
    """Draw the reliability diagram on test, before and after scaling by the temperature found on validation."""
    side = calibration.sides["test"]
    if not side["pictures"]:
        return
    st.header(
        "Can its probabilities be taken at their word?",
        anchor=False,
        help="Of the pictures it claims to know at 80 %, 80 % should be right. Below the dashed line it is too sure.",
    )
    frames = _reliability(str(home().root), run.run_id, calibration.temperature)
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    left.plotly_chart(reliability_chart(*frames), key="reliability", config=_STILL, alt="Claimed against came true")
    with right:
        before, after = percent(side["error"]), percent(side["scaled_error"])
        seen = calibration.sides["validation"]["pictures"]
        st.metric("Calibration error on test", after, help=f"{before} before scaling; mean distance from the line.")
        if seen < LEAST_PICTURES:
            st.caption(
                f"Not scaled: {number_text(seen)} validation pictures are too few to find a temperature; it takes "
                f"{LEAST_PICTURES}."
            )
            return
        st.caption(
            f"Before scaling {before}. Temperature {calibration.temperature:.2f}, found on validation: "
            f"{_temperature_words(calibration.temperature)}. Log loss {side['loss']:.3f}, scaled "
            f"{side['scaled_loss']:.3f}, over {number_text(side['pictures'])} test pictures."
        )


def draw_curves(run: Run, split: str) -> None:
    """Draw ROC and precision-recall of one category against all others, or of one label."""
    what = "label" if run.predicts_labels else "category"
    st.header(
        f"One {what} against all others",
        anchor=False,
        help="What every threshold on its probability would find, and what it would take for it wrongly.",
    )
    name = st.selectbox("Which", list(run.classes), key="roc_of", bind="query-params", label_visibility="collapsed")
    if name is None:
        return
    received, precisions = _curves(str(home().root), run.run_id, split, str(name))
    if np.isnan(received.area):
        st.caption(f"These pictures do not hold both: pictures of this {what} and of others.")
        return
    left, right = st.columns(2, gap="medium")
    left.caption(f"ROC: area {received.area:.4f}; 0.5 is luck, 1 is perfect.")
    left.plotly_chart(roc_chart(received), key="roc", config=_STILL, alt="ROC curve")
    right.caption(f"Precision over recall: average precision {precisions.area:.4f}.")
    right.plotly_chart(precision_recall_chart(precisions), key="pr", config=_STILL, alt="Precision over recall")


def _temperature_words(temperature: float) -> str:
    if 0.97 <= temperature <= 1.03:
        return "it is about as sure as it should be"
    return "it is too sure of itself" if temperature > 1 else "it is not sure enough"


@st.cache_resource(show_spinner=False, max_entries=8)
def _reliability(root: str, run_id: str, temperature: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    run = run_files(run_id)
    rows = np.flatnonzero((run.products["split"] == "test").to_numpy())
    right = (run.products["label"] == run.products["predicted"]).to_numpy()[rows]
    plain, scaled = (
        reliability(top_probabilities(run.probabilities, rows, each), right) for each in (1.0, temperature)
    )
    return plain, scaled


@st.cache_resource(show_spinner=False, max_entries=16)
def _curves(root: str, run_id: str, split: str, name: str) -> tuple[Curve, Curve]:
    given, truth = class_answers(run_files(run_id), split, name)
    return roc(given, truth), precision_recall(given, truth)
