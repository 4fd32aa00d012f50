"""Runs compared in charts: figures, the price of them, curves; and the settings behind them."""

import pandas as pd
import streamlit as st

from core.errors import ShelfLensError
from core.evaluation.compared_curves import timed_history
from core.evaluation.comparison import ALL_LABELS, Comparison
from core.evaluation.comparison_files import comparison_csv, comparison_html
from core.evaluation.one_against_rest import ONE_VS_ALL
from core.models.picture_speed import measure_speed
from core.ui.caches import home
from core.ui.compare_charts import compared_curves, figure_bars, frontier_chart
from core.ui.errors import show_problem
from core.ui.wording import counted, number_text

_STILL = {"displayModeBar": False}
_CHART_PX = 460
"""Two beside one another on a wide window, one below the other on a narrow one."""


def draw_figures(comparison: Comparison) -> None:
    """Draw accuracy, macro F1, minutes and milliseconds as bars."""
    names, figures = [run.run.name for run in comparison.runs], comparison.figures
    right = "All labels right" if all(each.measure == ALL_LABELS for each in figures) else "Accuracy on test"
    accuracies, f1s = [each.accuracy for each in figures], [each.macro_f1 for each in figures]
    bars = (
        ("accuracy", accuracies, right, "%", [each.accuracy_interval for each in figures]),
        ("f1", f1s, "Macro F1 on test", "%", [each.macro_f1_interval for each in figures]),
        ("minutes", [each.minutes for each in figures], "Training", "min", None),
        ("speed", [each.milliseconds for each in figures], "To classify one picture", "ms", None),
    )
    with st.container(horizontal=True, gap="medium"):
        for key, values, title, unit, intervals in bars:
            figure = figure_bars(names, values, title=title, intervals=intervals, unit=unit)
            st.plotly_chart(figure, width=_CHART_PX, key=f"compare_{key}", config=_STILL, alt=title)
    st.caption(
        "Whiskers are 95 % intervals: bars whose whiskers overlap widely may differ by chance alone. "
        f"Figures rest on {_pictures(comparison)}."
    )
    _offer_speed(comparison)


def draw_frontier(comparison: Comparison) -> None:
    """Draw accuracy against time and name the runs on the frontier."""
    names = [run.run.name for run in comparison.runs]
    st.plotly_chart(
        frontier_chart(names, comparison), key="frontier", config=_STILL, alt="Accuracy against training time"
    )
    best = [name for name, each in zip(names, comparison.figures, strict=True) if each.frontier]
    st.text(f"On the frontier: {', '.join(best) or 'none'}")
    st.caption(
        "A run is on the frontier when no other one judged on the same pictures is both as accurate and as quick."
    )


def draw_curves(comparison: Comparison) -> None:
    """Draw the validation curves over one another."""
    clock = st.segmented_control(
        "Against", ["Epochs", "Minutes"], default="Epochs", key="clock", bind="query-params", required=True
    )
    timed = [timed_history(run) for run in comparison.runs]
    histories, names = [history for history, _ in timed], [run.run.name for run in comparison.runs]
    with st.container(horizontal=True, gap="medium"):
        for measure in ("loss", "accuracy"):
            figure = compared_curves(histories, names, measure=measure, by_minutes=clock == "Minutes")
            key, words = f"compared_{measure}", f"Validation {measure}"
            st.plotly_chart(figure, width=_CHART_PX, key=key, config=_STILL, alt=words)
    st.caption("Each run has its color and its dash; the pointer on a curve names it.")
    recipes = {run.run.recipe for run in comparison.runs}
    if ONE_VS_ALL in recipes and len(recipes) > 1:
        st.caption(
            "The loss of one-vs-all is a mean over its yes-or-no models: only its accuracy compares with others."
        )
    if clock == "Minutes" and not all(measured for _, measured in timed):
        st.caption("The time before the first epoch counts; learning is spread evenly where epochs noted no time.")


def draw_settings(comparison: Comparison) -> None:
    """List the settings that differ; the recipe's defaults are marked."""
    if not comparison.settings:
        st.caption("These runs have the same settings.")
        return
    table = {"Setting": [row.name for row in comparison.settings]}
    for place, run in enumerate(comparison.runs):
        table[f"{place + 1} {run.run.name}"] = [
            "–" if row.values[place] is None else f"{row.values[place]}{' · default' if row.defaults[place] else ''}"
            for row in comparison.settings
        ]
    st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch", key="settings_table")


def draw_downloads(comparison: Comparison) -> None:
    """Offer the comparison as files."""
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "CSV",
            lambda: comparison_csv(comparison).encode("utf-8-sig"),
            "runs-compared.csv",
            "text/csv",
            icon=":material/download:",
            key="compare_csv",
            on_click="ignore",
        )
        st.download_button(
            "HTML",
            lambda: comparison_html(comparison).encode(),
            "runs-compared.html",
            "text/html",
            icon=":material/download:",
            key="compare_html",
            on_click="ignore",
        )


def _offer_speed(comparison: Comparison) -> None:
    """Offer to measure what nobody has measured yet; a run takes a second or two."""
    unknown = [run for run in comparison.runs if run.speed is None and run.manifest]
    if unknown and st.button(
        f"Measure the speed of {counted(len(unknown), 'run')}", icon=":material/speed:", key="measure_speed"
    ):
        problems = []
        with st.spinner("Classifying a few pictures with each run"):
            for run in unknown:
                try:
                    measure_speed(home(), run.run.run_id)
                except ShelfLensError as error:
                    problems.append(f"{run.run.name}: {error}")
        if not problems:
            st.rerun()
        show_problem("\n".join(problems), title="Some runs could not be measured")


def _pictures(comparison: Comparison) -> str:
    counts = sorted({each.pictures for each in comparison.figures})
    if len(counts) == 1:
        return counted(counts[0], "test picture")
    return f"{number_text(counts[0])} to {number_text(counts[-1])} test pictures"
