"""Content of a user's last products: how like them every product is, part by part; and what is typical of a catalog."""

from collections.abc import Sequence

import numpy as np

from core.recommend.catalog_index import CatalogIndex
from core.recommend.ranking import score_parts
from core.recommend.weights import BASIC_PARTS, PARTS, RankWeights

TYPICAL_CATEGORIES = 50


def content_parts(index: CatalogIndex, rows: Sequence[int], *, named: Sequence[str] = BASIC_PARTS) -> np.ndarray:
    """Average the parts of several queries, the newest counting most.

    Args:
        index: The products.
        rows: Q rows of the user's products, the newest last, at least one.
        named: The parts to find; the others are missing.

    Returns:
        float32 (parts, N) in the order of `PARTS`, 0..1, NaN where a part is missing for every query.
    """
    total = np.zeros((len(PARTS), len(index)), np.float32)
    weight = np.zeros_like(total)
    for recency, row in enumerate(reversed(rows), start=1):
        parts = score_parts(index.query_product(index.product_ids[row]), index)
        for name in named:
            place, found = PARTS.index(name), parts.part(name)
            known = np.ones(len(index), np.float32) if found.missing is None else ~found.missing
            total[place] += found.values * known / np.float32(recency)
            weight[place] += known / np.float32(recency)
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)


def weighted_content(parts: np.ndarray, weights: RankWeights) -> np.ndarray:
    """Average the parts that exist by their weights, as a ranking does.

    Args:
        parts: float32 (parts, N), NaN = missing.
        weights: How much each part counts.

    Returns:
        float64 (N,), 0..1; 0 where a product has none of the weighted parts.
    """
    total, weight = np.zeros(parts.shape[1]), np.zeros(parts.shape[1])
    for values, share in zip(parts, weights.shares(), strict=True):
        if share > 0:
            known = ~np.isnan(values)
            total[known] += values[known] * share
            weight[known] += share
    return np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)


def typical_rows(index: CatalogIndex, *, k: int) -> np.ndarray:
    """Choose typical products: of each category in turn, the largest first, the next nearest to its center.

    Args:
        index: The products.
        k: How many.

    Returns:
        intp (k,) or fewer, rows of the index.
    """
    codes = index.category.codes
    sizes = np.bincount(codes, minlength=len(index.category.paths) + 1)
    largest = np.argsort(-sizes, kind="stable")[:TYPICAL_CATEGORIES]
    queues = [_from_center(index, np.flatnonzero(codes == code), most=k) for code in largest if sizes[code]]
    found: list[int] = []
    for turn in range(k):
        found += [int(queue[turn]) for queue in queues if turn < len(queue)]
        if len(found) >= k or all(turn >= len(queue) for queue in queues):
            break
    return np.array(found[:k], np.intp)


def _from_center(index: CatalogIndex, rows: np.ndarray, *, most: int) -> np.ndarray:
    """Sort the products of a category by how near they are to its mean embedding; of a large one a sample."""
    if len(rows) > 2000:
        rows = rows[:: len(rows) // 2000 + 1]
    vectors = index.embeddings[rows]
    return rows[np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:most]]
