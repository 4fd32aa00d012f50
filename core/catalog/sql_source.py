"""The answer of a database as a source: the rows of one query, mapped like those of a table."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, CursorResult, inspect, text
from sqlalchemy.sql.elements import TextClause

from core.catalog.bson_values import plain_value
from core.catalog.picture_formats import printable
from core.catalog.source_password import source_password
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, Source
from core.catalog.sql_address import part_address
from core.catalog.sql_connection import ReadOnlyDatabase
from core.catalog.sql_query import check_query, named_table
from core.catalog.tables.columns import column_names
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

_LONGEST_SHOWN_QUERY = 200
_LARGEST_CELL = 16 * 2**20
_MOST_TABLES_NAMED = 20


class SqlRows:
    """Rows of one query, fetched a few hundred at a time.

    Args:
        database: Asked anew at each reading.
        query: Checked by `check_query`.
    """

    def __init__(self, database: ReadOnlyDatabase, query: str) -> None:
        self._database, self._query = database, query
        self._skipped: dict[str, SkippedFile] = {}

    @property
    def description(self) -> str:
        """The address without its password, and the query."""
        query = printable(" ".join(self._query.split()))
        if len(query) > _LONGEST_SHOWN_QUERY:
            query = f"{query[:_LONGEST_SHOWN_QUERY]}... {hashlib.sha256(self._query.encode()).hexdigest()[:12]}"
        return f"{self._database.address} ({query})"

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, as the database gives them."""
        with self._database.connection() as connection:
            result = _run(connection, self._query)
            result.fetchmany(1)
            names = column_names(list(result.keys()))
            result.close()
        return names

    def count(self) -> int | None:
        """Ask the database how many rows there are; None when it does not tell."""
        try:
            with self._database.connection() as connection:
                counted = _run(connection, f"SELECT count(*) FROM (\n{self._query}\n) AS counted").fetchall()
            return int(counted[0][0])
        except CatalogError:  # reading the rows says what is wrong, or goes well
            return None

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each row's number and its cells by column, in the order the database gives them."""
        columns = self.columns
        with self._database.connection() as connection:
            result = _run(connection, self._query)
            for number, row in enumerate(result, start=1):
                self._database.deadline.restart()
                if any(isinstance(cell, str | bytes) and len(cell) > _LARGEST_CELL for cell in row):
                    name = f"row {number}"
                    self._skipped[name] = SkippedFile(name, "too_large", f"a cell is above {_LARGEST_CELL:,} bytes")
                    continue
                yield number, {name: _cell(value) for name, value in zip(columns, row, strict=True)}

    def skipped(self) -> list[SkippedFile]:
        """Return the rows that were too large."""
        return list(self._skipped.values())


def open_sql_source(home: Home, address: str, settings: SourceSettings, progress: Progress) -> Source:
    """Open the answer of a database.

    Args:
        home: Where fetched pictures are kept.
        address: Of the database; its password is used and forgotten.
        settings: With the query, or the name of a table in its place.
        progress: Hears of counting, and may cancel it.

    Raises:
        CatalogError: The database cannot be reached, there is no query, or it does more than read.
    """
    from core.catalog.tables.table_source import TableSource

    rows = open_sql_rows(address, settings)
    return TableSource(home, rows, settings, progress=progress)


def open_sql_rows(address: str, settings: SourceSettings) -> SqlRows:
    """Open the rows of a query; raises as `open_sql_source`."""
    parted = part_address(address)
    database = ReadOnlyDatabase(parted.text, parted.password or source_password())
    query = (settings.query or "").strip()
    if not query:
        tables = _tables_named(database)
        raise CatalogError(f"{parted.text} needs a query or the name of a table, with --query; {tables}")
    table = named_table(query)
    if table is not None:
        query = _whole_table(database, table)
    return SqlRows(database, check_query(query, backend=database.backend))


def list_tables(database: ReadOnlyDatabase) -> list[str]:
    """List the tables and views a database shows, by name."""
    with database.connection() as connection:
        if database.backend == "sqlite":
            kinds = "type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
            listing = connection.execute(text(f"SELECT name FROM sqlite_master WHERE {kinds}"))
            return sorted(str(name) for (name,) in listing)
        inspector = inspect(connection)
        return sorted([*inspector.get_table_names(), *inspector.get_view_names()])


def _tables_named(database: ReadOnlyDatabase) -> str:
    names = list_tables(database)
    if not names:
        return "it shows no table"
    more = " ..." if len(names) > _MOST_TABLES_NAMED else ""
    return "it has " + ", ".join(printable(name)[:60] for name in names[:_MOST_TABLES_NAMED]) + more


def _whole_table(database: ReadOnlyDatabase, table: tuple[str, ...]) -> str:
    """Write the query that reads a table."""
    if len(table) == 1 and table[0] not in list_tables(database):
        shown = printable(table[0])[:60]
        raise CatalogError(f"{database.address} has no table {shown!r}; {_tables_named(database)}")
    sign = "`" if database.backend in ("mysql", "mariadb") else '"'
    return "SELECT * FROM " + ".".join(f"{sign}{part}{sign}" for part in table)


def _run(connection: Connection, query: str) -> CursorResult[Any]:
    """Run a query as it stands: a ":name" within it is no parameter."""
    escaped = TextClause._bind_params_regex.sub(r"\\:\1", query)
    return connection.execute(text(escaped))


def _cell(value: Any) -> Any:
    """Give a value as tables have them: numbers, texts, lists and bytes."""
    if value is None or isinstance(value, bool | int | bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return plain_value(value)
