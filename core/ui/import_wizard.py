"""An import in steps: choose a source, see what would come of it, start; then watch and read the report."""

from dataclasses import replace

import streamlit as st

from core.jobs.status import JobStatus
from core.ui.errors import shown_errors
from core.ui.import_choice import KIND_IN_URL, ChosenSource, choose_kind
from core.ui.import_inputs import ask_source
from core.ui.import_mapping import draw_source
from core.ui.import_preview import draw_preview, preview_folder
from core.ui.import_report import ANOTHER_IN_URL, draw_job
from core.ui.import_start import JOB_IN_URL, draw_start
from core.ui.live_job import active_job, known_job

JOB_KINDS = ("import", "sample")


def draw_import() -> None:
    """Draw the steps, or the import that runs or that the address names."""
    job = _shown_job()
    if job is not None:
        draw_job(job)
        return
    kind = choose_kind()
    if kind is None:
        return
    with shown_errors():
        if kind == "sample":
            from core.ui.import_sample import draw_sample

            draw_sample()
            return
        source = ask_source(kind)
        if source is None:
            return
        st.header("2 · Look before you import", anchor=False)
        _draw_steps(kind, source)


def _shown_job() -> JobStatus | None:
    """Give the import the address names; without one that which runs, unless another source is being chosen."""
    named = known_job(st.query_params.get(JOB_IN_URL))
    if named is not None and named.kind in JOB_KINDS:
        return named
    if KIND_IN_URL in st.query_params or ANOTHER_IN_URL in st.query_params:
        return None
    return active_job("import") or active_job("sample")


def _draw_steps(kind: str, source: ChosenSource) -> None:
    if kind == "folder":
        _draw_folder(source)
        return
    settings, preview = draw_source(source)
    if preview.records:
        has_splits = any(record.split for record in preview.records)
        draw_start(replace(source, settings=settings), has_splits=has_splits)


def _draw_folder(source: ChosenSource) -> None:
    preview = preview_folder(source.text)
    draw_preview(preview)
    if preview.products:
        draw_start(source, has_splits=bool(preview.splits))
    else:
        st.warning("No picture was found here, so there is nothing to import.", icon=":material/image_not_supported:")
