"""The rows of a home's tables as they go from one database to another: every value as it was written.

JSON goes as its text. Read and written anew it would lose what only the text tells: a missing value from the word
``null``, an empty name, the digits of a number.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Insert,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy import column as named_column
from sqlalchemy import table as named_table

from core.catalog.schema import metadata

ROWS_AT_ONCE = 2000


def rows_out(table: Table, connection: Connection) -> Select[Any]:
    """Make the query of all rows of a table."""
    postgres = connection.dialect.name == "postgresql"
    columns: list[ColumnElement[Any]] = []
    for each in table.columns:
        if not isinstance(each.type, JSON):
            columns.append(each)
        elif postgres:
            columns.append(cast(each, Text).label(each.name))
        else:
            columns.append(type_coerce(each, Text).label(each.name))
    return select(*columns)


def rows_in(table: Table, connection: Connection) -> Insert:
    """Make the statement that adds rows as :func:`rows_out` gives them."""
    plain = named_table(
        table.name,
        *(named_column(each.name, Text() if isinstance(each.type, JSON) else each.type) for each in table.columns),
    )
    if connection.dialect.name != "postgresql":
        return plain.insert()
    values: dict[str, Any] = {
        each.name: cast(bindparam(each.name, type_=Text()), JSON)
        for each in table.columns
        if isinstance(each.type, JSON)
    }
    values |= {each.name: bindparam(each.name) for each in table.columns if each.name not in values}
    return plain.insert().values(values)


def last_numbers(connection: Connection) -> dict[str, int]:
    """Give the last number that a database gave by table; those of rows that are gone count, they never come again."""
    if connection.dialect.name == "postgresql":
        found = {}
        for name, sequence in _sequences(connection).items():
            last, called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
            found[name] = int(last) if called else 0
        return found
    rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
    return {name: int(number) for name, number in rows if name in metadata.tables}


def set_last_numbers(connection: Connection, numbers: dict[str, int]) -> None:
    """Let numbers that a database gives go on after these."""
    if connection.dialect.name == "postgresql":
        for name, sequence in _sequences(connection).items():
            last = numbers.get(name, 0)
            connection.execute(select(func.setval(sequence, max(last, 1), last > 0)))
        return
    for name, last in numbers.items():
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        if last:
            connection.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": name, "last": last}
            )


def _sequences(connection: Connection) -> dict[str, str]:
    """Find the sequences that number rows, by table."""
    found = {}
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or column.server_default is not None or not inspect(connection).has_table(table.name):
            continue  # an older version had not all of them
        name = connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
        if name is not None:
            found[table.name] = str(name)
    return found
