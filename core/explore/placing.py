"""New products placed into a map that is there, so that all others stay where people know them."""

from dataclasses import dataclass

import numpy as np

from core.explore.map_settings import UmapSettings
from core.explore.neighbor_graph import directed_weights
from core.explore.neighbors import as_unit_rows, cosine_distances, largest_columns
from core.explore.umap_layout import move_on
from core.progress import Progress

MOST_PLACED = 1 / 3
"""Up to this share of a catalog is placed into a map, in one go or many; beyond, the map is drawn anew."""

SIGNATURE_NUMBERS = 8
_SAME = 1e-4
_EPOCHS = 60
_FIRST_STEP = 0.25
_TSNE_NEIGHBORS = 5
_BLOCK_ROWS = 256


@dataclass(frozen=True)
class KnownPositions:
    """What an earlier map knows of the products of an embedding.

    Attributes:
        positions: float32 (N, D), row by row of the embedding; those not `kept` mean nothing.
        kept: bool (N,), products that are on the map and whose embedding has not changed since.
        laid_out: bool (N,), those of them that were there when the map was drawn, not placed into it later.
    """

    positions: np.ndarray
    kept: np.ndarray
    laid_out: np.ndarray


def signatures(embeddings: np.ndarray) -> np.ndarray:
    """Give a few numbers of each row by which a later map tells whether it has changed. float32 (N, 8)."""
    width = embeddings.shape[1]
    mixed = np.random.default_rng(width).standard_normal((width, SIGNATURE_NUMBERS)).astype(np.float32)
    return (as_unit_rows(embeddings) @ mixed).astype(np.float32)


def known_positions(
    product_ids: list[str],
    signed: np.ndarray,
    *,
    before_ids: list[str],
    before_signed: np.ndarray,
    before_positions: np.ndarray,
    before_placed: np.ndarray,
) -> KnownPositions:
    """Find which products an earlier map shows as they are now.

    Args:
        product_ids: Of the embedding, N.
        signed: Signatures of its rows, float32 (N, 8).
        before_ids: Products of the earlier map, M.
        before_signed: Their signatures then, float32 (M, 8).
        before_positions: Where they are, float32 (M, D).
        before_placed: Which of them were placed after the map was drawn, bool (M,).
    """
    places = {product_id: place for place, product_id in enumerate(before_ids)}
    found = np.fromiter((places.get(each, -1) for each in product_ids), np.int64, len(product_ids))
    kept = found >= 0
    kept[kept] = (np.abs(before_signed[found[kept]] - signed[kept]) < _SAME).all(axis=1)
    positions = np.zeros((len(product_ids), before_positions.shape[1]), np.float32)
    positions[kept] = before_positions[found[kept]]
    laid_out = np.zeros(len(product_ids), bool)
    laid_out[kept] = ~before_placed[found[kept]]
    return KnownPositions(positions, kept, laid_out)


def can_place(known: KnownPositions) -> bool:
    """Tell whether few enough products are placed, now and before, and enough are there to place them by."""
    total, laid_out = len(known.kept), int(known.laid_out.sum())
    return total > 0 and total - laid_out <= MOST_PLACED * total and laid_out >= 15


def place_products(
    embeddings: np.ndarray,
    known: KnownPositions,
    *,
    method: str,
    settings: dict[str, object],
    seed: int,
    progress: Progress,
) -> np.ndarray:
    """Place products that are new on a map; all others stay exactly where they are.

    Each new product starts at the weighted mean of its nearest products on the map. UMAP's layout then moves the new
    ones for a few epochs, as umap-learn's `transform` does; on a t-SNE map they stay at the mean of the five nearest.

    Args:
        embeddings: float32 (N, d).
        known: Where the others are.
        method: "umap" or "tsne".
        settings: Complete settings of the method.
        seed: Of the layout.
        progress: Told of the phases; may cancel.

    Returns:
        float32 (N, D).
    """
    new, old = np.flatnonzero(~known.kept), np.flatnonzero(known.kept)
    positions = known.positions.copy()
    if not len(new):
        return positions
    chosen = UmapSettings(**settings) if method == "umap" else None  # type: ignore[arg-type]
    count = min(chosen.neighbors if chosen else _TSNE_NEIGHBORS, len(old))
    near, weights = _weighed_neighbors(as_unit_rows(embeddings), new, old, count=count, progress=progress)
    shares = weights / weights.sum(axis=1, keepdims=True)
    positions[new] = np.einsum("nk,nkd->nd", shares, known.positions[old[near]])
    if chosen is not None:
        positions = _moved(positions, new, old, near, weights, chosen=chosen, seed=seed, progress=progress)
    return positions


def _weighed_neighbors(
    units: np.ndarray, new: np.ndarray, old: np.ndarray, *, count: int, progress: Progress
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest products on the map: places among `old`, int64 (M, K), and weights 0..1, float32 (M, K)."""
    near = np.empty((len(new), count), np.int64)
    distances = np.empty((len(new), count), np.float32)
    shown = units[old]
    for start in range(0, len(new), _BLOCK_ROWS):
        progress.report(start, len(new), "finding neighbors of new products")
        block = slice(start, start + _BLOCK_ROWS)
        apart = cosine_distances(units[new[block]], shown)
        found = largest_columns(-apart, count)
        reached = np.take_along_axis(apart, found, axis=1)
        order = np.lexsort((found, reached), axis=1)
        near[block] = np.take_along_axis(found, order, axis=1)
        distances[block] = np.take_along_axis(reached, order, axis=1)
    # The product itself at distance 0 comes first where weights are worked out, and is left out again.
    with_own = np.concatenate([np.zeros((len(new), 1), np.float32), distances], axis=1)
    return near, np.maximum(directed_weights(with_own)[:, 1:], 1e-6)


def _moved(
    positions: np.ndarray,
    new: np.ndarray,
    old: np.ndarray,
    near: np.ndarray,
    weights: np.ndarray,
    *,
    chosen: UmapSettings,
    seed: int,
    progress: Progress,
) -> np.ndarray:
    """Let UMAP's layout move the new products among the others, which stay."""
    from scipy.sparse import coo_matrix

    total, fixed = len(positions), len(old)
    order = np.concatenate([old, new])
    heads = np.repeat(np.arange(fixed, total), near.shape[1])
    graph = coo_matrix((weights.ravel(), (heads, near.ravel())), shape=(total, total))
    laid = move_on(
        graph,
        positions[order],
        fixed=fixed,
        min_distance=chosen.min_distance,
        epochs=_EPOCHS,
        first_step=_FIRST_STEP,
        seed=seed,
        on_epoch=lambda done, all_epochs: progress.report(done, all_epochs, "placing new products"),
    )
    placed = np.empty_like(positions)
    placed[order] = laid
    return placed
