"""Filing what a plan accepts, from its view: one job, one change, undone in one."""

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.catalog.log import Event, list_events, undo
from core.evaluation.filing_plan import FilingPlan
from core.evaluation.filing_plan_rule import rule_json
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.models.runs import Run
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.job_list import all_jobs
from core.ui.live_job import active_job, live_job
from core.ui.permission import drawn_for, may_edit
from core.ui.said import rerun_saying
from core.ui.wording import counted

JOB = "predict-catalog"


@drawn_for(Role.EDITOR)
def offer_filing(catalog: Catalog, run: Run, plan: FilingPlan, count: int) -> None:
    """Offer to file the accepted products."""
    if not count or active_job(JOB, catalog=catalog.name) is not None:
        return
    pressed = st.button(
        f"File {counted(count, 'product')}", type="primary", icon=":material/move_to_inbox:", key="file_waiting",
        help="Gives them their category as one change that can be undone.",
    )  # fmt: skip
    if pressed:
        arguments = {"catalog": catalog.name, "run": run.run_id, "rule": rule_json(plan), "file": True}
        with shown_errors():
            submit(home(), JOB, arguments, actor=visitor_name())
            st.rerun()


def draw_filing(catalog: Catalog, run: Run) -> None:
    """Show a filing as it runs; afterwards what it did, with its undo."""
    job = active_job(JOB, catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Filing products")
        return
    last = next((each for each in all_jobs() if each.kind == JOB and each.arguments.get("run") == run.run_id), None)
    if last is None or last.state != "done" or not last.result:
        return
    filed = next((each for each in list_events(home(), catalog_id=catalog.catalog_id) if _is(each, last)), None)
    if filed is None or filed.undone:
        return
    with st.container(border=True, key="filed_box", horizontal=True, vertical_alignment="center"):
        count = counted(int(last.result.get("filed") or 0), "product")
        st.markdown(f":green[:material/check_circle:] **{count} filed by this run's rule.**")
        if may_edit() and st.button("Undo", icon=":material/undo:", key="undo_filing"):
            with shown_errors():
                undo(home(), filed.event_id, actor=visitor_name())
                rerun_saying("Taken back.", icon=":material/undo:")


def _is(event: Event, job: JobStatus) -> bool:
    """Tell whether a change is the one that a job made; None is never one."""
    return str(event.event_id) == (job.result or {}).get("event")
