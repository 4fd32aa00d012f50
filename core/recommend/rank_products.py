"""Ranking the products of a catalog for settings: the one way that pages, commands and measures go."""

from dataclasses import replace

import numpy as np

from core.catalog.catalogs import Catalog
from core.home import Home
from core.monitoring.measures import timed
from core.recommend.allowed_products import allowed_products
from core.recommend.catalog_index import CatalogIndex
from core.recommend.classic import rank_classic
from core.recommend.diversity import candidate_count, diverse_order
from core.recommend.index import open_index
from core.recommend.price_modes import Pricing
from core.recommend.query import Query
from core.recommend.ranking import Matches, QueryParts, rank, score_parts
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
    index = open_index(home, catalog, backbone=settings.embedding)
    return rank_in(home, catalog, index, query, settings, k=k)


def rank_in(
    home: Home, catalog: Catalog, index: CatalogIndex, query: str | Query, settings: RankingSettings, *, k: int
) -> Matches:
    """Rank the products of an index that is already open, as `rank_products` does; for many queries."""
    asked = index.query_product(query) if isinstance(query, str) else query
    return rank_parts(score_parts(asked, index), settings, k=k)


def rank_parts(parts: QueryParts, settings: RankingSettings, *, k: int) -> Matches:
    """Rank parts that were already scored, as `rank_products` does; for many settings of one query."""
    with timed("ranking"):
        return _ranked(parts, settings, k=k)


def _ranked(parts: QueryParts, settings: RankingSettings, *, k: int) -> Matches:
    allowed = allowed_products(parts.index, settings.filters, parts.query)
    plain = settings.diversity == 0 and not settings.group_variants
    wanted = k if plain else candidate_count(k)
    if settings.formula == "classic":
        found = rank_classic(parts, settings, k=wanted, allowed=allowed)
    else:
        pricing = Pricing(settings.price_mode, settings.budget, settings.budget_currency)
        found = rank(parts, settings.weights, k=wanted, pool=settings.pool, pricing=pricing, allowed=allowed)
    if settings.group_variants:
        found = _chosen(found, _one_a_group(parts.index.variants[found.rows], own=_own_group(parts)))
    if settings.diversity > 0:
        vectors = np.asarray(parts.index.embeddings[found.rows])
        return _chosen(found, diverse_order(found.scores, vectors, diversity=settings.diversity, k=k))
    return _chosen(found, np.arange(min(k, len(found.rows))))


def _own_group(parts: QueryParts) -> int | None:
    return None if parts.query.row is None else int(parts.index.variants[parts.query.row])


def _one_a_group(groups: np.ndarray, *, own: int | None) -> np.ndarray:
    """Keep the best of each group, and nothing of the query's own."""
    _, first = np.unique(groups, return_index=True)
    places = np.sort(first)
    return places if own is None else places[groups[places] != own]


def _chosen(found: Matches, places: np.ndarray) -> Matches:
    return replace(
        found,
        product_ids=tuple(found.product_ids[place] for place in places),
        rows=found.rows[places],
        scores=found.scores[places],
        parts=found.parts[places],
    )
