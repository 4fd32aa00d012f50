"""Projections: from embeddings of up to 256 dimensions to two that can be drawn."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.errors import CatalogError, SettingsError
from core.explore.neighbour_graph import neighbour_graph
from core.explore.neighbours import exact_neighbours
from core.explore.umap_layout import lay_out
from core.progress import Progress, SilentProgress

METHODS = ("umap", "pca")
LEAST_FOR_UMAP = 4
"""Below this many products there is no neighbourhood to keep, and UMAP gives way to PCA."""

_MANY_PRODUCTS = 10_000


@dataclass(frozen=True)
class UmapSettings:
    """How UMAP draws.

    Attributes:
        neighbours: how many products, itself included, make a neighbourhood; few show detail, many the whole.
        min_distance: how close neighbours may come on the map, 0..1.
        epochs: passes of the layout; None = 500 up to 10,000 products, then 200.

    Raises:
        SettingsError: A value is out of its range.
    """

    neighbours: int = 15
    min_distance: float = 0.1
    epochs: int | None = None

    def __post_init__(self) -> None:
        if not _whole(self.neighbours) or not 2 <= self.neighbours <= 200:
            raise SettingsError(f"neighbours must be a whole number from 2 to 200: received {self.neighbours!r}")
        number = isinstance(self.min_distance, int | float) and not isinstance(self.min_distance, bool)
        if not number or not 0 <= self.min_distance <= 1:
            raise SettingsError(f"min_distance must be a number from 0 to 1: received {self.min_distance!r}")
        if self.epochs is not None and (not _whole(self.epochs) or not 1 <= self.epochs <= 10_000):
            raise SettingsError(f"epochs must be a whole number from 1 to 10000: received {self.epochs!r}")

    def epochs_for(self, products: int) -> int:
        """Give the passes for a catalog of this size."""
        return self.epochs or (500 if products <= _MANY_PRODUCTS else 200)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def check_settings(method: str, settings: dict[str, Any] | None) -> dict[str, Any]:
    """Complete the settings of a method with its defaults.

    Args:
        method: "umap" or "pca".
        settings: Values by name; PCA has none.

    Returns:
        Every setting by name.

    Raises:
        SettingsError: The method or a setting is unknown, or a value is out of its range.
    """
    if method not in METHODS:
        raise SettingsError(f"method must be one of {', '.join(METHODS)}: received {method!r}")
    known = asdict(UmapSettings()) if method == "umap" else {}
    unknown = sorted(set(settings or {}) - set(known))
    if unknown:
        names = ", ".join(known) or "none"
        raise SettingsError(f"{method} has no setting {', '.join(unknown)}: its settings are {names}")
    return asdict(UmapSettings(**settings)) if method == "umap" and settings else known


def check_finite(embeddings: np.ndarray, product_ids: Sequence[str]) -> None:
    """Refuse embeddings with NaN or infinity.

    Raises:
        CatalogError: Names the first such product.
    """
    for start in range(0, len(embeddings), _MANY_PRODUCTS):
        good = np.isfinite(embeddings[start : start + _MANY_PRODUCTS]).all(axis=1)
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
    seed: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """Place products on a plane.

    Args:
        embeddings: float32 (N, d), rows of length 1, finite.
        method: "umap" or "pca".
        settings: See `UmapSettings`; PCA has none.
        seed: The same seed and embeddings give the same map; PCA needs none.
        progress: Hears the phases and epochs, and may cancel between them.

    Returns:
        float32 (N, 2). Fewer than 4 products, and products that are all the same, are placed by PCA.

    Raises:
        SettingsError: The method or a setting is wrong.
        Cancelled: `progress` was asked to stop.
    """
    values = check_settings(method, settings)
    progress = progress or SilentProgress()
    plane = principal_plane(embeddings)
    if method == "pca" or len(embeddings) < LEAST_FOR_UMAP or not np.ptp(plane, axis=0).any():
        return plane
    chosen = UmapSettings(**values)

    def searched(done: int, total: int) -> None:
        progress.report(done, total, "finding neighbours")

    def laid_out(done: int, total: int) -> None:
        progress.report(done, total, "placing products")

    searched(0, len(embeddings))
    count = min(chosen.neighbours, len(embeddings) - 1)
    rows, distances = exact_neighbours(embeddings, count, on_progress=searched)
    epochs = chosen.epochs_for(len(embeddings))
    laid_out(0, epochs)
    graph = neighbour_graph(rows, distances)
    return lay_out(graph, plane, min_distance=chosen.min_distance, epochs=epochs, seed=seed, on_epoch=laid_out)


def principal_plane(embeddings: np.ndarray) -> np.ndarray:
    """Project on the two directions of largest variance (PCA).

    Args:
        embeddings: (N, d).

    Returns:
        float32 (N, 2), centered; each axis points to where its largest loading is positive, so that signs do not
        depend on the linear algebra library.
    """
    total, dimensions = embeddings.shape
    plane = np.zeros((total, 2), np.float32)
    if total < 2 or dimensions == 0:
        return plane
    centered = embeddings - embeddings.mean(axis=0, dtype=np.float64).astype(np.float32)
    _, axes = np.linalg.eigh((centered.T @ centered).astype(np.float64))
    leading = axes[:, ::-1][:, :2]
    leading = leading * np.sign(leading[np.abs(leading).argmax(axis=0), np.arange(leading.shape[1])])
    plane[:, : leading.shape[1]] = centered @ leading.astype(np.float32)
    plane[:, np.abs(plane).max(axis=0) < 1e-6] = 0.0  # roundings of equal rows are no structure
    return plane
