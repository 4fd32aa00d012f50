"""The lock that says whether somebody works on a job.

Whoever runs a job holds its lock for life and the operating system frees it at death, however sudden. Looking at a lock
means trying to take it, which could make a starting worker believe that it is taken. So everyone who looks or takes
passes a gate first, a second lock held for moments only.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from core.errors import JobError, JobGoneError
from core.jobs.folder import JobFolder

_GATE_SECONDS = 20.0


@contextmanager
def gate(folder: JobFolder) -> Iterator[None]:
    """Hold the gate of a job; must not be nested.

    Raises:
        JobGoneError: The job's folder was tidied away.
        JobError: Another process kept the gate for 20 s, which only a stopped one does.
    """
    content = _content(folder)
    lock = FileLock(folder.gate, timeout=_GATE_SECONDS, poll_interval=0.01)
    try:
        lock.acquire()
    except FileNotFoundError as error:
        raise _gone(folder) from error
    except OSError as error:
        if not isinstance(error, Timeout):
            raise _unusable(folder, error) from error
        raise JobError(
            f"job {folder.job}: another process has been looking at it for {_GATE_SECONDS:.0f} s; "
            "continue or end that process, then try again"
        ) from error
    try:
        if content and not _content(folder):  # tidied away while this waited
            shutil.rmtree(folder.path, ignore_errors=True)
            raise _gone(folder)
        yield
    finally:
        lock.release()


def lock_is_free(folder: JobFolder) -> bool:
    """Tell whether nobody runs the job now. The caller holds the gate."""
    lock = _lock(folder)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except OSError as error:
        raise _unusable(folder, error) from error
    lock.release()
    return True


def take_lock(folder: JobFolder) -> FileLock:
    """Take the lock of a job for as long as the caller keeps it. The caller holds the gate.

    Raises:
        JobError: Another worker holds it.
    """
    lock = _lock(folder)
    try:
        lock.acquire(timeout=0)
    except OSError as error:
        if not isinstance(error, Timeout):
            raise _unusable(folder, error) from error
        raise JobError(
            f"job {folder.job} is being run by another worker; watch it with `status {folder.job}`"
        ) from error
    return lock


def _content(folder: JobFolder) -> set[str]:
    """Name what a job's folder holds beside its locks; empty in one that taking a lock has made anew."""
    try:
        return {path.name for path in folder.path.iterdir()} - {folder.gate.name, folder.lock.name}
    except FileNotFoundError as error:
        raise _gone(folder) from error
    except OSError as error:
        raise _unusable(folder, error) from error


def _gone(folder: JobFolder) -> JobGoneError:
    return JobGoneError(f"job {folder.job} ended long ago and its record was tidied away; see `jobs`")


def _unusable(folder: JobFolder, error: OSError) -> JobError:
    return JobError(
        f"the locks of job {folder.job} cannot be used: {error.strerror or error}; "
        f"make {folder.path} a folder you can write, or delete it"
    )


def _lock(folder: JobFolder) -> FileLock:
    # Not bound to a thread: the page server may start a job in one thread and finish it in another.
    return FileLock(folder.lock, thread_local=False)
