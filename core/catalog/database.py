"""Connections to the database of a home, and bringing its schema up to date."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, ProgrammingError, SQLAlchemyError

from core.errors import CatalogError, HomeError
from core.home import Home

SCHEMA_REVISION = "0004"
"""The newest migration in ``core/catalog/migrations/versions``; a test holds the two together."""

# A writer holds the index pages that a batch of new rows touches, or each would be written many times over.
_WRITER_CACHE_KIB = 65_536
_READER_CACHE_KIB = 8_192

_OWN_FAULTS = (IntegrityError, InterfaceError, ProgrammingError)
"""What the callers' own mistakes raise, or what they judge themselves."""

MIGRATIONS = Path(__file__).parent / "migrations"


@contextmanager
def read(home: Home) -> Iterator[Connection]:
    """Open a connection for reading; nothing written through it is kept.

    Raises:
        HomeError: The database is damaged or out of reach.
        CatalogError: A value that was asked for is one that no database holds.
    """
    try:
        with _engine(home.database_url).connect() as connection:
            yield connection
            connection.rollback()
    except (UnicodeEncodeError, OverflowError) as error:
        raise _unspeakable(error) from error
    except (DatabaseError, json.JSONDecodeError) as error:
        if isinstance(error, _OWN_FAULTS):
            raise
        reason = error.orig if isinstance(error, DatabaseError) else f"a row holds no JSON ({error})"
        raise HomeError(
            f"the database of {home.root} cannot be opened: {reason}; restore it from a backup or name another home"
        ) from error


@contextmanager
def write(home: Home) -> Iterator[Connection]:
    """Open one writing transaction: kept whole when the block ends, dropped whole when it raises.

    Only ``core.catalog.log`` calls this, so that no change escapes the log.

    Raises:
        HomeError: The database is locked for longer than 30 s, full, read-only or damaged.
        CatalogError: A value is one that no database holds.
    """
    try:
        with _engine(home.database_url).connect() as connection:
            connection = connection.execution_options(sqlite_writes=True)
            with connection.begin():
                yield connection
    except (UnicodeEncodeError, OverflowError) as error:
        raise _unspeakable(error) from error
    except DatabaseError as error:
        if isinstance(error, _OWN_FAULTS):
            raise
        raise HomeError(f"the database of {home.root} refused a change: {error.orig}; nothing was changed") from error
    except json.JSONDecodeError as error:
        raise HomeError(f"a row of the database of {home.root} holds no JSON ({error}): restore a backup") from error


def upgrade_database(home: Home) -> None:
    """Bring the schema to :data:`SCHEMA_REVISION`, making the tables in a new home.

    Raises:
        HomeError: The database is damaged, unreachable, or written by a newer version.
    """
    _refuse_strange_file(home)
    if _revision(home) == SCHEMA_REVISION:
        return
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


def _unspeakable(error: Exception) -> CatalogError:
    return CatalogError(
        f"a value cannot be kept or looked for ({error}): expected text of whole characters and numbers below 2**63"
    )


def _revision(home: Home) -> str | None:
    """The migration the database stands at; None before the first."""
    with read(home) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(home: Home) -> None:
    """Run the migrations that are missing; a database with rows is copied first."""
    _keep_old(home)
    with write(home) as connection:
        _run_migrations(connection, what=str(home.root))


def _keep_old(home: Home) -> None:
    """Copy a SQLite database as it is before its tables change; PostgreSQL's keepers have their own ways."""
    address, revision = make_url(home.database_url), _revision(home)
    if revision is None or address.get_backend_name() != "sqlite":
        return
    folder = home.root / "before-upgrade"
    kept = folder / f"shelflens-{revision}.db"
    if kept.exists():  # an upgrade that was stopped half way
        return
    folder.mkdir(exist_ok=True)
    temporary = folder / f".{kept.name}.tmp"
    temporary.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(str(address.database))) as old, closing(sqlite3.connect(temporary)) as new:
            old.backup(new)
        temporary.rename(kept)
    except (sqlite3.Error, OSError) as error:
        temporary.unlink(missing_ok=True)
        raise HomeError(
            f"the database of {home.root} cannot be copied before it is brought up to date: {error}; "
            "nothing was changed"
        ) from error


def upgrade_at(address: str, *, what: str) -> None:
    """Make or bring up to date the tables of a database that is no home's yet.

    Args:
        address: Its SQLAlchemy address.
        what: How an error calls it.

    Raises:
        HomeError: It cannot be opened or written, or has a schema of a newer version.
    """
    engine = create_engine(address)  # not kept: nobody works with it before it is a home's
    try:
        with engine.begin() as connection:
            _run_migrations(connection, what=what)
    except SQLAlchemyError as error:
        raise HomeError(f"the database {what} cannot be written: {error}") from error
    finally:
        engine.dispose()


def _run_migrations(connection: Connection, *, what: str) -> None:
    """Run what is missing. Alembic is imported here alone: it is slow and rarely needed."""
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise HomeError(
            f"the database of {what} has a schema this ShelfLens does not know ({error}): upgrade ShelfLens"
        ) from error


def close_database(home: Home) -> None:
    """Close every connection of this process to the database, so that its folder can be renamed."""
    _engine(home.database_url).dispose()


@lru_cache(maxsize=16)
def _engine(url: str) -> Engine:
    """The engine of an address, one a process, because opening costs more than most queries."""
    try:
        engine = create_engine(url)
    except (SQLAlchemyError, ImportError) as error:
        raise HomeError(
            f"SHELFLENS_DATABASE cannot be used: {error}; unset it to use the home's own database"
        ) from error
    if make_url(url).get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set what SQLite forgets with every connection: readers beside one writer, waiting, foreign keys."""
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; a writer takes its place at once, since upgrading a reader later can fail."""
    writes = connection.get_execution_options().get("sqlite_writes")
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_WRITER_CACHE_KIB if writes else _READER_CACHE_KIB}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
