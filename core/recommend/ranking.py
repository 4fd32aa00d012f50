"""Ranking: score every product of a catalog against a query.

The parts, each 0..1, higher is nearer:

- visual = cosine of the embeddings, 0 where it is negative. Embeddings are centered, so that unrelated products are
  near 0 and the part uses its whole range; (1 + cosine) / 2 would leave look-alikes and strangers only half as far
  apart, and color and price would decide alone.
- color = cosine of the color vectors (`core.recommend.color_table`)
- price = by what is asked for (`core.recommend.price_modes`), at first (3 - |difference of the price levels|) / 3
- category = levels shared from the top / levels of the longer path (`core.recommend.category`)
- brand = 1 the same, 0 another
- popularity, freshness (`core.recommend.catalog_facts`), the same for every query
- text = cosine of the titles' words (`core.recommend.title_index`)

A product's score is the weighted mean of the parts that exist: a part missing on either side (no price, another
currency, no category, no palette) is left out of sum and weights alike, so it neither helps nor harms. A product with
none of the weighted parts cannot be scored and is no match; it is counted as `unscored`.

A part of a query is found when it is first asked for and then kept (`QueryParts`), so that other weights only cost
another mean (`rank`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import SettingsError
from core.recommend.catalog_index import CatalogIndex
from core.recommend.price_modes import LEVEL_PRICING, Pricing
from core.recommend.query import Query
from core.recommend.query_parts import QueryParts as QueryParts
from core.recommend.query_parts import score_parts as score_parts
from core.recommend.weights import PARTS, RankWeights

_SLACK = 2e-5  # more than float32 products and sums of 256 terms can be off; whoever is nearer is scored again exactly
_EXACT_BLOCK = 4096
_NO_SCORE = np.float32(-1.0)  # below every score


@dataclass(frozen=True)
class Matches:
    """The best products, best first.

    Attributes:
        product_ids: k ids.
        rows: intp (k,), their rows in the index.
        scores: float64 (k,), 0..1.
        parts: float32 (k, 8) in the order of `PARTS`, 0..1, NaN = missing, or not asked for by any weight beyond the
            four basic parts.
        unscored: products that have none of the weighted parts.
        candidates: products that were ranked: those that meet the filters, or the pool.
        pool: as asked for; None = the whole catalog was ranked.
    """

    product_ids: tuple[str, ...]
    rows: np.ndarray
    scores: np.ndarray
    parts: np.ndarray
    unscored: int
    candidates: int = 0
    pool: int | None = None


def rank(
    parts: QueryParts,
    weights: RankWeights,
    *,
    k: int,
    pool: int | None = None,
    pricing: Pricing = LEVEL_PRICING,
    allowed: np.ndarray | None = None,
) -> Matches:
    """Rank the products for one choice of weights.

    Equal scores keep catalog order. The query itself is never a match; other products with the same picture are.

    Args:
        parts: From `score_parts`.
        weights: How much each part counts.
        k: Matches wanted, at least 1; fewer come when there are fewer products.
        pool: Rank only this many products nearest by visual part; None ranks the whole catalog.
        pricing: What the price part asks for.
        allowed: bool (N,), which products may be matches at all; None = every one.

    Returns:
        The matches.

    Raises:
        SettingsError: k or pool is not a whole number of at least 1.
    """
    _check_count("k", k)
    if pool is None:
        return _best(_Ranking(parts, weights, pricing, allowed, None), k=k)
    _check_count("pool", pool)
    visual = _Ranking(parts, RankWeights.only("visual"), pricing, allowed, None)
    nearest = np.sort(_best(visual, k=pool).rows)
    return _best(_Ranking(parts, weights, pricing, allowed, nearest), k=k, pool=pool)


def rank_matches(query: Query, index: CatalogIndex, *, weights: RankWeights, k: int) -> Matches:
    """Rank the whole catalog against a query; see `score_parts` and `rank`."""
    return rank(score_parts(query, index), weights, k=k)


def exact_parts(
    parts: QueryParts, rows: np.ndarray, told: Sequence[str], pricing: Pricing = LEVEL_PRICING
) -> np.ndarray:
    """Find parts of some rows in double precision, the same for equal rows wherever they stand.

    Matrix products round a row differently by its place in the matrix; two products with the same picture must tie.

    Args:
        parts: From `score_parts`.
        rows: (m,) rows of the index.
        told: Which parts to find.
        pricing: What the price part asks for.

    Returns:
        float64 (m, 8) in the order of `PARTS`, NaN = missing, or not to be told.
    """
    table = np.full((len(rows), len(PARTS)), np.nan)
    vectors = {"visual": (parts.index.embeddings, parts.query.embedding)}
    if parts.query.color is not None:
        vectors["color"] = (parts.index.colors, parts.query.color)
    for name in told:
        found = parts.part(name, pricing)
        column = found.values[rows].astype(np.float64)
        if name in vectors:
            matrix, vector = vectors[name]
            column = _exact_cosines(matrix, vector.astype(np.float64), rows)
        if found.missing is not None:
            column[found.missing[rows]] = np.nan
        table[:, PARTS.index(name)] = column
    return table


def _exact_cosines(matrix: np.ndarray, vector: np.ndarray, rows: np.ndarray) -> np.ndarray:
    cosines = np.empty(len(rows))
    for start in range(0, len(rows), _EXACT_BLOCK):
        block = slice(start, start + _EXACT_BLOCK)
        cosines[block] = (matrix[rows[block]] * vector).sum(axis=1)
    return np.clip(cosines, 0.0, 1.0)


@dataclass(frozen=True)
class _Ranking:
    """What one ranking ranks and how; `rows` None = the whole catalog."""

    parts: QueryParts
    weights: RankWeights
    pricing: Pricing
    allowed: np.ndarray | None
    rows: np.ndarray | None


def _check_count(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise SettingsError(f"{name} must be a whole number of at least 1: received {value!r}")


def _best(ranking: _Ranking, *, k: int, pool: int | None = None) -> Matches:
    """Find the k best: a quick float32 pass for the few that may be, then exact scores."""
    parts, weights = ranking.parts, ranking.weights
    scores, unscored = _quick_scores(ranking)
    candidates = int(np.count_nonzero(scores >= 0))
    k = min(k, candidates)
    if k == 0:
        nothing = np.empty((0, len(PARTS)), np.float32)
        return Matches((), np.empty(0, np.intp), np.empty(0), nothing, unscored, 0, pool)
    threshold = max(np.partition(scores, len(scores) - k)[len(scores) - k] - _SLACK, 0.0)
    near = np.flatnonzero(scores >= threshold)
    found = near if ranking.rows is None else ranking.rows[near]
    table = exact_parts(parts, found, weights.used, ranking.pricing)
    exact = weighted_mean(table, weights.shares())
    order = np.lexsort((found, -exact))[:k]
    best = found[order]
    told = exact_parts(parts, best, weights.told, ranking.pricing).astype(np.float32)
    ids = parts.index.product_ids
    return Matches(tuple(ids[row] for row in best), best, exact[order], told, unscored, candidates, pool)


def _quick_scores(ranking: _Ranking) -> tuple[np.ndarray, int]:
    """Score in float32. Returns one score a row, -1 for what cannot be a match, and how many cannot be scored."""
    rows = slice(None) if ranking.rows is None else ranking.rows
    scores, total, weight_of_all = _sums(ranking, rows)
    impossible: np.ndarray | None = None
    if isinstance(total, np.ndarray):
        impossible = total < 1e-6 * weight_of_all
        np.divide(scores, np.maximum(total, np.float32(1e-12)), out=scores)
        scores[impossible] = _NO_SCORE
    else:
        scores /= np.float32(total)
    unscored_rows = impossible
    if ranking.rows is None:  # a pool holds neither the query nor what is not allowed
        excluded = np.array(ranking.parts.query.excluded, np.intp)
        scores[excluded] = _NO_SCORE
        if ranking.allowed is not None:
            scores[~ranking.allowed] = _NO_SCORE
        if impossible is not None:
            unscored_rows = impossible.copy()
            unscored_rows[excluded] = False
            if ranking.allowed is not None:
                unscored_rows &= ranking.allowed
    return scores, 0 if unscored_rows is None else int(np.count_nonzero(unscored_rows))


def _sums(ranking: _Ranking, rows: slice | np.ndarray) -> tuple[np.ndarray, np.ndarray | float, float]:
    """Add up weight x value, and the weights of what exists: one number where every part exists for all."""
    share = dict(zip(PARTS, ranking.weights.shares().tolist(), strict=True))
    scores, total = None, 0.0
    missing_weight: np.ndarray | None = None
    for name in ranking.weights.used:
        found = ranking.parts.part(name, ranking.pricing)
        weight = np.float32(share[name])
        total += share[name]
        piece = found.values[rows] * weight
        scores = piece if scores is None else np.add(scores, piece, out=scores)
        if found.missing is not None:
            absent = found.missing[rows] * weight
            missing_weight = absent if missing_weight is None else np.add(missing_weight, absent, out=missing_weight)
    assert scores is not None, "weights are never all 0"
    return scores, total if missing_weight is None else np.float32(total) - missing_weight, total


def weighted_mean(table: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Average the existing parts. (m, 8), (8,) -> float64 (m,), 0..1."""
    exists = ~np.isnan(table)
    total, weight = np.zeros(len(table)), np.zeros(len(table))
    for part in range(len(share)):  # one by one: the same order of sums for every row
        total += np.where(exists[:, part], table[:, part], 0.0) * share[part]
        weight += exists[:, part] * share[part]
    return np.minimum(total / np.where(weight > 0, weight, 1), 1.0)
