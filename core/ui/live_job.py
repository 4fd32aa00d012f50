"""A job as it runs: progress, time left, curves; pause, cancel and resume.

Everything comes from the job's folder, so refreshing is safe.
"""

from collections.abc import Callable

import streamlit as st

from core.access.actor import Role
from core.errors import ShelfLensError
from core.jobs.kinds import is_queued_kind
from core.jobs.status import JobStatus, job_log_tail, job_status, read_progress
from core.jobs.stored_status import ACTIVE_STATES
from core.jobs.supervise import cancel_job, pause_job, resume_job
from core.ui.caches import home
from core.ui.epoch_curves import draw_epochs
from core.ui.errors import show_problem, shown_errors
from core.ui.job_list import active_jobs, all_jobs
from core.ui.permission import drawn_for
from core.ui.redrawing import redraw_page
from core.ui.said import rerun_saying
from core.ui.wording import duration, number_text

REFRESH_SECONDS = 1.0
_WORDS = {
    "waiting": ":violet-badge[in line]",
    "queued": ":blue-badge[starting]",
    "running": ":blue-badge[running]",
    "done": ":green-badge[done]",
    "failed": ":red-badge[failed]",
    "paused": ":violet-badge[paused]",
    "cancelled": ":gray-badge[cancelled]",
    "interrupted": ":orange-badge[interrupted]",
}


def state_badge(state: str) -> str:
    """Give the badge of a job's state in Markdown."""
    return _WORDS.get(state, f":gray-badge[{state}]")


def known_job(job_id: str | None, *, kind: str | None = None) -> JobStatus | None:
    """Look up a job named by a URL in the list of jobs; None when it is not there or of another kind."""
    if not job_id:
        return None
    return next((job for job in all_jobs() if job.job == job_id and kind in (None, job.kind)), None)


def active_job(kind: str, *, catalog: str | None = None) -> JobStatus | None:
    """Give a running or waiting job of a kind, for one catalog when that is named."""
    for job in active_jobs():
        matching = catalog is None or job.arguments.get("catalog") == catalog
        if job.kind == kind and matching:
            return job
    return None


def tell_failed(kind: str, *, catalog: str) -> None:
    """Say why the last job of a kind failed for a catalog, where it did: its page would only offer it again."""
    of_kind = (job for job in all_jobs() if job.kind == kind and job.arguments.get("catalog") == catalog)
    last = next(of_kind, None)
    if last is not None and last.state == "failed":
        show_problem(last.error or "It ended without a word.", title="The last try failed")


def live_job(job_id: str, *, title: str, on_done: Callable[[JobStatus], None] | None = None) -> None:
    """Show a job and keep it fresh while it runs.

    Args:
        job_id: The job; must exist.
        title: What the job does, in plain words of ours.
        on_done: Draws what follows a finished job, such as a link to its result.
    """
    active = job_status(home(), job_id).state in ACTIVE_STATES
    st.fragment(run_every=REFRESH_SECONDS if active else None)(_draw_job)(job_id, title, on_done, active)


def _draw_job(job_id: str, title: str, on_done: Callable[[JobStatus], None] | None, was_active: bool) -> None:
    with shown_errors():
        job = job_status(home(), job_id)
        if was_active and job.state not in ACTIVE_STATES:
            redraw_page()  # ends the refreshing and lets the whole page show the result
        with st.container(border=True, key=f"job_{job_id}"):
            _draw_header(job, title)
            _draw_epochs(job)
            if job.state == "done" and on_done is not None:
                on_done(job)


def _draw_header(job: JobStatus, title: str) -> None:
    words, buttons = st.columns([3, 2] if job.state in ACTIVE_STATES else [4, 1], vertical_alignment="center")
    words.markdown(f"**{title}** {state_badge(job.state)}")
    if job.state == "waiting":
        st.text(waiting_words(job))
        _draw_stop_buttons(job, buttons)
    elif job.state in ACTIVE_STATES:
        st.progress(job.progress or 0.0)
        st.text(_progress_words(job))
        _draw_stop_buttons(job, buttons)
    elif job.state == "done":
        st.text(f"Finished in {duration(job.seconds)}.")
    else:
        _draw_stopped(job, buttons)


def _draw_stop_buttons(job: JobStatus, place: st.delta_generator.DeltaGenerator) -> None:
    with place.container(horizontal=True, horizontal_alignment="right", gap="small"):
        if is_queued_kind(job.kind) and not job.pausing and not job.cancelling:
            draw_pause(job, key="live")
        draw_cancel(job, key="live")


@drawn_for(Role.EDITOR)
def draw_pause(job: JobStatus, *, key: str) -> None:
    """Draw the button that pauses a job; the key tells several of one job apart."""
    words = "Stops after the epoch it is in; Resume goes on from there."
    if st.button("Pause", key=f"{key}_pause_{job.job}", icon=":material/pause_circle:", help=words):
        with shown_errors():
            pause_job(home(), job.job)
            rerun_saying("Pausing: it finishes the epoch it is in.")


@drawn_for(Role.EDITOR)
def draw_cancel(job: JobStatus, *, key: str) -> None:
    """Draw the button that cancels a job; the key tells several of one job apart."""
    words = "Stops now. Pictures that were embedded and finished epochs are kept, and it can be resumed."
    if st.button("Cancel", key=f"{key}_cancel_{job.job}", icon=":material/stop_circle:", help=words):
        with shown_errors():
            cancel_job(home(), job.job)
            st.toast("Cancelling: the job stops at its next step.")


@drawn_for(Role.EDITOR)
def draw_resume(job: JobStatus, *, key: str) -> None:
    """Draw the button that goes on with a job; the key tells several of one job apart."""
    if st.button("Resume", key=f"{key}_resume_{job.job}", icon=":material/play_arrow:"):
        try:
            resume_job(home(), job.job)
        except ShelfLensError as error:
            show_problem(error)
        else:
            st.rerun()


def waiting_words(job: JobStatus) -> str:
    """Say when a waiting job will start: ``2nd in line``."""
    if job.place == 1:
        return "Next in line: it starts when the running training ends."
    place = "in line" if job.place is None else f"{ordinal(job.place)} in line"
    return f"{place[:1].upper() + place[1:]}: it starts when those before it have ended."


def ordinal(number: int) -> str:
    """Write a place: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _progress_words(job: JobStatus) -> str:
    """Say what a job is at; what its own message says already is not said twice."""
    message = job.message or "Starting"
    words = [message[:1].upper() + message[1:]]
    is_counted = job.kind != "train"  # steps of a training are shares of the whole, which the bar shows
    if is_counted and job.total and f"{job.done:,}" not in message and str(job.done) not in message:
        words.append(f"{number_text(job.done)} of {number_text(job.total)}")
    words.append(f"{duration(job.seconds)} so far")
    if job.seconds_left is not None and "left" not in message:
        words.append(f"about {duration(job.seconds_left)} left")
    if job.cancelling:
        words.append("cancelling")
    elif job.pausing:
        words.append("pausing after this epoch")
    return " · ".join(words)


def _draw_stopped(job: JobStatus, buttons: st.delta_generator.DeltaGenerator) -> None:
    kept = (
        "Pictures that were embedded and finished epochs are kept."
        if job.kind == "train"
        else "What was finished is kept."
    )
    reasons = {
        "failed": job.error or "It failed without a message.",
        "paused": f"{kept} Resume goes on from there.",
        "cancelled": f"You stopped it. {kept}",
        "interrupted": f"The worker ended before the job did, as when the machine stops. {kept}",
    }
    st.text(reasons.get(job.state, job.message))
    with buttons.container(horizontal=True, horizontal_alignment="right"):
        draw_resume(job, key="live")
    if job.state == "failed":
        with st.expander("Last lines of the worker's log"):
            st.code(job_log_tail(home(), job.job), language=None, wrap_lines=True)


def _draw_epochs(job: JobStatus) -> None:
    if job.kind != "train" or job.state == "waiting":
        return
    lines = read_progress(home(), job.job)
    epochs = [line.get("values") for line in lines if line.get("kind") == "epoch"]
    draw_epochs([row for row in epochs if isinstance(row, dict)], key=job.job)
