"""Histories of a catalog: which there are, importing another file, taking one away."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.catalog.histories import delete_history, history_sets, list_histories
from core.catalog.history_file import LAYOUTS
from core.catalog.log import undo
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, known_job, live_job
from core.ui.permission import drawn_for, may_delete
from core.ui.uploads import uploaded_source
from core.ui.wording import counted, number_text

_SUFFIXES = (".csv", ".tsv", ".txt", ".data", ".jsonl", ".json", ".parquet", ".xlsx")
_JOB = "histories_job"
_DELETED = "_deleted_history"
_LAYOUT_WORDS = {
    "auto": "Find out",
    "table": "A table: user, product, event, time",
    "lines": "A line a user: products in order of time",
}


def draw_histories(catalog: Catalog) -> None:
    """Draw what there is and the way to more."""
    st.caption(
        "Who looked at, wished for or bought what: the basis of recommendations. A table with a user, a product and "
        "perhaps an event and a time; or a line a user with products in order of time."
    )
    _draw_list(catalog)
    _draw_undo()
    job = known_job(st.query_params.get(_JOB), kind="histories") or active_job("histories", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Importing histories", on_done=_draw_report)
    with st.expander("Import histories", icon=":material/download:", expanded=not history_sets(home(), catalog)):
        _draw_import(catalog)


def _draw_list(catalog: Catalog) -> None:
    found = _listed(
        str(home().root),
        tuple((each.history_id, each.events, each.name) for each in history_sets(home(), catalog)),
        catalog,
    )
    if found.empty:
        st.info("There are no histories yet; the Storefront begins one with the first view.", icon=":material/history:")
        return
    st.dataframe(found, hide_index=True, width="stretch", key="histories_table")
    chosen, button = st.columns([3, 1], vertical_alignment="bottom")
    name = chosen.selectbox("Take away", found["Name"].tolist(), index=None, placeholder="Choose a set of histories")
    if may_delete() and button.button(
        "Delete", disabled=name is None, icon=":material/delete:", width="stretch", key="delete_history"
    ):
        with shown_errors():
            st.session_state[_DELETED] = delete_history(home(), catalog, str(name), actor=visitor_name())
            st.rerun()


@st.cache_data(show_spinner="Counting users", max_entries=8)
def _listed(root: str, key: tuple[tuple[int, int, str], ...], _catalog: Catalog) -> pd.DataFrame:
    rows = [(each.name, each.users, each.events, each.created[:16]) for each in list_histories(home(), _catalog)]
    return pd.DataFrame(rows, columns=["Name", "Users", "Events", "Since (UTC)"])


@drawn_for(Role.EDITOR)
def _draw_undo() -> None:
    event_id = st.session_state.get(_DELETED)
    if event_id is None:
        return
    words, button = st.columns([3, 1], vertical_alignment="center")
    words.text("The histories were taken away.")
    if button.button("Undo", icon=":material/undo:", width="stretch", key="undo_history"):
        with shown_errors():
            undo(home(), int(event_id), actor=visitor_name())
            st.session_state.pop(_DELETED)
            st.rerun()


@drawn_for(Role.EDITOR, "Importing histories")
def _draw_import(catalog: Catalog) -> None:
    with shown_errors():
        upload = uploaded_source("A file of histories", _SUFFIXES, key="histories_upload")
        path = st.text_input("or its path on this machine", key="histories_path", max_chars=4000)
        left, right = st.columns(2)
        layout = left.selectbox("Layout", LAYOUTS, format_func=lambda each: _LAYOUT_WORDS[each], key="histories_layout")
        name = right.text_input("Name", "", key="histories_name", max_chars=100, placeholder="histories")
        file = upload or (Path(path.strip()) if path.strip() else None)
        if st.button("Import", type="primary", icon=":material/download:", disabled=file is None, key="histories_go"):
            arguments = {"catalog": catalog.name, "file": str(file), "name": name.strip(), "layout": layout}
            st.query_params[_JOB] = submit(home(), "histories", arguments, actor=visitor_name())
            st.rerun()


def _draw_report(job: JobStatus) -> None:
    """Say what came in, and offer to undo it."""
    report = job.result or {}
    if not {"users", "events", "unmatched", "event"} <= report.keys():
        return
    st.text(
        f"{counted(report['events'], 'event')} of {counted(report['users'], 'user')} came in. "
        f"{counted(report['unmatched'], 'product id')} with {counted(report['unmatched_events'], 'event')} "
        "are not in this catalog and were left out."
    )
    if report["unmatched_examples"]:
        st.text(f"Not in the catalog, for example: {', '.join(map(str, report['unmatched_examples']))}"[:600])
    for each in report["skipped"]:
        st.text(f"{number_text(each['count'])} × {each['reason'].replace('_', ' ')}")
    if st.button("Undo this import", icon=":material/undo:", key=f"undo_{job.job}"):
        with shown_errors():
            undo(home(), int(report["event"]), actor=visitor_name())
            st.query_params.pop(_JOB, None)
            st.rerun()
