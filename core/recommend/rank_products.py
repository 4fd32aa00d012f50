"""Ranking the products of a catalog for settings: the one way that pages, commands and measures go."""

from core.catalog.catalogs import Catalog
from core.home import Home
from core.recommend.index import CatalogIndex, Query, open_index
from core.recommend.ranking import Matches, rank, score_parts
from core.recommend.ranking_settings import RankingSettings


def rank_products(home: Home, catalog: Catalog, query: str | Query, settings: RankingSettings, *, k: int) -> Matches:
    """Rank the products of a catalog against one query.

    Opening the index takes far longer than ranking: whoever ranks for several queries opens it once and calls
    `rank_in`.

    Args:
        home: Where everything is.
        catalog: The catalog.
        query: A product's id, or a query made by an index of this catalog and embedding.
        settings: What makes a good match.
        k: Matches wanted, at least 1; fewer come when fewer products meet the filters.

    Returns:
        The matches, best first.

    Raises:
        CatalogError: There is no such embedding or product, or a filter cannot be read.
        SettingsError: k is out of range, or a setting does not fit this catalog.
    """
    return rank_in(home, catalog, open_index(home, catalog, backbone=settings.embedding), query, settings, k=k)


def rank_in(
    home: Home, catalog: Catalog, index: CatalogIndex, query: str | Query, settings: RankingSettings, *, k: int
) -> Matches:
    """Rank the products of an index that is already open, as `rank_products` does; for many queries."""
    asked = index.query_product(query) if isinstance(query, str) else query
    return rank(score_parts(asked, index), settings.weights, k=k, pool=settings.pool)
