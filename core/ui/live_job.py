"""A job as it runs: progress, time left, cancel and resume.

Everything comes from the job's folder, so refreshing is safe.
"""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.errors import ShelfLensError
from core.jobs.status import JobStatus, job_log_tail, job_status, read_progress
from core.jobs.supervise import cancel_job, resume_job
from core.ui.caches import home
from core.ui.charts import curves
from core.ui.errors import show_problem, shown_errors
from core.ui.job_list import ACTIVE_STATES, active_jobs, all_jobs
from core.ui.wording import duration

REFRESH_SECONDS = 1.0
_WORDS = {
    "queued": ":blue-badge[waiting]",
    "running": ":blue-badge[running]",
    "done": ":green-badge[done]",
    "failed": ":red-badge[failed]",
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
            st.rerun()  # ends the refreshing and lets the whole page show the result
        with st.container(border=True, key=f"job_{job_id}"):
            _draw_header(job, title)
            _draw_epochs(job)
            if job.state == "done" and on_done is not None:
                on_done(job)


def _draw_header(job: JobStatus, title: str) -> None:
    words, buttons = st.columns([4, 1], vertical_alignment="center")
    words.markdown(f"**{title}** {state_badge(job.state)}")
    if job.state in ACTIVE_STATES:
        st.progress(job.progress or 0.0)
        st.text(_progress_words(job))
        if buttons.button("Cancel", key=f"cancel_{job.job}", icon=":material/stop_circle:", width="stretch"):
            cancel_job(home(), job.job)
            st.toast("Cancelling: the job stops at its next step.")
    elif job.state == "done":
        st.text(f"Finished in {duration(job.seconds)}.")
    else:
        _draw_stopped(job, buttons)


def _progress_words(job: JobStatus) -> str:
    """Say what a job is at; what its own message says already is not said twice."""
    message = job.message or "Starting"
    words = [message[:1].upper() + message[1:]]
    if job.total and f"{job.done:,}" not in message and str(job.done) not in message:
        words.append(f"{job.done:,} of {job.total:,}")
    words.append(f"{duration(job.seconds)} so far")
    if job.seconds_left is not None and "left" not in message:
        words.append(f"about {duration(job.seconds_left)} left")
    return " · ".join(words)


def _draw_stopped(job: JobStatus, buttons: st.delta_generator.DeltaGenerator) -> None:
    reasons = {
        "failed": job.error or "It failed without a message.",
        "cancelled": "You stopped it. What was finished is kept.",
        "interrupted": "The worker ended before the job did, as when the machine stops. What was finished is kept.",
    }
    st.text(reasons.get(job.state, job.message))
    if buttons.button("Resume", key=f"resume_{job.job}", icon=":material/play_arrow:", width="stretch"):
        try:
            resume_job(home(), job.job)
        except ShelfLensError as error:
            show_problem(error)
        else:
            st.rerun()
    if job.state == "failed":
        with st.expander("Last lines of the worker's log"):
            st.code(job_log_tail(home(), job.job), language=None, wrap_lines=True)


def _draw_epochs(job: JobStatus) -> None:
    epochs = [line["values"] for line in read_progress(home(), job.job) if line.get("kind") == "epoch"]
    if len(epochs) < 2:
        return
    history = pd.DataFrame(epochs)
    for column, measure in zip(st.columns(2), ("loss", "accuracy"), strict=True):
        column.plotly_chart(
            curves(history, measure=measure), key=f"live_{measure}_{job.job}", config={"displayModeBar": False}
        )
