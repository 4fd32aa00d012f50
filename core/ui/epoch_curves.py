"""Curves of a training as it runs: whatever its epochs hold, with readable titles."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.ui.charts import GRAY, curves
from core.ui.wording import duration

_TITLES = {
    "loss": "Loss",
    "accuracy": "Accuracy",
    "precision": "Precision among the nearest",
    "learning_rate": "Learning rate",
    "pictures_per_second": "Pictures a second",
    "active": "Triplets still to learn from",
    "macro_f1": "Macro F1",
    "micro_f1": "Micro F1",
    "all_labels_right": "All labels right",
}
_SIDES = ("train", "validation")
_NO_MEASURE = frozenset({"epoch", "phase", "learning_rate", "pictures_per_second", "shrinkage", "seconds"})
_MOST_CHARTS = 6
_STILL = {"displayModeBar": False}


def draw_epochs(epochs: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Draw the curves of a training, and its newest figures.

    Args:
        epochs: One row an epoch as recipes record them; every number but the epoch is taken for a measure.
        key: Names the charts.
    """
    history = epoch_table(epochs)
    if history.empty:
        return
    _draw_figures(history)
    if len(history) < 2:
        return
    measures = measures_of(history)
    for start in range(0, len(measures), 2):
        for column, measure in zip(st.columns(2, gap="medium"), measures[start : start + 2], strict=False):
            figure = curves(history, measure=measure)
            if measure in history:  # neither of train nor of validation
                figure.add_scatter(x=history["epoch"], y=history[measure], name=title_of(measure), mode="lines")
            figure.update_layout(title={"text": title_of(measure)})
            for epoch, words in phase_changes(history):
                figure.add_vline(x=epoch, line_dash="dash", line_width=1, line_color=GRAY, annotation_text=words)
            column.plotly_chart(figure, key=f"live_{measure}_{key}", config=_STILL, alt=f"{measure} by epoch")


def epoch_table(epochs: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Lay out the epochs of a training, each once: one that was recorded twice around a kill keeps its last row."""
    rows = [dict(row) for row in epochs if isinstance(row.get("epoch"), int)]
    if not rows:
        return pd.DataFrame()
    frame = pd.DataFrame(rows).drop_duplicates("epoch", keep="last").sort_values("epoch", ignore_index=True)
    numeric = [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])]
    return frame[numeric]


def measures_of(history: pd.DataFrame) -> list[str]:
    """Name what can be drawn: measures with a curve of train or validation, loss and accuracy first, then others."""
    paired = [name.partition("_")[2] for name in history.columns if name.partition("_")[0] in _SIDES]
    single = [name for name in history.columns if name not in _NO_MEASURE and name.partition("_")[0] not in _SIDES]
    found = [measure for measure in dict.fromkeys([*paired, *single]) if measure and _is_told(history, measure)]
    first = [measure for measure in ("loss", "accuracy") if measure in found]
    return [*first, *(measure for measure in found if measure not in first)][:_MOST_CHARTS]


def title_of(measure: str) -> str:
    """Write a measure for people."""
    return _TITLES.get(measure, measure.replace("_", " ")[:40].capitalize())


def phase_changes(history: pd.DataFrame) -> list[tuple[float, str]]:
    """Tell between which epochs a later phase begins, and how to call it."""
    if "phase" not in history:
        return []
    phases = history["phase"]
    begins = history.index[phases.notna() & (phases != phases.shift()) & (history.index > 0)]
    return [(float(history["epoch"][place]) - 0.5, f"phase {phases[place]:g}") for place in begins]


def _is_told(history: pd.DataFrame, measure: str) -> bool:
    names = [f"{side}_{measure}" for side in _SIDES] + [measure]
    return any(name in history and history[name].notna().any() for name in names)


def _draw_figures(history: pd.DataFrame) -> None:
    """Show the newest epoch in figures."""
    last = history.iloc[-1]
    shown = {"Epoch": f"{last['epoch']:.0f}"}
    if "phase" in history and history["phase"].nunique() > 1:
        shown["Phase"] = f"{last['phase']:g}"
    if "validation_accuracy" in history:
        shown["Best on validation"] = f"{history['validation_accuracy'].max():.1%}".replace("%", " %")
    for name, words in (("learning_rate", "{:.2g}"), ("pictures_per_second", "{:,.0f}")):
        if name in history and pd.notna(last[name]):
            shown[title_of(name)] = words.format(last[name])
    if "seconds" in history and pd.notna(last["seconds"]):
        shown["Last epoch took"] = duration(float(last["seconds"]))
    with st.container(horizontal=True, gap="medium"):
        for label, value in shown.items():
            st.metric(label, value, width=142)
