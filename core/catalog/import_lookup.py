"""Looking up what a catalog holds of a batch of products, a bounded number of rows at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from core.catalog.import_staging import StagedRecord
from core.catalog.schema import catalogs, product_pictures, products

Row = dict[str, Any]
Hashes = tuple[str, ...]

ROWS_A_QUERY = 500
ROWS_A_READ = 10_000


@dataclass(frozen=True)
class ImportTarget:
    """Where a source's products go.

    Attributes:
        catalog_id: The catalog.
        source: Description of the source.
        keys: Every key the source holds now: a product whose key is not among them may have moved.
        category_levels: Only so many levels of each category; None keeps all.
        departed: Ids of the products that the source no longer held when the import began: only those may have moved.
    """

    catalog_id: int
    source: str
    keys: frozenset[str]
    category_levels: int | None
    departed: frozenset[str] = frozenset()


def taken_ids(connection: Connection, target: ImportTarget, product_ids: list[str]) -> set[str]:
    """Find which of these ids products of the catalog have."""
    taken: set[str] = set()
    for chunk in _chunks(product_ids):
        query = select(products.c.product_id).where(
            products.c.catalog_id == target.catalog_id, products.c.product_id.in_(chunk)
        )
        taken |= set(connection.execute(query).scalars())
    return taken


def products_by_key(
    connection: Connection, target: ImportTarget, keys: list[str]
) -> tuple[dict[str, list[Row]], set[str]]:
    """Read the products that bear these source keys, in catalog order, and tell which of the keys are ids in use.

    In two queries, each with an index of its own: most products are found by their id, which is their key too.
    """
    groups: dict[str, list[Row]] = {}
    taken: set[str] = set()
    mine = products.c.catalog_id == target.catalog_id
    for chunk in _chunks(keys):
        by_id = select(products).where(mine, products.c.product_id.in_(chunk))
        for row in connection.execute(by_id).mappings():
            taken.add(row["product_id"])
            if row["source_key"] == row["product_id"]:
                groups.setdefault(row["source_key"], []).append(dict(row))
        other = products.c.source_key != products.c.product_id
        for row in connection.execute(select(products).where(mine, other, products.c.source_key.in_(chunk))).mappings():
            groups.setdefault(row["source_key"], []).append(dict(row))
    for rows in groups.values():
        rows.sort(key=lambda row: (row["position"], row["product_id"]))
    return groups, taken


def picture_links(connection: Connection, target: ImportTarget, product_ids: list[str]) -> dict[str, list[Row]]:
    """Read the picture links of products, in picture order; a product without pictures has an empty list."""
    return _grouped(
        connection,
        lambda chunk: (
            select(product_pictures)
            .where(product_pictures.c.catalog_id == target.catalog_id, product_pictures.c.product_id.in_(chunk))
            .order_by(product_pictures.c.product_id, product_pictures.c.position)
        ),
        product_ids,
        by="product_id",
    )


def orphaned_products(
    connection: Connection, target: ImportTarget, strangers: list[StagedRecord]
) -> tuple[dict[Hashes, list[Row]], dict[str, list[Row]]]:
    """Find products the source holds no longer and that show what the strangers show, by their pictures."""
    if not target.departed:
        return defaultdict(list), {}
    hashes = sorted({picture_hash for staged in strangers for picture_hash in staged.picture_hashes})
    showing: set[str] = set()
    for chunk in _chunks(hashes):
        query = select(product_pictures.c.product_id).where(
            product_pictures.c.catalog_id == target.catalog_id, product_pictures.c.picture_hash.in_(chunk)
        )
        showing.update(connection.execute(query).scalars())
    found: dict[str, Row] = {}
    # Rows are long and a placeholder may stand for every product: only those that can have moved are read.
    for chunk in _chunks(sorted(showing & target.departed)):
        rows = select(products).where(products.c.catalog_id == target.catalog_id, products.c.product_id.in_(chunk))
        for row in connection.execute(rows).mappings():
            if row["source_key"] not in target.keys and row["source_values"].get("source") == target.source:
                found[row["product_id"]] = dict(row)
    links = picture_links(connection, target, list(found))
    orphans: dict[Hashes, list[Row]] = defaultdict(list)
    for orphan in sorted(found.values(), key=lambda row: (row["position"], row["product_id"])):
        orphans[tuple(link["picture_hash"] for link in links[orphan["product_id"]])].append(orphan)
    return orphans, links


def catalog_version(connection: Connection, target: ImportTarget, *, hold: bool = False) -> int:
    """Read the catalog's version; with `hold` nobody else can raise it until the transaction ends.

    SQLite's writers wait for one another anyway; PostgreSQL locks the row.
    """
    query = select(catalogs.c.version).where(catalogs.c.catalog_id == target.catalog_id)
    if hold:
        query = query.with_for_update(key_share=True)
    return connection.execute(query).scalar_one()


def gone_products(connection: Connection, target: ImportTarget) -> tuple[str, ...]:
    """Find the products that came from the source and that it holds no longer, in catalog order."""
    query = (
        select(products.c.product_id, products.c.source_key)
        .where(products.c.catalog_id == target.catalog_id)
        .order_by(products.c.position, products.c.product_id)
        .execution_options(yield_per=ROWS_A_READ)
    )
    strangers = [row[0] for row in connection.execute(query) if row[1] not in target.keys]
    # Only of those few it matters where they came from: that stands in a long text of each row.
    gone: list[str] = []
    for chunk in _chunks(strangers):
        found = select(products.c.product_id).where(
            products.c.catalog_id == target.catalog_id,
            products.c.product_id.in_(chunk),
            products.c.source_values["source"].as_string() == target.source,
        )
        mine = set(connection.execute(found).scalars())
        gone += [product_id for product_id in chunk if product_id in mine]
    return tuple(gone)


def _grouped(
    connection: Connection, query: Callable[[list[str]], Any], values: Iterable[str], *, by: str
) -> dict[str, list[Row]]:
    """Read rows for many values, a bounded number of parameters at a time, and group them by a column."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for chunk in _chunks(list(values)):
        for row in connection.execute(query(chunk)).mappings():
            groups[row[by]].append(dict(row))
    return groups


def _chunks(values: list[str]) -> list[list[str]]:
    return [values[start : start + ROWS_A_QUERY] for start in range(0, len(values), ROWS_A_QUERY)]
