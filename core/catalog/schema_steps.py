"""The steps from one version of the tables to the next, and the copy that is kept before they are taken."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, MetaData
from sqlalchemy.exc import SQLAlchemyError

from core.catalog.database_engine import WRITES, new_engine
from core.catalog.database_rows import ROWS_AT_ONCE, last_numbers, rows_in, rows_out, set_last_numbers
from core.errors import HomeError
from core.home import Home

MIGRATIONS = Path(__file__).parent / "migrations"


def run_migrations(connection: Connection, *, what: str, to: str = "head") -> None:
    """Run what is missing up to a revision. Alembic is imported here alone: it is slow and rarely needed.

    Raises:
        HomeError: The database has a schema of a newer version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise HomeError(
            f"the database of {what} has a schema this ShelfLens does not know ({error}): upgrade ShelfLens"
        ) from error


def keep_old(home: Home, connection: Connection, revision: str) -> None:
    """Copy a database as it is before its tables change, as a SQLite file that the older version could open.

    Args:
        home: The home.
        connection: Reads its database.
        revision: The migration it stands at.

    Raises:
        HomeError: The copy cannot be made; nothing was changed.
    """
    folder = home.root / "before-upgrade"
    kept = folder / f"shelflens-{revision}.db"
    if kept.exists():  # an upgrade that was stopped half way
        return
    folder.mkdir(exist_ok=True)
    temporary = folder / f".{kept.name}.tmp"
    temporary.unlink(missing_ok=True)
    try:
        if connection.dialect.name == "sqlite":
            path = str(connection.engine.url.database)
            with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(temporary)) as new:
                old.backup(new)
        else:
            _copy_rows(connection, temporary, revision, what=str(home.root))
        temporary.rename(kept)
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        raise HomeError(
            f"the database of {home.root} cannot be copied before it is brought up to date: {error}; "
            "nothing was changed"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _copy_rows(connection: Connection, path: Path, revision: str, *, what: str) -> None:
    """Make the tables as they were in that revision, and fill them."""
    engine = new_engine(URL.create("sqlite", database=str(path)).render_as_string(hide_password=False))
    try:
        with engine.connect().execution_options(**{WRITES: True}) as target, target.begin():
            run_migrations(target, what=what, to=revision)
            tables = MetaData()
            tables.reflect(target)
            for table in tables.sorted_tables:
                if table.name in ("alembic_version", "sqlite_sequence"):
                    continue
                found = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(rows_out(table, connection))
                for part in found.mappings().partitions(ROWS_AT_ONCE):
                    target.execute(rows_in(table, target), [dict(row) for row in part])
            set_last_numbers(target, last_numbers(connection))
    finally:
        engine.dispose()
