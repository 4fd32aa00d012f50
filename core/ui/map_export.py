"""Taking a map along: a page that stands alone."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.map_page import MOST_PICTURES, MOST_TITLES, map_page, page_pictures
from core.explore.map_picture import MapPicture, map_data
from core.explore.map_points import MapPoints
from core.ui.caches import home
from core.ui.product_grid import component_text


def draw_saving(catalog: Catalog, points: MapPoints, picture: MapPicture, *, title: str) -> None:
    """Offer the map as one HTML file; PNG and SVG are saved from the map itself."""

    def made() -> bytes:
        return page_of(points, picture, title=title).encode()

    st.download_button(
        "Page that stands alone",
        data=made,
        file_name=f"{catalog.name}-map.html",
        mime="text/html",
        icon=":material/html:",
        type="tertiary",
        on_click="ignore",
        help="One HTML file with the map, its titles and legend in it; it opens without ShelfLens and asks no network. "
        f"Pictures of up to {MOST_PICTURES:,} products travel along."
        + (f" Titles are left out beyond {MOST_TITLES:,} products." if len(points.drawn) > MOST_TITLES else ""),
    )


def page_of(points: MapPoints, picture: MapPicture, *, title: str) -> str:
    """Write a map as one HTML page."""
    table = points.table.iloc[points.drawn]
    lines = [value if isinstance(value, str) else "" for value in table["category"]]
    return map_page(
        map_data(picture),
        title=title,
        titles=table["title"].tolist(),
        lines=lines,
        body=component_text("product_map.html"),
        style=component_text("product_map.css"),
        scripts=[component_text("product_map.js"), component_text("map_drawing.js")],
        pictures=page_pictures(home(), table["picture_hash"].tolist(), table["category"]),
    )
