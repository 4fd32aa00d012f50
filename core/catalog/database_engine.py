"""Engines: the connections of this process to a database, made ready for SQLite or PostgreSQL.

Both keep the same promises. Whoever reads sees one moment, however many queries it takes: caches are keyed by the
version that the first of them finds. Writers come one after another, so that a number that is read and then raised
cannot be raised twice.
"""

import logging
import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError, IntegrityError, InterfaceError, SQLAlchemyError

from core.catalog.database_faults import Fault, fault_of, sqlstate
from core.errors import HomeError

WRITES = "shelflens_writes"
"""Execution option of a connection whose transaction writes."""

LOCK_SECONDS = 30
"""How long a writer waits for the one before it."""

# A writer holds the index pages that a batch of new rows touches, or each would be written many times over.
_WRITER_CACHE_KIB = 65_536
_READER_CACHE_KIB = 8_192

_WRITERS_LOCK = 0x5348454C464C454E
"""Number of the lock that writers to a PostgreSQL database take: the bytes of "SHELFLEN"."""

_IDLE_SECONDS = 2.0
"""A connection that was not used for so long is asked whether it still lives."""

_DRIVERS = {"postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000"}


def new_engine(address: str) -> Engine:
    """Make an engine of its own for an address; whoever asks disposes of it.

    Raises:
        HomeError: The address cannot be read, or no driver is installed for it.
    """
    try:
        url = read_address(address)
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        engine = create_engine(url, isolation_level="REPEATABLE READ")
    except (SQLAlchemyError, ImportError) as error:
        raise HomeError(f"the database {shown_address(address)} cannot be used: {error}") from error
    # Its stack about a connection that cannot be closed, because it has ended already, tells nobody anything.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    engine.dialect.use_insertmanyvalues_wo_returning = True  # many rows a message, not one
    event.listen(engine, "begin", _begin_elsewhere)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _check_idle)
    event.listen(engine, "handle_error", _tell_apart)
    return engine


def read_address(address: str) -> URL:
    """Read a SQLAlchemy address; PostgreSQL's driver need not be named.

    Raises:
        SQLAlchemyError: It is none.
    """
    url = make_url(address)
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def shown_address(address: str) -> str:
    """Write an address without its password."""
    try:
        return make_url(address).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "of this address"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set what SQLite forgets with every connection: readers beside one writer, waiting, foreign keys."""
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={LOCK_SECONDS}000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; a writer takes its place at once, since upgrading a reader later can fail."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_WRITER_CACHE_KIB if writes else _READER_CACHE_KIB}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_elsewhere(connection: Connection) -> None:
    """Let a writer wait for the one before it, and see all that one wrote: its moment begins with each statement."""
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        waiting = f"set_config('lock_timeout', '{LOCK_SECONDS}s', true)"
        connection.exec_driver_sql(f"SELECT {waiting}, pg_advisory_xact_lock({_WRITERS_LOCK})")


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _check_idle(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that idled for a sign of life; where there is none, the pool makes a new one."""
    used = record.info.get("used")
    if used is None or time.monotonic() - used < _IDLE_SECONDS:
        return
    try:
        connection.autocommit = True  # outside a transaction, whose settings come first
        connection.cursor().execute("SELECT 1")
        connection.autocommit = False
    except Exception as error:  # whatever the driver raises: nothing was asked of it yet
        raise DisconnectionError(str(error)) from error


def _tell_apart(context: Any) -> None:
    """Give an error the class that SQLite's driver would: callers judge broken references and taken names."""
    original = context.original_exception
    if isinstance(original, OSError):  # the driver does not wrap what the socket says where an answer begins
        context.is_disconnect = True
        raise InterfaceError(context.statement, context.parameters, original) from original
    if sqlstate(original).startswith("23"):
        raise IntegrityError(context.statement, context.parameters, original) from original
    if context.sqlalchemy_exception is not None and fault_of(context.sqlalchemy_exception) is Fault.LOST:
        context.is_disconnect = True
