"""What the map of a catalog shows: its points joined with what is known about the products."""

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.catalog_maps import CatalogMap
from core.explore.map_points import MapPoints, joined_points, points_of_drawing
from core.explore.map_scene import drawn_rows
from core.explore.map_space_page import MOST_POINTS
from core.explore.selection_contrast import TitleWords, title_words
from core.ui.caches import home, products_of

MOST_KINDS = 24
OTHER = "other"


def map_points(catalog: Catalog, drawn: CatalogMap) -> pd.DataFrame:
    """Join a map with the products: one row a point that is still in the catalog, at most what Plotly draws.

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


def points_of(catalog: Catalog, drawn: CatalogMap) -> MapPoints:
    """Join a map with the products, all of them."""
    return _points_of(str(home().root), (catalog.catalog_id, catalog.version), drawn.version, catalog, drawn)


@st.cache_resource(show_spinner="Placing the products", max_entries=4)
def _points_of(root: str, key: tuple[int, int], version: str, _catalog: Catalog, _drawn: CatalogMap) -> MapPoints:
    return joined_points(_drawn, products_of(_catalog), version=f"{key[0]}.{key[1]}.{version}")


def points_of_layout(catalog: Catalog, layout: str) -> tuple[MapPoints, MapPoints | None]:
    """Open a drawing by its name, or the two that were laid over one another.

    Raises:
        CatalogError: One of them is not kept any more.
    """
    return _points_of_layout(str(home().root), (catalog.catalog_id, catalog.version), layout, catalog)


@st.cache_resource(show_spinner="Placing the products", max_entries=2, ttl=60)  # products may be placed into it
def _points_of_layout(
    root: str, key: tuple[int, int], layout: str, _catalog: Catalog
) -> tuple[MapPoints, MapPoints | None]:
    return points_of_drawing(home(), _catalog, products_of(_catalog), layout)


def words_of(points: MapPoints) -> TitleWords:
    """Split the titles of a map's products into words, once."""
    return _words_of(str(home().root), points.version, points)


@st.cache_resource(show_spinner=False, max_entries=2)
def _words_of(root: str, version: str, _points: MapPoints) -> TitleWords:
    return title_words(_points.table["title"])


def known_kinds(values: pd.Series) -> pd.Series:
    """Name what is missing, and put the rarest kinds together so that the legend can be read."""
    named = values.astype(object).where(values.notna(), "unknown").astype(str)
    counts = named.value_counts()
    if len(counts) <= MOST_KINDS:
        return named
    return named.where(named.isin(counts.index[: MOST_KINDS - 1]), OTHER)
