"""The layout step of t-SNE, by openTSNE."""

import os
from collections.abc import Callable

import numpy as np

from core.explore.neighbors import Neighbors

_START_SPREAD = 1e-4  # standard deviation of the first axis; larger starts keep t-SNE from untangling
_EARLY_EPOCHS = 250
_EARLY_EXAGGERATION = 12.0
_INTERPOLATE_FROM = 10_000
_SHARE_FROM = 2_000  # below, the threads wait for one another longer than they work
_REPORT_EPOCHS = 10


def lay_out_tsne(
    neighbors: Neighbors,
    start: np.ndarray,
    *,
    perplexity: float,
    epochs: int,
    seed: int,
    on_epoch: Callable[[int, int], None],
) -> np.ndarray:
    """Lay out neighbors by t-SNE.

    Source: van der Maaten, Hinton, 2008; started from PCA as in Kobak, Berens, "The art of using t-SNE", 2019. Flat
    maps of 10,000 products and more are interpolated (Linderman et al., FIt-SNE, 2019), others use Barnes-Hut trees.

    Args:
        neighbors: About three times as many as the perplexity, the product itself among them.
        start: (N, D) positions to begin from, any scale; D is 2 or 3.
        perplexity: How many neighbors count, smoothly.
        epochs: Passes after the 250 of early exaggeration.
        seed: Of the jitter that parts duplicates.
        on_epoch: Called with epochs done and all epochs; raises to stop.

    Returns:
        float32 (N, D).
    """
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    total, axes = start.shape
    cores = os.cpu_count() or 1 if total >= _SHARE_FROM else 1
    lengths = np.sqrt(2.0 * neighbors.distances[:, 1:].astype(np.float64))  # of the chord between unit rows
    found = PrecomputedNeighbors(neighbors.rows[:, 1:].astype(np.int64), np.maximum(lengths, 1e-6))
    affinities = PerplexityBasedNN(knn_index=found, perplexity=perplexity, n_jobs=cores, random_state=seed)
    done_before = 0

    def tell(epoch: int, error: float, embedding: np.ndarray) -> None:
        on_epoch(done_before + epoch, _EARLY_EPOCHS + epochs)

    method = "fft" if axes == 2 and total >= _INTERPOLATE_FROM else "bh"
    laid = TSNEEmbedding(
        _starting_positions(start, np.random.default_rng(seed)),
        affinities,
        negative_gradient_method=method,
        n_jobs=cores,
        random_state=seed,
        callbacks=tell,
        callbacks_every_iters=_REPORT_EPOCHS,
    )
    laid.optimize(_EARLY_EPOCHS, exaggeration=_EARLY_EXAGGERATION, momentum=0.5, inplace=True)
    done_before = _EARLY_EPOCHS
    laid.optimize(epochs, momentum=0.8, inplace=True)
    return np.ascontiguousarray(np.asarray(laid), np.float32)


def _starting_positions(start: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Scale to the small spread t-SNE starts from and part duplicates. Returns float64 (N, D)."""
    spread = float(start[:, 0].std()) or 1.0
    scaled = start.astype(np.float64) * (_START_SPREAD / spread)
    return np.ascontiguousarray(scaled + random.normal(scale=_START_SPREAD / 100, size=start.shape))
