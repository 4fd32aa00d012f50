"""Connections to the database of a home, and bringing its schema up to date."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError

from core.catalog.database_engine import LOCK_SECONDS, WRITES, new_engine
from core.catalog.database_faults import Fault, fault_of, reason_of
from core.catalog.schema_steps import MIGRATIONS, keep_old, run_migrations
from core.errors import CatalogError, HomeError
from core.home import Home

__all__ = [
    "MIGRATIONS",
    "SCHEMA_REVISION",
    "close_database",
    "mark_finished",
    "read",
    "upgrade_at",
    "upgrade_database",
    "write",
]

SCHEMA_REVISION = "0005"
"""The newest migration in ``core/catalog/migrations/versions``; a test holds the two together."""

UNFINISHED = "unfinished-"
"""Stands before the revision of a database that is being filled from another one, see `core.backup.database_copy`."""

_MARK = {"mark": UNFINISHED}

_TRY_AGAIN_AFTER_SECONDS = (0.2, 0.8)
"""A server that starts or restarts answers a moment later; nothing was asked of it yet, so asking again is safe."""


@contextmanager
def read(home: Home) -> Iterator[Connection]:
    """Open a connection for reading; nothing written through it is kept.

    All its queries see the database as it is at the first of them.

    Raises:
        HomeError: The database is damaged or out of reach.
        CatalogError: A value that was asked for is one that no database holds.
    """
    try:
        with _connected(home) as connection:
            yield connection
            connection.rollback()
    except (UnicodeEncodeError, OverflowError) as error:
        raise _unspeakable(error) from error
    except json.JSONDecodeError as error:
        raise HomeError(_cannot_open(home, f"a row holds no JSON ({error})")) from error
    except DBAPIError as error:
        fault = fault_of(error)
        if fault is Fault.OWN:
            raise
        if fault is Fault.VALUE:
            raise _unspeakable(reason_of(error)) from error
        if fault is Fault.LOST:
            raise HomeError(_out_of_reach(home, error)) from error
        raise HomeError(_cannot_open(home, reason_of(error))) from error


@contextmanager
def write(home: Home) -> Iterator[Connection]:
    """Open one writing transaction: kept whole when the block ends, dropped whole when it raises.

    Writers come one after another, in every process. Only ``core.catalog.log`` calls this, so that no change escapes
    the log.

    Raises:
        HomeError: The database is locked for longer than 30 s, full, read-only, damaged or out of reach.
        CatalogError: A value is one that no database holds.
    """
    keeping = False
    try:
        with _connected(home) as connection:
            connection = connection.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection
                keeping = True
    except (UnicodeEncodeError, OverflowError) as error:
        raise _unspeakable(error) from error
    except json.JSONDecodeError as error:
        raise HomeError(f"a row of the database of {home.root} holds no JSON ({error}): restore a backup") from error
    except DBAPIError as error:
        if fault_of(error) is Fault.OWN:
            raise
        raise _refused(home, error, keeping=keeping) from error


def _refused(home: Home, error: DBAPIError, *, keeping: bool) -> HomeError | CatalogError:
    """Say what a change that went wrong means for the user."""
    fault, reason = fault_of(error), reason_of(error)
    if fault is Fault.VALUE:
        return _unspeakable(reason)
    if fault is Fault.LOST and keeping:  # the answer is missing, not necessarily the change
        return HomeError(
            f"the connection to the database of {home.root} was lost while a change was being kept ({reason}): "
            "look whether it is there before you make it again"
        )
    if fault is Fault.LOST:
        return HomeError(f"{_out_of_reach(home, error)}; nothing was changed")
    if fault is Fault.BUSY:
        reason = f"somebody else has been writing for {LOCK_SECONDS} s ({reason}); try again"
    return HomeError(f"the database of {home.root} refused a change: {reason}; nothing was changed")


def _cannot_open(home: Home, reason: str) -> str:
    if os.environ.get("SHELFLENS_DATABASE"):
        return (
            f"the database of {home.root} cannot be opened: {reason}; mend what SHELFLENS_DATABASE names, or unset it"
        )
    return f"the database of {home.root} cannot be opened: {reason}; restore it from a backup or name another home"


def _out_of_reach(home: Home, error: DBAPIError) -> str:
    return (
        f"the database server of {home.root} does not answer ({reason_of(error)}): "
        "see that it runs and that SHELFLENS_DATABASE names it, then try again"
    )


@contextmanager
def _connected(home: Home) -> Iterator[Connection]:
    engine = _engine(home.database_url)
    for seconds in (*_TRY_AGAIN_AFTER_SECONDS, None):
        try:
            connection = engine.connect()
            break
        except (DBAPIError, OSError) as error:  # OSError: the server went away while it was greeted
            lost = InterfaceError(None, None, error) if isinstance(error, OSError) else error
            if seconds is None or fault_of(lost) is not Fault.LOST:
                raise lost from error
            time.sleep(seconds)
    with connection:
        yield connection


def upgrade_database(home: Home) -> None:
    """Bring the schema to :data:`SCHEMA_REVISION`, making the tables in a new home.

    Raises:
        HomeError: The database is damaged, unreachable, or written by a newer version.
    """
    _refuse_strange_file(home)
    found = _revision(home)
    if found == SCHEMA_REVISION:
        return
    if found is not None and found.startswith(UNFINISHED):
        raise HomeError(
            f"the database of {home.root} is only half filled: `move-database` works at it, or was stopped; "
            "let it finish, or run it again from the old database, which is whole"
        )
    try:
        with FileLock(home.root / "upgrade.lock", timeout=60):
            if _revision(home) != SCHEMA_REVISION:
                _migrate(home)
    except (Timeout, OSError) as error:
        raise HomeError(
            f"the database of {home.root} cannot be brought up to date: {error}; if no other ShelfLens is at it, "
            f"delete {home.root / 'upgrade.lock'}"
        ) from error


def _refuse_strange_file(home: Home) -> None:
    """Refuse a pipe or a device in the database's place: opening it would wait for ever."""
    path = home.root / "shelflens.db"
    if not os.environ.get("SHELFLENS_DATABASE") and path.exists() and not path.is_file():
        raise HomeError(f"{path} is no file: the home was tampered with; restore it from a backup")


def _unspeakable(reason: Exception | str) -> CatalogError:
    return CatalogError(
        f"a value cannot be kept or looked for ({reason}): expected text of whole characters and numbers below 2**63"
    )


def _revision(home: Home) -> str | None:
    """The migration the database stands at; None before the first."""
    with read(home) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(home: Home) -> None:
    """Run the migrations that are missing; a database with rows is copied first."""
    revision = _revision(home)
    if revision is not None:
        with read(home) as connection:
            keep_old(home, connection, revision)
    with write(home) as connection:
        run_migrations(connection, what=str(home.root))


def upgrade_at(address: str, *, what: str, unfinished: bool = False) -> None:
    """Make or bring up to date the tables of a database that is no home's yet.

    Args:
        address: Its SQLAlchemy address.
        what: How an error calls it.
        unfinished: Whether no home may open with it before :func:`mark_finished`.

    Raises:
        HomeError: It cannot be opened or written, or has a schema of a newer version.
    """
    engine = new_engine(address)  # not kept: nobody works with it before it is a home's
    try:
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            if inspect(connection).has_table("alembic_version"):  # it may have been left unfinished
                connection.execute(
                    text("UPDATE alembic_version SET version_num = replace(version_num, :mark, '')"), _MARK
                )
            run_migrations(connection, what=what)
            if unfinished:
                connection.execute(text("UPDATE alembic_version SET version_num = :mark || version_num"), _MARK)
    except SQLAlchemyError as error:
        reason = reason_of(error) if isinstance(error, DBAPIError) else error
        raise HomeError(f"the database {what} cannot be written: {reason}") from error
    finally:
        engine.dispose()


def mark_finished(connection: Connection) -> None:
    """Let homes open with a database that :func:`upgrade_at` made as unfinished."""
    connection.execute(text("UPDATE alembic_version SET version_num = replace(version_num, :mark, '')"), _MARK)


def close_database(home: Home) -> None:
    """Close every connection of this process to the database, so that its folder can be renamed."""
    _engine(home.database_url).dispose()


@lru_cache(maxsize=16)
def _engine(url: str) -> Engine:
    """The engine of an address, one a process, because opening costs more than most queries."""
    try:
        return new_engine(url)
    except HomeError as error:
        raise HomeError(f"SHELFLENS_DATABASE: {error}; unset it to use the home's own database") from error
