"""How far a map can be trusted."""

from dataclasses import dataclass

import numpy as np

from core.explore.neighbours import cosine_distances

NEIGHBOURS = 15
SAMPLE_PRODUCTS = 5_000
_BLOCK_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Trustworthiness:
    """Whether neighbours on the map are neighbours in the embedding.

    Attributes:
        value: 0..1, higher is better; None when there are too few products to say.
        neighbours: how many neighbours were judged, 15 unless the catalog is too small.
        measured_products: on how many products' neighbourhoods, within the whole map, the value is measured.
    """

    value: float | None
    neighbours: int
    measured_products: int


def trustworthiness(
    embeddings: np.ndarray, positions: np.ndarray, *, seed: int = 0, sample: int = SAMPLE_PRODUCTS
) -> Trustworthiness:
    """Measure how far neighbours on a map are neighbours in the embedding, by cosine distance.

    The figure is scikit-learn's `trustworthiness(metric="cosine")`: 1 minus a penalty that grows with the rank, in the
    embedding, of each of the 15 nearest products on the map. Source: Venna and Kaski, "Neighborhood preservation in
    nonlinear projection methods", 2001. It is worked out block by block instead of on all pairs at once. Above
    `sample` products the mean penalty is estimated on that many, each against the whole catalog.

    Args:
        embeddings: float32 (N, d), rows of length 1.
        positions: (N, 2).
        seed: Which products are sampled.
        sample: Most products to measure.

    Returns:
        The figure, and on how much it rests.
    """
    total = len(embeddings)
    count = min(NEIGHBOURS, (total - 1) // 2)
    if count < 1:
        return Trustworthiness(None, 0, 0)
    measured = np.arange(total)
    if total > sample:
        measured = np.sort(np.random.default_rng(seed).choice(total, sample, replace=False))
    positions = np.asarray(positions, np.float64)
    block = max(1, _BLOCK_BYTES // (8 * total))
    penalty = sum(
        _penalty(embeddings, positions, rows=measured[start : start + block], count=count)
        for start in range(0, len(measured), block)
    )
    worst = count * (2 * total - 3 * count - 1) / 2  # the largest mean penalty a product can have
    value = 1.0 - penalty / (len(measured) * worst)
    return Trustworthiness(float(value), count, len(measured))


def _penalty(embeddings: np.ndarray, positions: np.ndarray, *, rows: np.ndarray, count: int) -> float:
    """Sum, over some products' neighbours on the map, how far beyond `count` their rank in the embedding lies."""
    own = (np.arange(len(rows)), rows)
    on_map = np.zeros((len(rows), len(positions)))
    for axis in range(positions.shape[1]):
        on_map += (positions[rows, axis, None] - positions[None, :, axis]) ** 2
    on_map[own] = np.inf
    neighbours = np.argpartition(on_map, count - 1, axis=1)[:, :count]
    distance = cosine_distances(np.asarray(embeddings[rows]), embeddings)
    distance[own] = np.inf
    penalty = 0.0
    for place in range(count):
        reached = np.take_along_axis(distance, neighbours[:, place : place + 1], axis=1)
        rank = np.count_nonzero(distance < reached, axis=1) + 1
        penalty += float(np.maximum(rank - count, 0).sum())
    return penalty
