"""Charts of the category tree: verdicts as one bar, distances of mistakes, accuracy in hierarchical order."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.evaluation.report import Evaluation
from core.ui.charts import COLORS, GRAY
from core.ui.wording import chart_text, number_marks, percent

_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
_CLEAR = "rgba(0,0,0,0)"


def verdict_bar(shares: dict[str, float]) -> go.Figure:
    """Draw right, right parent and wrong as one bar; half right is hatched, so that color is not the only sign.

    Args:
        shares: Share of each verdict in this order, 0..1.
    """
    figure = go.Figure()
    looks = ((COLORS[0], ""), (COLORS[0], "/"), (COLORS[1], ""))
    for (name, share), (color, pattern) in zip(shares.items(), looks, strict=True):
        figure.add_bar(
            x=[share],
            y=[""],
            orientation="h",
            name=f"{name} {percent(share, digits=0)}",
            marker={"color": color, "pattern": {"shape": pattern, "fgopacity": 0.9, "size": 6, "fillmode": "replace"}},
            hovertemplate=f"{name}: {percent(share)}<extra></extra>",
        )
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal", "font": {"size": 14}}
    return _finish(figure, height=92).update_layout(barmode="stack", legend=legend)


def distance_bars(distances: pd.DataFrame) -> go.Figure:
    """Draw how far mistakes are from the truth, beside mistakes made blindly.

    Args:
        distances: Columns distance, pictures, expected, see :func:`core.evaluation.hierarchy.index_distances`.
    """
    figure = go.Figure()
    for column, name, color, pattern in (
        ("pictures", "mistakes", COLORS[1], ""),
        ("expected", "if made blindly", GRAY, "/"),
    ):
        figure.add_bar(
            x=distances["distance"].tolist(),
            y=distances[column].tolist(),
            name=name,
            marker={"color": color, "pattern": {"shape": pattern, "size": 6, "fillmode": "replace"}},
            hovertemplate="%{x} categories away: %{y:,.0f} pictures<extra>" + name + "</extra>",
        )
    figure.update_xaxes(title="Categories between prediction and truth", type="category")
    figure.update_yaxes(title="Pictures")
    return _finish(figure, height=300).update_layout(barmode="group", legend={"orientation": "h", "y": 1.1, "x": 0})


def ordered_accuracy(names: Sequence[str], recall: np.ndarray, support: np.ndarray) -> go.Figure:
    """Draw the share found of every category in hierarchical order; top categories are told apart by tone.

    Args:
        names: C category names from outside, in hierarchical order.
        recall: Float (C,): share of a category's pictures that was found.
        support: Int (C,): its pictures; categories without any are left out.
    """
    shown = np.flatnonzero(support > 0).tolist()
    tops = pd.Series([names[place].split(" > ", 1)[0] for place in shown], dtype=str).factorize()[0]
    grouped = len(set(tops)) < len(tops)
    tones = [0.6 if grouped and top % 2 else 1.0 for top in tops]
    figure = go.Figure(
        go.Bar(
            x=shown,
            y=recall[shown].tolist(),
            marker={"color": COLORS[0], "opacity": tones, "line": {"width": 0}},
            customdata=[[chart_text(names[place]), int(support[place])] for place in shown],
            hovertemplate="%{customdata[0]}: %{y:.0%} of %{customdata[1]:,} pictures<extra></extra>",
        )
    )
    figure.update_xaxes(title="Categories in hierarchical order", showticklabels=False)
    figure.update_yaxes(title="Found", tickformat=".0%", range=[0, 1])
    return _finish(figure, height=300)


def size_against_f1(evaluation: Evaluation, train: np.ndarray) -> go.Figure:
    """Draw F1 of every category over its training pictures: which ones need more of them.

    Args:
        evaluation: How a run does.
        train: Int (C,): training pictures of each category.
    """
    counts = evaluation.counts
    shown = np.flatnonzero(counts.support > 0)
    figure = go.Figure(
        go.Scattergl(
            x=train[shown].tolist(),
            y=counts.f1[shown].tolist(),
            mode="markers",
            marker={"color": COLORS[0], "size": 8 if len(shown) <= 500 else 4, "opacity": 0.7},
            customdata=[[chart_text(evaluation.classes[place]), int(counts.support[place])] for place in shown],
            hovertemplate="%{customdata[0]}: F1 %{y:.0%}, %{x:,} training pictures, judged on %{customdata[1]:,}"
            "<extra></extra>",
        )
    )
    wide = len(shown) and train[shown].max() > 20 * max(int(train[shown].min()), 1)
    figure.update_xaxes(title="Training pictures of the category", type="log" if wide else "linear")
    figure.update_yaxes(title="F1", tickformat=".0%", range=[-0.03, 1.05])
    return _finish(figure, height=280)


def _finish(figure: go.Figure, *, height: int) -> go.Figure:
    look = {"paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR}
    return figure.update_layout(separators=number_marks(), height=height, margin=_MARGIN, hovermode="closest", **look)
