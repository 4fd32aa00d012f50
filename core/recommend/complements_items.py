"""Complements: what goes with a product, never of its own category; and related products of the same category."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import CatalogError
from core.recommend.catalog_index import CatalogIndex
from core.recommend.collaborative_similarity import column_similarities
from core.recommend.complements_fit import color_harmony, fit_of, shared_style
from core.recommend.complements_pairs import CategoryPairs, Partner, category_partners, same_branch
from core.recommend.history_table import HistoryTable
from core.recommend.hybrid_content import content_parts
from core.recommend.ranking import Matches, rank, score_parts
from core.recommend.similar import describe_matches
from core.recommend.weights import RankWeights

LEAST_SHARED_USERS = 2
MOST_CONSIDERED = 2000
_TIERS = {"people": 2, "histories": 1, "pairs": 0}


@dataclass(frozen=True)
class Complements:
    """Products that go with one, best first.

    Attributes:
        rows: intp (k,), rows of the index.
        scores: float64 (k,), 0..1.
        style: float32 (k,), 0..1, NaN = unknown.
        harmony: float32 (k,), 0..1, NaN = unknown.
        together: float32 (k,), 0..1, cosine of the users of both.
        basis: Why each is there: ``people`` (a pair that somebody set), ``histories`` or ``pairs``.
        category: The category whose partners were sought; a product without one takes the nearest.
    """

    rows: np.ndarray
    scores: np.ndarray
    style: np.ndarray
    harmony: np.ndarray
    together: np.ndarray
    basis: tuple[str, ...]
    category: str


def find_complements(
    index: CatalogIndex, table: HistoryTable, product_id: str, *, pairs: CategoryPairs | None = None, k: int = 10
) -> Complements:
    """Find what goes with a product.

    In this order: products of categories that people paired with its category; products that the same users have
    (at least :data:`LEAST_SHARED_USERS`); products of the categories that go with its category. Within each, by how
    many users have both, then by style and color harmony; no category takes more than its share of the places.
    The score is ``(tier + inner) / 3`` with tier 2, 1 or 0 and inner the mean of together (divided by its greatest
    value), the pair's score and the fit.

    Args:
        index: The products.
        table: What users did.
        product_id: The product.
        pairs: What people said of pairs of categories.
        k: Products wanted.

    Raises:
        CatalogError: There is no such product, or no category at all.
    """
    said = pairs or CategoryPairs()
    row = index.query_product(product_id).row
    assert row is not None
    category = index.category_of(row) or nearest_category(index, index.embeddings[row])[0]
    partners = {each.category: each for each in category_partners(index, table, category, said)}
    together = _together(index, table, product_id)
    candidates = _candidates(index, category, said, partners, together)
    if not len(candidates):
        nothing = np.zeros(0, np.float32)
        return Complements(candidates, np.zeros(0), nothing, nothing, nothing, (), category)
    style, harmony = shared_style(index, row, candidates), color_harmony(index.palettes, row, candidates)
    shared = together[candidates]
    basis = [_basis(partners.get(str(index.category_of(each))), shared[at] > 0) for at, each in enumerate(candidates)]
    pair = np.array(
        [partners[path].score if (path := str(index.category_of(each))) in partners else 0 for each in candidates]
    )
    inner = (shared / max(float(shared.max()), 1e-9) + pair + fit_of(style, harmony)) / 3
    scores = (np.array([_TIERS[each] for each in basis]) + inner) / 3
    chosen = _divided(scores, index.category.codes[candidates], k=k)
    return Complements(
        candidates[chosen],
        scores[chosen],
        style[chosen],
        harmony[chosen],
        shared[chosen],
        tuple(basis[each] for each in chosen),
        category,
    )


def related_rows(index: CatalogIndex, row: int, *, k: int, weights: RankWeights | None = None) -> np.ndarray:
    """Find products of the same category that are most like one, intp (k,) or fewer, best first."""
    same = index.category.codes == index.category.codes[row]
    parts = score_parts(index.query_product(index.product_ids[row]), index)
    return rank(parts, weights or RankWeights(), k=k, allowed=same).rows


def nearest_category(index: CatalogIndex, vector: np.ndarray) -> tuple[str, float]:
    """Find the category whose mean embedding is nearest to a vector, and the cosine, 0..1.

    Raises:
        CatalogError: No product has a category.
    """
    if not index.category.paths:
        raise CatalogError(f"no product of catalog {index.catalog_name!r} has a category: set some on its page first")
    codes = index.category.codes
    sums = np.zeros((len(index.category.paths) + 1, index.embeddings.shape[1]), np.float64)
    for start in range(0, len(index), 8192):
        np.add.at(sums, codes[start : start + 8192], index.embeddings[start : start + 8192])
    centers = sums[:-1] / np.maximum(np.linalg.norm(sums[:-1], axis=1), 1e-9)[:, None]
    cosine = centers @ vector
    best = int(np.argmax(cosine))
    return index.category.paths[best], float(np.clip(cosine[best], 0, 1))


def describe_complements(found: Complements, index: CatalogIndex, product_id: str) -> list[dict[str, Any]]:
    """Describe complements as matches, with the parts together, style and harmony, and the basis."""
    row = index.rows[product_id]
    ids = tuple(index.product_ids[each] for each in found.rows)
    parts = content_parts(index, [row])[:, found.rows].T
    matches = describe_matches(Matches(ids, found.rows, found.scores, parts, 0), index)
    for place, each in enumerate(matches):
        further = {"together": found.together, "style": found.style, "harmony": found.harmony}
        values = {name: float(value[place]) for name, value in further.items()}
        each["parts"] |= {name: None if np.isnan(value) else round(value, 6) for name, value in values.items()}
        each["basis"] = found.basis[place]
    return matches


def _together(index: CatalogIndex, table: HistoryTable, product_id: str) -> np.ndarray:
    """Compare a product's users with those of all others: float32 (N,) cosine, 0 where too few share it."""
    found = np.zeros(len(index), np.float32)
    place = table.product_places.get(product_id)
    if place is None:
        return found
    wanted = np.array([place])
    row = column_similarities(table.matrix.astype(bool).astype(np.float32), "cosine", wanted=wanted).tocoo()
    users = table.by_product[wanted].astype(bool).astype(np.int32)
    both = np.asarray((users @ table.matrix.astype(bool).astype(np.int32)).todense()).ravel()
    for column, value in zip(row.col, row.data, strict=True):
        at = index.rows.get(table.product_ids[column])
        if at is not None and both[column] >= LEAST_SHARED_USERS:
            found[at] = value
    return found


def _candidates(
    index: CatalogIndex, category: str, said: CategoryPairs, partners: dict[str, Partner], together: np.ndarray
) -> np.ndarray:
    """Choose whom to look at: products with shared users, and those of partner categories, intp, in catalog order."""
    paths = index.category.paths
    never = np.array([same_branch(path, category) or said.forbids(path, category) for path in paths] + [True], bool)
    partner = np.array([path in partners for path in paths] + [False], bool)
    allowed = ~never[index.category.codes]
    shared = np.flatnonzero(allowed & (together > 0))
    paired = [_thinned(np.flatnonzero(allowed & (index.category.codes == code))) for code in np.flatnonzero(partner)]
    return np.unique(np.concatenate([shared, *paired])).astype(np.intp)


def _thinned(rows: np.ndarray) -> np.ndarray:
    """Take at most about :data:`MOST_CONSIDERED` rows, evenly."""
    return rows[:: len(rows) // MOST_CONSIDERED + 1]


def _basis(partner: Partner | None, is_shared: bool) -> str:
    if partner is not None and partner.basis == "people":
        return "people"
    return "histories" if is_shared else "pairs"


def _divided(scores: np.ndarray, codes: np.ndarray, *, k: int) -> np.ndarray:
    """Take the k best, of one category at first only a third; the places are in the order of the scores."""
    order = np.argsort(-scores, kind="stable")
    share = max(2, -(-k // 3))
    taken: dict[int, int] = {}
    chosen: list[int] = []
    waiting: list[int] = []
    for place in order:
        code = int(codes[place])
        taken[code] = taken.get(code, 0) + 1
        (chosen if taken[code] <= share else waiting).append(int(place))
        if len(chosen) == k:
            break
    chosen = (chosen + waiting)[:k]
    return np.array(sorted(chosen, key=lambda place: (-scores[place], place)), np.intp)
