"""Doing a job's work while holding its lock; the same for a worker process and for the foreground."""

import logging
import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from core.access.actor import acting
from core.errors import Cancelled, JobError, ShelfLensError
from core.files import open_appending, read_json, write_json_whole
from core.home import Home, open_home
from core.jobs.disk_room import check_room, needed_bytes
from core.jobs.folder import JobFolder
from core.jobs.json_values import to_json_value
from core.jobs.kinds import build_arguments, find_kind
from core.jobs.limits import read_limits, watched
from core.jobs.lock import gate, take_lock
from core.jobs.processes import process_start
from core.jobs.refusals import refusal_words
from core.jobs.reports import JobProgress, Report, StopRequest
from core.jobs.spec import read_spec
from core.jobs.stored_status import StoredStatus, read_status, write_status
from core.monitoring.journal import about, note, note_fault
from core.monitoring.redaction import redact

BAD_INPUT = 2
"""Exit code of a process whose job failed for a reason that users can mend."""


class JobFault(Exception):
    """The work broke on a fault of its own; the message names the fault and where its traceback is."""


@contextmanager
def owned(folder: JobFolder) -> Iterator[StoredStatus]:
    """Hold the lock of a queued job, which says "running" as long as this lasts.

    Yields:
        The status written at the start.

    Raises:
        JobError: Another worker holds the lock, or the job is no longer queued.
    """
    with gate(folder):
        lock = take_lock(folder)
        stored = read_status(folder)
    try:
        if stored is None or stored.state != "queued":
            state = stored.state if stored else "damaged"
            raise JobError(f"job {folder.job} is {state}, not queued; start it again with `resume {folder.job}`")
        status = replace(
            stored,
            state="running",
            changed=time.time(),
            started=time.time(),
            finished=None,
            pid=os.getpid(),
            process_start=process_start(os.getpid()),
            error=None,
        )
        write_status(folder, status)
        yield status
    finally:
        lock.release()


def run_owned(
    folder: JobFolder,
    status: StoredStatus,
    *,
    home: Home,
    stop: StopRequest,
    on_report: Callable[[Report], None] | None = None,
    may_end: bool = False,
) -> dict[str, Any]:
    """Do the work of a job whose lock is held, and keep its state: done, failed, paused or cancelled.

    Args:
        folder: The job.
        status: What :func:`owned` gave.
        home: Where the work happens.
        stop: Set by a signal handler to cancel.
        on_report: Called with every report that is written.
        may_end: Whether this process is the job's alone, so that work beyond its limits which does not listen is ended
            with it.

    Returns:
        The result, as kept in ``result.json``.

    Raises:
        Cancelled: It was asked to stop.
        ShelfLensError: The input was bad; the message is kept as the job's error.
        JobFault: Anything else; the traceback is in ``worker.log``.
    """
    with about(job=folder.job, kind=folder.kind):
        note("job_started", f"attempt {status.attempt}")
        return _kept(folder, status, home=home, stop=stop, on_report=on_report, may_end=may_end)


def _kept(
    folder: JobFolder,
    status: StoredStatus,
    *,
    home: Home,
    stop: StopRequest,
    on_report: Callable[[Report], None] | None,
    may_end: bool,
) -> dict[str, Any]:
    """Work, and keep how it ended in the job's folder and in the journal."""
    try:
        with watched(read_limits(), job=folder.job, stop=stop, end=partial(_end, folder, status) if may_end else None):
            result = _work(folder, home=home, stop=stop, on_report=on_report)
    except (Cancelled, KeyboardInterrupt) as error:
        # Whoever pauses and then cancels has cancelled.
        paused = stop.pausing and not stop.asked and not folder.cancel_flag.exists()
        _finish(folder, status, state="paused" if paused else "cancelled")
        raise Cancelled("paused on request" if paused else "stopped on request") from error
    except ShelfLensError as error:
        _finish(folder, status, state="failed", error=redact(_one_line(str(error))))
        raise
    except Exception as error:
        words = refusal_words(error, home)
        if words is not None:
            refused = JobError(f"{words}, then `resume {folder.job}`")
            _finish(folder, status, state="failed", error=_one_line(str(refused)))
            raise refused from error
        message = _keep_traceback(folder, error)
        _finish(folder, status, state="failed", error=message)
        raise JobFault(message) from error
    _finish(folder, status, state="done")
    return result


def _work(
    folder: JobFolder, *, home: Home, stop: StopRequest, on_report: Callable[[Report], None] | None
) -> dict[str, Any]:
    if folder.result.exists():  # finished before, but its worker died before it could say so
        return _finished_result(folder)
    open_home(home.root)  # a resumed job may meet a home that a newer version has changed meanwhile
    spec = read_spec(folder)
    kind = find_kind(spec.kind)
    arguments = build_arguments(spec.kind, spec.arguments)
    check_room(home, needed_bytes(home, spec.kind, arguments))
    with about(actor=spec.actor), acting(spec.acting), JobProgress(folder, stop=stop, on_report=on_report) as progress:
        result = to_json_value(kind.work(home, arguments, actor=spec.actor, progress=progress))
    write_json_whole(folder.result, result)
    return dict(result)


def _finished_result(folder: JobFolder) -> dict[str, Any]:
    try:
        return dict(read_json(folder.result))
    except (OSError, ValueError, TypeError) as error:
        raise JobError(f"job {folder.job}: {folder.result} is damaged; delete it to do the work again") from error


def _finish(folder: JobFolder, status: StoredStatus, *, state: str, error: str | None = None) -> None:
    """Write how it ended. On a full disk "running" stays, which reads as interrupted once the lock is free."""
    now = time.time()
    seconds = round(now - (status.started or now), 1)
    level = logging.WARNING if error else logging.INFO
    note(f"job_{state}", error or state, level=level, told=True, seconds=seconds)
    try:
        write_status(folder, replace(status, state=state, changed=now, finished=now, error=error))  # type: ignore[arg-type]
    except OSError as refused:
        raise JobError(
            f"job {folder.job} ended ({state}), which could not be written: {refused.strerror or refused}; "
            f"free some space, then `resume {folder.job}`"
        ) from refused


def _end(folder: JobFolder, status: StoredStatus, message: str) -> None:
    """End this process in the middle of work that went beyond its limits and does not listen."""
    try:
        _finish(folder, status, state="failed", error=message)
    finally:
        os._exit(BAD_INPUT)


def _keep_traceback(folder: JobFolder, error: Exception) -> str:
    """Note a fault, append its traceback to ``worker.log`` and return one line that refers to both."""
    fault = note_fault("job_fault", error, told=True)
    with open_appending(folder.log) as log:
        stack = redact("".join(traceback.format_exception(error)))
        log.write(f"fault {fault}\n{stack}".encode(errors="backslashreplace"))
    return f"internal fault {fault} ({type(error).__name__}); its traceback is in {folder.log}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
