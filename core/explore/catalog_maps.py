"""Maps of a catalog that are there: the latest of a kind, or one by the name of its drawing."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.catalog.catalogs import Catalog
from core.explore.map_files import read_points, stored_maps
from core.explore.map_scene import MapScale, map_scale
from core.home import Home


@dataclass(frozen=True)
class CatalogMap:
    """A map as pages draw it.

    Attributes:
        method: "umap", "tsne" or "pca".
        version: changes whenever its points do, a key for caches.
        backbone: name of the embedding.
        embedding_version: the embedding it shows; another than the newest means the map is behind.
        catalog_version: the catalog's version when it was made.
        settings: every setting of the method.
        seed: of the layout.
        layout: name of the drawing; products placed into it later leave it, as all others stay where they were.
        scale: how its coordinates travel; stays with the layout.
        trustworthiness: 0..1, None when there are too few products.
        neighbor_preservation: 0..1, None when there are too few products, or unknown of an old map.
        measured_products: on how many products' neighborhoods both rest.
        dimensions: 2 or 3.
        frame: product_id, x, y (z) and placed; one row a product, in the order of the embedding.
    """

    method: str
    version: str
    backbone: str
    embedding_version: str
    catalog_version: int
    settings: dict[str, Any]
    seed: int
    layout: str
    scale: MapScale
    trustworthiness: float | None
    neighbor_preservation: float | None
    measured_products: int
    dimensions: int
    frame: pd.DataFrame


def latest_map(
    home: Home,
    catalog: Catalog,
    method: str | None = "umap",
    *,
    backbone: str | None = None,
    dimensions: int = 2,
    layout: str | None = None,
) -> CatalogMap | None:
    """Open the map of a catalog that was asked for last.

    Args:
        home: Where everything is.
        catalog: The catalog.
        method: "umap", "tsne" or "pca"; None takes any.
        backbone: Only maps of the embedding of this name; None takes any.
        dimensions: 2 or 3.
        layout: Only maps of this drawing; None takes any.

    Returns:
        The map, or None when there is none.

    Raises:
        CatalogError: Its file of points is damaged.
    """
    found = [
        (manifest["asked"], folder, manifest)
        for folder, manifest in stored_maps(home, catalog)
        if method in (None, manifest["method"])
        and manifest["dimensions"] == dimensions
        and backbone in (None, manifest["backbone"])
        and layout in (None, layout_of(folder, manifest))
    ]
    if not found:
        return None
    _, folder, manifest = max(found, key=lambda entry: (entry[0], entry[1].name))
    frame = read_points(folder, dimensions)
    return CatalogMap(
        method=manifest["method"],
        version=f"{folder.name}.{manifest['created']}",
        backbone=manifest["backbone"],
        embedding_version=manifest["embedding_version"],
        catalog_version=manifest["catalog_version"],
        settings=manifest["settings"],
        seed=manifest["seed"],
        layout=layout_of(folder, manifest),
        scale=scale_of(frame, manifest),
        trustworthiness=manifest["trustworthiness"],
        neighbor_preservation=manifest["neighbor_preservation"],
        measured_products=manifest["measured_products"],
        dimensions=dimensions,
        frame=frame,
    )


def layout_of(folder: Path, manifest: dict[str, Any]) -> str:
    """Name the drawing of a map; one of an earlier version is a drawing of its own."""
    return manifest["layout"] or hashlib.sha256(folder.name.encode()).hexdigest()[:8]


def scale_of(frame: pd.DataFrame, manifest: dict[str, Any]) -> MapScale:
    """Read the scale of a map; one of an earlier version, or nonsense, is fitted around its points."""
    told = manifest["scale"] or []
    numbers = [float(each) for each in told if isinstance(each, int | float) and math.isfinite(each)]
    return MapScale(*numbers) if len(numbers) == len(told) == 3 and numbers[2] > 0 else map_scale(frame)
