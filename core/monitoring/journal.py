"""The journal: what ran and what broke, one JSON line an event in the home's folder ``logs``.

It is fed by the standard logging of ``core`` and ``shelflens``, and by errors of the servers beneath. A fault gets an
id such as ``SL-1f2e3d4c``: the visitor or the caller sees it, the journal holds it with the stack. Who changed what is
another thing: the log of changes, in the database (:mod:`core.catalog.log`).
"""

import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from core.monitoring.journal_file import ErrorStream, JournalFile, JsonLine, PlainLine
from core.monitoring.measures import tell
from core.monitoring.redaction import secret_words

FOLDER = "logs"

_OURS = ("core", "shelflens")
_BENEATH = ("uvicorn.error", "asyncio")
_SERVER = "streamlit."  # its loggers pass nothing on, so each is asked
_TOLD_BY_PAGES = "streamlit.error_util"
_LOG = logging.getLogger("core.monitoring")
_about: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039 - never changed, only replaced


def start_journal(root: Path, *, words: Sequence[str] = (), plain: bool = True, **fields: str) -> Path:
    """Write the journal of a home from now on, in place of another that this process may have written.

    Args:
        root: The home's folder.
        words: Words known to be secret, beside those of the environment.
        plain: Whether warnings and errors are printed to standard error too.
        fields: Said in every line, such as ``job="..."``.

    Returns:
        The folder of the journal.
    """
    folder = root / FOLDER
    known = (*words, *secret_words())
    written = JournalFile(folder)
    written.setFormatter(JsonLine(fields=fields, words=known))
    written.addFilter(_add_what_is_known)
    printed = ErrorStream(level=logging.WARNING)
    printed.setFormatter(PlainLine(known))
    for name in (*_OURS, *_BENEATH, *_server_loggers()):
        logger = logging.getLogger(name)
        for handler in [each for each in logger.handlers if isinstance(each, JournalFile | ErrorStream)]:
            logger.removeHandler(handler)
        logger.addHandler(written)
        if plain and name in _OURS:
            logger.addHandler(printed)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    return folder


def printing_handler(words: Sequence[str] = ()) -> logging.Handler:
    """Make a handler that prints to standard error without secrets; for a worker, whose stream is a file."""
    handler = ErrorStream()
    handler.setFormatter(PlainLine((*words, *secret_words())))
    return handler


@contextmanager
def about(**fields: str) -> Iterator[None]:
    """Say what everything noted within is about: ``job``, ``actor``, ``page``."""
    token = _about.set({**_about.get(), **fields})
    try:
        yield
    finally:
        _about.reset(token)


def note(event: str, message: str, *, level: int = logging.INFO, told: bool = False, **facts: object) -> None:
    """Note an event.

    Args:
        event: Its name, such as ``job_done``.
        message: What happened, in words.
        level: Of the standard logging.
        told: Whether the caller hears of it another way, so that standard error need not say it again.
        facts: Further values: job, kind, actor, seconds ...
    """
    _LOG.log(level, "%s", message, extra={"event": event, "facts": facts, "told": told})


def note_fault(event: str, error: BaseException, *, told: bool = False, **facts: object) -> str:
    """Note that something broke inside, with its stack.

    Args:
        event: Where: ``page_fault``, ``job_fault``, ``command_fault``, ``service_fault``.
        error: What broke.
        told: Whether the caller hears of it another way, so that standard error need not say it again.
        facts: Further values.

    Returns:
        The id to quote.
    """
    error_id = new_error_id()
    extra = {"event": event, "facts": {"error_id": error_id, **facts}, "told": told}
    _LOG.error("fault %s: %s", error_id, error, exc_info=error, extra=extra)
    tell("errors", where=event.removesuffix("_fault"))
    return error_id


def new_error_id() -> str:
    """Make an id that people can quote."""
    return f"SL-{secrets.token_hex(4)}"


def _server_loggers() -> list[str]:
    """Name the loggers of the page server; what breaks in pages is noted by the pages, under the id they show."""
    known = list(logging.root.manager.loggerDict)
    return [name for name in known if name.startswith(_SERVER) and name != _TOLD_BY_PAGES]


def _add_what_is_known(record: logging.LogRecord) -> bool:
    """Add what the work at hand is about; an error of a library beneath gets an id of its own."""
    record.about = dict(_about.get())
    ours = record.name.partition(".")[0] in _OURS
    if record.levelno >= logging.ERROR and not hasattr(record, "facts"):
        record.facts = {"error_id": new_error_id()}
    return ours or record.levelno >= logging.ERROR
