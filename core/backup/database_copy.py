"""Copies of a home's database: the same rows in another database, SQLite or PostgreSQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.access.actor import Role, require
from core.catalog.database import mark_finished, read, upgrade_at
from core.catalog.database_engine import WRITES, new_engine, shown_address
from core.catalog.database_faults import reason_of
from core.catalog.database_rows import ROWS_AT_ONCE, last_numbers, rows_in, rows_out, set_last_numbers
from core.catalog.schema import metadata
from core.errors import HomeError
from core.home import Home
from core.progress import Progress


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

    Until every row is there, the new one says of itself that it is unfinished, and no home opens with it. Stopped half
    way, the same move is simply made again.

    Args:
        home: The home whose database is copied.
        address: SQLAlchemy address of the new one, such as ``postgresql://user@host/name``.
        progress: Told about every table.

    Returns:
        How many rows were copied.

    Raises:
        HomeError: The address cannot be used, or the database there is not empty.
        Cancelled: Someone asked to stop; the new database then holds no rows.
        AccessError: Whoever acts is no admin.
    """
    require(Role.ADMIN, "move the database")
    filled = _filled_tables(address)
    if filled:
        raise HomeError(
            f"the database {shown_address(address)} has rows already ({', '.join(filled[:3])}): name an empty one, "
            "nothing was changed"
        )
    upgrade_at(address, what=shown_address(address), unfinished=True)
    return _fill(home, address, progress=progress)


def _filled_tables(address: str) -> list[str]:
    """List the tables of a home that have rows in another database."""
    engine = new_engine(address)
    try:
        with engine.connect() as connection:
            found = set(inspect(connection).get_table_names()) & set(metadata.tables)
            return [name for name in sorted(found) if _count(connection, name)]
    except SQLAlchemyError as error:
        raise HomeError(f"the database {shown_address(address)} cannot be used: {_reason(error)}") from error
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
            found = {name for (name,) in new.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return sum(_rows(new, name) for name in metadata.tables if name in found)  # an older one has fewer
    except sqlite3.Error as error:
        raise HomeError(f"the database of {home.root} cannot be copied: {error}") from error


def _rows(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0])


def _quoted(path: str) -> str:
    """Write a path for a SQLite address: ``?``, ``%`` and ``#`` mean something there."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _fill(home: Home, address: str, *, progress: Progress) -> int:
    """Copy all tables in one transaction on each side: the reader sees one moment, the writer keeps all or nothing."""
    engine = new_engine(address)
    try:
        with read(home) as source:
            return _copy_tables(source, engine, what=shown_address(address), progress=progress)
    finally:
        engine.dispose()


def _copy_tables(source: Connection, engine: Engine, *, what: str, progress: Progress) -> int:
    rows, at = 0, "its beginning"
    tables = metadata.sorted_tables
    try:
        with engine.connect().execution_options(**{WRITES: True}) as target, target.begin():
            for place, table in enumerate(tables):
                at = f"the table {table.name}"
                progress.report(place, len(tables), f"copying {table.name}")
                # Nobody but us streams here; pages come in bounded parts.
                found = source.execution_options(yield_per=ROWS_AT_ONCE).execute(rows_out(table, source))
                adding = rows_in(table, target)
                for part in found.mappings().partitions(ROWS_AT_ONCE):
                    target.execute(adding, [dict(row) for row in part])
                    rows += len(part)
            at = "its end"
            set_last_numbers(target, last_numbers(source))
            mark_finished(target)
            progress.report(len(tables), len(tables), "copied")
    except SQLAlchemyError as error:
        raise HomeError(
            f"the database could not be copied to {what}: {_reason(error)}, at {at}; the old one is as it was, the new "
            "one holds no rows"
        ) from error
    return rows


def _count(connection: Connection, name: str) -> int:
    # A new database may hold the tables of a home that was only opened.
    return int(connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar() or 0)


def _reason(error: SQLAlchemyError) -> str:
    return reason_of(error) if isinstance(error, DBAPIError) else str(error)
