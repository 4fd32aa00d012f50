"""Recommendations for a user: what other users did, mixed with what the user's own products look like.

With h the hybrid weight, 0..1, the score of a product is::

    score = h * collaborative + (1 - h) * content

- collaborative: `core.recommend.collaborative_scores`, divided by its greatest value, 0..1. A product without any event
  inherits from the product most like it among the :data:`INHERITED_FROM` best: similarity * collaborative.
- content: the weighted mean of the usual parts (visual, color, price, category), each part averaged over the user's
  last :data:`CONTENT_PRODUCTS` products, the r-th from the end weighted by 1 / r.

A user without a history gets what most users have; without any histories, the most typical products of the largest
categories in turn. (Source of the idea of feeding one into the other: report S6 of the seed systems.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.errors import SettingsError
from core.home import Home
from core.recommend.catalog_index import CatalogIndex
from core.recommend.collaborative_scores import check_method, collaborative_scores, popularity_scores
from core.recommend.history_store import open_table, recent_of_user
from core.recommend.history_table import STRENGTHS, HistoryTable
from core.recommend.hybrid_content import content_parts, typical_rows, weighted_content
from core.recommend.ranking import Matches
from core.recommend.weights import PARTS, RankWeights, is_number

HYBRID_WEIGHT = 0.7
CONTENT_PRODUCTS = 5
INHERITED_FROM = 200
USER_SHARE = 0.3
MIXED_MATCHES = 1000
"""So many of the best matches are ranked anew when a user's taste is mixed in."""

RECENT_SHOWN = 50


@dataclass(frozen=True)
class UserTaste:
    """What is known of a user, newest last.

    Attributes:
        user: Who; need not be known.
        product_ids: Each product once, at its last time.
        strengths: float32, the greatest of :data:`core.recommend.history_table.STRENGTHS` shown for each.
    """

    user: str
    product_ids: tuple[str, ...]
    strengths: np.ndarray

    @property
    def recent(self) -> tuple[str, ...]:
        """The last products, the newest first."""
        return self.product_ids[::-1][:RECENT_SHOWN]


@dataclass(frozen=True)
class Recommendations:
    """Products for a user, best first.

    Attributes:
        rows: intp (k,), rows of the index.
        scores: float64 (k,), 0..1.
        collaborative: float32 (k,), 0..1.
        parts: float32 (k, parts) as of a ranking, NaN = missing.
        basis: What they come from: ``histories``, ``popularity`` or ``catalog``.
    """

    rows: np.ndarray
    scores: np.ndarray
    collaborative: np.ndarray
    parts: np.ndarray
    basis: str


def taste_of(home: Home, catalog: Catalog, user: str) -> UserTaste:
    """Read what a user did last, events of a moment ago included."""
    found: dict[str, float] = {}
    for product_id, event, _at in recent_of_user(home, catalog, user):
        found[product_id] = max(found.pop(product_id, 0.0), STRENGTHS.get(event, 1.0))
    return UserTaste(user, tuple(found), np.array(list(found.values()), np.float32))


def history_scores(
    home: Home, catalog: Catalog, user: str, *, product_ids: Sequence[str] | None = None, method: str = "order"
) -> np.ndarray:
    """Score products for a user by histories.

    Args:
        home: The home.
        catalog: The catalog.
        user: The user; one that is not known gets what most users have.
        product_ids: The products to score, such as `index.product_ids`; None takes the catalog's, in catalog order.
        method: One of :data:`core.recommend.collaborative_scores.METHODS`.

    Returns:
        float32 (N,), 0..1, one a product; all 0 where nothing is known.
    """
    from core.catalog.products import product_table

    wanted = product_table(home, catalog)["product_id"].tolist() if product_ids is None else product_ids
    table, _folder = open_table(home, catalog)
    return table_scores(table, taste_of(home, catalog, user), wanted, method=method)[0]


def table_scores(
    table: HistoryTable, taste: UserTaste, product_ids: Sequence[str], *, method: str = "order"
) -> tuple[np.ndarray, str]:
    """Score products for a taste by an open history table.

    Returns:
        float32 (N,), 0..1, and the basis: ``histories`` or ``popularity``.
    """
    check_method(method)
    known = [place for place, each in enumerate(taste.product_ids) if each in table.product_places]
    places = np.array([table.product_places[taste.product_ids[place]] for place in known], np.intp)
    scores = collaborative_scores(table, places, taste.strengths[known], method=method)
    basis = "histories"
    if method == "popularity" or not scores.any():
        scores, basis = popularity_scores(table), "popularity"
    greatest = float(scores.max(initial=0.0))
    row_of = np.fromiter((table.product_places.get(each, -1) for each in product_ids), np.intp, len(product_ids))
    aligned = np.append(scores, np.float32(0))[row_of]
    return (aligned / greatest if greatest > 0 else aligned).astype(np.float32), basis


def check_hybrid(hybrid: object) -> float:
    """Give a hybrid weight back.

    Raises:
        SettingsError: It is no number from 0 (content alone) to 1 (histories alone).
    """
    if not is_number(hybrid) or not 0 <= float(hybrid) <= 1:  # type: ignore[arg-type]
        raise SettingsError(f"the hybrid weight must be a number from 0 to 1: received {hybrid!r:.60}")
    return float(hybrid)  # type: ignore[arg-type]


def recommend_in(
    index: CatalogIndex,
    table: HistoryTable,
    taste: UserTaste,
    *,
    k: int = 10,
    hybrid: float = HYBRID_WEIGHT,
    method: str = "order",
    weights: RankWeights | None = None,
    with_seen: bool = False,
) -> Recommendations:
    """Rank the products of an open index for a taste.

    Args:
        index: The products.
        table: What everybody did.
        taste: What the user did.
        k: Products wanted.
        hybrid: How much histories count, 0..1; see the module.
        method: One of :data:`core.recommend.collaborative_scores.METHODS`.
        weights: Of the parts of the content; None takes the usual ones.
        with_seen: Whether products of the user's own history may come back.

    Raises:
        SettingsError: A setting is out of its range.
    """
    share = check_hybrid(hybrid)
    chosen = weights or RankWeights()
    own = [index.rows[each] for each in taste.product_ids if each in index.rows]
    collaborative, basis = table_scores(table, taste, index.product_ids, method=method)
    if not len(table.products) and not own:
        rows = typical_rows(index, k=k)
        scores = np.linspace(1, 0, len(rows), endpoint=False)
        return Recommendations(rows, scores, collaborative[rows], _no_parts(len(rows)), "catalog")
    if not own:
        return _by_scores(index, collaborative.astype(np.float64), collaborative, None, k=k, basis=basis, left_out=[])
    if not len(table.products):
        share, basis = 0.0, "catalog"
    parts = content_parts(index, own[-CONTENT_PRODUCTS:], named=chosen.told)
    content = weighted_content(parts, chosen)
    if share and basis == "histories":
        _inherit(index, collaborative, table)
    scores = share * collaborative + (1 - share) * content
    return _by_scores(index, scores, collaborative, parts, k=k, basis=basis, left_out=[] if with_seen else own)


def _by_scores(
    index: CatalogIndex,
    scores: np.ndarray,
    collaborative: np.ndarray,
    parts: np.ndarray | None,
    *,
    k: int,
    basis: str,
    left_out: list[int],
) -> Recommendations:
    allowed = np.ones(len(index), bool)
    allowed[left_out] = False
    rows = np.flatnonzero(allowed)
    rows = rows[np.argsort(-scores[rows], kind="stable")[:k]]
    shown = _no_parts(len(rows)) if parts is None else parts[:, rows].T
    return Recommendations(rows, scores[rows].astype(np.float64), collaborative[rows], shown, basis)


def _no_parts(count: int) -> np.ndarray:
    return np.full((count, len(PARTS)), np.nan, np.float32)


def _inherit(index: CatalogIndex, collaborative: np.ndarray, table: HistoryTable) -> None:
    """Let products that nobody had yet inherit from those most like them."""
    new = np.array([each not in table.product_places for each in index.product_ids], bool)
    if not new.any():
        return
    best = np.argsort(-collaborative, kind="stable")[:INHERITED_FROM]
    best = best[collaborative[best] > 0]
    if not len(best):
        return
    fresh = np.flatnonzero(new)
    leaders, values = index.embeddings[best], collaborative[best]
    for start in range(0, len(fresh), 4096):
        rows = fresh[start : start + 4096]
        collaborative[rows] = (np.clip(index.embeddings[rows] @ leaders.T, 0, 1) * values).max(axis=1)


def mixed_with_history(
    home: Home, catalog: Catalog, matches: list[dict[str, Any]], user: str, *, k: int
) -> list[dict[str, Any]]:
    """Mix what a user may like into described matches: score = (1 - s) * score + s * history, s = :data:`USER_SHARE`.

    Args:
        home: The home.
        catalog: The catalog.
        matches: As `describe_matches` gives them, more than are wanted.
        user: The user; one that is not known gets what most users have.
        k: Matches wanted.

    Returns:
        The k best anew, each with the part ``history``.
    """
    history = history_scores(home, catalog, user, product_ids=[each["product_id"] for each in matches])
    mixed = [
        each
        | {
            "score": round((1 - USER_SHARE) * each["score"] + USER_SHARE * float(value), 6),
            "parts": each["parts"] | {"history": round(float(value), 6)},
        }
        for each, value in zip(matches, history, strict=True)
    ]
    return sorted(mixed, key=lambda each: -each["score"])[:k]


def mixed_for_user(found: Matches, history: np.ndarray, *, k: int) -> Matches:
    """Mix what a user may like into matches, as `mixed_with_history` does: score = (1 - s) * score + s * history.

    Args:
        found: More matches than are wanted.
        history: float32 (m,), 0..1, from `history_scores`, one a match.
        k: Matches wanted.
    """
    scores = (1 - USER_SHARE) * found.scores + USER_SHARE * history
    order = np.argsort(-scores, kind="stable")[:k]
    ids = tuple(found.product_ids[place] for place in order)
    return replace(found, product_ids=ids, rows=found.rows[order], scores=scores[order], parts=found.parts[order])


def describe_recommendations(found: Recommendations, index: CatalogIndex) -> list[dict[str, Any]]:
    """Describe recommendations as JSON values, as matches are, with the part ``history`` beside the usual ones."""
    from core.recommend.similar import describe_matches

    ids = tuple(index.product_ids[row] for row in found.rows)
    matches = describe_matches(Matches(ids, found.rows, found.scores, found.parts, 0), index)
    for each, history in zip(matches, found.collaborative, strict=True):
        each["parts"]["history"] = round(float(history), 6)
    return matches
