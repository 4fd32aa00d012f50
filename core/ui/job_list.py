"""The list of jobs, cheap enough for every rerun: a job that has ended is read once."""

import streamlit as st

from core.errors import JobError
from core.jobs.folder import JobFolder, list_folders
from core.jobs.status import JobStatus, job_status, with_places
from core.jobs.stored_status import ACTIVE_STATES, FINAL_STATES
from core.ui.caches import home

_MOST_KEPT = 5000

_Key = tuple[str, int]


def all_jobs() -> list[JobStatus]:
    """List every job, newest first."""
    kept = _ended_jobs(str(home().root))
    found = [job for folder in list_folders(home()) if (job := _status(folder, kept)) is not None]
    found = with_places(home(), found)
    return sorted(found, key=lambda job: (job.created, job.job), reverse=True)


def active_jobs() -> list[JobStatus]:
    """List the jobs that run or wait for their turn, newest first."""
    return [job for job in all_jobs() if job.state in ACTIVE_STATES]


def watched_jobs() -> list[JobStatus]:
    """List them as they stood at most a second ago: many visitors who watch the same jobs ask once."""
    return _watched_jobs(str(home().root))


@st.cache_data(show_spinner=False, ttl=1.0, max_entries=8)
def _watched_jobs(root: str) -> list[JobStatus]:
    return active_jobs()


@st.cache_resource(show_spinner=False, max_entries=8)
def _ended_jobs(root: str) -> dict[_Key, JobStatus]:
    return {}


def _status(folder: JobFolder, kept: dict[_Key, JobStatus]) -> JobStatus | None:
    """Tell how a job stands. Resuming one writes its status anew, so the time of that file tells whether it changed."""
    try:
        key = (folder.job, folder.status.stat().st_mtime_ns)
    except OSError:  # damaged, or taken away a moment ago
        key = (folder.job, 0)
    found = kept.get(key)  # asked once: every session shares what is kept, and another may clear it any moment
    if found is not None:
        return found
    try:
        job = job_status(home(), folder.job)
    except JobError:  # taken away a moment ago
        return None
    if job.state in FINAL_STATES:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = job
    return job
