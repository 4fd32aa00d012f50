"""How much a catalog holds: counted once a version, so that no page counts a million products at every click."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, distinct, func, select
from sqlalchemy.dialects import postgresql, sqlite

from core.catalog.column_store import KEPT_PRODUCTS, open_columns
from core.catalog.database import read
from core.catalog.schema import catalog_totals, product_pictures, products
from core.catalog.sources import SPLITS
from core.home import Home


@dataclass(frozen=True)
class CatalogTotals:
    """How much a catalog holds; products that cleaning left out do not count.

    Attributes:
        products: Its products.
        pictures: Links of products to pictures; a picture of two products counts twice.
        categories: Distinct full category paths.
        splits: Products in each split that has any.
    """

    products: int
    pictures: int
    categories: int
    splits: dict[str, int]


def totals_of(home: Home, connection: Connection, versions: dict[int, int]) -> dict[int, CatalogTotals]:
    """Give the totals of catalogs.

    Args:
        home: The home.
        connection: Reads what was counted before.
        versions: The present version of each catalog by its number.
    """
    query = select(catalog_totals).where(catalog_totals.c.catalog_id.in_(versions))
    kept = {row["catalog_id"]: row for row in connection.execute(query).mappings()}
    found = {}
    for catalog_id, version in versions.items():
        row = kept.get(catalog_id)
        if row is not None and row["version"] == version and isinstance(row["splits"], dict):
            found[catalog_id] = CatalogTotals(row["products"], row["pictures"], row["categories"], row["splits"])
        else:
            found[catalog_id] = _counted(home, home.database_url, catalog_id, version)
    return found


def count_totals(connection: Connection, catalog_id: int) -> CatalogTotals:
    """Count what a catalog holds in the database."""
    mine = (products.c.catalog_id == catalog_id) & products.c.left_out.is_(None)
    counts = select(func.count(), func.count(distinct(products.c.category))).select_from(products).where(mine)
    product_count, category_count = connection.execute(counts).one()
    by_split = select(products.c.split, func.count()).where(mine).group_by(products.c.split)
    found = {split: count for split, count in connection.execute(by_split)}
    splits = {split: found[split] for split in SPLITS if split in found}
    return CatalogTotals(product_count, _count_links(connection, catalog_id), category_count, splits)


def count_duplicates(connection: Connection, catalog_id: int) -> int:
    """Count the pictures whose file, byte for byte, another picture of the catalog has already."""
    hashes = product_pictures.c.picture_hash
    query = select(func.count() - func.count(distinct(hashes))).where(product_pictures.c.catalog_id == catalog_id)
    return int(connection.execute(query).scalar_one())


def keep_totals(connection: Connection, catalog_id: int, *, version: int, totals: CatalogTotals) -> None:
    """Keep what a version of a catalog holds. Derived, and so outside the log."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"version": version, **asdict(totals)}
    adding = dialect.insert(catalog_totals).values(catalog_id=catalog_id, **values)
    connection.execute(adding.on_conflict_do_update(index_elements=["catalog_id"], set_=values))


@lru_cache(maxsize=256)
def _counted(home: Home, _address: str, catalog_id: int, _version: int) -> CatalogTotals:
    """Count a catalog; remembered by its version, since nothing of it changes without raising that."""
    with read(home) as connection:
        many = select(products.c.product_id).where(products.c.catalog_id == catalog_id).offset(KEPT_PRODUCTS - 1)
        if connection.execute(many.limit(1)).first() is None:
            return count_totals(connection, catalog_id)
    return _count_columns(home, catalog_id)


def _count_columns(home: Home, catalog_id: int) -> CatalogTotals:
    columns = open_columns(home, catalog_id)
    present = columns.codes["left_out"] < 0
    categories = np.bincount(columns.codes["category"][present] + 1, minlength=1)[1:]
    codes = columns.codes["split"][present]
    counts = {name: int((codes == code).sum()) for code, name in enumerate(columns.values["split"])}
    with read(home) as connection:
        pictures = _count_links(connection, catalog_id)
    return CatalogTotals(
        products=int(present.sum()),
        pictures=pictures,
        categories=int((categories > 0).sum()),
        splits={name: counts[name] for name in SPLITS if counts.get(name)},
    )


def _count_links(connection: Connection, catalog_id: int) -> int:
    """Count the pictures of a catalog's products, without those of products that were left out."""
    everything = select(func.count()).where(product_pictures.c.catalog_id == catalog_id)
    left_out = (
        select(func.count())
        .select_from(products)
        .join(
            product_pictures,
            (product_pictures.c.catalog_id == products.c.catalog_id)
            & (product_pictures.c.product_id == products.c.product_id),
        )
        .where(products.c.catalog_id == catalog_id, products.c.left_out.is_not(None))
    )
    return int(connection.execute(everything).scalar_one()) - int(connection.execute(left_out).scalar_one())
