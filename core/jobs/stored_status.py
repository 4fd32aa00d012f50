"""The last state a job's owner wrote. What it is worth without a look at the lock, see :mod:`core.jobs.status`."""

import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Literal

from core.files import read_json, write_json_whole
from core.jobs.folder import JobFolder

State = Literal["waiting", "queued", "running", "paused", "done", "failed", "cancelled", "interrupted"]
"""``waiting``: in line for its turn; ``queued``: its worker is being started; ``interrupted``: its worker died."""

STATES: tuple[State, ...] = (
    "waiting",
    "queued",
    "running",
    "paused",
    "done",
    "failed",
    "cancelled",
    "interrupted",
)

ACTIVE_STATES: tuple[State, ...] = ("waiting", "queued", "running")
"""States from which a job goes on by itself."""

FINAL_STATES: tuple[State, ...] = ("paused", "done", "failed", "cancelled")
"""States that only resuming leaves; whoever reads one of them need not look at the lock."""


@dataclass(frozen=True)
class StoredStatus:
    """The content of ``status.json``. "interrupted" is never stored: the one it happens to cannot write.

    Attributes:
        state: Where the job stood.
        attempt: 1 for the first worker, one more with every resume.
        changed: When this was written, seconds since 1970.
        started: When the latest worker began; None before.
        finished: When it ended; None before.
        pid: Process of the latest worker.
        process_start: Tells this process from a later one with the same id.
        error: One line for users; None unless failed.
    """

    state: State
    attempt: int = 1
    changed: float = field(default_factory=time.time)
    started: float | None = None
    finished: float | None = None
    pid: int | None = None
    process_start: str | None = None
    error: str | None = None


def write_status(folder: JobFolder, status: StoredStatus) -> None:
    """Write the state of a job, whole. Only the owner of its lock, or of its gate while the lock is free, may."""
    write_json_whole(folder.status, asdict(status))


def read_status(folder: JobFolder) -> StoredStatus | None:
    """Read the last state of a job; None when the file is missing or damaged."""
    try:
        status = StoredStatus(**read_json(folder.status))
    except (OSError, ValueError, TypeError):
        return None
    return status if _is_sound(status) else None


def _is_sound(status: StoredStatus) -> bool:
    """Tell whether every value is of its kind: a home may come from strangers, and the process id is sent signals."""
    moments = (status.changed, status.started, status.finished)
    return (
        status.state in STATES
        and all(moment is None or _is_number(moment) for moment in moments)
        and status.changed is not None
        and isinstance(status.attempt, int)
        and (status.pid is None or (isinstance(status.pid, int) and status.pid > 0))
        and isinstance(status.process_start, str | None)
        and isinstance(status.error, str | None)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
