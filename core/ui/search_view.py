"""Trials of a search as the pages show them: while it runs, and when it is done."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import RunError
from core.jobs.folder import find_folder
from core.jobs.status import JobStatus
from core.models.runs import find_run
from core.models.search_store import Search
from core.models.search_trials import TRIALS, best_trial, read_trials
from core.ui.caches import home
from core.ui.charts import GRAY, bars
from core.ui.navigation import go
from core.ui.search_charts import MEASURE_WORDS, number_words, parallel_trials, setting_words
from core.ui.wording import counted, duration, number_text, percent

_PART = "trials"
_FEW = 3
_AXIS_STYLE = f"<style>.parcoords .axis .domain{{stroke:{GRAY}!important}}</style>"
"""Plotly draws these axes black, which is lost on a dark page, and has no setting for it."""
_STATES = {"pruned": "given up", "stopped": "time was up"}
_STILL = {"displayModeBar": False}


def draw_running(job: JobStatus) -> None:
    """Draw the trials of a job that runs or was stopped: the best so far, how many, and all of them."""
    trials = read_trials(find_folder(home(), job.job).checkpoints / _PART / TRIALS)
    if not trials:
        return
    measure = str(job.arguments.get("measure", "accuracy"))
    best = best_trial(trials, measure=measure if measure in MEASURE_WORDS else "accuracy")
    rows = [trial.to_json() for trial in trials]
    reached = _reached(None if best is None else best.to_json(), measure)
    given_up = number_text(sum(trial.state == "pruned" for trial in trials))
    shown = {"Best on validation so far": (reached, None), "Trials done": (number_text(len(trials)), None)}
    _draw_figures({**shown, "Given up early": (given_up, "They fell behind the others at the same epoch.")})
    if best is not None:
        st.text(f"Best settings so far: {point_words(best.settings)}")
    draw_trials(rows, key=f"running_{job.job}", newest_first=True)


def draw_search(search: Search) -> None:
    """Draw a finished search: its best, the run trained with it, all trials as lines and as a table."""
    report, best = search.report, search.report["best"]
    measure = report["measure"] if report["measure"] in MEASURE_WORDS else "accuracy"
    trials = report["trials"]
    shown = {
        "Best on validation": (_reached(best, measure), "The best of many is always a little lucky; see the test."),
        "Test of its run": (_test_accuracy(report["run"]), "Accuracy on test pictures, looked at once, for this run."),
        "Trials": (number_text(len(trials)), _state_words(trials)),
        "Took": (duration(report["seconds"]), None),
    }
    _draw_figures(shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Best settings: {point_words(best['settings'])}")
        if st.button("Evaluate the best run", key=f"evaluate_{search.search_id}", type="primary"):
            go("evaluate", catalog=report["catalog"], run=report["run"])
    finished = [trial for trial in trials if trial["figures"] is not None and trial["state"] == "finished"]
    if len(finished) >= _FEW:
        st.caption("Every line is a trial, the stronger its color the better. Drag along an axis to keep part of it.")
        st.html(_AXIS_STYLE)
        chart = parallel_trials(finished, report["space"], measure=measure)
        st.plotly_chart(chart, key=f"lines_{search.search_id}", config=_STILL, alt="Settings of every trial")
    _draw_importance(report, search.search_id)
    draw_trials(sorted(trials, key=lambda trial: _order(trial, measure)), key=f"trials_{search.search_id}")


def draw_trials(trials: Sequence[Mapping[str, Any]], *, key: str, newest_first: bool = False) -> None:
    """Draw a table of trials."""
    ordered = list(reversed(trials)) if newest_first else list(trials)
    names = list(dict.fromkeys(name for trial in ordered for name in trial["settings"]))
    figures = [trial["figures"] or {} for trial in ordered]
    columns: dict[str, list[Any]] = {"Trial": [trial["number"] + 1 for trial in ordered]}
    columns["Validation"] = [_percentage(each.get("accuracy")) for each in figures]
    columns |= {setting_words(name): _column([trial["settings"].get(name) for trial in ordered]) for name in names}
    columns["Macro F1"] = [_percentage(each.get("macro_f1")) for each in figures]
    columns["Loss"] = [each.get("loss") for each in figures]
    columns["Epochs"] = [trial["epochs"] for trial in ordered]
    columns["Took"] = [duration(trial["seconds"]) for trial in ordered]
    columns["State"] = [trial["error"] or _STATES.get(trial["state"], trial["state"]) for trial in ordered]
    share = st.column_config.NumberColumn(format="%.1f %%")
    formats = {setting_words(name): st.column_config.NumberColumn(format="%.3g") for name in names}
    numeric = {name: config for name, config in formats.items() if not isinstance(columns[name][0], str)}
    st.dataframe(
        pd.DataFrame(columns),
        key=key,
        hide_index=True,
        width="stretch",
        placeholder="–",
        column_config={
            **numeric,
            "Trial": st.column_config.NumberColumn(width="small"),
            "Validation": st.column_config.NumberColumn(format="%.1f %%", help="Accuracy on validation pictures."),
            "Macro F1": share,
            "Loss": st.column_config.NumberColumn(format="%.4f"),
        },
    )


def point_words(settings: Mapping[str, Any]) -> str:
    """Write the settings of a trial."""
    return ", ".join(f"{setting_words(name).lower()} {_cell(value)}" for name, value in settings.items())


def _draw_importance(report: Mapping[str, Any], search_id: str) -> None:
    shares = report.get("importance")
    if not isinstance(shares, dict) or not shares or not all(isinstance(each, int | float) for each in shares.values()):
        return
    with st.expander("Which settings matter", icon=":material/bar_chart:"):
        st.caption("How much of the differences among good trials each setting explains; a rough guide.")
        names = [setting_words(str(name)) for name in shares]
        st.plotly_chart(
            bars(names, list(shares.values()), as_percent=True),
            key=f"importance_{search_id}",
            config=_STILL,
            alt="How much each setting explains",
        )


def search_title(search: Search) -> str:
    """Name a search in a list."""
    report = search.report
    created = str(report.get("created", ""))[:16].replace("T", " ")
    trials = counted(len(report["trials"]), "trial")
    reached = _reached(report["best"], report["measure"])
    return f"{created} · {report['recipe']} · {report['method']} · {trials} · {reached}"


def _draw_figures(shown: Mapping[str, tuple[str, str | None]]) -> None:
    with st.container(horizontal=True, gap="medium"):
        for label, (value, words) in shown.items():
            st.metric(label, value, help=words, width=170)


def _reached(trial: Mapping[str, Any] | None, measure: str) -> str:
    figures = None if trial is None else trial["figures"]
    if figures is None:
        return "–"
    value = figures.get(measure, figures["accuracy"])
    return f"{value:.4f}" if measure == "loss" else percent(value)


def _test_accuracy(run_id: str) -> str:
    try:
        return percent(find_run(home(), run_id).metrics.get("test", {}).get("accuracy"))
    except RunError:
        return "run deleted"


def _state_words(trials: Sequence[Mapping[str, Any]]) -> str:
    states = [trial["state"] for trial in trials]
    return ", ".join(f"{number_text(states.count(state))} {state}" for state in dict.fromkeys(states))


def _order(trial: Mapping[str, Any], measure: str) -> tuple[float, float]:
    figures = trial["figures"]
    if figures is None:
        return (float("inf"), trial["number"])
    return (figures["loss"] if measure == "loss" else -figures[measure], figures["loss"])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_words(value) if isinstance(value, int | float) else str(value)


def _column(values: Sequence[Any]) -> list[Any]:
    """Give numbers as numbers, so that they sort; anything else as words."""
    plain = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return list(values) if plain else [_cell(value) for value in values]


def _percentage(share: float | None) -> float | None:
    return None if share is None else 100 * share
