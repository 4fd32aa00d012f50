"""Products: reading them filtered and in pages, as whole tables, and editing them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.log import Event, change, row_events
from core.catalog.product_filter import ProductFilter
from core.catalog.product_search import Facets as Facets
from core.catalog.product_search import facets as facets
from core.catalog.product_search import matching_rows, page_of, value_counts
from core.catalog.schema import pictures, product_pictures, products
from core.errors import CatalogError
from core.home import Home

EDITABLE = (
    "title",
    "category",
    "price_minor_units",
    "currency",
    "brand",
    "color",
    "description",
    "split",
    "attributes",
)
"""The fields of a product that a user can change."""

SPLITS = ("train", "validation", "test")

_IDS_A_QUERY = 500
_MOST_CHARACTERS = 100_000
_MOST_MINOR_UNITS = 10**15


@dataclass(frozen=True)
class Product:
    """One product.

    Attributes:
        product_id: Its name within the catalog; never changes.
        title: What people read.
        category: Path of levels, ``Clothing > Shirts``; None when unknown.
        price_minor_units: Price in cents or the like; None when unknown.
        currency: ISO 4217 code of the price.
        brand: Who makes it, if known.
        color: Name of its main color, if known.
        description: More words, if any.
        split: ``train``, ``validation`` or ``test`` when the source says so.
        attributes: Whatever else the source says.
        picture_hashes: Its pictures in order; empty when it has none.
        left_out: Why a cleaning step took it out of the catalog; None when it is in it.
    """

    product_id: str
    title: str
    category: str | None = None
    price_minor_units: int | None = None
    currency: str | None = None
    brand: str | None = None
    color: str | None = None
    description: str | None = None
    split: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    picture_hashes: tuple[str, ...] = ()
    left_out: str | None = None


def find_products(
    home: Home, catalog: Catalog, filter: ProductFilter | None = None, *, limit: int | None = 48, offset: int = 0
) -> tuple[list[Product], int]:
    """Read one page of the products that pass a filter, and tell how many pass it.

    Args:
        home: The home.
        catalog: The catalog.
        filter: Which products, in which order; None takes all by position.
        limit: At most so many; None gives all.
        offset: Skip so many first.

    Returns:
        The products of the page, and how many there are on all pages.

    Raises:
        CatalogError: The filter expression cannot be read, or it compares prices without naming one of several
            currencies.
    """
    chosen = filter or ProductFilter()
    columns, rows = matching_rows(home, catalog, chosen)
    page = page_of(columns, rows, order_by=chosen.order_by, offset=offset, limit=limit)
    with read(home) as connection:
        return _read_by_id(connection, catalog, [columns.product_ids[int(row)] for row in page]), len(rows)


def read_products(
    home: Home,
    catalog: Catalog,
    *,
    filter: ProductFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Product]:
    """Read one page of the products that pass a filter; `find_products` counts them all as well.

    Args:
        home: The home.
        catalog: The catalog.
        filter: Which products, in which order; None takes all by position.
        limit: At most so many; None gives all.
        offset: Skip so many first.

    Raises:
        CatalogError: As for `find_products`.
    """
    chosen = filter or ProductFilter()
    if not chosen.needs_only_the_database:
        return find_products(home, catalog, chosen, limit=limit, offset=offset)[0]
    query = chosen.narrow(select(products).where(products.c.catalog_id == catalog.catalog_id))
    if chosen.product_ids is None:
        query = query.order_by(*chosen.order()).offset(offset).limit(limit)
    with read(home) as connection:
        rows = connection.execute(query).mappings().all()
        if chosen.product_ids is not None:  # sorted here: asked to sort, SQLite would walk the whole catalog in order
            rows = sorted(rows, key=lambda row: (row["position"], row["product_id"]))
            rows = rows[offset : None if limit is None else offset + limit]
        hashes = _picture_hashes(connection, catalog, [row["product_id"] for row in rows])
    return [_product(row, hashes.get(row["product_id"], ())) for row in rows]


def count_products(home: Home, catalog: Catalog, *, filter: ProductFilter | None = None) -> int:
    """Count the products that pass a filter."""
    return len(matching_rows(home, catalog, filter or ProductFilter())[1])


def get_product(home: Home, catalog: Catalog, product_id: str) -> Product:
    """Read one product, be it in the catalog or left out of it.

    Raises:
        CatalogError: The catalog has no such product.
    """
    found = read_products(home, catalog, filter=ProductFilter(product_ids=(product_id,), left_out=None))
    if not found:
        raise CatalogError(f"catalog {catalog.name!r} has no product {product_id[:200]!r}; list them with `products`")
    return found[0]


def count_by(home: Home, catalog: Catalog, column: str) -> dict[str | None, int]:
    """Count products by one of their columns, most frequent first.

    Args:
        home: The home.
        catalog: The catalog.
        column: ``category``, ``brand``, ``color``, ``split`` or ``currency``.
    """
    return value_counts(home, catalog, column)


def product_table(home: Home, catalog: Catalog) -> pd.DataFrame:
    """Read every product in position order; those that cleaning left out are not among them.

    Returns:
        One row a product: product_id, title, category, price_minor_units (Int64), currency, brand, color, split,
        picture_hash (of the first picture; None without one).
    """
    names = ("product_id", "title", "category", "price_minor_units", "currency", "brand", "color", "split")
    first = (
        (product_pictures.c.catalog_id == products.c.catalog_id)
        & (product_pictures.c.product_id == products.c.product_id)
        & (product_pictures.c.position == 0)
    )
    query = (
        select(*(products.c[name] for name in names), product_pictures.c.picture_hash)
        .select_from(products.outerjoin(product_pictures, first))
        .where(*_in_catalog(catalog))
        .order_by(products.c.position, products.c.product_id)
    )
    frame = _frame(home, query, [*names, "picture_hash"])
    try:
        return frame.astype({"price_minor_units": "Int64"})
    except (TypeError, ValueError) as error:
        raise CatalogError(
            f"catalog {catalog.name!r} holds prices that are no whole numbers ({error}): restore a backup of the home"
        ) from error


def picture_table(home: Home, catalog: Catalog) -> pd.DataFrame:
    """Read every picture of a catalog, in product order, then picture order.

    Returns:
        One row a picture of a product: product_id, position, picture_hash, extension.
    """
    query = (
        select(
            product_pictures.c.product_id,
            product_pictures.c.position,
            product_pictures.c.picture_hash,
            pictures.c.extension,
        )
        .join(pictures, pictures.c.picture_hash == product_pictures.c.picture_hash)
        .join(
            products,
            (products.c.catalog_id == product_pictures.c.catalog_id)
            & (products.c.product_id == product_pictures.c.product_id),
        )
        .where(*_in_catalog(catalog))
        .order_by(products.c.position, products.c.product_id, product_pictures.c.position)
    )
    return _frame(home, query, ["product_id", "position", "picture_hash", "extension"])


def edit_product(home: Home, catalog: Catalog, product_id: str, values: dict[str, Any], *, actor: str) -> int:
    """Change fields of one product; importing again keeps the change until the source's own value changes.

    Args:
        home: The home.
        catalog: The catalog.
        product_id: The product.
        values: New values of fields named in :data:`EDITABLE`.
        actor: Who edits.

    Returns:
        The number of the change, for undoing.

    Raises:
        CatalogError: There is no such product or field, or a value cannot be kept.
    """
    current = get_product(home, catalog, product_id)
    check_values(current, values)
    summary = f"Changed {', '.join(values)} of {product_id[:100]}"
    key = {"catalog_id": catalog.catalog_id, "product_id": product_id}
    with change(home, actor=actor, kind="edit", summary=summary, catalog_id=catalog.catalog_id) as editing:
        editing.update(products, key, values)
        return editing.event_id


def product_events(home: Home, catalog: Catalog, product_id: str) -> list[Event]:
    """List the changes of one product, newest first."""
    return row_events(home, products, {"catalog_id": catalog.catalog_id, "product_id": product_id})


def check_values(current: Product, values: dict[str, Any]) -> None:
    """Check that a product can be given these values.

    Raises:
        CatalogError: A field cannot be edited, or a value cannot be kept.
    """
    for name, value in values.items():
        if name not in EDITABLE:
            raise CatalogError(f"products have no field {name!r} to edit; expected one of {', '.join(EDITABLE)}")
        if name == "split" and value not in (*SPLITS, None):
            raise CatalogError(f"split is {', '.join(SPLITS)} or empty, not {value!r}")
        if name == "price_minor_units" and value is not None and not _is_price(value):
            raise CatalogError(
                f"price_minor_units is a whole number of at least 0, not {value!r}, and at most {_MOST_MINOR_UNITS:,}"
            )
        if isinstance(value, str) and len(value) > _MOST_CHARACTERS:
            raise CatalogError(f"{name} has at most {_MOST_CHARACTERS:,} characters, not {len(value):,}; shorten it")
    price = values.get("price_minor_units", current.price_minor_units)
    if price is not None and not values.get("currency", current.currency):
        raise CatalogError("a price needs a currency, such as EUR; set 'currency' too")
    if not str(values.get("title", current.title)).strip():
        raise CatalogError("a title cannot be empty")


def _is_price(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_MINOR_UNITS


def _in_catalog(catalog: Catalog) -> tuple[ColumnElement[bool], ...]:
    """The conditions on the products of a catalog that no cleaning step took out."""
    return products.c.catalog_id == catalog.catalog_id, products.c.left_out.is_(None)


def _read_by_id(connection: Connection, catalog: Catalog, product_ids: Sequence[str]) -> list[Product]:
    """Read products in the order of their ids; one that was taken away a moment ago is passed by."""
    found: dict[str, Any] = {}
    for start in range(0, len(product_ids), _IDS_A_QUERY):
        chunk = product_ids[start : start + _IDS_A_QUERY]
        query = select(products).where(products.c.catalog_id == catalog.catalog_id, products.c.product_id.in_(chunk))
        found |= {row["product_id"]: row for row in connection.execute(query).mappings()}
    hashes = _picture_hashes(connection, catalog, list(found))
    return [_product(found[name], hashes.get(name, ())) for name in product_ids if name in found]


def _picture_hashes(connection: Connection, catalog: Catalog, product_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for start in range(0, len(product_ids), _IDS_A_QUERY):
        query = (
            select(product_pictures.c.product_id, product_pictures.c.picture_hash)
            .where(
                product_pictures.c.catalog_id == catalog.catalog_id,
                product_pictures.c.product_id.in_(product_ids[start : start + _IDS_A_QUERY]),
            )
            .order_by(product_pictures.c.product_id, product_pictures.c.position)
        )
        for product_id, picture_hash in connection.execute(query):
            found.setdefault(product_id, []).append(picture_hash)
    return {product_id: tuple(hashes) for product_id, hashes in found.items()}


def _product(row: Any, hashes: tuple[str, ...]) -> Product:
    # SQLite keeps whatever it is given, so a database from elsewhere may hold anything.
    if not isinstance(row["attributes"], dict) or not isinstance(row["price_minor_units"], int | None):
        raise CatalogError(
            f"the row of product {str(row['product_id'])[:100]!r} is damaged: restore a backup of the home"
        )
    names = (
        "product_id",
        "title",
        "category",
        "price_minor_units",
        "currency",
        "brand",
        "color",
        "description",
        "split",
        "left_out",
    )
    return Product(**{name: row[name] for name in names}, attributes=row["attributes"], picture_hashes=hashes)


def _frame(home: Home, query: Select[Any], columns: list[str]) -> pd.DataFrame:
    with read(home) as connection:
        rows = connection.execute(query).all()
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame({name: pd.Series(value, dtype=object) for name, value in zip(columns, values, strict=True)})
