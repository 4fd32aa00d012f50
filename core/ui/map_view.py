"""What the map of a catalog shows: its points joined with what is known about the products."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.money import to_major_units
from core.explore.map_scene import MapScale, drawn_rows
from core.explore.maps import CatalogMap
from core.explore.selection_contrast import TitleWords, title_words
from core.ui.caches import home, products_of

MOST_POINTS = 20_000
"""Points that Plotly draws; the map of the Embeddings page draws more, see `core.explore.map_scene`."""

MOST_KINDS = 24
OTHER = "other"
_NAMED_COLORS = {
    "lightblue": "#9cc4ea", "darkblue": "#1b3f7a", "lightgrey": "#c3c7ca", "sage": "#9caf88", "khaki": "#a59b6a",
    "black": "#1a1a1a", "white": "#f4f4f0", "gray": "#8c8f92", "grey": "#8c8f92", "silver": "#b9bec4",
    "red": "#c62828", "burgundy": "#6d1a2d", "maroon": "#6d1a2d", "pink": "#ec88b0", "orange": "#ef7f1a",
    "coral": "#f4796b", "yellow": "#f2c81e", "mustard": "#cf9a12", "gold": "#c9a227", "beige": "#d8c7a4",
    "cream": "#efe6cf", "brown": "#6f4a2e", "tan": "#b98e5f", "camel": "#b98e5f", "green": "#2e8b45",
    "olive": "#7a7b2d", "teal": "#0f7f7c", "turquoise": "#37b7b0", "blue": "#2563b8", "navy": "#1b2a57",
    "sky": "#7cc0ea", "purple": "#7b3fa0", "lilac": "#b59ad6", "lavender": "#b59ad6", "violet": "#7b3fa0",
    "sand": "#d8c7a4", "mint": "#9fd8c0", "rose": "#d9798f", "charcoal": "#3b4044", "terracotta": "#b8583a",
    "rust": "#a9491f",
}  # fmt: skip


def map_points(catalog: Catalog, drawn: CatalogMap) -> pd.DataFrame:
    """Join a map with the products: one row a point that is still in the catalog, at most :data:`MOST_POINTS`.

    Returns:
        The columns of the table of products, ``x``, ``y`` and ``row``, the number of the point, from 0.
    """
    return _map_points(
        str(home().root), (catalog.catalog_id, catalog.version), drawn.method, drawn.version, catalog, drawn
    )


@st.cache_resource(show_spinner="Placing the products", max_entries=4)
def _map_points(
    root: str, key: tuple[int, int], method: str, version: str, _catalog: Catalog, _drawn: CatalogMap
) -> pd.DataFrame:
    points = _drawn.frame[["product_id", "x", "y"]].merge(products_of(_catalog), on="product_id", how="inner")
    points = _sample(points).reset_index(drop=True)
    points["row"] = np.arange(len(points), dtype=np.int32)
    return points


def _sample(points: pd.DataFrame) -> pd.DataFrame:
    """Keep at most so many points, each category its share, the same ones every time."""
    return points.iloc[drawn_rows(points["category"], MOST_POINTS)]


@dataclass(frozen=True)
class MapPoints:
    """Every point of a map that is still in the catalog, and which of them are drawn.

    Attributes:
        table: The columns of the table of products, ``x`` and ``y``; N rows.
        scale: How positions travel.
        positions: uint16 (N, 2).
        drawn: int64 (n,), rows of the table that are drawn.
        version: Changes with the map and the catalog.
        embedding: Name of the embedding it shows; empty where there are two.
        layout: Name of the drawing; empty where there are two.
    """

    table: pd.DataFrame
    scale: MapScale
    positions: np.ndarray
    drawn: np.ndarray
    version: str
    embedding: str = ""
    layout: str = ""


def points_of(catalog: Catalog, drawn: CatalogMap) -> MapPoints:
    """Join a map with the products, all of them."""
    return _points_of(str(home().root), (catalog.catalog_id, catalog.version), drawn.version, catalog, drawn)


@st.cache_resource(show_spinner="Placing the products", max_entries=4)
def _points_of(root: str, key: tuple[int, int], version: str, _catalog: Catalog, _drawn: CatalogMap) -> MapPoints:
    table = _drawn.frame[["product_id", "x", "y"]].merge(products_of(_catalog), on="product_id", how="inner")
    scale = _drawn.scale
    positions = scale.quantized(table["x"].to_numpy(np.float64), table["y"].to_numpy(np.float64))
    name = f"{key[0]}.{key[1]}.{version}"
    return MapPoints(table, scale, positions, drawn_rows(table["category"]), name, _drawn.backbone, _drawn.layout)


def words_of(points: MapPoints) -> TitleWords:
    """Split the titles of a map's products into words, once."""
    return _words_of(str(home().root), points.version, points)


@st.cache_resource(show_spinner=False, max_entries=2)
def _words_of(root: str, version: str, _points: MapPoints) -> TitleWords:
    return title_words(_points.table["title"])


def category_level(points: pd.DataFrame, level: int | None) -> pd.Series:
    """Give each point's category, cut to its first levels."""
    paths = points["category"].fillna("no category")
    return paths if level is None else paths.str.split(" > ").str[:level].str.join(" > ")


def known_kinds(values: pd.Series) -> pd.Series:
    """Name what is missing, and put the rarest kinds together so that the legend can be read."""
    named = values.astype(object).where(values.notna(), "unknown").astype(str)
    counts = named.value_counts()
    if len(counts) <= MOST_KINDS:
        return named
    return named.where(named.isin(counts.index[: MOST_KINDS - 1]), OTHER)


def prices(points: pd.DataFrame) -> tuple[pd.Series, str]:
    """Give prices in major units of the most frequent currency, others missing, and the currency."""
    counts = points["currency"].value_counts()
    currency = str(counts.index[0]) if len(counts) else ""
    same = points["price_minor_units"].where(points["currency"] == currency)
    return same.map(lambda minor: to_major_units(int(minor), currency), na_action="ignore").astype("Float64"), currency


def own_colors(kinds: pd.Series) -> dict[str, str]:
    """Give color names their own color, as far as they are known: ``navy blue`` is drawn as navy."""
    found = {}
    for kind in kinds.unique():
        words = str(kind).casefold().replace("-", " ").split()
        words.insert(0, "".join(words))  # "light blue" before "blue"
        match = next((_NAMED_COLORS[word] for word in words if word in _NAMED_COLORS), None)
        if match:
            found[kind] = match
    return found
