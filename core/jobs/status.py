"""How jobs stand, judged by what is written and by who holds the lock."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import JobError, JobGoneError
from core.files import read_json, read_ordinary
from core.home import Home
from core.jobs.folder import JobFolder, find_folder, list_folders
from core.jobs.line import waiting_folders
from core.jobs.lock import gate, lock_is_free
from core.jobs.reports import Report, last_report, read_lines
from core.jobs.spec import JobSpec, read_spec
from core.jobs.stored_status import FINAL_STATES, State, StoredStatus, read_status

START_SECONDS = 60.0
"""How long a queued job may take until its worker holds the lock, on a busy machine."""


@dataclass(frozen=True)
class JobStatus:
    """How a job stands.

    Attributes:
        job: Id.
        kind: What it does: import, embed, train, map, demo.
        state: waiting, queued, running, paused, done, failed, cancelled or interrupted.
        done: Finished steps.
        total: All steps; None while unknown.
        progress: Finished share, 0..1; None while unknown.
        message: What it is doing or did last.
        seconds: How long the latest worker has been or was at it.
        seconds_left: Estimated remaining seconds while running; None when unknown.
        arguments: What was asked.
        actor: Who asked.
        created: ISO time in UTC.
        error: One line for users; None unless failed or interrupted.
        result: What it gave; None unless done.
        cancelling: Whether it runs and was asked to stop.
        pausing: Whether it runs and was asked to stop at its next checkpoint.
        place: Its place in line, 1 is the next one; None unless it waits.
    """

    job: str
    kind: str
    state: State
    done: int = 0
    total: int | None = None
    progress: float | None = None
    message: str = ""
    seconds: float = 0.0
    seconds_left: float | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    actor: str = ""
    created: str = ""
    error: str | None = None
    result: dict[str, Any] | None = None
    cancelling: bool = False
    pausing: bool = False
    place: int | None = None


def list_jobs(home: Home, *, limit: int | None = None) -> list[JobStatus]:
    """List the jobs, newest first; with a limit only so many, whose folders alone are read."""
    found = [status for folder in list_folders(home)[:limit] if (status := _status_if_there(folder)) is not None]
    return sorted(with_places(home, found), key=lambda status: (status.created, status.job), reverse=True)


def job_status(home: Home, job_id: str) -> JobStatus:
    """Tell how one job stands.

    Raises:
        JobError: There is no such job.
    """
    return with_places(home, [_status(find_folder(home, job_id))])[0]


def with_places(home: Home, statuses: list[JobStatus]) -> list[JobStatus]:
    """Tell those that wait their place in line."""
    if not any(status.state == "waiting" for status in statuses):
        return statuses
    places = {folder.job: place for place, folder in enumerate(waiting_folders(home), start=1)}
    return [replace(each, place=places.get(each.job)) if each.state == "waiting" else each for each in statuses]


def read_progress(home: Home, job_id: str) -> list[dict[str, Any]]:
    """Read the reports (``kind`` "report") and records of a job, oldest first; each has ``at``, seconds since 1970."""
    return read_lines(find_folder(home, job_id))


def job_result(home: Home, job_id: str) -> dict[str, Any] | None:
    """Read what a job gave; None unless it is done."""
    return job_status(home, job_id).result


def job_log_tail(home: Home, job_id: str, *, lines: int = 50) -> str:
    """Read the last lines of what the worker printed; empty when it printed nothing."""
    try:
        text = read_ordinary(find_folder(home, job_id).log).decode("utf-8", errors="replace")
    except (OSError, ValueError):  # ValueError: no ordinary file
        return ""
    return "\n".join(text.splitlines()[-lines:])


def judge(stored: StoredStatus | None, *, free: bool, finished: bool) -> tuple[State, str | None]:
    """Judge the state of a job.

    Args:
        stored: What ``status.json`` says; None when it is missing or damaged.
        free: Whether nobody holds the lock.
        finished: Whether ``result.json`` is there: the work was done even if its worker died before saying so.

    Returns:
        The state, and one line for users when something went wrong.
    """
    if stored is not None and stored.state in FINAL_STATES:
        return stored.state, stored.error
    if not free:
        return "running", None
    if finished:
        return "done", None
    if stored is None:
        return "interrupted", "status.json is missing or damaged; resume the job to go on from its last checkpoint"
    if stored.state == "waiting":
        return "waiting", None
    if stored.state == "queued":
        # Either way: a clock that was set back must not let it look as if it were being started for years.
        if abs(time.time() - stored.changed) < START_SECONDS:
            return "queued", None
        return "interrupted", "no worker began it; resume the job to try again"
    return "interrupted", "its worker ended without a word; resume the job to go on from its last checkpoint"


def state_at_gate(folder: JobFolder) -> tuple[State, StoredStatus | None, bool]:
    """Judge the state while the caller holds the gate, so that it stays true until the gate opens.

    Returns:
        The state, what is stored, and whether the lock is free.
    """
    free = lock_is_free(folder)
    stored = read_status(folder)
    state, _ = judge(stored, free=free, finished=folder.result.exists())
    return state, stored, free


def _status_if_there(folder: JobFolder) -> JobStatus | None:
    try:
        return _status(folder)
    except JobGoneError:
        return None


def _status(folder: JobFolder) -> JobStatus:
    stored = read_status(folder)
    free = True
    if stored is None or stored.state not in FINAL_STATES:
        with gate(folder):
            free = lock_is_free(folder)
            stored = read_status(folder)  # again: it may have ended between the first reading and the lock
    finished = folder.result.exists()
    state, error = judge(stored, free=free, finished=finished)
    try:
        spec = read_spec(folder)
    except JobError as damaged:
        spec, error = _unknown_spec(folder), str(damaged)
    report = _current_report(folder, stored, state)
    result = _read_result(folder) if state == "done" else None
    return JobStatus(
        job=spec.job,
        kind=spec.kind,
        state=state,
        done=report.done,
        total=report.total,
        progress=_share(report, state),
        message=report.message,
        seconds=_seconds(stored, report, state),
        seconds_left=_seconds_left(report) if state == "running" else None,
        arguments=spec.arguments,
        actor=spec.actor,
        created=spec.created,
        error=error,
        result=result,
        cancelling=state == "running" and folder.cancel_flag.exists(),
        pausing=state == "running" and folder.pause_flag.exists(),
    )


def _current_report(folder: JobFolder, stored: StoredStatus | None, state: State) -> Report:
    """The newest report; of a resumed worker that has not reported yet only how far the one before it came."""
    report = last_report(folder) or Report(0.0, 0, None, "")
    if state not in ("waiting", "queued", "running") or stored is None:
        return report
    # A worker that has the lock but has not said so yet has no start; whatever is reported is not its own.
    if stored.started is None or report.at < stored.started:
        return replace(report, message="", seconds_left=None)
    return report


def _unknown_spec(folder: JobFolder) -> JobSpec:
    date, clock = folder.job.split("-")[:2]
    created = f"{date[:4]}-{date[4:6]}-{date[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}+00:00"
    return JobSpec(folder.job, folder.kind, {}, "", created)


def _read_result(folder: JobFolder) -> dict[str, Any] | None:
    try:
        result = read_json(folder.result)
    except (OSError, ValueError):
        return None
    return result if isinstance(result, dict) else None


def _share(report: Report, state: State) -> float | None:
    if state == "done":
        return 1.0
    if not report.total:
        return None
    try:
        return min(max(report.done / report.total, 0.0), 1.0)
    except OverflowError:  # whole numbers beyond what any work counts
        return None


def _seconds(stored: StoredStatus | None, report: Report, state: State) -> float:
    """Seconds from the start of the latest worker to its end; to its last report when it died unheard."""
    if stored is None or stored.started is None:
        return 0.0
    end = stored.finished or (time.time() if state == "running" else report.at)
    return round(max(end - stored.started, 0.0), 3)


def _seconds_left(report: Report) -> float | None:
    """The remaining seconds estimated with the last report, less those passed since; None once they are used up."""
    if report.seconds_left is None:
        return None
    left = round(report.seconds_left - (time.time() - report.at), 1)
    return left if left > 0 else None
