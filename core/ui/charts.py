"""Charts in the look of the application; Streamlit puts the theme's colors in, so both themes work without a rerun.

Names from outside go through :func:`core.ui.wording.chart_text`: Plotly reads a few HTML tags in every text.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.ui.wording import chart_text, number_marks, number_text, percent

MARKS = ("circle", "diamond", "square", "cross", "triangle-up", "star", "x", "hexagon")
"""Shapes that tell kinds apart: the second signal beside color."""

COLORS = tuple(f"#00000{place}" for place in range(1, 9))
"""Stand-ins that Streamlit replaces by the theme's categorical colors."""

POINT_SCALE = [[place / 7, f"#0000{13 + place}"] for place in range(8)]
"""Stand-ins for the theme's sequential colors without the two faintest, which points would be lost in."""

GRAY = "#8A9496"
"""For what is unknown or unimportant; readable in both themes."""

DASHES = ("solid", "dash", "dot", "dashdot")
"""Dashes that tell lines apart as shapes do points."""

_TITLES = {"loss": "Loss", "accuracy": "Accuracy"}
_MARGIN = {"l": 8, "r": 8, "t": 36, "b": 8}


def mark_of(place: int) -> str:
    """Give the shape of the kind at a place, from 0: with its color it is like that of no other among 64."""
    return MARKS[(place + place // len(COLORS)) % len(MARKS)]


def dash_of(place: int) -> str:
    """Give the dash of the line at a place, from 0: with its color it is like that of no other among 32."""
    return DASHES[(place + place // len(COLORS)) % len(DASHES)]


def curves(history: pd.DataFrame, *, measure: str = "loss", best_epoch: int | None = None) -> go.Figure:
    """Draw training and validation curves.

    Args:
        history: One row an epoch with ``epoch``, ``train_<measure>`` and ``validation_<measure>``.
        measure: ``loss`` or ``accuracy``.
        best_epoch: Marked with a line, when given.
    """
    figure = go.Figure()
    for name, color, dash in (("train", COLORS[1], "dot"), ("validation", COLORS[0], "solid")):
        column = f"{name}_{measure}"
        if column in history and history[column].notna().any():
            figure.add_scatter(
                x=history["epoch"],
                y=history[column],
                name=name,
                mode="lines",
                line={"color": color, "dash": dash, "width": 2.4},
            )
    if best_epoch is not None:
        figure.add_vline(
            x=best_epoch,
            line={"color": GRAY, "dash": "dash", "width": 1.4},  # the default is black, lost on dark
            annotation_text=f"best: {best_epoch}",
            annotation_position="top right" if measure == "loss" else "bottom right",  # where no curve comes to rest
        )
    figure.update_xaxes(title="Epoch", rangemode="tozero")
    figure.update_yaxes(tickformat=".0%" if measure == "accuracy" else None)
    return _finish(figure, title=_TITLES.get(measure, measure), height=280, hovermode="x unified")


def bars(names: Sequence[str], values: Sequence[float], *, title: str = "", as_percent: bool = False) -> go.Figure:
    """Draw horizontal bars, the first on top, values written beside them.

    Args:
        names: Names from outside.
        values: One a name.
        title: Words of ours above.
        as_percent: Values are shares of one.
    """
    places = list(range(len(names)))
    figure = go.Figure(
        go.Bar(
            x=list(values),
            y=places,
            orientation="h",
            marker_color=COLORS[0],
            text=[percent(value) if as_percent else number_text(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=[chart_text(name) for name in names],
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    figure.update_yaxes(tickvals=places, ticktext=[chart_text(name, length=28) for name in names], autorange="reversed")
    figure.update_xaxes(visible=False, range=[0, max([*values, 1e-9]) * 1.2])
    return _finish(figure, title=title, height=60 + 30 * max(1, len(names)))


def map_scatter(
    frame: pd.DataFrame, *, numeric: bool, legend_title: str, colors: dict[str, str] | None = None
) -> go.Figure:
    """Draw products as points.

    Args:
        frame: ``x``, ``y``, ``row`` (number given back by hovering and selecting) and ``value`` to color by.
        numeric: ``value`` is a number with a color scale, else the name of a kind.
        legend_title: What the colors mean, in words of ours.
        colors: A color by kind; None gives every kind one of eight. Every kind has a shape, too.
    """
    figure = go.Figure()
    size = float(np.clip(900 / max(len(frame), 1) ** 0.5, 3.5, 9.0))
    if numeric:
        _add_numbers(figure, frame, size=size, title=legend_title)
    else:
        kinds = frame["value"].value_counts().index
        for place, kind in enumerate(kinds):
            color = colors.get(kind, GRAY) if colors else COLORS[place % len(COLORS)]
            mark = mark_of(place)
            edge = {"width": 0.5 if colors else 0, "color": GRAY}  # white and cream show on paper too
            marker = {"color": color, "size": size, "symbol": mark, "opacity": 0.85, "line": edge}
            _add_points(figure, frame[frame["value"] == kind], name=chart_text(kind, length=30), marker=marker)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)  # the units of a map mean nothing, so it may fill its room
    figure.update_layout(legend={"title": {"text": legend_title}, "itemsizing": "constant"}, dragmode="lasso")
    return _finish(figure, height=580, hovermode="closest").update_layout(margin_t=40)


def _add_numbers(figure: go.Figure, frame: pd.DataFrame, *, size: float, title: str) -> None:
    """Add points colored by a number on a logarithmic scale, as fits prices; those without one are gray."""
    values = frame["value"].to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(values) & (values > 0)
    _add_points(figure, frame[~known], name="", marker={"color": GRAY, "size": size * 0.7, "opacity": 0.5})
    if not known.any():
        return
    ticks = _round_numbers(values[known].min(), values[known].max())
    bar = {"title": {"text": title}, "thickness": 12, "len": 0.7, "tickvals": np.log10(ticks)}
    bar["ticktext"] = [f"{tick:,.10g}" for tick in ticks]
    marker = {"color": np.log10(values[known]), "colorscale": POINT_SCALE, "showscale": True, "size": size}
    _add_points(figure, frame[known], name="", marker={**marker, "colorbar": bar})


def _round_numbers(low: float, high: float) -> list[float]:
    """Give 1, 2 and 5 times powers of ten between two numbers; the numbers themselves when there are none."""
    exponents = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    found = [lead * 10.0**exponent for exponent in exponents for lead in (1, 2, 5)]
    return [number for number in found if low <= number <= high] or sorted({low, high})


def _add_points(figure: go.Figure, frame: pd.DataFrame, *, name: str, marker: dict[str, Any]) -> None:
    figure.add_scattergl(
        x=frame["x"].to_numpy(np.float32),
        y=frame["y"].to_numpy(np.float32),
        customdata=frame["row"].to_numpy(np.int32),
        mode="markers",
        name=name,
        marker=marker,
        hoverinfo="none",
        showlegend=bool(name),
        unselected={"marker": {"opacity": 0.15}},
    )


def _finish(figure: go.Figure, *, height: int, title: str = "", hovermode: str = "closest") -> go.Figure:
    figure.update_layout(
        separators=number_marks(),
        height=height,
        margin=_MARGIN if title else {**_MARGIN, "t": 12},
        hovermode=hovermode,
        title={"text": title} if title else None,
        legend={"orientation": "v"} if not title else {"orientation": "h", "y": 1.12, "x": 1, "xanchor": "right"},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": GRAY, "activecolor": COLORS[0]},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure
