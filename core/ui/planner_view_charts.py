"""Charts of trust: accuracy against share filed, claims against what came true, ROC and precision-recall."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.evaluation.roc_curves import Curve, thinned
from core.ui.charts import COLORS, GRAY
from core.ui.wording import number_marks

_MOST_POINTS = 600
_HEIGHT_PX = 320


def share_chart(curve: pd.DataFrame, *, wanted: float, threshold: float | None) -> go.Figure:
    """Draw accuracy against the share accepted.

    Args:
        curve: As of :func:`core.evaluation.thresholds.share_curve`.
        wanted: Wanted precision, marked.
        threshold: The one in use, marked; None where there is none, or several.
    """
    kept = np.unique(np.linspace(0, len(curve) - 1, min(len(curve), _MOST_POINTS)).round().astype(int))
    shown = curve.iloc[kept]
    figure = go.Figure()
    figure.add_scatter(
        x=shown["share"],
        y=shown["accuracy"],
        mode="lines",
        line={"color": COLORS[0], "width": 2.4},
        customdata=np.stack((shown["threshold"], shown["accepted"]), axis=1),
        hovertemplate="%{y:.1%} right of %{customdata[1]:,} filed<br>from %{customdata[0]:.1%} on<extra></extra>",
    )
    figure.add_hline(
        y=wanted, line={"color": GRAY, "dash": "dash", "width": 1}, annotation_text=f"wanted: {wanted:.1%}",
        annotation_position="bottom left",
    )  # fmt: skip
    below = curve[curve["threshold"] >= threshold] if threshold is not None else curve.iloc[:0]
    if len(below):
        last = below.iloc[-1]
        figure.add_scatter(
            x=[last["share"]], y=[last["accuracy"]], mode="markers", showlegend=False,
            marker={"color": COLORS[1], "size": 11, "symbol": "diamond"},
            hovertemplate=f"threshold {threshold:.1%}: %{{y:.1%}} right, %{{x:.0%}} filed<extra></extra>",
        )  # fmt: skip
    least = float(min(curve["accuracy"].min(), wanted)) if len(curve) else 0.0
    figure.update_xaxes(title="Share filed", tickformat=".0%", range=[0, 1.01])
    figure.update_yaxes(title="Right among them", tickformat=".0%", range=[max(0.0, least - 0.03), 1.005])
    return _finished(figure, legend=False)


def reliability_chart(plain: pd.DataFrame, scaled: pd.DataFrame) -> go.Figure:
    """Draw what came true over what was claimed, before and after scaling; whiskers are 95 % intervals.

    Args:
        plain: As of :func:`core.evaluation.calibration.reliability`.
        scaled: The same after scaling.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="honest", line={"color": GRAY, "dash": "dash", "width": 1},
        hoverinfo="skip",
    )  # fmt: skip
    for name, frame, color, mark in (("as it is", plain, COLORS[1], "square"), ("scaled", scaled, COLORS[0], "circle")):
        figure.add_scatter(
            x=frame["claimed"],
            y=frame["accuracy"],
            name=name,
            mode="lines+markers",
            line={"color": color, "width": 2},
            marker={"color": color, "symbol": mark, "size": 8},
            error_y={
                "array": frame["accuracy_high"] - frame["accuracy"],
                "arrayminus": frame["accuracy"] - frame["accuracy_low"],
                "width": 3,
                "thickness": 1,
            },
            customdata=frame["pictures"],
            hovertemplate="claimed %{x:.1%}, right %{y:.1%} of %{customdata:,} pictures",
        )
    figure.update_xaxes(title="Claimed", tickformat=".0%", range=[0, 1.02])
    figure.update_yaxes(title="Came true", tickformat=".0%", range=[0, 1.02])
    return _finished(figure)


def roc_chart(curve: Curve) -> go.Figure:
    """Draw an ROC curve."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": GRAY, "dash": "dash", "width": 1}, hoverinfo="skip"
    )
    _add_curve(figure, curve, "%{y:.1%} found, %{x:.1%} of the others too")
    figure.update_xaxes(title="Others taken for it", tickformat=".0%", range=[-0.01, 1.01])
    figure.update_yaxes(title="Found", tickformat=".0%", range=[0, 1.02])
    return _finished(figure, legend=False)


def precision_recall_chart(curve: Curve) -> go.Figure:
    """Draw precision over recall."""
    figure = go.Figure()
    _add_curve(figure, curve, "%{y:.1%} right, %{x:.1%} found")
    figure.update_xaxes(title="Found", tickformat=".0%", range=[0, 1.01])
    figure.update_yaxes(title="Right among them", tickformat=".0%", range=[0, 1.02])
    return _finished(figure, legend=False)


def _add_curve(figure: go.Figure, curve: Curve, words: str) -> None:
    shown = thinned(curve)
    figure.add_scatter(
        x=shown.x,
        y=shown.y,
        mode="lines",
        line={"color": COLORS[0], "width": 2.4, "shape": "linear"},
        customdata=np.where(np.isfinite(shown.thresholds), shown.thresholds, 1.0),
        hovertemplate=words + "<br>from %{customdata:.1%} on<extra></extra>",
    )


def _finished(figure: go.Figure, *, legend: bool = True) -> go.Figure:
    return figure.update_layout(
        separators=number_marks(),
        height=_HEIGHT_PX,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.14, "x": 1, "xanchor": "right"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
