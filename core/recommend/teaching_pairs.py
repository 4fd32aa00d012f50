"""Which two results to ask about next, and when asking more would change little."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.recommend.catalog_index import CatalogIndex
from core.recommend.ranking import exact_parts, score_parts
from core.recommend.teaching import Pick, Taught, fit_weights, information, posterior_draws, teach
from core.recommend.weights import PARTS, RankWeights

QUERIES = 24
STEADY = 0.85
"""Overlap of the ten best between the fitted weights and others that fit as well, above which picks change little."""

_TOP = 30
_STRANGERS = 20
_COMPARISONS = 400
_STEADY_DRAWS = 24
_SHOWN = 10


@dataclass(frozen=True)
class TeachingPool:
    """Results of some queries, ready to be compared.

    Attributes:
        index: The products.
        queries: Q product ids.
        rows: For each query, intp (m,), rows of results that may come near the top.
        parts: For each query, float64 (m, 8), their parts, NaN where missing.
        used: Parts that may get a weight, in the order of `PARTS`.
    """

    index: CatalogIndex
    queries: tuple[str, ...]
    rows: tuple[np.ndarray, ...]
    parts: tuple[np.ndarray, ...]
    used: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """Two results of a query to choose between.

    Attributes:
        query: Product id.
        first: Product id of one result.
        second: Product id of the other.
        difference: Parts of the first minus the second's, 0 where unknown.
        bits: What the answer is expected to tell, 0..1.
    """

    query: str
    first: str
    second: str
    difference: tuple[float, ...]
    bits: float

    def picked(self, preferred: float) -> Pick:
        """Give the pick of an answer: 1 the first, 0 the second, 0.5 both alike."""
        return Pick(self.query, self.first, self.second, preferred, self.difference)


def teaching_pool(
    index: CatalogIndex, *, parts: Sequence[str], seed: int = 0, queries: int = QUERIES, only: Sequence[str] = ()
) -> TeachingPool:
    """Choose queries and, for each, the results that some weighting would show, and a few strangers.

    Args:
        index: The products.
        parts: Which parts may get a weight.
        seed: Chooses queries and strangers.
        queries: How many queries.
        only: Take these product ids as queries instead.
    """
    random = np.random.default_rng(seed)
    count = min(queries, len(index))
    chosen = list(only) or [index.product_ids[row] for row in random.choice(len(index), count, replace=False)]
    used = tuple(part for part in PARTS if part in parts)
    rows, tables = [], []
    for query in chosen:
        scored = score_parts(index.query_product(query), index)
        values = np.stack([scored.part(part).values for part in used])
        near = _near_rows(values, random=random)
        near = near[near != index.rows[query]]
        rows.append(near)
        tables.append(exact_parts(scored, near, used))
    return TeachingPool(index, tuple(chosen), tuple(rows), tuple(tables), used)


def pool_difference(pool_parts: np.ndarray, first: int, second: int) -> tuple[float, ...]:
    """Give parts of one result minus another's, 0 where either is unknown."""
    return tuple(np.nan_to_num(pool_parts[first] - pool_parts[second]).tolist())


def next_question(pool: TeachingPool, picks: Sequence[Pick], *, seed: int = 0) -> Question | None:
    """Choose the comparison whose answer tells most, of several hundred drawn at random.

    Results that somebody would see count: each pair is drawn from the best of weights that fit the picks so far, or,
    half of the time, from everything in the pool.

    Returns:
        The question; None when no two results differ in any part.
    """
    random = np.random.default_rng((seed, len(picks)))
    used = [PARTS.index(part) for part in pool.used]
    draws = _draws(picks, used, seed=seed)
    asked = {(pick.query, frozenset((pick.first, pick.second))) for pick in picks}
    places, differences = _comparisons(pool, draws, used=used, random=random)
    if not len(differences):
        return None
    bits = information(differences, draws)
    for best in np.argsort(-bits, kind="stable"):
        query, first, second = places[best]
        ids = [pool.index.product_ids[pool.rows[query][place]] for place in (first, second)]
        if (pool.queries[query], frozenset(ids)) not in asked:
            difference = pool_difference(pool.parts[query], first, second)
            return Question(pool.queries[query], ids[0], ids[1], difference, float(max(bits[best], 0.0)))
    return None


def steadiness(pool: TeachingPool, taught: Taught) -> float:
    """Tell how much of the ten best would stay, whichever of the weights that fit the picks were the true ones.

    Returns:
        Mean overlap 0..1 over the pool's queries and some draws.
    """
    spread = np.linspace(0, len(taught.draws) - 1, min(_STEADY_DRAWS, len(taught.draws))).astype(int)
    own = np.array([getattr(taught.weights, part) for part in PARTS])
    shares = []
    for parts in pool.parts:
        best = set(best_places(parts, own, count=_SHOWN))
        for draw in taught.draws[spread]:
            shares.append(len(best & set(best_places(parts, draw, count=_SHOWN))) / max(len(best), 1))
    return float(np.mean(shares)) if shares else 0.0


def best_places(parts: np.ndarray, weights: np.ndarray, *, count: int) -> list[int]:
    """Rank rows of parts as ShelfLens does: the weighted mean of the parts that exist.

    Args:
        parts: float64 (m, 8), NaN where missing.
        weights: float64 (8,).
        count: How many to give.
    """
    exists = ~np.isnan(parts)
    total = exists @ weights
    score = np.divide(np.nan_to_num(parts) @ weights, total, out=np.full(len(parts), -1.0), where=total > 0)
    order = np.argsort(-score, kind="stable")[:count]
    return [int(place) for place in order if score[place] >= 0]


def _near_rows(values: np.ndarray, *, random: np.random.Generator) -> np.ndarray:
    """Find rows that are near by each part alone and by some mixtures, and some strangers. values: float32 (P, N)."""
    mixtures = [*np.eye(len(values)), *random.dirichlet(np.ones(len(values)), 6)]
    count = min(_TOP, values.shape[1])
    found = []
    for mixture in mixtures:
        score = mixture.astype(np.float32) @ values
        found.append(np.argpartition(score, len(score) - count)[len(score) - count :])
    found.append(random.choice(values.shape[1], min(_STRANGERS, values.shape[1]), replace=False))
    return np.unique(np.concatenate(found))


def _draws(picks: Sequence[Pick], used: list[int], *, seed: int) -> np.ndarray:
    """Draw weights (D, P) from what the picks allow; without picks from the prior."""
    differences = np.array([pick.difference for pick in picks], np.float64).reshape(len(picks), len(PARTS))[:, used]
    preferred = np.array([pick.preferred for pick in picks], np.float64)
    return posterior_draws(differences, preferred, start=fit_weights(differences, preferred), seed=seed)


def _comparisons(
    pool: TeachingPool, draws: np.ndarray, *, used: list[int], random: np.random.Generator
) -> tuple[list[tuple[int, int, int]], np.ndarray]:
    """Draw pairs of results; give (query, first, second) of each and the differences (m, P)."""
    places, differences = [], []
    for number in range(_COMPARISONS):
        query = int(random.integers(len(pool.queries)))
        parts = pool.parts[query]
        if len(parts) < 2:
            continue
        if number % 2:
            weights = np.zeros(len(PARTS))
            weights[used] = draws[random.integers(len(draws))]
            candidates = np.array(best_places(parts, weights, count=_TOP), np.intp)
        else:
            candidates = np.arange(len(parts))
        if len(candidates) < 2:
            continue
        first, second = random.choice(candidates, 2, replace=False).tolist()
        difference = np.nan_to_num(parts[first] - parts[second])[used]
        if np.any(difference):
            places.append((query, first, second))
            differences.append(difference)
    return places, np.array(differences)


def weights_near(taught: Taught) -> RankWeights:
    """Give the taught weights on the sliders' scale, the largest 1, rounded to their steps of 0.05."""
    values = [round(getattr(taught.weights, part) * 20) / 20 for part in PARTS]
    return RankWeights.of(values)


def taught_by(
    index: CatalogIndex, picks: Sequence[dict[str, Any]], *, parts: Sequence[str], ask: int = 1, seed: int = 0
) -> dict[str, Any]:
    """Fit weights to picks that name products, and say what to ask next.

    Args:
        index: The products.
        picks: As `core.recommend.teaching.read_picks` gives them.
        parts: Which parts may get a weight.
        ask: How many questions to give.
        seed: Of the queries.

    Returns:
        JSON values: picks, weights, fitted and held_out agreement, steadiness, enough (more picks would change
        little), unsaid parts, and the questions under "ask".

    Raises:
        CatalogError: A pick names a product that is not in the index.
    """
    pool = teaching_pool(index, parts=parts, seed=seed)
    known = [named_pick(index, each, parts=parts) for each in picks]
    result: dict[str, Any] = {"picks": len(known), "weights": None, "fitted": None, "held_out": None}
    result |= {"steadiness": None, "enough": False, "unsaid": list(pool.used)}
    if known:
        taught = teach(known, parts=pool.used, seed=seed)
        steady = steadiness(pool, taught)
        result |= {"weights": taught.weights.to_json(), "fitted": taught.fitted, "held_out": taught.held_out}
        result |= {"steadiness": steady, "enough": steady >= STEADY, "unsaid": list(taught.unsaid)}
    asked: list[dict[str, Any]] = []
    for number in range(ask):  # several are for answering offline: each is chosen as if the others were not asked
        question = next_question(pool, known, seed=seed + number)
        if question is not None:
            named = {"query": question.query, "first": question.first, "second": question.second}
            asked.append({**named, "bits": round(question.bits, 3)})
    return {**result, "ask": asked}


def named_pick(index: CatalogIndex, named: dict[str, Any], *, parts: Sequence[str]) -> Pick:
    """Make a pick of products named by their ids: query, better, worse, and equal for "both alike"."""
    scored = score_parts(index.query_product(named["query"]), index)
    rows = np.array([index.query_product(named[key]).row for key in ("better", "worse")], np.intp)
    table = exact_parts(scored, rows, parts)
    preferred = 0.5 if named.get("equal") else 1.0
    return Pick(named["query"], named["better"], named["worse"], preferred, pool_difference(table, 0, 1))
