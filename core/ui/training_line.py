"""Trainings that run, wait in line or were stopped: watched, moved, paused and resumed from one place."""

from collections.abc import Sequence

import streamlit as st

from core.jobs.kinds import is_queued_kind
from core.jobs.line import MOST_AT_ONCE, read_line
from core.jobs.queue import move_job, set_at_once, start_next
from core.jobs.status import JobStatus
from core.jobs.stored_status import ACTIVE_STATES
from core.jobs.supervise import cancel_job
from core.models.recipes import RECIPES
from core.ui.address import ask
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.job_list import all_jobs
from core.ui.live_job import draw_cancel, draw_pause, draw_resume, ordinal, state_badge
from core.ui.permission import may_delete
from core.ui.redrawing import redraw_page
from core.ui.wording import duration, literal

JOB_IN_URL, SEARCH_IN_URL = "job", "search_job"
SEARCH_VIEW = "Search settings"
REFRESH_SECONDS = 2.0
_MOST_STOPPED = 5


def active_trainings() -> list[JobStatus]:
    """List the trainings that run, then those in line, the next one first."""
    jobs = [job for job in all_jobs() if is_queued_kind(job.kind) and job.state in ACTIVE_STATES]
    return sorted(jobs, key=lambda job: (job.place is not None, job.place or 0, job.created))


def stopped_trainings(catalog: str) -> list[JobStatus]:
    """List the newest trainings of a catalog that can be resumed."""
    jobs = (job for job in all_jobs() if is_queued_kind(job.kind) and job.arguments.get("catalog") == catalog)
    return [job for job in jobs if job.state in ("paused", "interrupted")][:_MOST_STOPPED]


def keep_line_going() -> None:
    """Start what may start: nobody did when both the server and the worker were killed."""
    jobs = active_trainings()
    waiting = [job for job in jobs if job.state == "waiting"]
    if waiting and len(jobs) - len(waiting) < read_line(home()).at_once:
        with shown_errors():
            start_next(home())


def next_place() -> int | None:
    """Tell which place in line a training would get now; None when it would start at once."""
    jobs = active_trainings()
    waiting = sum(job.state == "waiting" for job in jobs)
    return waiting + 1 if waiting or len(jobs) >= read_line(home()).at_once else None


def watch(job: JobStatus) -> None:
    """Show a training as it runs, or the panel of a search."""
    if job.kind == "train":
        st.query_params[JOB_IN_URL] = job.job
    else:
        st.query_params[SEARCH_IN_URL] = job.job
        ask(train_view=SEARCH_VIEW)
    st.rerun()


def draw_line(*, shown_job: str | None = None) -> None:
    """Draw the running and waiting trainings of all catalogs, kept fresh while there are any.

    Args:
        shown_job: A job that the page shows by itself already.
    """
    jobs = active_trainings()
    if [job.job for job in jobs] in ([], [shown_job]):
        return
    st.fragment(run_every=REFRESH_SECONDS)(_draw_line)({job.job for job in jobs})


def draw_stopped(catalog: str, *, shown_job: str | None = None) -> None:
    """Draw trainings that were paused or interrupted, each with a button that goes on."""
    jobs = [job for job in stopped_trainings(catalog) if job.job != shown_job]
    if not jobs:
        return
    with st.container(border=True, key="stopped_trainings", gap="small"):
        for job in jobs:
            with st.container(horizontal=True, vertical_alignment="center", key=f"stopped_{job.job}"):
                st.markdown(f"{training_title(job)} {state_badge(job.state)}", width="stretch")
                draw_resume(job, key="line")
                if st.button("", key=f"dismiss_{job.job}", icon=":material/close:", help="Not now; it stays a job."):
                    _leave(job)


def _draw_line(known: set[str]) -> None:
    jobs = active_trainings()
    if {job.job for job in jobs} != known:
        redraw_page()  # one ended or began: the page may have something new to show
    with st.container(border=True, key="training_line", gap="small"):
        _draw_line_header(jobs)
        waiting = [job for job in jobs if job.state == "waiting"]
        for job in jobs:
            with st.container(horizontal=True, vertical_alignment="center", key=f"line_{job.job}"):
                _draw_job(job, waiting)


def _draw_line_header(jobs: Sequence[JobStatus]) -> None:
    running = sum(job.state != "waiting" for job in jobs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{running} running, {len(jobs) - running} in line**", width="stretch")
        with st.popover("At once", icon=":material/tune:", help="How many trainings may run at the same time."):
            now = read_line(home()).at_once
            key = "trainings_at_once"
            count = st.number_input("Trainings at once", 1, MOST_AT_ONCE, now, step=1, key=key)
            st.caption("Several at once share the cores, so each takes longer.")
            if count != now and may_delete() and st.button("Set", key="set_at_once"):
                with shown_errors():
                    set_at_once(home(), int(count))
                    st.rerun()


def _draw_job(job: JobStatus, waiting: Sequence[JobStatus]) -> None:
    if job.state == "waiting":
        place = waiting.index(job) + 1
        st.markdown(f"{training_title(job)} :violet-badge[{ordinal(place)} in line]", width="stretch")
        _draw_moves(job, place, last=len(waiting))
        if st.button(
            "", key=f"leave_{job.job}", icon=":material/close:", help="Take it out of the line; it can be resumed."
        ):
            _leave(job)
        return
    left = f" :gray[{job.progress or 0:.0%}".replace("%", " %")
    left += f", about {duration(job.seconds_left)} left]" if job.seconds_left is not None else "]"
    st.markdown(f"{training_title(job)} {state_badge(job.state)}{left}", width="stretch")
    if st.button("Watch", key=f"watch_{job.job}", icon=":material/monitoring:"):
        watch(job)
    if not job.pausing and not job.cancelling:
        draw_pause(job, key="line")
    draw_cancel(job, key="line")


def _draw_moves(job: JobStatus, place: int, *, last: int) -> None:
    moves = (("up", place - 1, "arrow_upward"), ("down", place + 1, "arrow_downward"))
    for name, wanted, icon in moves:
        fits = 1 <= wanted <= last
        if st.button("", key=f"{name}_{job.job}", icon=f":material/{icon}:", help=f"Move {name}", disabled=not fits):
            with shown_errors():
                move_job(home(), job.job, wanted)
                st.rerun()


def _leave(job: JobStatus) -> None:
    with shown_errors():
        cancel_job(home(), job.job)
        st.rerun()


def training_title(job: JobStatus) -> str:
    """Name a training by what it was called, or by its recipe, and its catalog; Markdown."""
    recipe = RECIPES.get(str(job.arguments.get("recipe")))
    name = job.arguments.get("name") or (recipe.title if recipe else job.arguments.get("recipe", "training"))
    if job.kind != "train":
        name = f"Search: {name}"
    return f"**{literal(name)}** on {literal(job.arguments.get('catalog', ''))}"
