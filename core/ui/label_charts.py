"""Charts of labels: what every threshold of a label would give."""

import numpy as np
import plotly.graph_objects as go

from core.models.label_thresholds import threshold_curve
from core.ui.charts import COLORS, GRAY
from core.ui.wording import number_marks

_LINES = (("precision", COLORS[1], "dot"), ("recall", COLORS[2], "dash"), ("F1", COLORS[0], "solid"))


def label_curves(probabilities: np.ndarray, present: np.ndarray, *, threshold: float) -> go.Figure:
    """Draw precision, recall and F1 of a label over thresholds.

    Args:
        probabilities: Float (N,).
        present: Uint8 (N,): 1 where a picture has the label.
        threshold: The one in use, marked.
    """
    thresholds, *values = threshold_curve(probabilities, present)
    figure = go.Figure()
    for (name, color, dash), shares in zip(_LINES, values, strict=True):
        figure.add_scatter(
            x=thresholds,
            y=shares,
            name=name,
            mode="lines",
            line={"color": color, "dash": dash, "width": 2.4},
            hovertemplate="%{y:.1%}",
        )
    figure.add_vline(
        x=threshold,
        line={"color": GRAY, "dash": "dash", "width": 1},
        annotation_text=f"in use: {threshold:.2f}",
        annotation_position="bottom right" if threshold < 0.5 else "bottom left",
    )
    figure.update_xaxes(title="Threshold", range=[0, 1.02], tickformat=".2f")
    figure.update_yaxes(tickformat=".0%", range=[0, 1.03])
    return figure.update_layout(
        separators=number_marks(),
        height=320,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.12, "x": 1, "xanchor": "right"},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": GRAY, "activecolor": COLORS[0]},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
