"""The products of a catalog as steps read them: counted by value, or a batch at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from core.catalog.schema import catalogs, products

BATCH_ROWS = 5000
"""Products in memory at once."""

Row = Any


def in_catalog(catalog_id: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions on the products of a catalog that no step took out."""
    return products.c.catalog_id == catalog_id, products.c.left_out.is_(None)


def value_counts(connection: Connection, catalog_id: int, column: str) -> dict[str | None, int]:
    """Count the products of a catalog by one of their columns, the most frequent value first."""
    value = products.c[column]
    query = select(value, func.count()).where(*in_catalog(catalog_id)).group_by(value)
    counts = {row[0]: row[1] for row in connection.execute(query)}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0] or "")))


def product_batches(
    connection: Connection,
    catalog_id: int,
    columns: Sequence[str],
    *,
    where: Sequence[ColumnElement[bool]] | None = None,
) -> Iterator[Sequence[Row]]:
    """Read products by id, a batch at a time.

    Each batch is a query of its own that goes on behind the last id, so products may be changed in between.

    Args:
        connection: Reads, possibly in the transaction that writes.
        catalog_id: The catalog.
        columns: What to read beside `product_id`.
        where: Conditions; None takes the products that no step took out.
    """
    chosen = [products.c[name] for name in ("product_id", *(name for name in columns if name != "product_id"))]
    conditions = in_catalog(catalog_id) if where is None else (products.c.catalog_id == catalog_id, *where)
    query = select(*chosen).where(*conditions).order_by(products.c.product_id).limit(BATCH_ROWS)
    last: str | None = None
    while True:
        rows = connection.execute(query if last is None else query.where(products.c.product_id > last)).all()
        if rows:
            yield rows
        if len(rows) < BATCH_ROWS:
            return
        last = rows[-1].product_id


def catalog_version(connection: Connection, catalog_id: int, *, hold: bool = False) -> int:
    """Read a catalog's version; with `hold` nobody else can raise it until the transaction ends."""
    query = select(catalogs.c.version).where(catalogs.c.catalog_id == catalog_id)
    return int(connection.execute(query.with_for_update(key_share=True) if hold else query).scalar_one())
