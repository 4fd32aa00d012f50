"""The parts of a query against all products, each found when it is first asked for and then kept.

The formulas are in the text of `core.recommend.ranking`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.recommend.catalog_index import CatalogIndex, fold_brand
from core.recommend.price_modes import LEVEL_PRICING, Pricing, price_values
from core.recommend.query import Query

_MOST_TOGETHER = 128
_VALUES_TOGETHER = 2**24  # float32 values of one part; two parts are held


@dataclass(frozen=True)
class PartValues:
    """One part of a query against all N products.

    Attributes:
        values: float32 (N,), 0..1, 0 where missing.
        missing: bool (N,); None when nothing is missing.
    """

    values: np.ndarray
    missing: np.ndarray | None


class QueryParts:
    """The parts of a query against all N products, each found when it is first asked for.

    Args:
        query: What is asked.
        index: The products.
        given: Parts that are known already, float32 (N,) by name, NaN = missing.
    """

    def __init__(self, query: Query, index: CatalogIndex, *, given: dict[str, np.ndarray] | None = None) -> None:
        self.query, self.index = query, index
        self._found: dict[tuple[str, Pricing | None], PartValues] = {}
        for name, values in (given or {}).items():
            self._found[name, LEVEL_PRICING if name == "price" else None] = _part_values(values)

    def part(self, name: str, pricing: Pricing = LEVEL_PRICING) -> PartValues:
        """Give one part; `pricing` says what the price part asks for."""
        key = (name, pricing if name == "price" else None)
        if key not in self._found:
            self._found[key] = _part_values(_FORMULAS[name](self.query, self.index, pricing))
        return self._found[key]


def score_parts(query: Query, index: CatalogIndex) -> QueryParts:
    """Compare a query with every product, part by part, as the parts are asked for.

    Args:
        query: From `index.query_product` or `index.query_picture`.
        index: The products.

    Returns:
        The parts, to be kept by the caller for as long as the query stays the same.
    """
    return QueryParts(query, index)


def score_together(queries: Sequence[Query], index: CatalogIndex) -> list[QueryParts]:
    """Compare several queries with every product, as `score_parts` does one: looks and colors in one product each.

    One product of two matrices reads the embeddings once for all queries; one query at a time reads them for each.

    Args:
        queries: Q of them; as many as `queries_together` allows.
        index: The products.

    Returns:
        The parts of each query, in their order.
    """
    unknown = np.zeros(index.colors.shape[1], np.float32)
    looks = np.stack([query.embedding for query in queries]) @ index.embeddings.T
    colors = np.stack([unknown if query.color is None else query.color for query in queries]) @ index.colors.T
    for values in (looks, colors):
        np.clip(values, 0.0, 1.0, out=values)
    colors[:, ~index.colors_known] = np.nan
    colors[[query.color is None for query in queries]] = np.nan
    return [
        QueryParts(query, index, given={"visual": looks[place], "color": colors[place]})
        for place, query in enumerate(queries)
    ]


def queries_together(index: CatalogIndex) -> int:
    """Say how many queries to score together so that what they share stays under 128 MiB."""
    return max(1, min(_MOST_TOGETHER, _VALUES_TOGETHER // max(1, len(index))))


def _part_values(values: np.ndarray) -> PartValues:
    """Keep the missing ones apart, so that sums need not look for them."""
    missing = np.isnan(values)
    if not missing.any():
        return PartValues(values, None)
    return PartValues(np.where(missing, np.float32(0), values), missing)


def _visual(query: Query, index: CatalogIndex, _pricing: Pricing) -> np.ndarray:
    visual = np.dot(index.embeddings, query.embedding)
    return np.clip(visual, 0.0, 1.0, out=visual)


def _color(query: Query, index: CatalogIndex, _pricing: Pricing) -> np.ndarray:
    if query.color is None:
        return np.full(len(index), np.nan, np.float32)
    color = np.dot(index.colors, query.color)
    np.clip(color, 0.0, 1.0, out=color)
    if not index.colors_known.all():
        color[~index.colors_known] = np.nan
    return color


def _price(query: Query, index: CatalogIndex, pricing: Pricing) -> np.ndarray:
    asked = {"level": query.price_level, "price": query.price, "currency": query.currency}
    return price_values(pricing, index.price, index.prices, **asked)  # type: ignore[arg-type]


def _category(query: Query, index: CatalogIndex, _pricing: Pricing) -> np.ndarray:
    return np.asarray(np.take(index.category.similarities(query.category), index.category.codes, mode="clip"))


def _brand(query: Query, index: CatalogIndex, _pricing: Pricing) -> np.ndarray:
    codes, numbers = index.brand_codes
    brand = fold_brand(query.brand)
    if brand is None:
        return np.full(len(index), np.nan, np.float32)
    same = (codes == numbers.get(brand, -2)).astype(np.float32)
    same[codes < 0] = np.nan
    return same


def _text(query: Query, index: CatalogIndex, _pricing: Pricing) -> np.ndarray:
    titles = index.title_index
    return titles.similarities(titles.weights_of(query.title or ""))


_FORMULAS: dict[str, Callable[[Query, CatalogIndex, Pricing], np.ndarray]] = {
    "visual": _visual,
    "color": _color,
    "price": _price,
    "category": _category,
    "brand": _brand,
    "popularity": lambda query, index, _pricing: index.popularity,
    "freshness": lambda query, index, _pricing: index.freshness,
    "text": _text,
}
