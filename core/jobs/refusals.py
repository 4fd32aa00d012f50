"""What disk and machine refuse, put into words: what, where, how to mend it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import JobError
from core.home import Home

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def refusal_words(error: BaseException, home: Home) -> str | None:
    """Say what disk or machine refused to work; None when the error tells of something else."""
    if isinstance(error, MemoryError):
        return "this machine has not enough memory left for it; end other programs or add memory"
    if not isinstance(error, OSError) or error.errno is None:
        return None
    where, why = error.filename or home.root, error.strerror
    if error.errno in _FULL:
        return f"the disk of {home.root} is full; free some space"
    if error.errno == errno.EFBIG:
        return f"{where} would be larger than files may be here (ulimit -f); raise that limit"
    if error.errno in _FORBIDDEN:
        return f"{where} cannot be used: {why}; check its permissions, and whether its disk is mounted read-only"
    if error.errno == errno.EIO:
        return f"the disk failed at {where}: {why}; look at the system's log, run `verify`"
    return None


@contextmanager
def told_clearly(home: Home) -> Iterator[None]:
    """Turn a refusal to write down what is wished of a job into one message.

    Raises:
        JobError: The disk refused; nothing half-written stays.
    """
    try:
        yield
    except OSError as error:
        words = refusal_words(error, home) or f"{error.filename or home.jobs} cannot be used: {error.strerror or error}"
        raise JobError(f"{words}, then try again") from error
