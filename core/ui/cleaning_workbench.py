"""Choosing a cleaning step, setting it, seeing what it would change, and applying it."""

import json
from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import undo
from core.cleaning.kinds import STEP_KINDS
from core.cleaning.step import StepKind
from core.cleaning.steps import apply_step, make_step, preview_step
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.cleaning_merges import merge_form
from core.ui.cleaning_preview import draw_preview
from core.ui.cleaning_recipe import DONE, JOB_IN_URL
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, known_job, live_job
from core.ui.said import rerun_saying
from core.ui.settings_form import settings_form
from core.ui.wording import counted

STEP_IN_URL = "step"
MOST_AT_ONCE = 20_000
"""Larger catalogs are previewed and cleaned by a job, so that the page stays quick."""

_GROUPS = {
    "Categories": ("spelling", "category-levels", "merge-categories", "predict-categories"),
    "Values": ("colors", "brands", "prices"),
    "Products": ("duplicates", "merge-products", "cap-per-category", "under-sample"),
    "For training": ("split", "balance"),
}


def draw_workbench(catalog: Catalog) -> None:
    """Draw what happens now: a job, the chosen step, or the choice."""
    _draw_done(catalog)
    job = known_job(st.query_params.get(JOB_IN_URL), kind="clean") or active_job("clean", catalog=catalog.name)
    if job is not None and job.arguments.get("catalog") == catalog.name:
        _draw_job(catalog, job)
        return
    kind = STEP_KINDS.get(str(st.query_params.get(STEP_IN_URL, "")))
    if kind is None:
        _draw_choice()
    else:
        _draw_step(catalog, kind)


def _draw_choice() -> None:
    st.header("Choose a step", anchor=False)
    for group, names in _GROUPS.items():
        st.markdown(f"**{group}**")
        for start in range(0, len(names), 2):
            for column, name in zip(st.columns(2, gap="small"), names[start : start + 2], strict=False):
                with column.container(border=True, height="stretch", key=f"card_{name}"):
                    _draw_card(STEP_KINDS[name])


def _draw_card(kind: StepKind) -> None:
    st.markdown(f":material/{kind.icon}: **{kind.title}**  \n{kind.summary}")
    if st.button("Set up", key=f"choose_{kind.name}", width="stretch"):
        st.session_state.pop(DONE, None)
        st.query_params[STEP_IN_URL] = kind.name
        st.rerun()


def _draw_step(catalog: Catalog, kind: StepKind) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header(kind.title, anchor=False, width="content")
        if st.button("All steps", icon=":material/arrow_back:"):
            _leave()
    st.markdown(kind.summary)
    is_merge = kind.name == "merge-categories"
    values = merge_form(catalog) if is_merge else _form(kind)
    if is_merge and not values:
        st.info("Tick or write a rule to see what it would change.", icon=":material/merge:")
        return
    with shown_errors():
        step = make_step(kind.name, values)
        if kind.is_long or catalog.products > MOST_AT_ONCE:
            _offer_job(catalog, step.to_json())
            return
        settings = json.dumps(step.to_json(), sort_keys=True)
        preview = _preview(str(home().root), catalog.catalog_id, catalog.version, settings, catalog)
        if _draw_apply(preview):
            applied = apply_step(home(), catalog, step, actor=visitor_name())
            st.session_state[DONE] = (catalog.catalog_id, [applied.to_json()])
            _leave()
        draw_preview(catalog, preview)


def _form(kind: StepKind) -> dict[str, Any]:
    with st.container(border=True, key="step_settings"):
        return settings_form(kind.settings_class, key=f"clean_{kind.name}")


@st.cache_data(show_spinner="Working out what would change", max_entries=16)
def _preview(root: str, catalog_id: int, version: int, settings: str, _catalog: Catalog) -> dict[str, Any]:
    entry = json.loads(settings)
    return preview_step(home(), _catalog, make_step(entry["kind"], entry["settings"])).to_json()


def _draw_apply(preview: dict[str, Any]) -> bool:
    """Draw the button that applies; it says to how many products."""
    total = preview["products"]
    if not total and not preview.get("stands_alone"):
        st.success("Nothing to change: the catalog is like this already.", icon=":material/check_circle:")
        return False
    label = f"Apply to {counted(total, 'product')}" if total else "Keep in the recipe"
    return st.button(label, type="primary", icon=":material/check:", key="apply_step")


def _offer_job(catalog: Catalog, entry: dict[str, Any]) -> None:
    """Offer preview and applying as jobs: they look at pictures, or at very many products."""
    st.caption("This step takes a while, so it runs as a job; you can leave the page meanwhile.")
    with st.container(horizontal=True):
        if st.button("Preview", type="primary", icon=":material/visibility:"):
            _submit(catalog, entry, preview=True)
        if st.button("Apply at once", icon=":material/check:"):
            _submit(catalog, entry, preview=False)


def _submit(catalog: Catalog, entry: dict[str, Any], *, preview: bool) -> None:
    arguments = {"catalog": catalog.name, "steps": [entry], "preview": preview}
    st.query_params[JOB_IN_URL] = submit(home(), "clean", arguments, actor=visitor_name())
    st.rerun()


def _draw_job(catalog: Catalog, job: JobStatus) -> None:
    steps = job.arguments.get("steps") or []
    known = [STEP_KINDS[each["kind"]].title for each in steps if each.get("kind") in STEP_KINDS]
    title = known[0] if len(known) == 1 else f"A recipe of {counted(len(steps), 'step')}"
    is_preview = bool(job.arguments.get("preview"))
    live_job(job.job, title=f"{'Preview: ' if is_preview else ''}{title}")
    if job.state in ("queued", "running"):
        return
    result = job.result or {}
    if job.state == "done" and is_preview and result.get("previews") and steps:
        with shown_errors():
            preview = result["previews"][0]
            if _draw_apply(preview):
                _submit(catalog, steps[0], preview=False)
            draw_preview(catalog, preview)
    if job.state == "done" and not is_preview:
        _draw_applied(result.get("steps") or [], key=job.job)
    if st.button("Back to the steps" if not is_preview else "Change the settings", icon=":material/arrow_back:"):
        st.query_params.pop(JOB_IN_URL, None)
        st.rerun()


def _leave() -> None:
    st.query_params.pop(STEP_IN_URL, None)
    st.rerun()


def _draw_done(catalog: Catalog) -> None:
    catalog_id, applied = st.session_state.get(DONE, (None, []))
    if catalog_id == catalog.catalog_id:
        _draw_applied(applied, key="last")


def _draw_applied(applied: list[dict[str, Any]], *, key: str) -> None:
    """Say what was done, with an undo for each change."""
    for place, each in enumerate(applied):
        with st.container(border=True, key=f"done_{key}_{place}"):
            st.markdown(":green[:material/check_circle:] **Done**" if each["event"] else "**Nothing to change**")
            st.text(f"{each['summary']}.")
            if each["event"] and st.button("Undo", key=f"undo_{key}_{place}", icon=":material/undo:"):
                with shown_errors():
                    undo(home(), int(each["event"]), actor=visitor_name())
                    st.session_state.pop(DONE, None)
                    st.query_params.pop(JOB_IN_URL, None)
                    rerun_saying("Undone.", icon=":material/undo:")
