"""Maps of the same products laid over one another, so that before and after can be compared and morphed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.errors import CatalogError, SettingsError
from core.explore.catalog_maps import CatalogMap, latest_map
from core.home import Home


@dataclass(frozen=True)
class AlignedMaps:
    """Two maps over one another.

    Attributes:
        product_ids: Products that are on both, in the order of the second.
        first: float32 (N, D), the first map, turned, mirrored, moved and scaled onto the second.
        second: float32 (N, D), the second map as it is.
        disparity: 0..1, see :func:`disparity`; 0 for maps of the same shape.
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
    before = both[[f"{axis}_before" for axis in axes]].to_numpy(np.float32)
    return AlignedMaps(both["product_id"].tolist(), align_positions(before, onto), onto, disparity(before, onto))


def align_positions(moving: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Turn, mirror and move positions so that they come as near as possible to others (Procrustes), as widely spread.

    All distances among the moved positions keep their proportions: the one thing that changes is a common scale, which
    gives both maps the same spread. The scale of least squares would shrink a map that has little in common with the
    other to a blob that nobody can read. Source: Schoenemann, "A generalized solution of the orthogonal Procrustes
    problem", 1966.

    Args:
        moving: float (N, D).
        onto: float (N, D), row by row the same products.

    Returns:
        float32 (N, D).
    """
    here, there, center = _centered(moving, onto)
    if not len(here):
        return moving.astype(np.float32)
    left, _, right = np.linalg.svd(here.T @ there)
    own, wanted = float((here**2).sum()), float((there**2).sum())
    scale = np.sqrt(wanted / own) if own > 0 and wanted > 0 else 1.0
    return (scale * here @ (left @ right) + center).astype(np.float32)


def disparity(moving: np.ndarray, onto: np.ndarray) -> float:
    """Tell what the best alignment leaves of the squared distances, 0..1, both maps being of the same spread.

    It is that of `scipy.spatial.procrustes`: turned, mirrored, moved and scaled by least squares.
    """
    here, there, _ = _centered(moving, onto)
    spread = float((here**2).sum()) * float((there**2).sum())
    if not spread:
        return 0.0
    stretched = np.linalg.svd(here.T @ there, compute_uv=False)
    return float(np.clip(1 - stretched.sum() ** 2 / spread, 0, 1))


def _centered(moving: np.ndarray, onto: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    here, there = moving.astype(np.float64), onto.astype(np.float64)
    if not len(here):
        return here, there, np.zeros(here.shape[1:])
    center = there.mean(axis=0)
    return here - here.mean(axis=0), there - center, center


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
