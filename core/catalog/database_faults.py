"""What went wrong at the database, told apart the same way for SQLite and PostgreSQL.

SQLite's driver tells kinds of errors by their class. The driver of PostgreSQL makes nearly all of them one class; the
five characters of SQLSTATE tell them apart (PostgreSQL, appendix A, "PostgreSQL Error Codes").
"""

from enum import Enum
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, ProgrammingError

_OWN_FAULTS = (IntegrityError, InterfaceError, ProgrammingError)

_CODE, _WORDS = "C", "M"
"""Where the driver keeps SQLSTATE and the message."""

_NO_ANSWER = ("network error", "connection is closed", "communication error", "Can't create a connection")


class Fault(Enum):
    """A kind of trouble."""

    OWN = "the caller's own mistake, or what it judges itself"
    VALUE = "a value that no database holds"
    LOST = "the server cannot be reached, or ended the connection"
    BUSY = "somebody else holds what is needed"
    OTHER = "full, read-only, damaged, refused"


_BY_CODE = {
    "08": Fault.LOST,
    "57P": Fault.LOST,  # shut down by its keeper, crashed, starting up
    "22": Fault.VALUE,
    "23": Fault.OWN,
    "40": Fault.BUSY,  # deadlock, or a change that came between
    "55P03": Fault.BUSY,  # a lock was waited for in vain
    "42501": Fault.OTHER,  # not allowed
    "42": Fault.OWN,
}


def fault_of(error: DBAPIError) -> Fault:
    """Tell what kind of trouble an error is."""
    code = sqlstate(error.orig)
    if code:
        known = [kind for kind in _BY_CODE if code.startswith(kind)]
        return _BY_CODE[max(known, key=len)] if known else Fault.OTHER
    if error.connection_invalidated or _no_answer(error.orig):
        return Fault.LOST
    return Fault.OWN if isinstance(error, _OWN_FAULTS) else Fault.OTHER


def sqlstate(original: object) -> str:
    """Give the five characters of SQLSTATE; empty where the driver tells none."""
    return str(_told(original).get(_CODE, ""))


def reason_of(error: DBAPIError) -> str:
    """Give the server's own sentence, without what the driver wraps around it."""
    return str(_told(error.orig).get(_WORDS) or error.orig)


def _no_answer(original: object) -> bool:
    return isinstance(original, OSError) or any(words in str(original) for words in _NO_ANSWER)


def _told(original: object) -> dict[str, Any]:
    words = getattr(original, "args", ())
    return words[0] if words and isinstance(words[0], dict) else {}
