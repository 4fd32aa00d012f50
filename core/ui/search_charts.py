"""Charts of a search: every trial as a line through its settings, the better the stronger its color."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.ui.charts import GRAY, POINT_SCALE
from core.ui.wording import chart_text, number_marks

MEASURE_WORDS = {"accuracy": "Validation accuracy", "macro_f1": "Validation macro F1", "loss": "Validation loss"}
_MOST_TICKS = 8


def setting_words(name: str) -> str:
    """Write the name of a setting for people."""
    return name.replace("_", " ").capitalize()


def number_words(value: float) -> str:
    """Write a setting's number: short, small ones with an exponent."""
    return (
        f"{value:.3g}"
        if value == 0 or 1e-3 <= abs(value) < 1e4
        else f"{value:.1e}".replace(".0e", "e").replace("e-0", "e-")
    )


def parallel_trials(
    trials: Sequence[Mapping[str, Any]], axes: Sequence[Mapping[str, Any]], *, measure: str
) -> go.Figure:
    """Draw finished trials as parallel coordinates; drag along an axis to see only part of it.

    Args:
        trials: Each with ``settings`` and ``figures``, as in `search.json`; at least one.
        axes: What was varied: ``name``, ``values`` or ``low``, ``high`` and ``log``.
        measure: What decides the color and the last axis.
    """
    reached = np.array([float(trial["figures"][measure]) for trial in trials])
    dimensions = [_dimension(axis, [trial["settings"].get(axis["name"]) for trial in trials]) for axis in axes]
    dimensions.append(_measured(reached, measure))
    figure = go.Figure(
        go.Parcoords(
            line={
                "color": reached,
                "colorscale": POINT_SCALE,
                "reversescale": measure == "loss",
                "cmin": float(reached.min()),
                "cmax": float(reached.max()) + 1e-9,
            },
            dimensions=dimensions,
            unselected={"line": {"color": GRAY, "opacity": 0.15}},
            labelside="top",
        )
    )
    figure.update_layout(
        separators=number_marks(),
        height=360,
        margin={"l": 52, "r": 52, "t": 64, "b": 24},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 13},
    )
    return figure


def _dimension(axis: Mapping[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    label = setting_words(str(axis["name"]))
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return _kinds(label, values)
    numbers = [float(value) for value in values]
    listed = sorted({float(value) for value in axis.get("values") or ()})
    wide = min(numbers) > 0 and (
        bool(axis.get("log")) or (len(listed) > 1 and listed[-1] / max(listed[0], 1e-12) >= 20)
    )
    if not wide:
        ticks = listed if 0 < len(listed) <= _MOST_TICKS else _even_ticks(axis, numbers)
        return _axis(label, numbers, ticks, [number_words(tick) for tick in ticks])
    ticks = listed if 0 < len(listed) <= _MOST_TICKS else _powers(axis, numbers)
    logs = [math.log10(tick) for tick in ticks]
    return _axis(label, [math.log10(value) for value in numbers], logs, [number_words(tick) for tick in ticks])


def _axis(label: str, values: Sequence[float], ticks: Sequence[float], words: Sequence[str]) -> dict[str, Any]:
    low, high = min(*values, *ticks), max(*values, *ticks)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return {
        "label": label,
        "values": list(values),
        "range": [low, high],
        "tickvals": list(ticks),
        "ticktext": list(words),
    }


def _kinds(label: str, values: Sequence[Any]) -> dict[str, Any]:
    names = sorted({str(value) for value in values})
    places = list(range(len(names)))
    words = [chart_text(name, length=18) for name in names]
    return _axis(label, [float(names.index(str(value))) for value in values], places, words)


def _measured(reached: np.ndarray, measure: str) -> dict[str, Any]:
    ticks = np.linspace(reached.min(), reached.max(), 5 if reached.max() > reached.min() else 1)
    words = [f"{tick:.3f}" if measure == "loss" else f"{100 * tick:.1f} %" for tick in ticks]
    return _axis(MEASURE_WORDS[measure], reached.tolist(), ticks.tolist(), words)


def _even_ticks(axis: Mapping[str, Any], numbers: Sequence[float]) -> list[float]:
    low, high = _bounds(axis, numbers)
    whole = bool(axis.get("whole"))
    return sorted({float(round(tick)) if whole else float(tick) for tick in np.linspace(low, high, 5)})


def _powers(axis: Mapping[str, Any], numbers: Sequence[float]) -> list[float]:
    """Give round numbers along a logarithmic axis, and its ends."""
    low, high = _bounds(axis, numbers)
    inside = [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
    spread = [tick for tick in inside if low * 1.5 < tick < high / 1.5]
    return [low, *spread[:: max(1, len(spread) // _MOST_TICKS)], high]


def _bounds(axis: Mapping[str, Any], numbers: Sequence[float]) -> tuple[float, float]:
    low, high = axis.get("low"), axis.get("high")
    return (min(numbers) if low is None else float(low), max(numbers) if high is None else float(high))
