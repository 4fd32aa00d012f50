"""Trainings run one after another: jobs are put in line, moved, and started when it is their turn.

Users take turns: a new job is put where :func:`core.jobs.quota.fair_place` says, which for one user alone is the end.

A waiting job says "waiting" in its status; nobody works on it. Whoever notices that there is room starts the next one:
the worker that ends, the process that saw a worker die, and everyone who puts a job in line or looks at it. So no
browser needs to be open and no further process to live.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from filelock import FileLock, Timeout

from core.access.actor import Role, require
from core.access.audit_file import record
from core.errors import JobError, JobGoneError, ShelfLensError
from core.files import write_json_whole
from core.home import Home
from core.jobs.folder import JobFolder, list_folders
from core.jobs.kinds import is_queued_kind
from core.jobs.line import MOST_AT_ONCE, Line, line_file, read_line, waiting_folders
from core.jobs.lock import gate
from core.jobs.pruning import prune_quietly
from core.jobs.quota import asker, check_running, check_waiting, fair_place
from core.jobs.spec import create_job
from core.jobs.starting import start_worker
from core.jobs.status import state_at_gate
from core.jobs.stored_status import FINAL_STATES, StoredStatus, read_status, write_status

_LOCK_SECONDS = 30.0
_LOG = logging.getLogger(__name__)


def put_in_line(home: Home, kind: str, arguments: dict[str, Any], *, actor: str) -> JobFolder:
    """Make a job that waits for its turn, after those of its round.

    Raises:
        JobError: There is no such kind, or the user has as many in line as they may.
        SettingsError: An argument is missing, unknown or out of its range.
    """
    with _changing(home):
        waiting = waiting_folders(home)
        askers = [asker(each) for each in waiting]
        check_waiting(actor, askers)
        place = fair_place(actor, askers, [asker(each) for each in _running(home, in_line=True)])
        folder = create_job(home, kind, arguments, actor=actor, state="waiting")
        order = [each.job for each in waiting]
        _reorder(home, [*order[:place], folder.job, *order[place:]])
    return folder


def check_place(home: Home) -> None:
    """Refuse a job that stands in no line while as many of those run as may.

    Raises:
        JobError: They do.
    """
    check_running(len(_running(home, in_line=False)))


def check_again(home: Home, folder: JobFolder) -> None:
    """Refuse to put a job in line again that was never begun, when its user has as many in line as they may.

    Raises:
        JobError: They have.
    """
    if not folder.progress.exists():
        check_waiting(asker(folder), [asker(each) for each in waiting_folders(home)])


def put_again(home: Home, folder: JobFolder) -> None:
    """Let a waiting job be the next one if it was begun before; cancelling and resuming betters no other's place."""
    with _changing(home):
        others = [each for each in waiting_folders(home) if each.job != folder.job]
        askers, running = ([asker(each) for each in found] for found in (others, _running(home, in_line=True)))
        place = 0 if folder.progress.exists() else fair_place(asker(folder), askers, running)
        order = [each.job for each in others]
        _reorder(home, [*order[:place], folder.job, *order[place:]])


def start_next(home: Home) -> list[str]:
    """Start waiting jobs as long as there is room; gives the ids of those that were started.

    Raises:
        JobError: No process could be started, or another process holds the line.
    """
    waiting = waiting_folders(home)
    if not waiting:
        return []
    started = []
    with _changing(home):
        waiting = waiting_folders(home)
        room = read_line(home).at_once - len(_running(home, in_line=True)) if waiting else 0
        for folder in waiting[: max(room, 0)]:
            attempt = _call(folder)
            if attempt is not None:
                started.append((folder, attempt))
        _reorder(home, _ids(home))
    for folder, attempt in started:
        start_worker(home, folder, attempt=attempt, on_end=partial(start_next_quietly, home))
    return [folder.job for folder, _ in started]


def start_next_quietly(home: Home) -> None:
    """Start what may start at the end of other work, which must not fail for it; tidy old jobs away."""
    try:
        start_next(home)
    except (ShelfLensError, OSError) as error:  # OSError: the home was taken away meanwhile
        _LOG.warning("the next job in line could not be started: %s", error)
    prune_quietly(home)


def move_job(home: Home, job_id: str, place: int) -> list[str]:
    """Move a job in the line.

    Args:
        home: The home.
        job_id: The job.
        place: Its new place; 1 is the next one, a number beyond the end is the last.

    Returns:
        The ids in line, the next one first.

    Raises:
        JobError: It does not wait in line.
        AccessError: Whoever acts is only a viewer.
    """
    require(Role.EDITOR, "move a job")
    with _changing(home):
        order = _ids(home)
        if job_id not in order:
            known = ", ".join(order) or "none"
            raise JobError(f"job {job_id[:120]!r} does not wait in line; those that do: {known}")
        order.remove(job_id)
        order.insert(max(place, 1) - 1, job_id)
        _reorder(home, order)
        return order


def set_at_once(home: Home, count: int) -> None:
    """Set how many jobs of the line may run at the same time, and start those for which there is room now.

    Raises:
        JobError: It is no number from 1 to 16.
        AccessError: Whoever acts is no admin.
        HomeError: The audit log cannot be written; nothing was set.
    """
    require(Role.ADMIN, "change a setting")
    if not 1 <= count <= MOST_AT_ONCE:
        raise JobError(f"{count} jobs at once: expected 1 to {MOST_AT_ONCE}; each needs memory and cores of its own")
    with _changing(home):
        record(home, "settings", f"Set the jobs at once to {count}")
        _write(home, replace(read_line(home), at_once=count))
    start_next(home)


def _ids(home: Home) -> list[str]:
    return [folder.job for folder in waiting_folders(home)]


def _running(home: Home, *, in_line: bool) -> list[JobFolder]:
    """List the jobs that run now, however they were started, of kinds that stand in line or of the others."""
    return [folder for folder in list_folders(home) if is_queued_kind(folder.kind) is in_line and _runs(folder)]


def _runs(folder: JobFolder) -> bool:
    stored = read_status(folder)
    if stored is not None and (stored.state in FINAL_STATES or stored.state == "waiting"):
        return False
    try:
        with gate(folder):
            return state_at_gate(folder)[0] in ("queued", "running")
    except JobGoneError:
        return False


def _call(folder: JobFolder) -> int | None:
    """Mark a waiting job as begun; gives the number of the attempt, None when it left the line a moment ago."""
    with gate(folder):
        state, stored, _ = state_at_gate(folder)
        if state != "waiting" or stored is None:
            return None
        write_status(folder, StoredStatus("queued", attempt=stored.attempt))
        return stored.attempt


def _reorder(home: Home, order: list[str]) -> None:
    line = read_line(home)
    if line.order != tuple(order):
        _write(home, replace(line, order=tuple(order)))


def _write(home: Home, line: Line) -> None:
    write_json_whole(line_file(home), {"order": list(line.order), "at_once": line.at_once})


@contextmanager
def _changing(home: Home) -> Iterator[None]:
    """Hold the lock of the line; must not be nested."""
    home.jobs.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.jobs / "line.lock", timeout=_LOCK_SECONDS, poll_interval=0.02, thread_local=False)
    try:
        lock.acquire()
    except OSError as error:
        why = f"has held it for {_LOCK_SECONDS:.0f} s" if isinstance(error, Timeout) else str(error.strerror or error)
        raise JobError(
            f"the line of jobs in {home.jobs} cannot be changed: another process {why}; try again"
        ) from error
    try:
        yield
    finally:
        lock.release()
