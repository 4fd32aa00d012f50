"""Copies of a home's database: the same rows in another database, SQLite or PostgreSQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from core.catalog.database import read, upgrade_at
from core.catalog.schema import metadata
from core.errors import HomeError
from core.home import Home
from core.progress import Progress

_ROWS_AT_ONCE = 2000


def snapshot_database(home: Home, path: Path, *, progress: Progress) -> int:
    """Write the database as it is at one moment into a SQLite file; others may go on reading and writing.

    Args:
        home: The home; its database may be SQLite or PostgreSQL.
        path: The file; must not exist.
        progress: Told about every table.

    Returns:
        How many rows it has.

    Raises:
        HomeError: The database cannot be read.
        Cancelled: Someone asked to stop.
    """
    if make_url(home.database_url).get_backend_name() == "sqlite":
        return _copy_sqlite(home, path)
    address = URL.create("sqlite", database=str(path)).render_as_string()
    upgrade_at(address, what=str(path))
    return _fill(home, address, progress=progress)


def move_database(home: Home, address: str, *, progress: Progress) -> int:
    """Copy the database of a home into an empty one elsewhere; the old one stays as it is.

    Args:
        home: The home whose database is copied.
        address: SQLAlchemy address of the new one, such as ``postgresql+pg8000://user@host/name``.
        progress: Told about every table.

    Returns:
        How many rows were copied.

    Raises:
        HomeError: The address cannot be used, or the database there is not empty.
        Cancelled: Someone asked to stop; the new database then holds no rows.
    """
    filled = _filled_tables(address)
    if filled:
        raise HomeError(
            f"the database {_shown(address)} has rows already ({', '.join(filled[:3])}): name an empty one, "
            "nothing was changed"
        )
    upgrade_at(address, what=_shown(address))
    return _fill(home, address, progress=progress)


def _filled_tables(address: str) -> list[str]:
    """List the tables of a home that have rows in another database."""
    try:
        engine = create_engine(address)
    except (SQLAlchemyError, ImportError) as error:
        raise HomeError(f"the database {_shown(address)} cannot be used: {error}") from error
    try:
        with engine.connect() as connection:
            found = set(inspect(connection).get_table_names()) & set(metadata.tables)
            return [name for name in sorted(found) if _count(connection, name)]
    except SQLAlchemyError as error:
        raise HomeError(f"the database {_shown(address)} cannot be used: {error}") from error
    finally:
        engine.dispose()


def _copy_sqlite(home: Home, path: Path) -> int:
    source = make_url(home.database_url).database
    try:
        # SQLite's own backup reads all pages in one transaction of the WAL, so writers need not wait.
        old = sqlite3.connect(f"file:{_quoted(str(source))}?mode=ro", uri=True)
        with closing(old), closing(sqlite3.connect(path)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
            return sum(_rows(new, name) for name in metadata.tables)
    except sqlite3.Error as error:
        raise HomeError(f"the database of {home.root} cannot be copied: {error}") from error


def _rows(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0])


def _quoted(path: str) -> str:
    """Write a path for a SQLite address: ``?``, ``%`` and ``#`` mean something there."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _fill(home: Home, address: str, *, progress: Progress) -> int:
    """Copy all tables in one transaction on each side: the reader sees one moment, the writer keeps all or nothing."""
    engine = create_engine(address)
    rows = 0
    try:
        with read(home) as source, engine.begin() as target:
            if source.dialect.name == "postgresql":
                source.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            tables = metadata.sorted_tables
            for place, table in enumerate(tables):
                progress.report(place, len(tables), f"copying {table.name}")
                # Nobody but us streams here; pages come in bounded parts.
                found = source.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
                for part in found.mappings().partitions(_ROWS_AT_ONCE):
                    target.execute(insert(table), [dict(row) for row in part])
                    rows += len(part)
            _set_sequences(target)
            progress.report(len(tables), len(tables), "copied")
    except SQLAlchemyError as error:
        raise HomeError(f"the database could not be copied to {_shown(address)}: {error}") from error
    finally:
        engine.dispose()
    return rows


def _set_sequences(connection: Connection) -> None:
    """Let numbers that the database gives go on after the highest one copied."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or column.server_default is not None:
            continue
        name = connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
        if name is not None:
            highest = connection.execute(select(func.max(column))).scalar()
            connection.execute(select(func.setval(name, highest or 1, highest is not None)))


def _count(connection: Connection, name: str) -> int:
    # A new database may hold the tables of a home that was only opened.
    return int(connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar() or 0)


def _shown(address: str) -> str:
    """Write an address without its password."""
    try:
        return make_url(address).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "of this address"
