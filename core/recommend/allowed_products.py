"""Hard filters: which products may be matches at all. What is unknown never meets a filter."""

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.product_search import matching_rows
from core.errors import SettingsError
from core.home import Home
from core.recommend.catalog_index import CatalogIndex, fold_brand
from core.recommend.category import path_levels
from core.recommend.color_filter import shows_colors
from core.recommend.price_modes import currency_rows
from core.recommend.query import Query
from core.recommend.ranking_settings import MatchFilter


def allowed_products(
    index: CatalogIndex, asked: MatchFilter, query: Query, *, home: Home | None = None, catalog: Catalog | None = None
) -> np.ndarray | None:
    """Find the products that meet a filter.

    Args:
        index: The products.
        asked: The filter.
        query: Whose currency prices are in when the filter names none.
        home: Where the catalog is; needed for a filter expression.
        catalog: The catalog; needed for a filter expression.

    Returns:
        bool (N,); None when nothing is filtered.

    Raises:
        SettingsError: A color is unknown, or prices are compared without naming one of several currencies.
        CatalogError: The filter expression cannot be read.
    """
    if not asked.narrows:
        return None
    allowed = np.ones(len(index), bool)
    if asked.category is not None:
        allowed &= _below(index, asked.category)
    if asked.price_min is not None or asked.price_max is not None:
        allowed &= _priced(index, asked, query)
    if asked.colors:
        allowed &= shows_colors(index.color_shares, asked.colors)
    if asked.brands:
        codes, numbers = index.brand_codes
        wanted = [numbers.get(fold_brand(brand) or "", -2) for brand in asked.brands]
        allowed &= np.isin(codes, wanted)
    if asked.in_stock:
        allowed &= index.in_stock
    if asked.where:
        allowed &= _meeting(index, asked.where, home or index.home, catalog or index.catalog)
    return allowed


def _below(index: CatalogIndex, category: str) -> np.ndarray:
    """Find the products in a category or below it."""
    wanted = path_levels(category)
    inside = [path_levels(path)[: len(wanted)] == wanted for path in index.category.paths]
    return np.asarray(np.array([*inside, False])[index.category.codes])


def _priced(index: CatalogIndex, asked: MatchFilter, query: Query) -> np.ndarray:
    currencies = index.price.currencies
    currency = asked.currency or query.currency or (currencies[0] if len(currencies) == 1 else None)
    if currency is None and currencies:
        raise SettingsError(
            f"a filter by price needs a currency, because this catalog has several: name one of {', '.join(currencies)}"
        )
    if currency not in currencies:
        return np.zeros(len(index), bool)
    low = 0 if asked.price_min is None else asked.price_min
    high = np.inf if asked.price_max is None else asked.price_max
    prices = index.prices
    return np.asarray(currency_rows(index.price, currency) & (prices >= low) & (prices <= high))


def _meeting(index: CatalogIndex, where: str, home: Home | None, catalog: Catalog | None) -> np.ndarray:
    if home is None or catalog is None:
        raise SettingsError("a filter expression needs an index opened on a catalog: received one built from arrays")
    columns, rows = matching_rows(home, catalog, ProductFilter(where=where))
    allowed = np.zeros(len(index), bool)
    found = (index.rows.get(columns.product_ids[int(row)]) for row in rows)
    allowed[[row for row in found if row is not None]] = True
    return allowed
