"""Starting, stopping and resuming jobs, in a process of their own or in the foreground."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.access.actor import Role, require
from core.access.audit_file import record_if_possible
from core.catalog.source_password import given_password
from core.errors import JobError
from core.home import Home
from core.jobs.disk_room import check_room
from core.jobs.environment import quiet_this_process
from core.jobs.folder import JobFolder, find_folder
from core.jobs.kinds import is_queued_kind
from core.jobs.lock import gate, lock_is_free
from core.jobs.passwords import without_password
from core.jobs.processes import send_signal
from core.jobs.queue import check_again, check_place, put_again, put_in_line, start_next, start_next_quietly
from core.jobs.refusals import told_clearly
from core.jobs.reports import Report
from core.jobs.run import owned, run_owned
from core.jobs.signals import stop_on_signals
from core.jobs.spec import create_job, read_spec
from core.jobs.starting import start_worker
from core.jobs.status import state_at_gate
from core.jobs.stored_status import ACTIVE_STATES, State, StoredStatus, write_status

_DEATH_SECONDS = 10.0


def submit(home: Home, kind: str, arguments: dict[str, Any], *, actor: str) -> str:
    """Start a job in a process of its own, which goes on when this one ends; a training waits in line for its turn.

    Args:
        home: Where the work happens.
        kind: import, embed, train, map or demo.
        arguments: What that kind takes, see :mod:`core.jobs.kinds`. A password in the address of a source is handed
            to the worker and stored nowhere.
        actor: Who asks, for the log of changes.

    Returns:
        The job's id.

    Raises:
        JobError: There is no such kind, no process could be started, as much runs or waits as may, or the disk has
            no room.
        SettingsError: An argument is missing, unknown or out of its range.
    """
    check_room(home, count=False)
    if is_queued_kind(kind):
        with told_clearly(home):
            folder = put_in_line(home, kind, arguments, actor=actor)
        with contextlib.suppress(OSError):  # the disk refused: it waits in line, and the next look starts it
            start_next(home)
        return folder.job
    stored, password = without_password(arguments)
    with told_clearly(home):
        check_place(home)
        folder = create_job(home, kind, stored, actor=actor)
    start_worker(home, folder, attempt=1, password=password)
    return folder.job


def run_here(
    home: Home,
    kind: str,
    arguments: dict[str, Any],
    *,
    actor: str,
    on_report: Callable[[Report], None] | None = None,
) -> dict[str, Any]:
    """Do a job in this process, with the same folder, lock and states as any other.

    Args:
        home: Where the work happens.
        kind: As for :func:`submit`.
        arguments: As for :func:`submit`.
        actor: Who asks.
        on_report: Called with every report that is written, at most five times a second, from another thread.

    Returns:
        The result.

    Raises:
        Cancelled: Ctrl-C, SIGTERM or somebody elsewhere asked it to stop.
        ShelfLensError: The input was bad.
        JobFault: The work broke on a fault of its own.
    """
    stored, password = without_password(arguments)
    with told_clearly(home):
        folder = create_job(home, kind, stored, actor=actor)
    return _run_folder(home, folder, on_report, password)


def resume_job(home: Home, job_id: str, *, password: str | None = None) -> None:
    """Go on with a paused, interrupted, failed or cancelled job in a new worker; its checkpoints are kept.

    A training that was begun becomes the next one in line, and starts at once when none runs; another takes its turn.

    Args:
        home: Where the work happens.
        job_id: The job.
        password: Of the database it imports from, asked for again because it is stored nowhere; None takes
            `$SHELFLENS_SOURCE_PASSWORD`.

    Raises:
        JobError: There is no such job, it runs, it is done, its spec is damaged, or as much runs or waits as may.
    """
    asked = find_folder(home, job_id)
    in_line = is_queued_kind(asked.kind)
    with told_clearly(home):
        if in_line:
            check_again(home, asked)
        else:
            check_place(home)
        folder, attempt = _queue_again(home, job_id, state="waiting" if in_line else "queued")
        if in_line:
            put_again(home, folder)
    if in_line:
        with contextlib.suppress(OSError):  # as in submit
            start_next(home)
    else:
        start_worker(home, folder, attempt=attempt, password=password)


def resume_here(
    home: Home,
    job_id: str,
    *,
    on_report: Callable[[Report], None] | None = None,
    password: str | None = None,
) -> dict[str, Any]:
    """Resume a job in this process; takes and raises what :func:`resume_job` and :func:`run_here` do."""
    with told_clearly(home):
        folder, _ = _queue_again(home, job_id)
    return _run_folder(home, folder, on_report, password)


def pause_job(home: Home, job_id: str) -> None:
    """Ask a job to stop at its next checkpoint, after the epoch it is in; one that waits leaves the line at once.

    Raises:
        JobError: There is no such job, or nobody runs it.
        AccessError: Whoever acts is only a viewer.
    """
    folder = _asked_folder(home, job_id, "pause")
    with gate(folder):
        state, stored, free = state_at_gate(folder)
        if state not in ACTIVE_STATES:
            raise JobError(f"job {job_id} is {state}; only a job that runs or waits can be paused")
        if free:
            write_status(folder, replace(stored or StoredStatus("queued"), state="paused", changed=time.time()))
            return
        folder.pause_flag.touch()


def cancel_job(home: Home, job_id: str) -> None:
    """Ask a job to stop; it does at its next report. One that nobody runs is cancelled at once.

    Raises:
        JobError: There is no such job, or it has ended already.
        AccessError: Whoever acts is only a viewer.
    """
    folder = _asked_folder(home, job_id, "cancel")
    with gate(folder):
        state, stored, free = state_at_gate(folder)
        if state in ("done", "failed", "cancelled"):
            raise JobError(f"job {job_id} is {state} already; there is nothing to cancel")
        if free:
            write_status(folder, replace(stored or StoredStatus("queued"), state="cancelled", changed=time.time()))
            return
        folder.cancel_flag.touch()
    if stored is not None and stored.pid not in (None, os.getpid()):
        # The flag alone would do; the signal also ends a wait inside the work.
        send_signal(int(stored.pid or 0), started=stored.process_start, number=signal.SIGTERM)


def kill_job(home: Home, job_id: str) -> None:
    """End the process of a job that does not obey :func:`cancel_job`, and wait until it is gone.

    Checkpoints and finished work stay, so the job can be resumed. Only a process that holds the job's lock is touched.

    Raises:
        JobError: There is no such job, nobody runs it, or its process cannot be told from others for sure.
        AccessError: Whoever acts is only a viewer.
    """
    folder = _asked_folder(home, job_id, "kill")
    with gate(folder):
        state, stored, free = state_at_gate(folder)
        if free:
            raise JobError(f"job {job_id} is {state}, no process runs it; there is nothing to kill")
        if stored is None or stored.pid is None or stored.pid == os.getpid():
            raise JobError(f"job {job_id} runs in a process that cannot be ended from here; cancel it instead")
        number = getattr(signal, "SIGKILL", signal.SIGTERM)
        if not send_signal(stored.pid, started=stored.process_start, number=number):
            raise JobError(f"job {job_id}: process {stored.pid} is not surely its worker, so it was left alone")
        _wait_for_free_lock(folder)
        if not folder.result.exists():
            now = time.time()
            write_status(folder, replace(stored, state="cancelled", changed=now, finished=now))
    start_next_quietly(home)


def _run_folder(
    home: Home, folder: JobFolder, on_report: Callable[[Report], None] | None, password: str | None
) -> dict[str, Any]:
    quiet_this_process()
    try:
        with stop_on_signals() as stop, owned(folder) as status, given_password(password):
            return run_owned(folder, status, home=home, stop=stop, on_report=on_report)
    finally:
        start_next_quietly(home)


def _queue_again(home: Home, job_id: str, *, state: State = "queued") -> tuple[JobFolder, int]:
    folder = _asked_folder(home, job_id, "resume")
    read_spec(folder)
    with gate(folder):
        found, stored, free = state_at_gate(folder)
        if found not in ("paused", "interrupted", "failed", "cancelled"):
            raise JobError(
                f"job {job_id} is {found}; only a paused, interrupted, failed or cancelled job can be resumed"
            )
        if not free:  # its worker has said how it ended, and is about to end
            _wait_for_free_lock(folder)
        attempt = 1 + (stored.attempt if stored else 1)
        for flag in (folder.cancel_flag, folder.pause_flag):
            flag.unlink(missing_ok=True)
        write_status(folder, StoredStatus(state, attempt=attempt))
    return folder, attempt


def _asked_folder(home: Home, job_id: str, what: str) -> JobFolder:
    """Find the job that somebody who may wants to steer; that they asked is in the audit log."""
    require(Role.EDITOR, "steer a job")
    folder = find_folder(home, job_id)
    record_if_possible(home, "job", f"Asked to {what} the job {folder.job}")  # a full disk must not keep it running
    return folder


def _wait_for_free_lock(folder: JobFolder) -> None:
    """Wait until the system has freed the lock of a process that was ended."""
    deadline = time.monotonic() + _DEATH_SECONDS
    while not lock_is_free(folder):
        if time.monotonic() > deadline:
            raise JobError(
                f"job {folder.job}: its process has not ended after {_DEATH_SECONDS:.0f} s; look at the system"
            )
        time.sleep(0.02)
