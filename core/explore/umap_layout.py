"""The layout step of UMAP: stochastic gradient descent on the weighted neighbor graph, on every core."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import coo_matrix

_EDGE = 10.0  # side of the square the layout starts in, as umap-learn has it
_JITTER = 1e-4
_REPORT_SECONDS = 0.3
_FEW_PRODUCTS = 2000  # below, handing work to threads takes longer than the work
_AXES = 3


def lay_out(
    graph: "coo_matrix",
    start: np.ndarray,
    *,
    min_distance: float,
    epochs: int,
    seed: int,
    on_epoch: Callable[[int, int], None],
) -> np.ndarray:
    """Pull neighbors together and push others apart.

    Args:
        graph: Sparse (N, N), symmetric weights 0..1.
        start: (N, D) positions to begin from, any scale; D is 2 or 3.
        min_distance: How close neighbors may come on the map.
        epochs: Passes over the graph.
        seed: The same seed gives the same map, on any number of cores.
        on_epoch: Called with epochs done and all epochs a few times a second; raises to stop.

    Returns:
        float32 (N, D).
    """
    begun = _starting_positions(start, np.random.default_rng(seed))
    return move_on(
        graph, begun, fixed=0, min_distance=min_distance, epochs=epochs, first_step=1.0, seed=seed, on_epoch=on_epoch
    )


def move_on(
    graph: "coo_matrix",
    positions: np.ndarray,
    *,
    fixed: int,
    min_distance: float,
    epochs: int,
    first_step: float,
    seed: int,
    on_epoch: Callable[[int, int], None],
) -> np.ndarray:
    """Move products from where they are; the first `fixed` of them stay.

    Args:
        graph: Sparse (N, N), weights 0..1; only edges of products that move are read.
        positions: float32 (N, D), D is 2 or 3.
        fixed: How many of the first products stay where they are.
        min_distance: How close neighbors may come.
        epochs: How many passes.
        first_step: Step of the first epoch; it falls to 0.
        seed: Of the negative samples.
        on_epoch: As for :func:`lay_out`.

    Returns:
        float32 (N, D).
    """
    from core.explore.umap_epochs import move_products

    total, axes = positions.shape
    rows = graph.tocsr()
    edges = rows.indptr.astype(np.int64), rows.indices.astype(np.int32), _chances(rows.data, epochs)
    here = np.zeros((total, _AXES), np.float32)
    here[:, :axes] = positions
    there = here.copy()
    curve = curve_parameters(min_distance)
    parts = _even_parts(edges[0], fixed)
    told = 0.0
    with ThreadPoolExecutor(max(len(parts), 1)) as threads:
        for epoch in range(epochs):
            pace = np.array([*curve, first_step * (1.0 - epoch / epochs)], np.float32)
            same = (edges, here, there, pace, epoch, seed)
            if len(parts) == 1:
                move_products(parts[0], *same)
            else:
                list(threads.map(move_products, parts, *(repeat(each) for each in same)))
            here, there = there, here
            if time.monotonic() - told > _REPORT_SECONDS:
                told = time.monotonic()
                on_epoch(epoch + 1, epochs)
    return np.ascontiguousarray(here[:, :axes])


def curve_parameters(min_distance: float) -> tuple[float, float]:
    """Fit 1 / (1 + a x^(2b)) to 1 up to the least distance and exp(least distance - x) beyond, over 0..3."""
    from scipy.optimize import curve_fit

    x = np.linspace(0, 3, 300)
    wanted = np.where(x < min_distance, 1.0, np.exp(min_distance - x))
    (a, b), _ = curve_fit(lambda x, a, b: 1.0 / (1.0 + a * x ** (2 * b)), x, wanted)
    return float(a), float(b)


def _chances(weights: np.ndarray, epochs: int) -> np.ndarray:
    """Say in which share of the epochs each edge pulls; one sampled less than once in all of them never does."""
    if not len(weights):
        return np.zeros(0, np.float32)
    shares = weights / weights.max()
    return np.where(shares >= 1 / epochs, shares, 0).astype(np.float32)


def _even_parts(starts: np.ndarray, fixed: int) -> list[tuple[int, int]]:
    """Divide the products that move so that every core has about as many edges."""
    total = len(starts) - 1
    cores = os.cpu_count() or 1 if total - fixed >= _FEW_PRODUCTS else 1
    shares = np.linspace(starts[fixed], starts[-1], cores + 1)[1:-1]
    cuts = [fixed, *np.searchsorted(starts, shares).tolist(), total]
    return [(first, last) for first, last in pairwise(cuts) if last > first]


def _starting_positions(start: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Scale to the starting square and part duplicates by a jitter. Returns float32 (N, D)."""
    low, high = start.min(axis=0), start.max(axis=0)
    scaled = _EDGE * (start - low) / np.where(high > low, high - low, 1.0)
    return np.ascontiguousarray(scaled + random.normal(scale=_JITTER, size=start.shape), np.float32)
