"""Maps of the same products laid over one another, so that before and after can be compared and morphed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.errors import CatalogError, SettingsError
from core.explore.maps import CatalogMap, latest_map
from core.home import Home


@dataclass(frozen=True)
class AlignedMaps:
    """Two maps over one another.

    Attributes:
        product_ids: Products that are on both, in the order of the second.
        first: float32 (N, D), the first map, turned, mirrored, moved and scaled onto the second.
        second: float32 (N, D), the second map as it is.
        disparity: 0..1, what the alignment leaves of the squared distances; 0 for maps of the same shape.
    """

    product_ids: list[str]
    first: np.ndarray
    second: np.ndarray
    disparity: float

    def between(self, share: float) -> np.ndarray:
        """Give positions on the way, float32 (N, D): 0 is the first map, 1 the second."""
        return (1 - share) * self.first + share * self.second

    def to_frame(self) -> pd.DataFrame:
        """Give one row a product: product_id, x, y (z), and the same with `_before` of the first map."""
        axes = ("x", "y", "z")[: self.second.shape[1]]
        frame = pd.DataFrame({"product_id": self.product_ids})
        for place, axis in enumerate(axes):
            frame[axis] = self.second[:, place]
        for place, axis in enumerate(axes):
            frame[f"{axis}_before"] = self.first[:, place]
        return frame


def aligned_maps(
    home: Home,
    catalog: Catalog,
    first: CatalogMap | str,
    second: CatalogMap | str,
    *,
    method: str = "umap",
    dimensions: int = 2,
) -> AlignedMaps:
    """Lay a map onto another of the same catalog.

    Args:
        home: Where everything is.
        catalog: The catalog.
        first: The map that is moved, or the name of an embedding, whose latest map is taken.
        second: The map that stays, or the name of an embedding.
        method: Of the maps that are named by their embedding.
        dimensions: Of the maps that are named by their embedding, 2 or 3.

    Returns:
        Both, for the products they have in common.

    Raises:
        CatalogError: A map is missing, or no product is on both.
        SettingsError: One map is flat and the other is not.
    """
    moving, staying = (_opened(home, catalog, each, method=method, dimensions=dimensions) for each in (first, second))
    if moving.dimensions != staying.dimensions:
        raise SettingsError(
            f"a map of {moving.dimensions} dimensions cannot be laid onto one of {staying.dimensions}: "
            "draw both with the same --dimensions"
        )
    axes = list(("x", "y", "z")[: staying.dimensions])
    both = staying.frame[["product_id", *axes]].merge(
        moving.frame[["product_id", *axes]], on="product_id", suffixes=("", "_before")
    )
    if both.empty:
        raise CatalogError(f"the two maps of catalog {catalog.name!r} show no product in common: draw both again")
    onto = both[axes].to_numpy(np.float32)
    laid = align_positions(both[[f"{axis}_before" for axis in axes]].to_numpy(np.float32), onto)
    spread = float(((onto - onto.mean(axis=0)) ** 2).sum())
    disparity = float(((laid - onto) ** 2).sum()) / spread if spread else 0.0
    return AlignedMaps(both["product_id"].tolist(), laid, onto, min(disparity, 1.0))


def align_positions(moving: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Turn, mirror, move and scale positions so that they come as near as possible to others (Procrustes).

    All distances among the moved positions keep their proportions: the one thing that changes is a common scale.
    Source: Schoenemann, "A generalized solution of the orthogonal Procrustes problem", 1966.

    Args:
        moving: float (N, D).
        onto: float (N, D), row by row the same products.

    Returns:
        float32 (N, D).
    """
    here, there = moving.astype(np.float64), onto.astype(np.float64)
    if not len(here):
        return moving.astype(np.float32)
    here -= here.mean(axis=0)
    center = there.mean(axis=0)
    left, stretched, right = np.linalg.svd(here.T @ (there - center))
    size = float((here**2).sum())
    scale = float(stretched.sum()) / size if size > 0 else 1.0
    # Maps that have nothing in common would shrink to a point: their own spread is kept then.
    if size > 0 and scale < 1e-9:
        scale = float(np.sqrt(((there - center) ** 2).sum() / size)) or 1.0
    return (scale * here @ (left @ right) + center).astype(np.float32)


def _opened(home: Home, catalog: Catalog, asked: CatalogMap | str, *, method: str, dimensions: int) -> CatalogMap:
    if isinstance(asked, CatalogMap):
        return asked
    found = latest_map(home, catalog, method, backbone=asked, dimensions=dimensions)
    if found is None:
        raise CatalogError(
            f"catalog {catalog.name!r} has no {method} map of {asked[:100]!r} in {dimensions} dimensions: "
            f"run `map {catalog.name} --method {method} --embedding {asked[:100]} --dimensions {dimensions}` first"
        )
    return found
