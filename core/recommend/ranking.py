"""Ranking: score every product of a catalog against a query.

Four parts, each 0..1, higher is nearer:

- visual = cosine of the embeddings, 0 where it is negative. Embeddings are centered, so that unrelated products are
  near 0 and the part uses its whole range; (1 + cosine) / 2 would leave look-alikes and strangers only half as far
  apart, and color and price would decide alone.
- color = palette similarity (`core.recommend.color`)
- price = (3 - |difference of the price levels|) / 3 (`core.recommend.price_levels`)
- category = levels shared from the top / levels of the longer path (`core.recommend.category`)

A product's score is the weighted mean of the parts that exist: a part missing on either side (no price, another
currency, no category, no palette) is left out of sum and weights alike, so it neither helps nor harms. A product with
none of the weighted parts cannot be scored and is no match; it is counted as `unscored`.

The parts of a query are found once (`score_parts`), then ranked for any weights (`rank`).
"""

from dataclasses import dataclass

import numpy as np

from core.errors import SettingsError
from core.recommend.index import CatalogIndex, Query
from core.recommend.weights import PARTS, RankWeights

_SLACK = 2e-5  # more than float32 products and sums of 256 terms can be off; whoever is nearer is scored again exactly
_EXACT_BLOCK = 4096
_NO_SCORE = np.float32(-1.0)  # below every score


@dataclass(frozen=True)
class QueryParts:
    """The four parts of a query against all N products.

    Attributes:
        query: what was asked.
        index: the products.
        values: float32 (8, N) in the order of `PARTS`; 0 where missing. Visual is a float32 product, exact to 1e-5.
        known: uint8 (N,), bit p set = part p exists.
        complete: for each part, whether it exists for all N products.
    """

    query: Query
    index: CatalogIndex
    values: np.ndarray
    known: np.ndarray
    complete: tuple[bool, ...]


@dataclass(frozen=True)
class Matches:
    """The best products, best first.

    Attributes:
        product_ids: k ids.
        rows: intp (k,), their rows in the index.
        scores: float64 (k,), 0..1.
        parts: float32 (k, 8) in the order of `PARTS`, 0..1, NaN = missing.
        unscored: products that have none of the weighted parts.
    """

    product_ids: tuple[str, ...]
    rows: np.ndarray
    scores: np.ndarray
    parts: np.ndarray
    unscored: int


def score_parts(query: Query, index: CatalogIndex) -> QueryParts:
    """Compare a query with every product, part by part.

    Args:
        query: From `index.query_product` or `index.query_picture`.
        index: The products.

    Returns:
        The parts, to be kept by the caller for as long as the query stays the same.
    """
    values = np.zeros((len(PARTS), len(index)), np.float32)
    known = np.zeros(len(index), np.uint8)
    visual = values[0]
    np.dot(index.embeddings, query.embedding, out=visual)
    np.clip(visual, 0.0, 1.0, out=visual)
    present = [~np.isnan(visual), index.palettes.known & bool(np.any(query.palette_shares > 0))]
    values[1] = index.palettes.similarity_to(query.palette_bins, query.palette_shares)
    price = index.price.similarities(query.price_level, query.currency)
    category = index.category.similarities(query.category)
    for part, table, codes in ((2, price, index.price.codes), (3, category, index.category.codes)):
        np.take(table, codes, out=values[part], mode="clip")
        present.append(~np.isnan(values[part]))
    present += [np.zeros(len(index), bool)] * (len(PARTS) - len(present))
    for part, exists in enumerate(present):
        known |= exists.view(np.uint8) << np.uint8(part)
    complete = tuple(bool(exists.all()) for exists in present)
    for part in range(len(PARTS)):
        if not complete[part]:
            values[part][~present[part]] = 0.0
    return QueryParts(query, index, values, known, complete)


def rank(parts: QueryParts, weights: RankWeights, *, k: int, pool: int | None = None) -> Matches:
    """Rank the products for one choice of weights.

    Equal scores keep catalog order. The query itself is never a match; other products with the same picture are.

    Args:
        parts: From `score_parts`.
        weights: How much each part counts.
        k: Matches wanted, at least 1; fewer come when there are fewer products.
        pool: Rank only this many products nearest by visual part; None ranks the whole catalog.

    Returns:
        The matches.

    Raises:
        SettingsError: k or pool is not a whole number of at least 1.
    """
    _check_count("k", k)
    if pool is None:
        return _best(parts, weights, k=k, rows=None)
    _check_count("pool", pool)
    nearest = _best(parts, RankWeights.only("visual"), k=pool, rows=None)
    return _best(parts, weights, k=k, rows=np.sort(nearest.rows))


def rank_matches(query: Query, index: CatalogIndex, *, weights: RankWeights, k: int) -> Matches:
    """Rank the whole catalog against a query; see `score_parts` and `rank`."""
    return rank(score_parts(query, index), weights, k=k)


def _check_count(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise SettingsError(f"{name} must be a whole number of at least 1: received {value!r}")


def _best(parts: QueryParts, weights: RankWeights, *, k: int, rows: np.ndarray | None) -> Matches:
    """Find the k best of some rows (None = all): a quick float32 pass for the few that may be, then exact scores."""
    share = weights.shares()
    scores, unscored = _quick_scores(parts, share, rows=rows)
    candidates = int(np.count_nonzero(scores >= 0))
    k = min(k, candidates)
    if k == 0:
        empty = np.empty(0, np.intp)
        return Matches((), empty, np.empty(0), np.empty((0, len(PARTS)), np.float32), unscored)
    threshold = max(np.partition(scores, len(scores) - k)[len(scores) - k] - _SLACK, 0.0)
    near = np.flatnonzero(scores >= threshold)
    found = near if rows is None else rows[near]
    table = exact_parts(parts, found)
    exact = _weighted_mean(table, share)
    order = np.lexsort((found, -exact))[:k]
    best = found[order]
    ids = parts.index.product_ids
    return Matches(tuple(ids[row] for row in best), best, exact[order], table[order].astype(np.float32), unscored)


def _quick_scores(parts: QueryParts, share: np.ndarray, *, rows: np.ndarray | None) -> tuple[np.ndarray, int]:
    """Score in float32. Returns one score a row, -1 for the query and what cannot be scored, and how many cannot."""
    used = [part for part in range(len(PARTS)) if share[part] > 0]
    values = parts.values if rows is None else parts.values[:, rows]
    scores = values[used[0]] * np.float32(share[used[0]])
    other = np.empty_like(scores)
    for part in used[1:]:
        np.multiply(values[part], np.float32(share[part]), out=other)
        scores += other
    unscored = 0
    if not all(parts.complete[part] for part in used):
        known = parts.known if rows is None else parts.known[rows]
        # One entry for each of the 256 sets of parts a product can have.
        total = ((np.arange(1 << len(PARTS))[:, None] >> np.arange(len(PARTS))) & 1) @ share
        scale = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
        scores *= np.take(scale.astype(np.float32), known)
        impossible = np.take(total == 0, known)
        scores[impossible] = _NO_SCORE
        unscored = int(np.count_nonzero(impossible))
        if rows is None and parts.query.row is not None:
            unscored -= int(impossible[parts.query.row])
    if rows is None and parts.query.row is not None:  # a pool never holds the query
        scores[parts.query.row] = _NO_SCORE
    return scores, unscored


def exact_parts(parts: QueryParts, rows: np.ndarray) -> np.ndarray:
    """Find the parts of some rows with visual in double precision, the same for equal rows wherever they stand.

    Matrix products round a row differently by its place in the matrix; two products with the same picture must tie.

    Args:
        parts: From `score_parts`.
        rows: (m,) rows of the index.

    Returns:
        float64 (m, 8) in the order of `PARTS`, NaN = missing.
    """
    table = parts.values[:, rows].T.astype(np.float64)
    vector = parts.query.embedding.astype(np.float64)
    for start in range(0, len(rows), _EXACT_BLOCK):
        block = slice(start, start + _EXACT_BLOCK)
        cosine = (parts.index.embeddings[rows[block]] * vector).sum(axis=1)
        table[block, 0] = np.clip(cosine, 0.0, 1.0)
    exists = (parts.known[rows, None] >> np.arange(len(PARTS), dtype=np.uint8)) & 1
    table[exists == 0] = np.nan
    return table


def _weighted_mean(table: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Average the existing parts. (m, 8), (8,) -> float64 (m,), 0..1."""
    exists = ~np.isnan(table)
    total, weight = np.zeros(len(table)), np.zeros(len(table))
    for part in range(len(share)):  # one by one: the same order of sums for every row
        total += np.where(exists[:, part], table[:, part], 0.0) * share[part]
        weight += exists[:, part] * share[part]
    return np.minimum(total / weight, 1.0)
