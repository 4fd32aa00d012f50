"""Filtering, sorting and counting the products of a catalog by its columns."""

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.column_store import open_columns, text_rows
from core.catalog.database import read
from core.catalog.product_columns import NO_PRICE, ProductColumns, rows_at
from core.catalog.product_filter import ProductFilter
from core.catalog.schema import products
from core.errors import CatalogError
from core.home import Home

SEPARATOR = " > "
_IDS_A_QUERY = 500
_PRICE_LIMIT = 2**51  # above the highest price that can be set; with 4,000 currencies a key still fits 64 bits


@dataclass(frozen=True)
class Facets:
    """How many products each choice would show, the other filters staying as they are.

    Attributes:
        categories: By path and every path above it: products in it or below it, in the order of the paths.
        uncategorized: Products without a category.
        brands: By brand, most frequent first.
        colors: By color, most frequent first.
        splits: By split.
        currencies: By currency, most frequent first.
        prices: By currency: lowest and highest price, minor units.
        with_pictures: Products with pictures.
        without_pictures: Products without.
    """

    categories: dict[str, int]
    uncategorized: int
    brands: dict[str, int]
    colors: dict[str, int]
    splits: dict[str, int]
    currencies: dict[str, int]
    prices: dict[str, tuple[int, int]]
    with_pictures: int
    without_pictures: int


def matching_rows(home: Home, catalog: Catalog, filter: ProductFilter) -> tuple[ProductColumns, np.ndarray]:
    """Find the rows that pass a filter, in catalog order; int64.

    Raises:
        CatalogError: The filter expression cannot be read, or prices are compared without naming one of several
            currencies.
    """
    columns = open_columns(home, catalog.catalog_id)
    return columns, np.flatnonzero(_mask(home, catalog, columns, filter))


def facets(home: Home, catalog: Catalog, filter: ProductFilter) -> Facets:
    """Count what each choice of a filter would show.

    Each field is counted among the products that pass all filters but its own, so that another brand can be chosen
    while one is.

    Raises:
        CatalogError: As for `matching_rows`.
    """
    columns = open_columns(home, catalog.catalog_id)
    named = _with_currency(columns, filter)
    parts = _parts(home, catalog, columns, named)

    def among(*own: str) -> np.ndarray:
        return _all(columns, [mask for name, mask in parts if name not in own])

    categories, uncategorized = _by_path(columns, among("category"))
    priced = among("price", "currency") & (columns.prices != NO_PRICE)
    shown = columns.has_picture[among("has_picture")]
    return Facets(
        categories=categories,
        uncategorized=uncategorized,
        brands=_by_value(columns, "brand", among("brand")),
        colors=_by_value(columns, "color", among("color")),
        splits=_by_value(columns, "split", among("split")),
        currencies=_by_value(columns, "currency", priced),
        prices=_price_ranges(columns, priced),
        with_pictures=int(shown.sum()),
        without_pictures=int(len(shown) - shown.sum()),
    )


def value_counts(home: Home, catalog: Catalog, name: str) -> dict[str | None, int]:
    """Count products by a field of `CODED`, most frequent first; None stands for products without a value."""
    columns = open_columns(home, catalog.catalog_id)
    present = _all(columns, [columns.codes["left_out"] < 0])
    counts: dict[str | None, int] = {}
    counts.update(_by_value(columns, name, present))
    missing = int((columns.codes[name][present] < 0).sum())
    if missing:
        counts[None] = missing
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0] is not None, item[0] or "")))


def _mask(home: Home, catalog: Catalog, columns: ProductColumns, filter: ProductFilter) -> np.ndarray:
    return _all(columns, [mask for _name, mask in _parts(home, catalog, columns, _with_currency(columns, filter))])


def _all(columns: ProductColumns, masks: list[np.ndarray]) -> np.ndarray:
    whole = np.ones(len(columns), dtype=bool)
    for mask in masks:
        whole &= mask
    return whole


def _with_currency(columns: ProductColumns, filter: ProductFilter) -> ProductFilter:
    """Name the currency of a filter by price: amounts of different ones are never compared.

    Raises:
        CatalogError: It names none, and the catalog has several.
    """
    if filter.currency is not None or (filter.price_min is None and filter.price_max is None):
        return filter
    present = (columns.codes["left_out"] < 0) & (columns.prices != NO_PRICE)
    known = sorted(_by_value(columns, "currency", present))
    if len(known) > 1:
        raise CatalogError(f"the prices are in {', '.join(known)}: name the currency to filter by price in")
    return replace(filter, currency=known[0]) if known else filter


def _parts(
    home: Home, catalog: Catalog, columns: ProductColumns, filter: ProductFilter
) -> list[tuple[str, np.ndarray]]:
    """Give for each field that narrows which rows pass it, bool (N,)."""
    parts: list[tuple[str, np.ndarray]] = []
    if filter.left_out is not None:
        parts.append(("left_out", (columns.codes["left_out"] >= 0) == filter.left_out))
    for name in ("split", "brand", "color", "currency"):
        value = getattr(filter, name)
        if value is not None:
            parts.append((name, columns.codes[name] == _code(columns, name, value)))
    if filter.category is not None:
        parts.append(("category", _in_category(columns, filter.category)))
    if filter.price_min is not None:
        parts.append(("price", (columns.prices >= filter.price_min) & (columns.prices != NO_PRICE)))
    if filter.price_max is not None:
        parts.append(("price", (columns.prices <= filter.price_max) & (columns.prices != NO_PRICE)))
    if filter.has_picture is not None:
        parts.append(("has_picture", columns.has_picture == filter.has_picture))
    if filter.text.strip():
        parts.append(("text", _marked(columns, text_rows(home, columns, filter.text))))
    if filter.where or filter.product_ids is not None:
        parts.append(("where", _selected(home, catalog, columns, filter)))
    return parts


def _code(columns: ProductColumns, name: str, value: str) -> int:
    """The number that stands for a value; one that stands for none, -2, when no product has it."""
    values = columns.values[name]
    return values.index(value) if value in values else -2


def _in_category(columns: ProductColumns, path: str) -> np.ndarray:
    """Tell which rows are in a category or below it."""
    values = columns.values["category"]
    inside = [value == path or value.startswith(path + SEPARATOR) for value in values]
    return np.array([*inside, False], dtype=bool)[columns.codes["category"]]  # -1, no category, takes the last


def _marked(columns: ProductColumns, rows: np.ndarray) -> np.ndarray:
    mask = np.zeros(len(columns), dtype=bool)
    mask[rows[rows < len(columns)]] = True
    return mask


def _selected(home: Home, catalog: Catalog, columns: ProductColumns, filter: ProductFilter) -> np.ndarray:
    """Ask the database which products pass what only it can tell: an expression, a list of ids."""
    only = ProductFilter(where=filter.where, left_out=None)
    query = only.narrow(select(products.c.position, products.c.product_id))
    query = query.where(products.c.catalog_id == catalog.catalog_id)
    queries = [query]
    if filter.product_ids is not None:
        ids = list(dict.fromkeys(filter.product_ids))
        chunks = [ids[start : start + _IDS_A_QUERY] for start in range(0, len(ids), _IDS_A_QUERY)]
        queries = [query.where(products.c.product_id.in_(chunk)) for chunk in chunks]
    with read(home) as connection:
        found = [row for each in queries for row in connection.execute(each).all()]
    mask = np.zeros(len(columns) + 1, dtype=bool)
    rows = rows_at(columns, np.array([row.position for row in found], dtype=np.int64))
    for place, row in zip(rows.tolist(), found, strict=True):
        while place < len(columns) and columns.positions[place] == row.position:
            if columns.product_ids[place] == row.product_id:
                mask[place] = True
            place += 1
    return mask[:-1]


def page_of(columns: ProductColumns, rows: np.ndarray, *, order_by: str, offset: int, limit: int | None) -> np.ndarray:
    """Sort rows as far as a page needs it, and give the page's.

    Args:
        columns: The columns.
        rows: Rows in catalog order; equal ones stay in it.
        order_by: One of :data:`core.catalog.product_filter.ORDERS`.
        offset: Rows to skip.
        limit: Rows to give at most; None gives all.
    """
    end = len(rows) if limit is None else min(offset + limit, len(rows))
    if order_by == "position" or offset >= end:
        return rows[offset:end]
    keys = _sort_keys(columns, order_by)[rows]
    if end < len(rows):  # only what comes before the page's end has to be in order
        border = np.partition(keys, end - 1)[end - 1]
        before = np.flatnonzero(keys < border)
        chosen = np.sort(np.concatenate([before, np.flatnonzero(keys == border)[: end - len(before)]]))
        rows, keys = rows[chosen], keys[chosen]
    return rows[np.argsort(keys, kind="stable")][offset:end]


def _sort_keys(columns: ProductColumns, order_by: str) -> np.ndarray:
    """Make a number of every row that is lower the earlier it comes."""
    if order_by == "title":
        return _title_ranks(columns)
    if order_by == "category":
        return _value_ranks(columns, "category")
    # Prices come within their currency, currency after currency; products without a price last either way.
    prices = columns.prices
    amounts = _PRICE_LIMIT - 1 - prices if order_by == "-price" else prices
    keys = _value_ranks(columns, "currency").astype(np.int64) * _PRICE_LIMIT + np.clip(amounts, 0, _PRICE_LIMIT - 1)
    return np.where(prices == NO_PRICE, np.iinfo(np.int64).max, keys)


def _value_ranks(columns: ProductColumns, name: str) -> np.ndarray:
    """The place of each row's value in the order of the values; products without one come first; int32 (N,)."""
    values = columns.values[name]
    ranks = np.zeros(len(values) + 1, dtype=np.int32)
    for rank, code in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        ranks[code] = rank + 1
    return ranks[columns.codes[name]]


def _title_ranks(columns: ProductColumns) -> np.ndarray:
    """The place of each row's title in the order of titles; float64 (N,), those of mended rows between two others."""
    order = columns.title_order
    ranks = np.zeros(len(columns), dtype=np.float64)
    ranks[order] = np.arange(len(order))
    if columns.mended:
        fresh = sorted(columns.mended, key=lambda row: (columns.title(row), row))
        for number, row in enumerate(fresh):
            below = _titles_below(columns, columns.title(row), row)
            ranks[row] = below - 1 + (number + 1) / (len(fresh) + 2)
    return ranks


def _titles_below(columns: ProductColumns, title: str, row: int) -> int:
    """Count the titles, as they were read, that come before a row's; of equal ones those of earlier rows."""
    low, high = 0, len(columns.title_order)
    while low < high:
        middle = (low + high) // 2
        other = int(columns.title_order[middle])
        if (columns.titles[other], other) < (title, row):
            low = middle + 1
        else:
            high = middle
    return low


def _by_value(columns: ProductColumns, name: str, mask: np.ndarray) -> dict[str, int]:
    counts = np.bincount(columns.codes[name][mask] + 1, minlength=len(columns.values[name]) + 1)[1:]
    found = [(value, int(count)) for value, count in zip(columns.values[name], counts, strict=True) if count]
    return dict(sorted(found, key=lambda item: (-item[1], item[0])))


def _by_path(columns: ProductColumns, mask: np.ndarray) -> tuple[dict[str, int], int]:
    """Count products by path, each path with all those above it; and those without."""
    totals: dict[str, int] = {}
    for path, count in _by_value(columns, "category", mask).items():
        levels = path.split(SEPARATOR)
        for depth in range(1, len(levels) + 1):
            above = SEPARATOR.join(levels[:depth])
            totals[above] = totals.get(above, 0) + count
    ordered = sorted(totals.items(), key=lambda item: item[0].split(SEPARATOR))
    return dict(ordered), int((columns.codes["category"][mask] < 0).sum())


def _price_ranges(columns: ProductColumns, priced: np.ndarray) -> dict[str, tuple[int, int]]:
    prices, codes = columns.prices[priced], columns.codes["currency"][priced]
    ranges = {}
    for currency in _by_value(columns, "currency", priced):
        mine = prices[codes == columns.values["currency"].index(currency)]
        ranges[currency] = (int(mine.min()), int(mine.max()))
    return ranges
