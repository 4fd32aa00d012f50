"""The runs a visitor compares: named in the address, read once."""

from dataclasses import replace

import streamlit as st

from core.errors import RunError
from core.evaluation.compared_runs import MOST_RUNS, ComparedRun, load_compared
from core.evaluation.comparison import Comparison, compare
from core.models.picture_speed import read_speed
from core.models.runs import Run, list_runs
from core.ui.caches import home
from core.ui.frame import chosen_catalog
from core.ui.wording import literal

IN_ADDRESS = "runs"
NEWEST = 6
"""More lines than this in one chart are hard to tell apart."""

_KEY, _SEEN = "_compared_runs", "_seen_compared_runs"


def pick_compared() -> list[Run]:
    """Let the visitor choose runs of any catalog; the address names them, and wins when it has changed."""
    runs = {run.run_id: run for run in list_runs(home())}
    asked = st.query_params.get(IN_ADDRESS)
    if asked is not None and asked != st.session_state.get(_SEEN):
        named = list(dict.fromkeys(each for each in asked.split(",") if each))
        st.session_state[_KEY] = [each for each in named if each in runs][:MOST_RUNS]
        if len(named) > len(st.session_state[_KEY]):
            st.warning(
                f"{len(named) - len(st.session_state[_KEY])} of the runs in this link are not here.",
                icon=":material/link_off:",
            )
    st.session_state[_KEY] = [each for each in st.session_state.get(_KEY, []) if each in runs]
    chosen = st.multiselect(
        "Runs",
        list(runs),
        key=_KEY,
        format_func=lambda run_id: _words(runs[run_id]),
        max_selections=MOST_RUNS,
        placeholder="Choose two or more",
        help="The first one is what the others are held against.",
        persist_state="session",
    )
    if chosen:
        st.query_params[IN_ADDRESS] = st.session_state[_SEEN] = ",".join(chosen)
    else:
        st.query_params.pop(IN_ADDRESS, None)
        st.session_state[_SEEN] = None
    return [runs[run_id] for run_id in chosen]


def offer_newest() -> None:
    """Offer to compare the newest runs of the chosen catalog in one click."""
    catalog = chosen_catalog()
    newest = list_runs(home(), catalog_id=None if catalog is None else catalog.catalog_id)[:NEWEST]
    if len(newest) < 2:
        return
    st.button(
        f"Compare the {len(newest)} newest runs of {literal(catalog.name) if catalog else 'all catalogs'}",
        icon=":material/balance:",
        on_click=_choose,
        args=([run.run_id for run in newest],),
    )


def _choose(run_ids: list[str]) -> None:
    st.session_state[_KEY] = run_ids


def _words(run: Run) -> str:
    """Write a run so that it is told from its namesakes, short enough for a tag."""
    return f"{run.name} · {run.recipe} · {run.created[5:16].replace('T', ' ')}"


def comparison_of(runs: list[Run]) -> Comparison:
    """Compare runs, the first being the one the others are held against; do not change it."""
    found = _compared_runs(runs)
    key = tuple((run.run.run_id, run.run.name, run.run.state, run.run.catalog, run.speed is not None) for run in found)
    return _comparison(str(home().root), key, found)


@st.cache_resource(show_spinner="Comparing", max_entries=4)
def _comparison(root: str, key: tuple[tuple[object, ...], ...], _runs: list[ComparedRun]) -> Comparison:
    return compare(_runs)


def _compared_runs(runs: list[Run]) -> list[ComparedRun]:
    """Read what comparing needs; files of a run never change but for its speed, so they are kept."""
    found = []
    for run in runs:
        kept = _compared_run(str(home().root), run.run_id, run.state)
        try:
            speed = read_speed(home(), run.run_id)
        except RunError:
            speed = None
        found.append(replace(kept, run=run, speed=speed))
    return found


@st.cache_resource(show_spinner="Reading runs", max_entries=MOST_RUNS)
def _compared_run(root: str, run_id: str, state: str) -> ComparedRun:
    return load_compared(home(), run_id)
