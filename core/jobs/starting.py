"""Starting the process that does a queued job, and seeing to it that its end is noticed."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from core.errors import JobError, JobGoneError
from core.files import open_appending
from core.home import Home
from core.jobs.environment import PACKAGE_ROOT, worker_environment
from core.jobs.folder import JobFolder
from core.jobs.lock import gate, lock_is_free
from core.jobs.passwords import hand_over
from core.jobs.stored_status import read_status, write_status

OnEnd = Callable[[], None]
"""Called from a thread when the process has ended, as long as the one that started it still lives."""


def start_worker(
    home: Home, folder: JobFolder, *, attempt: int, password: str | None = None, on_end: OnEnd | None = None
) -> None:
    """Start a process of its own for a queued job; it goes on when this one ends.

    Args:
        home: Where the work happens.
        folder: The job.
        attempt: The attempt its status names; a later one is left alone.
        password: Of the database it imports from, if it does.
        on_end: What follows its end, however sudden.

    Raises:
        JobError: No process could be started; the job says so.
    """
    command = [sys.executable, "-m", "core.jobs.worker", str(home.root), folder.job]
    try:
        with open_appending(folder.log) as log:
            process = subprocess.Popen(
                command,
                cwd=PACKAGE_ROOT,
                env=worker_environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        message = f"no process could be started: {error.strerror or error}"
        with contextlib.suppress(OSError):  # what kept it from starting may keep it from being noted
            _fail_if_queued(folder, attempt, message)
        raise JobError(f"job {folder.job}: {message}; resume it when the machine has room") from error
    hand_over(process, password)
    # Collects the exit code, so that no zombie stays in a server that lives for weeks.
    collecting = (process, folder, attempt, on_end)
    threading.Thread(target=_collect, args=collecting, name="job-collector", daemon=True).start()


def _collect(process: "subprocess.Popen[bytes]", folder: JobFolder, attempt: int, on_end: OnEnd | None) -> None:
    code = process.wait()
    with contextlib.suppress(JobGoneError):
        _fail_if_queued(folder, attempt, f"its worker ended with code {code} before it began; see {folder.log}")
    if on_end is not None:
        on_end()


def _fail_if_queued(folder: JobFolder, attempt: int, message: str) -> None:
    """Say that a worker ended before it could take the lock, unless another one has come since."""
    with gate(folder):
        stored = read_status(folder)
        if stored is None or (stored.state, stored.attempt) != ("queued", attempt) or not lock_is_free(folder):
            return
        write_status(folder, replace(stored, state="failed", changed=time.time(), error=message))
