"""The points of a map joined with the products: all of them, and which are drawn."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.errors import CatalogError
from core.explore.alignment import AlignedMaps, aligned_maps
from core.explore.catalog_maps import CatalogMap, latest_map
from core.explore.map_coloring import Coloring, Shapes
from core.explore.map_picture import MapPicture
from core.explore.map_scene import MOST_DRAWN, MapScale, drawn_rows, map_scale
from core.home import Home

METHODS = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}
"""What methods are called where people read them."""


@dataclass(frozen=True)
class MapPoints:
    """Every point of a map that is still in the catalog, and which of them are drawn.

    Attributes:
        table: The columns of the table of products, ``x`` and ``y``, in space ``z`` too; N rows.
        scale: How positions travel.
        positions: uint16 (N, 2).
        drawn: int64 (n,), rows of the table that are drawn.
        version: Changes with the map and the catalog.
        embedding: Name of the embedding it shows; empty where there are two.
        layout: Name of the drawing, of two maps both names with ``~`` between.
    """

    table: pd.DataFrame
    scale: MapScale
    positions: np.ndarray
    drawn: np.ndarray
    version: str
    embedding: str = ""
    layout: str = ""


def joined_points(drawn: CatalogMap, products: pd.DataFrame, *, version: str, most: int = MOST_DRAWN) -> MapPoints:
    """Join a map with the products.

    Args:
        drawn: The map.
        products: The table of products.
        version: Name of the map and the catalog as they are.
        most: Points to draw; of more, each category shows its share.
    """
    axes = ["x", "y", "z"][: drawn.dimensions]
    table = drawn.frame[["product_id", *axes]].merge(products, on="product_id", how="inner")
    rows = drawn_rows(table["category"], most)
    positions = _quantized(drawn.scale, table)
    return MapPoints(table, drawn.scale, positions, rows, version, drawn.backbone, drawn.layout)


def laid_points(both: AlignedMaps, products: pd.DataFrame, *, version: str, layout: str) -> tuple[MapPoints, MapPoints]:
    """Join two maps that were laid over one another with the products, on one scale.

    Args:
        both: The maps, flat.
        products: The table of products.
        version: Name of both maps and the catalog as they are.
        layout: Names of both drawings, with ``~`` between.

    Returns:
        The points of the first map, and of the second; row by row the same products.
    """
    frame = pd.DataFrame({"product_id": both.product_ids})
    for place, axis in enumerate("xy"):
        frame[axis], frame[f"{axis}_after"] = both.first[:, place], both.second[:, place]
    table = frame.merge(products, on="product_id", how="inner")
    later = table.assign(x=table["x_after"], y=table["y_after"])
    scale, drawn = map_scale(table, later), drawn_rows(table["category"])
    first, second = (
        MapPoints(each, scale, _quantized(scale, each), drawn, f"{version}.{end}", layout=layout)
        for end, each in enumerate((table, later))
    )
    return first, second


def points_of_drawing(
    home: Home, catalog: Catalog, products: pd.DataFrame, layout: str
) -> tuple[MapPoints, MapPoints | None]:
    """Open a drawing by its name, or the two that were laid over one another.

    Args:
        home: Where everything is.
        catalog: The catalog.
        products: The table of products.
        layout: Name of the drawing, of two both names with ``~`` between.

    Returns:
        The points, and where two maps are named those of the second.

    Raises:
        CatalogError: One of them is not kept any more.
    """
    maps = [latest_map(home, catalog, None, layout=name) for name in layout.split("~")[:2]]
    found = [each for each in maps if each is not None]
    if len(found) < len(maps):
        raise CatalogError("the map this loop was drawn on is not there any more: draw the loop again")
    # Products are placed into a drawing, deleted and changed while its name stays.
    version = ".".join([str(catalog.catalog_id), str(catalog.version), *(each.version for each in found)])
    if len(found) == 1:
        return joined_points(found[0], products, version=version), None
    return laid_points(aligned_maps(home, catalog, *found), products, version=version, layout=layout)


def drawn_picture(
    points: MapPoints,
    coloring: Coloring,
    *,
    title: str,
    opacity: np.ndarray | None = None,
    opacity_by: str = "",
    shapes: Shapes | None = None,
    after: MapPoints | None = None,
    ends: tuple[str, str] = ("", ""),
) -> MapPicture:
    """Cut what is known of all N points to those that are drawn.

    Args:
        points: The points.
        coloring: Of all of them.
        title: What the map is; foreign text.
        opacity: uint8 (N,), see :class:`core.explore.map_picture.MapPicture`.
        opacity_by: What that means.
        shapes: Of all of them.
        after: Where the points go.
        ends: Words for both ends of that way.
    """
    rows = points.drawn
    return MapPicture(
        positions=points.positions[rows],
        coloring=Coloring(coloring.by, coloring.codes[rows], coloring.kinds, coloring.ticks),
        total=len(points.table),
        label=f"{title}: a map of {len(rows):,} products. Arrow keys move, plus and minus zoom, / searches, f fills "
        "the screen, Esc lets go.",
        file=re.sub(r"[^\w.]+", "-", title),
        title=title,
        opacity=None if opacity is None else opacity[rows],
        opacity_by=opacity_by,
        shapes=None if shapes is None else Shapes(shapes.by, shapes.codes[rows], shapes.kinds),
        after=None if after is None else after.positions[rows],
        ends=ends,
    )


def _quantized(scale: MapScale, table: pd.DataFrame) -> np.ndarray:
    return scale.quantized(table["x"].to_numpy(np.float64), table["y"].to_numpy(np.float64))
