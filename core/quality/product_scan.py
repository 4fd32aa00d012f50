"""One pass over the products of a catalog: what is written in their titles, and their prices as arrays.

A million products pass here, so rows are looked at a batch and a column at a time.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from core.catalog.schema import products
from core.cleaning.catalog_rows import in_catalog
from core.cleaning.folding import fold_name
from core.quality.quality_report import MOST_PRODUCTS

_ROWS_AT_ONCE = 10_000
_COLUMNS = ("product_id", "position", "title", "category", "price_minor_units", "currency", "brand", "color")
_COUNTED = ("category", "brand", "color")
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

    def add(self, product_ids: Sequence[str]) -> None:
        """Note products."""
        self.count += len(product_ids)
        self.product_ids += product_ids[: max(0, MOST_PRODUCTS - len(self.product_ids))]


@dataclass(frozen=True)
class ProductScan:
    """What one pass found. N products, P of them with a price.

    Attributes:
        found: Products by key of the check.
        counts: Products by value of category, brand and color; None is no value.
        positions: int64 (N,), position of each product in the catalog.
        title_hashes: int64 (N,).
        category_paths: Distinct paths in the order of their codes; None is no category.
        currencies: Distinct currencies in the order of their codes.
        price_minor_units: int64 (P,).
        category_codes: int32 (P,), places in `category_paths`.
        currency_codes: int32 (P,), places in `currencies`.
        priced: int64 (P,), which of the N products have the prices.
    """

    found: Mapping[str, Found]
    counts: Mapping[str, Mapping[str | None, int]]
    positions: np.ndarray
    title_hashes: np.ndarray
    category_paths: Sequence[str | None]
    currencies: Sequence[str | None]
    price_minor_units: np.ndarray
    category_codes: np.ndarray
    currency_codes: np.ndarray
    priced: np.ndarray

    @property
    def products(self) -> int:
        """How many products were read."""
        return len(self.positions)


def scan_products(connection: Connection, catalog_id: int) -> ProductScan:
    """Read every product of a catalog once, in order; some 50 bytes a product stay in memory."""
    query = select(*(products.c[name] for name in _COLUMNS)).where(*in_catalog(catalog_id))
    rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(
        query.order_by(products.c.position, products.c.product_id)
    )
    scan = _Scan()
    for batch in rows.partitions(_ROWS_AT_ONCE):
        scan.add(dict(zip(_COLUMNS, zip(*batch, strict=True), strict=True)))
    return scan.result()


class _Codes:
    """Numbers for names, in the order they are met."""

    def __init__(self) -> None:
        self.codes: dict[str | None, int] = {}

    def of(self, names: Iterable[str | None]) -> np.ndarray:
        return np.array([self.codes.setdefault(name, len(self.codes)) for name in names], np.int32)


class _Scan:
    """What the pass has gathered so far."""

    def __init__(self) -> None:
        keys = ("title_short", "title_category", "title_markup", "title_capitals", "price_zero")
        self._found = {key: Found() for key in keys}
        self._counts: dict[str, Counter[str | None]] = {name: Counter() for name in _COUNTED}
        self._categories, self._currencies = _Codes(), _Codes()
        self._leaves: dict[str | None, str | None] = {None: None}
        self._arrays: dict[str, list[np.ndarray]] = {name: [np.empty(0, kind)] for name, kind in _ARRAYS.items()}
        self._count = 0

    def add(self, columns: Mapping[str, Sequence[Any]]) -> None:
        ids, titles = columns["product_id"], [title[:_LONGEST_LOOKED_AT] for title in columns["title"]]
        for name in _COUNTED:
            self._counts[name].update(columns[name])
        for key, places in self._title_problems(titles, columns["category"]).items():
            self._found[key].add([ids[place] for place in places])
        self._keep("positions", columns["position"])
        self._keep("title_hashes", list(map(hash, columns["title"])))
        self._add_prices(columns)
        self._count += len(ids)

    def result(self) -> ProductScan:
        return ProductScan(
            found=self._found,
            counts=self._counts,
            category_paths=list(self._categories.codes),
            currencies=list(self._currencies.codes),
            **{name: np.concatenate(parts) for name, parts in self._arrays.items()},
        )

    def _add_prices(self, columns: Mapping[str, Sequence[Any]]) -> None:
        # A database from elsewhere may hold anything in place of a price.
        places = [place for place, price in enumerate(columns["price_minor_units"]) if isinstance(price, int)]
        prices = [columns["price_minor_units"][place] for place in places]
        self._found["price_zero"].add(
            [columns["product_id"][place] for place, price in zip(places, prices, strict=True) if price == 0]
        )
        self._keep("price_minor_units", prices)
        self._keep("priced", np.array(places, np.int64) + self._count)
        self._keep("category_codes", self._categories.of(columns["category"][place] for place in places))
        self._keep("currency_codes", self._currencies.of(columns["currency"][place] for place in places))

    def _title_problems(self, titles: Sequence[str], categories: Sequence[str | None]) -> dict[str, list[int]]:
        """Give the places of the titles that have a problem, by key of the check."""
        leaves = map(self._leaf, categories)
        return {
            "title_short": [place for place, title in enumerate(titles) if len(title.strip()) < _SHORT_TITLE],
            "title_markup": [
                place for place, title in enumerate(titles) if ("<" in title or "&" in title) and _MARKUP.search(title)
            ],
            "title_capitals": [place for place, title in enumerate(titles) if title.isupper() and _shouts(title)],
            "title_category": [
                place
                for place, (title, leaf) in enumerate(zip(titles, leaves, strict=True))
                if leaf is not None and len(title) == len(leaf) and title.casefold() == leaf
            ],
        }

    def _leaf(self, category: str | None) -> str | None:
        """Give the last level of a path as titles are compared with it."""
        leaf = self._leaves.get(category)
        if leaf is None and category is not None:
            leaf = self._leaves[category] = category.rsplit(" > ", 1)[-1].casefold()
        return leaf

    def _keep(self, name: str, values: Any) -> None:
        self._arrays[name].append(np.asarray(values, _ARRAYS[name]))


_ARRAYS = {
    "positions": np.int64,
    "title_hashes": np.int64,
    "price_minor_units": np.int64,
    "category_codes": np.int32,
    "currency_codes": np.int32,
    "priced": np.int64,
}


def _shouts(title: str) -> bool:
    return sum(map(str.isalpha, title)) >= _LEAST_CAPITALS and " " in title.strip()


def stand_ins(values: Iterable[str | None]) -> list[str]:
    """Pick the values that stand for none, such as ``N/A``; of a path one level is enough."""
    return sorted(
        value
        for value in values
        if value is not None and any(fold_name(level[:100]) in PLACEHOLDERS for level in value[:1000].split(" > "))
    )
