"""Charts of runs beside one another; a run keeps its color, dash and mark in all of them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.evaluation.comparison import Comparison
from core.ui.charts import COLORS, GRAY, dash_of, mark_of
from core.ui.wording import chart_text, number_marks, number_text, percent

_MARGIN = {"l": 8, "r": 8, "t": 40, "b": 8}
_TITLES = {"loss": "Validation loss", "accuracy": "Validation accuracy"}


def run_color(place: int) -> str:
    """Give the color of a run by its place; after eight, dashes and marks tell them apart."""
    return COLORS[place % len(COLORS)]


def figure_bars(
    names: Sequence[str],
    values: Sequence[float | None],
    *,
    title: str,
    intervals: Sequence[tuple[float, float] | None] | None = None,
    unit: str = "",
) -> go.Figure:
    """Draw one figure of every run as bars, the first on top, intervals as whiskers.

    Args:
        names: Names of the runs, from outside.
        values: One a run; None is left empty.
        title: Words of ours.
        intervals: Lower and upper ends.
        unit: ``%`` for shares of one, else what is written after the number.
    """
    share = unit == "%"
    scale = 100.0 if share else 1.0
    shown = [None if value is None else scale * value for value in values]
    figure = go.Figure(
        go.Bar(
            x=shown,
            y=list(range(len(names))),
            orientation="h",
            marker_color=[run_color(place) for place in range(len(names))],
            error_x=_whiskers(shown, intervals, scale),
            customdata=[[chart_text(name), _written(value, unit)] for name, value in zip(names, shown, strict=True)],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        )
    )
    most = _room(shown, intervals, scale)
    for place, value in enumerate(shown):
        end = _end(place, value, intervals, scale)
        figure.add_annotation(
            x=end, y=place, text=_written(value, unit), showarrow=False, xanchor="left", xshift=6, font={"size": 12}
        )
    ticks = [chart_text(_short(name, place), length=20) for place, name in enumerate(names)]
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=ticks, autorange="reversed", showgrid=False)
    figure.update_xaxes(range=[0, most * 1.45], visible=False)
    return _finish(figure, title=title, height=80 + 34 * len(names))


def frontier_chart(names: Sequence[str], comparison: Comparison) -> go.Figure:
    """Draw accuracy against training time; the frontier is a line through the runs nothing beats in both."""
    figure = go.Figure()
    groups = sorted({each.test_group for each in comparison.figures if each.test_group is not None})
    for group in groups:
        best = sorted(
            (each for each in comparison.figures if each.frontier and each.test_group == group),
            key=lambda each: each.minutes,
        )
        figure.add_scatter(
            x=[each.minutes for each in best],
            y=[each.accuracy for each in best],
            mode="lines",
            line={"shape": "hv", "color": GRAY, "dash": "dot", "width": 1.5},
            hoverinfo="skip",
            name="frontier" if len(groups) == 1 else f"frontier of pictures {chr(65 + group % 26)}",
            showlegend=len(best) > 1,
        )
    for place, each in enumerate(comparison.figures):
        if each.accuracy is not None:
            low, high = each.accuracy_interval
            told = f"{number_text(each.minutes, digits=2)} min, {percent(each.accuracy)}"
            figure.add_scatter(
                x=[each.minutes],
                y=[each.accuracy],
                mode="markers",
                name=chart_text(_short(names[place], place), length=36),
                error_y={"array": [high - each.accuracy], "arrayminus": [each.accuracy - low], "thickness": 1},
                marker={
                    "color": run_color(place),
                    "symbol": mark_of(place),
                    "size": 15 if each.frontier else 10,
                    "line": {"width": 2 if each.frontier else 0, "color": GRAY},
                },
                hovertemplate=f"{told}<extra>{chart_text(names[place])}</extra>",
            )
    figure.update_xaxes(title="Minutes of training", rangemode="tozero")
    figure.update_yaxes(title="Right on test pictures", tickformat=".0%")
    return _finish(figure, height=320 + 22 * len(names))


def compared_curves(
    histories: Sequence[pd.DataFrame], names: Sequence[str], *, measure: str, by_minutes: bool
) -> go.Figure:
    """Lay the validation curves of runs over one another.

    Args:
        histories: For each run one row an epoch, with ``epoch``, ``minutes`` and ``validation_<measure>``.
        names: Names of the runs, from outside.
        measure: ``loss`` or ``accuracy``.
        by_minutes: Minutes since the start instead of epochs.
    """
    figure, column = go.Figure(), f"validation_{measure}"
    for place, history in enumerate(histories):
        if column in history and history[column].notna().any():
            figure.add_scatter(
                x=history["minutes" if by_minutes else "epoch"],
                y=history[column],
                mode="lines+markers" if len(history) < 3 else "lines",
                name=chart_text(_short(names[place], place), length=30),
                line={"color": run_color(place), "dash": dash_of(place), "width": 2.2},
            )
    figure.update_xaxes(title="Minutes" if by_minutes else "Epoch", rangemode="tozero")
    figure.update_yaxes(tickformat=".0%" if measure == "accuracy" else None)
    figure.update_layout(showlegend=len(names) > 1)
    return _finish(figure, title=_TITLES[measure], height=320 + 22 * len(names))


def class_bars(table: pd.DataFrame) -> go.Figure:
    """Draw how much more, or less, of each class the second run finds."""
    shown = table[table["difference"].notna()]
    names = shown["class_name"].astype(str)
    figure = go.Figure(
        go.Bar(
            x=100 * shown["difference"],
            y=list(range(len(shown))),
            orientation="h",
            marker_color=[COLORS[0] if value >= 0 else COLORS[1] for value in shown["difference"]],
            customdata=[chart_text(name) for name in names],
            hovertemplate="%{customdata}: %{x:+.1f} points<extra></extra>",
        )
    )
    ticks = [chart_text(name.rsplit(" > ", 1)[-1], length=24) for name in names]
    figure.update_yaxes(tickvals=list(range(len(shown))), ticktext=ticks, autorange="reversed")
    figure.update_xaxes(ticksuffix=" pts", zeroline=True)
    return _finish(figure, title="Found more (or less) of each category", height=80 + 24 * len(shown))


def _short(name: str, place: int) -> str:
    """Put the number of a run before its name, so that equal names stay apart."""
    return f"{place + 1} {name}"


def _whiskers(
    shown: Sequence[float | None], intervals: Sequence[tuple[float, float] | None] | None, scale: float
) -> dict[str, Any] | None:
    if intervals is None:
        return None
    ups, downs = [], []
    for value, ends in zip(shown, intervals, strict=True):
        known = value is not None and ends is not None
        ups.append(max(0.0, scale * ends[1] - value) if known and ends and value is not None else 0.0)
        downs.append(max(0.0, value - scale * ends[0]) if known and ends and value is not None else 0.0)
    return {"type": "data", "array": ups, "arrayminus": downs, "color": GRAY, "thickness": 1.5, "width": 5}


def _end(
    place: int, value: float | None, intervals: Sequence[tuple[float, float] | None] | None, scale: float
) -> float:
    ends = intervals[place] if intervals else None
    return max(value or 0.0, scale * ends[1] if ends and value is not None else 0.0)


def _room(shown: Sequence[float | None], intervals: Sequence[tuple[float, float] | None] | None, scale: float) -> float:
    return max([_end(place, value, intervals, scale) for place, value in enumerate(shown)] + [1e-9])


def _written(value: float | None, unit: str) -> str:
    if value is None:
        return "not known"
    digits = 1 if unit == "%" or value >= 10 else 2
    return f"{number_text(value, digits=digits)} {unit}".rstrip()


def _finish(figure: go.Figure, *, height: int, title: str = "") -> go.Figure:
    figure.update_layout(
        separators=number_marks(),
        height=height,
        margin=_MARGIN if title else {**_MARGIN, "t": 12},
        title={"text": title} if title else None,
        hovermode="closest",
        legend={"orientation": "h", "y": -0.28, "yanchor": "top", "x": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure
