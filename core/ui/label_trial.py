"""Trying a run that predicts labels on a picture: the likeliest labels written on it, and all probabilities."""

from html import escape

import pandas as pd
import streamlit as st

from core.models.predicted_labels import PredictedLabel, predict_label_sets
from core.models.runs import Run
from core.ui.caches import home, picture_address
from core.ui.charts import bars
from core.ui.uploads import decoded_upload
from core.ui.wording import percent, shortened
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone

NO_LABEL = "no label"
ON_PICTURE = 2
MOST_BARS = 40
_STILL = {"displayModeBar": False}


def draw_label_trial(run: Run) -> None:
    """Let the visitor bring a picture, and show its labels."""
    side_px = find_backbone(run.encoder or DEFAULT_BACKBONE, home=home()).side_px
    picture = decoded_upload("Picture to label", enough_px=side_px, key="label_trial")
    if picture is None:
        st.caption("The picture is looked at on this machine and not kept.")
        return
    left, right = st.columns([1, 2], gap="large")
    labels = predict_label_sets(home(), run.run_id, [picture])[0]
    with left:
        st.html(picture_with_labels(picture_address(picture), labels))
    with right:
        chosen = [each.name for each in labels if each.chosen]
        st.text(f"Labels: {', '.join(chosen) if chosen else NO_LABEL}")
        listed = sorted(labels, key=lambda each: -each.probability)[:MOST_BARS]
        figure = bars(
            [f"{each.name} ✓" if each.chosen else each.name for each in listed],
            [each.probability for each in listed],
            title="Probability of each label",
            as_percent=True,
        )
        st.plotly_chart(figure, key="label_trial_bars", config=_STILL, alt="Probability of each label")
        if len(labels) > MOST_BARS:
            table = pd.DataFrame([(each.name, 100 * each.probability, each.chosen) for each in labels])
            st.dataframe(table.set_axis(["Label", "%", "Chosen"], axis=1), hide_index=True, width="stretch")


def picture_with_labels(address: str, labels: list[PredictedLabel]) -> str:
    """Write the two likeliest labels with their percentages onto a picture, as HTML.

    Args:
        address: Data address of the picture.
        labels: Every label of it; names come from outside and are escaped.
    """
    top = sorted(labels, key=lambda each: -each.probability)[:ON_PICTURE]
    lines = "".join(
        f"<div>{escape(shortened(each.name, 40))} {escape(percent(each.probability))}</div>" for each in top
    )
    written = (
        "position:absolute;left:8px;top:8px;padding:4px 10px;border-radius:6px;background:rgba(0,0,0,.72);"
        "color:#fff;font-weight:600;overflow-wrap:anywhere"
    )
    picture = f'<img src="{escape(address)}" alt="" style="width:100%;display:block;border-radius:8px">'
    return f'<div style="position:relative">{picture}<div style="{written}">{lines}</div></div>'
