"""The products of a catalog as columns of numbers, so that a million of them are filtered and counted in milliseconds.

Columns are derived from the database and belong to one version of a catalog. Products that changed since are mended
one by one; only when products left, or very many changed, is everything read anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, exists, select

from core.catalog.schema import catalogs, product_pictures, products
from core.catalog.text_columns import TextColumn
from core.errors import CatalogError

CODED = ("category", "brand", "color", "split", "currency", "left_out")
"""Fields kept as whole numbers that stand for their distinct values; -1 where a product has none."""

MOST_MENDED = 20_000
ROWS_A_READ = 10_000
NO_PRICE = -1


@dataclass(frozen=True)
class ProductColumns:
    """Products in catalog order; row N of every column is the same product.

    Attributes:
        catalog_id: The catalog.
        version: The catalog's version.
        positions: int64 (N,), rising.
        product_ids: The ids.
        titles: The titles; of mended rows see `mended`.
        codes: By field of :data:`CODED`: int32 (N,), places in `values`.
        values: By field of :data:`CODED`: its distinct values.
        prices: int64 (N,), minor units; -1 for none.
        has_picture: bool (N,).
        title_order: int32 (N0,), the rows of the first N0 products in the order of their titles when they were read.
        mended: Rows that changed since the columns were read from the database, with the products' texts.
        text_key: Names the columns as they were read: what was made of their texts stays valid while rows are mended.
    """

    catalog_id: int
    version: int
    positions: np.ndarray
    product_ids: TextColumn
    titles: TextColumn
    codes: dict[str, np.ndarray]
    values: dict[str, tuple[str, ...]]
    prices: np.ndarray
    has_picture: np.ndarray
    title_order: np.ndarray
    mended: dict[int, dict[str, str | None]] = field(default_factory=dict)
    text_key: str = ""

    def __len__(self) -> int:
        return len(self.positions)

    def title(self, row: int) -> str:
        """Give the title of a row."""
        return str(self.mended[row]["title"]) if row in self.mended else self.titles[row]


TEXT_FIELDS = ("product_id", "title", "brand", "color", "category", "description")
"""What the text search looks through."""


def catalog_state(connection: Connection, catalog_id: int) -> tuple[int, int]:
    """Read a catalog's version, and the lowest version whose columns can be mended."""
    query = select(catalogs.c.version, catalogs.c.columns_since).where(catalogs.c.catalog_id == catalog_id)
    row = connection.execute(query).one()
    return row.version, row.columns_since


def read_columns(connection: Connection, catalog_id: int) -> ProductColumns:
    """Read all products of a catalog from the database.

    Raises:
        CatalogError: A row holds what no product can.
    """
    version, _since = catalog_state(connection, catalog_id)
    reading = _Reading()
    try:
        for rows in connection.execute(_query(catalog_id), execution_options={"yield_per": ROWS_A_READ}).partitions():
            reading.add(rows)
        return reading.columns(catalog_id, version)
    except (TypeError, ValueError, AttributeError) as error:
        raise CatalogError(f"a product's row is damaged ({error}): restore a backup of the home") from error


def mend_columns(connection: Connection, columns: ProductColumns) -> ProductColumns | None:
    """Bring columns up to the catalog's present version; None when everything has to be read anew.

    Args:
        connection: Reads; in a transaction, so that version and rows agree.
        columns: Columns of this or an earlier version.
    """
    version, since = catalog_state(connection, columns.catalog_id)
    if version == columns.version:
        return columns
    if since > columns.version or version < columns.version:
        return None
    changed = _query(columns.catalog_id, descriptions=True).where(products.c.changed_in > columns.version)
    rows = connection.execute(changed.limit(MOST_MENDED + 1)).all()
    if len(rows) + len(columns.mended) > MOST_MENDED:
        return None
    return _mended(columns, rows, version)


def rows_at(columns: ProductColumns, positions: np.ndarray) -> np.ndarray:
    """Find the rows of products by their positions, each of which must be there; int64 (N,)."""
    return np.searchsorted(columns.positions, positions)


def _query(catalog_id: int, *, descriptions: bool = False) -> Select[Any]:
    shown = exists(
        select(product_pictures.c.position).where(
            product_pictures.c.catalog_id == products.c.catalog_id,
            product_pictures.c.product_id == products.c.product_id,
        )
    )
    names = ["position", "product_id", "title", "price_minor_units", *CODED, *(["description"] if descriptions else [])]
    query = select(*(products.c[name] for name in names), shown.label("has_picture"))
    return query.where(products.c.catalog_id == catalog_id).order_by(products.c.position, products.c.product_id)


class _Reading:
    """Columns while they grow row by row."""

    def __init__(self) -> None:
        self.positions: list[np.ndarray] = []
        self.prices: list[np.ndarray] = []
        self.has_picture: list[np.ndarray] = []
        self.codes: dict[str, list[np.ndarray]] = {name: [] for name in CODED}
        self.known: dict[str, dict[str, int]] = {name: {} for name in CODED}
        self.product_ids: list[str] = []
        self.titles: list[str] = []

    def add(self, rows: Sequence[Any]) -> None:
        by_name = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))
        self.positions.append(np.array(by_name["position"], dtype=np.int64))
        self.prices.append(_prices(by_name["price_minor_units"]))
        self.has_picture.append(np.array(by_name["has_picture"], dtype=bool))
        self.product_ids += by_name["product_id"]
        self.titles += by_name["title"]
        for name in CODED:
            self.codes[name].append(_encode(by_name[name], self.known[name]))

    def columns(self, catalog_id: int, version: int) -> ProductColumns:
        if any(not isinstance(value, str) for known in self.known.values() for value in known):
            raise TypeError("a field holds no text")
        order = sorted(range(len(self.titles)), key=self.titles.__getitem__)
        return ProductColumns(
            catalog_id=catalog_id,
            version=version,
            positions=_joined(self.positions, np.int64),
            product_ids=TextColumn.of(self.product_ids),
            titles=TextColumn.of(self.titles),
            codes={name: _joined(parts, np.int32) for name, parts in self.codes.items()},
            values={name: tuple(known) for name, known in self.known.items()},
            prices=_joined(self.prices, np.int64),
            has_picture=_joined(self.has_picture, bool),
            title_order=np.array(order, dtype=np.int32),
            text_key=f"{catalog_id}/{version}",
        )


def _mended(columns: ProductColumns, rows: Iterable[Any], version: int) -> ProductColumns | None:
    """Write changed and new products over copies of the columns; None when a new one belongs between others."""
    changed, added = _parted(columns, rows)
    last = int(columns.positions[-1]) if len(columns) else -1
    if added and added[0].position <= last:
        return None
    places = np.array([place for place, _row in changed], dtype=np.int64)
    fresh = [row for _place, row in changed] + added
    known = {name: {value: code for code, value in enumerate(columns.values[name])} for name in CODED}
    codes = {
        name: _overwritten(columns.codes[name], places, _encode([getattr(row, name) for row in fresh], known[name]))
        for name in CODED
    }
    mended = dict(columns.mended)
    for place, row in [*changed, *((len(columns) + offset, row) for offset, row in enumerate(added))]:
        mended[place] = {name: getattr(row, name) for name in TEXT_FIELDS}
    return replace(
        columns,
        version=version,
        positions=np.concatenate([columns.positions, np.array([row.position for row in added], dtype=np.int64)]),
        product_ids=columns.product_ids.extended([row.product_id for row in added]),
        titles=columns.titles.extended([row.title for row in added]),
        codes=codes,
        values={name: tuple(known[name]) for name in CODED},
        prices=_overwritten(columns.prices, places, _prices([row.price_minor_units for row in fresh])),
        has_picture=_overwritten(
            columns.has_picture, places, np.array([bool(row.has_picture) for row in fresh], dtype=bool)
        ),
        mended=mended,
    )


def _parted(columns: ProductColumns, rows: Iterable[Any]) -> tuple[list[tuple[int, Any]], list[Any]]:
    """Part products into those that have a row, with it, and new ones."""
    changed: list[tuple[int, Any]] = []
    added: list[Any] = []
    for row in rows:
        place = next(_places(columns, row.position, row.product_id), None)
        if place is None:
            added.append(row)
        else:
            changed.append((place, row))
    return changed, added


def _places(columns: ProductColumns, position: int, product_id: str) -> Iterator[int]:
    """Find the row of a product; several may have the same position after imports were undone and done again."""
    place = int(np.searchsorted(columns.positions, position))
    while place < len(columns) and columns.positions[place] == position:
        if columns.product_ids[place] == product_id:
            yield place
        place += 1


def _overwritten(column: np.ndarray, places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Copy a column with some rows set and the remaining values appended."""
    longer = np.concatenate([column, values[len(places) :]])
    longer[places] = values[: len(places)]
    return longer


def _encode(values: Iterable[str | None], known: dict[str, int]) -> np.ndarray:
    """Give each value its place among the distinct ones, adding those not met before."""
    codes = [-1 if value is None else known.setdefault(value, len(known)) for value in values]
    return np.array(codes, dtype=np.int32)


def _prices(values: Iterable[Any]) -> np.ndarray:
    return np.array([NO_PRICE if not isinstance(value, int) else value for value in values], dtype=np.int64)


def _joined(parts: list[np.ndarray], dtype: Any) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)
