"""One pass over the products of a catalog: what is written in their titles, and their prices as arrays."""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from core.catalog.schema import products
from core.cleaning.catalog_rows import in_catalog
from core.cleaning.folding import fold_name
from core.quality.quality_report import MOST_PRODUCTS

_ROWS_AT_ONCE = 10_000
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|&(?:[a-zA-Z]{2,8}|#\d{2,7}|#x[0-9a-fA-F]{2,6});")
_SHORT_TITLE = 3
_LEAST_CAPITALS = 6  # "USB 3" is a name, not shouting
_LONGEST_LOOKED_AT = 2000  # a title of megabytes tells nothing more behind its beginning

PLACEHOLDERS = frozenset(
    {
        "n a",
        "na",
        "none",
        "null",
        "nil",
        "nan",
        "unknown",
        "undefined",
        "not available",
        "not specified",
        "not known",
        "no brand",
        "no color",
        "no category",
        "tbd",
        "todo",
        "test",
        "dummy",
        "xxx",
        "various",
        "other brand",
        "default category",
        "uncategorized",
        "uncategorised",
    }
)
"""Names, folded, that stand for no value."""


@dataclass
class Found:
    """Products that a check found.

    Attributes:
        count: How many.
        product_ids: The first of them, at most :data:`MOST_PRODUCTS`.
    """

    count: int = 0
    product_ids: list[str] = field(default_factory=list)

    def add(self, product_id: str) -> None:
        """Note one product."""
        self.count += 1
        if len(self.product_ids) < MOST_PRODUCTS:
            self.product_ids.append(product_id)


@dataclass
class ProductScan:
    """What one pass found. N products have a price.

    Attributes:
        products: How many products were read.
        found: Products by key of the check.
        category_paths: Distinct paths in the order of their codes; None is no category.
        currencies: Distinct currencies in the order of their codes.
        price_minor_units: int64 (N,).
        category_codes: int32 (N,), places in `category_paths`.
        currency_codes: int32 (N,), places in `currencies`.
        positions: int64 (N,), position of each product in the catalog.
        title_hashes: int64, one a product.
    """

    products: int
    found: dict[str, Found]
    category_paths: Sequence[str | None]
    currencies: Sequence[str | None]
    price_minor_units: np.ndarray
    category_codes: np.ndarray
    currency_codes: np.ndarray
    positions: np.ndarray
    title_hashes: np.ndarray


def scan_products(connection: Connection, catalog_id: int) -> ProductScan:
    """Read every product of a catalog once, in order; 36 bytes a product stay in memory."""
    names = ("product_id", "position", "title", "category", "price_minor_units", "currency", "brand", "color")
    query = select(*(products.c[name] for name in names)).where(*in_catalog(catalog_id))
    rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(
        query.order_by(products.c.position, products.c.product_id)
    )
    scan = _Scan()
    for batch in rows.partitions(_ROWS_AT_ONCE):
        for row in batch:
            scan.add(*row)
    return scan.result()


class _Codes:
    """Numbers for names, in the order they are met."""

    def __init__(self) -> None:
        self.names: list[str | None] = []
        self._codes: dict[str | None, int] = {}

    def of(self, name: str | None) -> int:
        code = self._codes.get(name)
        if code is None:
            code = self._codes[name] = len(self.names)
            self.names.append(name)
        return code


class _Scan:
    """What the pass has gathered so far."""

    def __init__(self) -> None:
        keys = ("title_short", "title_category", "title_markup", "title_capitals", "placeholder_value", "price_zero")
        self.found = {key: Found() for key in keys}
        self.count = 0
        self._categories, self._currencies = _Codes(), _Codes()
        self._prices, self._positions, self._titles = array("q"), array("q"), array("q")
        self._category_codes, self._currency_codes = array("i"), array("i")
        self._leaves: dict[str | None, str] = {}
        self._stand_ins: dict[str | None, bool] = {None: False}

    def add(self, product_id: str, position: int, title: str, category: str | None, *values: Any) -> None:
        price, currency, brand, color = values
        self.count += 1
        self._titles.append(hash(title))
        for key in self._title_problems(title, category):
            self.found[key].add(product_id)
        if any(self._is_stand_in(value) for value in (category, brand, color)):
            self.found["placeholder_value"].add(product_id)
        if not isinstance(price, int):  # a database from elsewhere may hold anything
            return
        if price == 0:
            self.found["price_zero"].add(product_id)
        self._prices.append(price)
        self._positions.append(position)
        self._category_codes.append(self._categories.of(category))
        self._currency_codes.append(self._currencies.of(currency))

    def result(self) -> ProductScan:
        return ProductScan(
            products=self.count,
            found=self.found,
            category_paths=self._categories.names,
            currencies=self._currencies.names,
            price_minor_units=np.array(self._prices, np.int64),
            category_codes=np.array(self._category_codes, np.int32),
            currency_codes=np.array(self._currency_codes, np.int32),
            positions=np.array(self._positions, np.int64),
            title_hashes=np.array(self._titles, np.int64),
        )

    def _title_problems(self, title: str, category: str | None) -> list[str]:
        problems = []
        looked_at = title[:_LONGEST_LOOKED_AT]
        if len(looked_at) < _SHORT_TITLE or len(looked_at.strip()) < _SHORT_TITLE:
            problems.append("title_short")
        if ("<" in looked_at or "&" in looked_at) and _MARKUP.search(looked_at):
            problems.append("title_markup")
        if looked_at.isupper() and sum(map(str.isalpha, looked_at)) >= _LEAST_CAPITALS and " " in looked_at.strip():
            problems.append("title_capitals")
        if category and looked_at.casefold() == self._leaf(category):
            problems.append("title_category")
        return problems

    def _leaf(self, category: str) -> str:
        leaf = self._leaves.get(category)
        if leaf is None:
            leaf = self._leaves[category] = category.rsplit(" > ", 1)[-1].casefold()
        return leaf

    def _is_stand_in(self, value: str | None) -> bool:
        known = self._stand_ins.get(value)
        if known is None:
            text = str(value)
            known = any(fold_name(level[:100]) in PLACEHOLDERS for level in text[:1000].split(" > "))
            self._stand_ins[value] = known
        return known
