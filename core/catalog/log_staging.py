"""Changing many products at once: what they become stands in a table of the transaction, two statements do the rest.

The records are those that changing row by row writes, so that undoing, histories and refusals know no difference.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.schema import CreateTable

from core.catalog.schema import changed_rows, products

STAGED_ROWS = 200
"""From so many rows on staging is worth its statements."""

_STAGED_COLUMNS = tuple(
    column
    for column in products.columns
    if not (column.primary_key or isinstance(column.type, JSON) or column.name in ("added_by", "changed_in"))
)

# No index: the few staged rows are to be read once, each finding its product by the product's own key.
_staged = Table(
    "staged_products",
    MetaData(),
    Column("number", Integer, nullable=False),
    Column("catalog_id", Integer, nullable=False),
    Column("product_id", Text, nullable=False),
    *(Column(f"new_{column.name}", column.type) for column in _STAGED_COLUMNS),
    prefixes=["TEMPORARY"],
)
_SAME = and_(products.c.catalog_id == _staged.c.catalog_id, products.c.product_id == _staged.c.product_id)


def can_stage(table: Table, columns: Collection[str]) -> bool:
    """Tell whether these columns of a table can be changed by staging: those of products that hold no document."""
    return table.name == products.name and {column.name for column in _STAGED_COLUMNS}.issuperset(columns)


class Staging:
    """What products of one catalog become, in the order of their records; columns in the order of the table."""

    def __init__(self, connection: Connection, catalog_id: int, columns: Sequence[str]) -> None:
        self._connection = connection
        self._catalog_id = catalog_id
        self._columns = columns
        connection.execute(CreateTable(_staged, if_not_exists=True))
        connection.execute(delete(_staged))

    def add(self, product_ids: Iterable[str], values: Iterable[Sequence[Any]]) -> None:
        """Stage rows by their ids, with their values in the order of the columns."""
        names = ["number", "catalog_id", "product_id", *(f"new_{name}" for name in self._columns)]
        numbered = zip(product_ids, values, strict=True)
        rows = [(number, self._catalog_id, key, *row) for number, (key, row) in enumerate(numbered)]
        statement = insert(_staged)
        if self._connection.dialect.name == "sqlite":
            # The driver takes the rows as they are, in half the time.
            compiled = statement.compile(dialect=self._connection.dialect, column_keys=names)
            self._connection.exec_driver_sql(str(compiled), rows)
            return
        self._connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])

    def missing(self) -> str | None:
        """Find a staged product that the catalog has not."""
        query = select(_staged.c.product_id).outerjoin(products, _SAME).where(products.c.product_id.is_(None))
        return self._connection.execute(query.limit(1)).scalar()

    def write(self, *, event_id: int, sequence: int, version: int) -> None:
        """Record how the products are and make them what was staged.

        Args:
            event_id: The event that changes them; rows it added itself need no record.
            sequence: Number of the first record.
            version: The catalog's version that the change makes.
        """
        record = select(
            literal(event_id),
            _staged.c.number + sequence,
            literal(products.name),
            self._document(()),
            self._as_json(self._document((*self._columns, "added_by"))),
        )
        record = record.select_from(_staged).join(products, _SAME)
        record = record.where(products.c.added_by.is_distinct_from(event_id))
        names = ["event_id", "sequence", "table_name", "row_key", "row_before"]
        self._connection.execute(insert(changed_rows).from_select(names, record))
        values = {name: _staged.c[f"new_{name}"] for name in self._columns}
        self._connection.execute(update(products).where(_SAME).values(values | {"changed_in": version}))
        self._connection.execute(delete(_staged))

    def _document(self, names: Iterable[str]) -> ColumnElement[str]:
        """Write the key of a product and columns of it as `key_text` would."""
        text: Any = literal(f'{{"catalog_id": {self._catalog_id:d}, "product_id": ', String)
        text = text + self._value(products.c.product_id)
        for name in names:
            text = text + literal(f', "{name}": ', String) + self._value(products.c[name])
        return text + literal("}", String)

    def _value(self, column: ColumnElement[Any]) -> ColumnElement[str]:
        if self._connection.dialect.name == "sqlite":
            return func.json_quote(column, type_=String)
        return func.coalesce(cast(func.to_json(column), Text), literal("null", Text))

    def _as_json(self, document: ColumnElement[str]) -> ColumnElement[Any]:
        # SQLite keeps JSON as text, and would take the cast for one to a number.
        return document if self._connection.dialect.name == "sqlite" else cast(document, JSON)
