"""How far a map can be trusted."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.explore.neighbors import as_unit_rows, cosine_distances
from core.explore.sampling import stratified_rows
from core.progress import Progress, SilentProgress

NEIGHBORS = 15
SAMPLE_PRODUCTS = 5_000
_BLOCK_BYTES = 32 * 2**20


@dataclass(frozen=True)
class MapQuality:
    """Whether neighbors on the map are neighbors in the embedding.

    Attributes:
        trustworthiness: 0..1, higher is better: how near, in the embedding, those are that the map shows as neighbors;
            None when there are too few products to say.
        neighbor_preservation: 0..1: how many of the nearest products in the embedding are among the nearest on the
            map; None when there are too few products.
        neighbors: how many neighbors were judged, 15 unless the catalog is too small.
        measured_products: on how many products' neighborhoods, within the whole map, the figures are measured.
    """

    trustworthiness: float | None
    neighbor_preservation: float | None
    neighbors: int
    measured_products: int


def measure_map(
    embeddings: np.ndarray,
    positions: np.ndarray,
    *,
    strata: np.ndarray | None = None,
    seed: int = 0,
    sample: int = SAMPLE_PRODUCTS,
    progress: Progress | None = None,
) -> MapQuality:
    """Measure how far neighbors on a map are neighbors in the embedding, by cosine distance.

    Trustworthiness is scikit-learn's `trustworthiness(metric="cosine")`: 1 minus a penalty that grows with the rank, in
    the embedding, of each of the 15 nearest products on the map. Source: Venna and Kaski, "Neighborhood preservation in
    nonlinear projection methods", 2001. It is worked out block by block instead of on all pairs at once. Above
    `sample` products the means are estimated on that many, each against the whole catalog.

    Args:
        embeddings: float32 (N, d).
        positions: (N, D).
        strata: int (N,), groups that keep their share among the measured products; None draws from all alike.
        seed: Which products are sampled.
        sample: Most products to measure.
        progress: Told how many are measured; may cancel.

    Returns:
        The figures, and on how much they rest.
    """
    total = len(embeddings)
    count = min(NEIGHBORS, (total - 1) // 2)
    if count < 1:
        return MapQuality(None, None, 0, 0)
    groups = np.zeros(total, np.int64) if strata is None else strata
    measured = stratified_rows(groups, sample, seed=seed)
    penalty, kept, done = 0.0, 0, 0
    told = progress or SilentProgress()
    told.report(0, len(measured), "measuring the map")
    for rows, block_penalty, block_kept in _judged(as_unit_rows(embeddings), positions, measured, count=count):
        done += rows
        told.report(done, len(measured), "measuring the map")
        penalty += block_penalty
        kept += block_kept
    worst = count * (2 * total - 3 * count - 1) / 2  # the largest mean penalty a product can have
    trusted = 1.0 - penalty / (len(measured) * worst)
    return MapQuality(float(trusted), kept / (len(measured) * count), count, len(measured))


def _judged(
    embeddings: np.ndarray, positions: np.ndarray, measured: np.ndarray, *, count: int
) -> Iterator[tuple[int, float, int]]:
    """Give of each block how many products were judged, the sum of penalties, and how many neighbors the map kept."""
    placed = np.asarray(positions, np.float64)
    size = max(1, _BLOCK_BYTES // (8 * len(placed)))
    for start in range(0, len(measured), size):
        rows = measured[start : start + size]
        shown = _nearest_on_map(placed, rows, count)
        distance = cosine_distances(np.asarray(embeddings[rows]), embeddings)
        distance[np.arange(len(rows)), rows] = np.inf
        reached = np.take_along_axis(distance, shown, axis=1)
        # As many of those shown are kept as lie within the distance of the nearest `count` of the embedding.
        limit = np.partition(distance, count - 1, axis=1)[:, count - 1 : count]
        penalty = 0.0
        for place in range(count):
            rank = np.count_nonzero(distance < reached[:, place : place + 1], axis=1) + 1
            penalty += float(np.maximum(rank - count, 0).sum())
        yield len(rows), penalty, int(np.count_nonzero(reached <= limit))


def _nearest_on_map(placed: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """Find the nearest products of some on the map, without themselves. int64 (M, count)."""
    apart = np.zeros((len(rows), len(placed)))
    for axis in range(placed.shape[1]):
        apart += (placed[rows, axis, None] - placed[None, :, axis]) ** 2
    apart[np.arange(len(rows)), rows] = np.inf
    return np.argpartition(apart, count - 1, axis=1)[:, :count]
