"""Step 4 of an import: watch it, then read what it did and go on."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.catalogs import find_catalog
from core.catalog.export_cells import csv_lines, safe_cell
from core.catalog.import_log import list_skipped
from core.catalog.picture_lookup import count_repeated
from core.catalog.sources import SKIP_REASONS
from core.catalog.sql_address import is_address
from core.jobs.status import JobStatus
from core.jobs.supervise import resume_job
from core.ui.address import last_choice
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.frame import all_catalogs, choose_catalog
from core.ui.live_job import live_job
from core.ui.navigation import go
from core.ui.visitor import for_later
from core.ui.wording import counted, literal, number_text

ANOTHER_IN_URL = "another"
_MOST_EXAMPLES = 5


def draw_job(job: JobStatus) -> None:
    """Draw an import that runs or has ended."""
    _follow(job)
    live_job(job.job, title=f"Importing into {literal(job.arguments.get('catalog', ''))}", on_done=_draw_report)
    if job.state not in ("queued", "running", "done") and is_address(job.arguments.get("source")):
        _draw_resume_with_password(job)
    if st.button("Import something else", icon=":material/add:"):
        st.query_params.from_dict({ANOTHER_IN_URL: "yes"})
        st.rerun()


def _follow(job: JobStatus) -> None:
    """Choose the catalog that a finished import filled, once; later the visitor's own choice stands."""
    name, followed = str(job.arguments.get("catalog", "")), f"_followed_{job.job}"
    if job.state != "done" or followed in st.session_state:
        return
    st.session_state[followed] = True
    if last_choice("catalog") != name and name in {catalog.name for catalog in all_catalogs()}:
        choose_catalog(name)
        st.rerun()


def _draw_resume_with_password(job: JobStatus) -> None:
    """Ask for the password of a database again: it is stored nowhere."""
    with st.form("resume_with_password"):
        password = st.text_input("Password of the database", type="password", max_chars=1000, autocomplete="off")
        if st.form_submit_button("Resume with this password", icon=":material/play_arrow:"):
            with shown_errors():
                resume_job(home(), job.job, password=password or None)
                st.rerun()


def _draw_report(job: JobStatus) -> None:
    """Draw what an import did: totals, changes, then what was skipped, by reason and all of it to download."""
    report = job.result or {}
    catalog = str(job.arguments.get("catalog", ""))
    _draw_totals(report)
    _draw_changes(report, catalog)
    _draw_skipped(report, catalog)
    st.markdown("**What next?**")
    _draw_next_steps(catalog)


def _draw_totals(report: dict[str, Any]) -> None:
    figures = st.columns(3)
    for place, name in enumerate(("products", "pictures", "categories")):
        figures[place].metric(name.capitalize(), number_text(report.get(name, 0)))
    st.caption("Totals of the whole catalog, pictures of several products counted each time.")


def _draw_changes(report: dict[str, Any], catalog: str) -> None:
    """Say what is different from before, and which pictures came twice."""
    words = [
        f"{number_text(report[name])} {label}"
        for name, label in (
            ("new", "new"),
            ("changed", "changed"),
            ("moved", "moved"),
            ("gone", "gone from the source, kept here"),
            ("left_out", "left out by the limit a category"),
        )
        if report.get(name)
    ]
    is_first = len(words) == 1 and report.get("new") and report["new"] == report.get("products")
    title = "First import" if is_first else "Against the import before"
    st.markdown(f"**{title}:** " + (", ".join(words) if words else "nothing is different."))
    repeated = count_repeated(home(), find_catalog(home(), catalog)) if report.get("pictures") else 0
    if repeated:
        st.markdown(f"**{counted(repeated, 'duplicate picture file')}** found: the same bytes again, kept once.")


def _draw_skipped(report: dict[str, Any], catalog: str) -> None:
    skipped = report.get("skipped") or []
    if not skipped:
        st.markdown("**Nothing was skipped.**")
        return
    total = sum(entry["count"] for entry in skipped)
    st.markdown(f"**{counted(total, 'entry', 'entries')} skipped**, everything else is in.")
    frame = pd.DataFrame(
        {
            "Reason": [str(entry["reason"]).replace("_", " ").capitalize() for entry in skipped],
            "Skipped": [entry["count"] for entry in skipped],
            "What it means": [SKIP_REASONS.get(str(entry["reason"]), "") for entry in skipped],
            "Examples": [", ".join(map(str, entry.get("examples", [])[:_MOST_EXAMPLES])) for entry in skipped],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch")
    st.download_button(
        "Download the full list",
        data=for_later(partial(skipped_table, catalog)),
        file_name=f"{catalog}-skipped.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def skipped_table(catalog: str) -> bytes:
    """Write everything the last import of a catalog skipped as CSV, safe to open in a spreadsheet."""
    skipped = list_skipped(home(), find_catalog(home(), catalog).catalog_id)
    rows = ([safe_cell(value) for value in (file.name, file.reason, file.detail)] for file in skipped)
    return csv_lines([["name", "reason", "detail"], *rows]).encode("utf-8-sig", "replace")


def _draw_next_steps(catalog: str) -> None:
    with st.container(horizontal=True, gap="small"):
        if st.button("Browse the products", type="primary", icon=":material/inventory_2:"):
            go("catalog", catalog=catalog)
        for page, label, icon in _next_pages():
            if st.button(label, icon=f":material/{icon}:", key=f"next_{page}"):
                go(page, catalog=catalog)


def _next_pages() -> list[tuple[str, str, str]]:
    from core.ui.navigation import has_page

    steps = [
        ("quality", "See its quality", "health_metrics"),
        ("clean", "Clean it", "cleaning_services"),
        ("train", "Train a model on it", "model_training"),
    ]
    return [step for step in steps if has_page(step[0])]
