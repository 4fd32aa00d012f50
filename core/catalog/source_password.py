"""The password of a database that is being imported from: known to one process while it works, never stored."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.monitoring.redaction import hiding

PASSWORD_VARIABLE = "SHELFLENS_SOURCE_PASSWORD"  # noqa: S105 - the name of a variable, no password

_given: ContextVar[str | None] = ContextVar("source_password", default=None)


@contextmanager
def given_password(password: str | None) -> Iterator[None]:
    """Let sources opened within use a password; None leaves the one of the environment."""
    token = _given.set(password)
    try:
        with hiding(password):  # whatever is noted meanwhile
            yield
    finally:
        _given.reset(token)


def source_password() -> str | None:
    """Return the password to open a source with: the one given, else `$SHELFLENS_SOURCE_PASSWORD`, else None."""
    return _given.get() or os.environ.get(PASSWORD_VARIABLE) or None
