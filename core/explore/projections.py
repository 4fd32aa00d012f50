"""Projections: from embeddings of up to 256 dimensions to two or three that can be drawn."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.errors import CatalogError
from core.explore.map_settings import TsneSettings, UmapSettings, check_dimensions, check_settings
from core.explore.neighbor_graph import neighbor_graph
from core.explore.neighbors import Neighbors, as_unit_rows, exact_neighbors
from core.explore.tsne_layout import lay_out_tsne
from core.explore.umap_layout import lay_out
from core.progress import Progress, SilentProgress
from core.progress_parts import in_parts

LEAST_FOR_LAYOUT = 4
"""Below this many products there is no neighborhood to keep, and UMAP and t-SNE give way to PCA."""

_BLOCK_ROWS = 10_000
Told = Callable[[int, int], None]
FindNeighbors = Callable[[int, Told], Neighbors]
"""Gives so many neighbors, the product itself among them, telling how far it is."""


def check_finite(embeddings: np.ndarray, product_ids: Sequence[str]) -> None:
    """Refuse embeddings with NaN or infinity.

    Raises:
        CatalogError: Names the first such product.
    """
    for start in range(0, len(embeddings), _BLOCK_ROWS):
        good = np.isfinite(embeddings[start : start + _BLOCK_ROWS]).all(axis=1)
        if not good.all():
            product_id = product_ids[start + int(np.argmin(good))]
            raise CatalogError(
                f"the embedding of product {product_id!r} holds a value that is not a finite number: "
                "check its pictures, then run `embed` again"
            )


def project(
    embeddings: np.ndarray,
    method: str,
    *,
    settings: dict[str, Any] | None = None,
    dimensions: int = 2,
    seed: int = 0,
    find_neighbors: FindNeighbors | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Place products on a plane or in space.

    Args:
        embeddings: float32 (N, d), finite; rows of another length than 1 are brought to it.
        method: "umap", "tsne" or "pca".
        settings: See `core.explore.map_settings`; PCA has none.
        dimensions: 2 or 3.
        seed: The same seed and embeddings give the same map; PCA needs none.
        find_neighbors: Where neighbors come from; None finds them here.
        progress: Hears the phases and epochs, and may cancel between them.

    Returns:
        float32 (N, dimensions). Fewer than 4 products, and products that are all the same, are placed by PCA.

    Raises:
        SettingsError: The method or a setting is wrong.
        Cancelled: `progress` was asked to stop.
    """
    values = check_settings(method, settings)
    progress = progress or SilentProgress()
    units = as_unit_rows(embeddings)
    start = principal_axes(units, check_dimensions(dimensions))
    if method == "pca" or len(units) < LEAST_FOR_LAYOUT or not np.ptp(start, axis=0).any():
        return start
    find = find_neighbors or _finder(units)

    parts = in_parts(progress, {"neighbors": 1, "layout": 3})

    def searched(done: int, total: int) -> None:
        parts["neighbors"].report(done, total, "finding neighbors")

    def laid_out(done: int, total: int) -> None:
        parts["layout"].report(done, total, "placing products")

    searched(0, len(units))
    if method == "tsne":
        return _tsne(TsneSettings(**values), start, find=find, seed=seed, searched=searched, laid_out=laid_out)
    return _umap(UmapSettings(**values), start, find=find, seed=seed, searched=searched, laid_out=laid_out)


def _umap(
    chosen: UmapSettings, start: np.ndarray, *, find: FindNeighbors, seed: int, searched: Told, laid_out: Told
) -> np.ndarray:
    total = len(start)
    near = find(min(chosen.neighbors, total - 1), searched)
    epochs = chosen.epochs_for(total)
    laid_out(0, epochs)
    graph = neighbor_graph(near.rows, near.distances)
    return lay_out(graph, start, min_distance=chosen.min_distance, epochs=epochs, seed=seed, on_epoch=laid_out)


def _tsne(
    chosen: TsneSettings, start: np.ndarray, *, find: FindNeighbors, seed: int, searched: Told, laid_out: Told
) -> np.ndarray:
    total = len(start)
    perplexity = chosen.perplexity_for(total)
    near = find(min(int(3 * perplexity) + 1, total), searched)
    laid_out(0, chosen.epochs)
    return lay_out_tsne(near, start, perplexity=perplexity, epochs=chosen.epochs, seed=seed, on_epoch=laid_out)


def _finder(units: np.ndarray) -> FindNeighbors:
    def find(count: int, told: Told) -> Neighbors:
        return Neighbors(*exact_neighbors(units, count, on_progress=told))

    return find


def principal_axes(embeddings: np.ndarray, dimensions: int = 2) -> np.ndarray:
    """Project on the directions of largest variance (PCA).

    Args:
        embeddings: (N, d).
        dimensions: How many directions.

    Returns:
        float32 (N, dimensions), centered; each axis points to where its largest loading is positive, so that signs do
        not depend on the linear algebra library.
    """
    total, width = embeddings.shape
    placed = np.zeros((total, dimensions), np.float32)
    if total < 2 or width == 0:
        return placed
    centered = embeddings - embeddings.mean(axis=0, dtype=np.float64).astype(np.float32)
    _, axes = np.linalg.eigh((centered.T @ centered).astype(np.float64))
    leading = axes[:, ::-1][:, :dimensions]
    leading = leading * np.sign(leading[np.abs(leading).argmax(axis=0), np.arange(leading.shape[1])])
    placed[:, : leading.shape[1]] = centered @ leading.astype(np.float32)
    placed[:, np.abs(placed).max(axis=0) < 1e-6] = 0.0  # roundings of equal rows are no structure
    return placed
