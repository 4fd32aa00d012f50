"""The map of one embedding: pan, zoom, loops, pictures, search; and what is selected on it."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.catalog_maps import CatalogMap
from core.explore.map_picture import Camera, MapPicture, map_data
from core.explore.map_points import METHODS, MapPoints, drawn_picture
from core.explore.map_selections import MapSelection
from core.ui.embedding_choice import derived_words
from core.ui.map_address import (
    asked_camera,
    asked_selection,
    change_address,
    choose_selection,
    note_camera,
)
from core.ui.map_colors import pick_coloring, pick_opacity, pick_shapes
from core.ui.map_component import HoverCard, MapAnswers, map_drawing, map_wire, product_map
from core.ui.map_export import draw_saving
from core.ui.map_offer import HELP, draw_again, draw_stale, how_far
from core.ui.map_selection import draw_selection, draw_slices, rows_with_words, selected_rows
from core.ui.map_view import points_of
from core.ui.product_detail import open_product

CHART = "product_map"


def draw_map(catalog: Catalog, drawn: CatalogMap) -> None:
    """Draw a map and what is selected on it."""
    points = points_of(catalog, drawn)
    if points.table.empty:
        st.info("No product of this map is in the catalog any more. Draw it again.", icon=":material/scatter_plot:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        coloring, by = pick_coloring(catalog, points)
        opacity, opacity_by = pick_opacity(catalog, points)
        shapes = pick_shapes(catalog, points)
        draw_slices(catalog)
        draw_again(catalog, drawn)
    asked = asked_selection()
    selected = selected_rows(catalog, points, asked)
    title = f"{METHODS[drawn.method]} of {catalog.name}, {derived_words(catalog).get(drawn.backbone, drawn.backbone)}"
    picture = drawn_picture(points, coloring, title=title, opacity=opacity, opacity_by=opacity_by, shapes=shapes)
    draw_component(catalog, points, picture, by=by, asked=asked, selected=selected)
    draw_explanation(drawn, points)
    draw_saving(catalog, points, picture, title=title)
    draw_stale(catalog, drawn)
    if selected is not None:
        draw_selection(catalog, points, selected)


def draw_component(
    catalog: Catalog,
    points: MapPoints,
    picture: MapPicture,
    *,
    by: str,
    asked: MapSelection,
    selected: np.ndarray | None,
    key: str = CHART,
) -> None:
    """Draw a map and answer its questions."""
    data = map_data(picture, camera_at_start(key, points.version, by=by))
    layout = points.layout
    opened = product_map(data, key=key, on_select=lambda chosen: choose_selection(chosen, by=by, layout=layout))
    map_drawing()
    answers = answers_for(catalog, points, by=by)
    mask = None if selected is None else selected[points.drawn]
    loop = asked.loop if asked.layout in ("", layout) else None
    chosen = None if selected is None else int(selected.sum())
    map_wire(key, data["version"], answers, selected=mask, loop=loop, chosen=chosen)
    if opened is not None:
        open_product(str(points.table["product_id"].iloc[points.drawn[opened]]))


def camera_at_start(key: str, version: str, *, by: str, at: float = 0.0) -> Camera:
    """Give what a map looks at when it is first drawn; from then on the visitor moves it, and it is not sent again.

    Another coloring has other kinds: none of them is isolated, and the address forgets those of the one before.
    """
    name = f"_{key}_camera"
    kept = st.session_state.get(name)
    if kept is None or kept[0] != (version, by):
        kept = st.session_state[name] = ((version, by), asked_camera(by=by, at=at))
        if not kept[1].only:
            change_address({"only": "", "only_by": ""})
    return kept[1]


def answers_for(catalog: Catalog, points: MapPoints, *, by: str, note: bool = True) -> MapAnswers:
    """Make the answers to the questions of a map of these points, colored by something."""

    def row(place: int) -> "pd.Series | None":
        return points.table.iloc[points.drawn[place]] if 0 <= place < len(points.drawn) else None

    def card(place: int) -> HoverCard | None:
        product = row(place)
        return None if product is None else hover_card(product)

    def picture_hash(place: int) -> str | None:
        product = row(place)
        return None if product is None else product["picture_hash"]

    def search(words: str) -> tuple[np.ndarray, int]:
        found = rows_with_words(catalog, points, words)
        return found[points.drawn], int(found.sum())

    return MapAnswers(card, picture_hash, search, partial(note_camera, by=by) if note else _ignore)


def _ignore(camera: Camera) -> None:
    """Let a map move without a word: its link names another one."""


def hover_card(product: pd.Series) -> HoverCard:
    """Say what appears beside the pointer."""
    texts = (product["category"], product["brand"], product["color"])
    line = " · ".join(str(value) for value in texts if isinstance(value, str))
    return HoverCard(title=product["title"], line=line, picture_hash=product["picture_hash"])


def draw_explanation(drawn: CatalogMap, points: MapPoints) -> None:
    """Say how to use the map and how far to trust it."""
    some = f" {len(points.drawn):,} of {len(points.table):,} products are drawn, each category its share."
    st.caption(
        "Hover for the picture. Shift and drag draws a loop around products; what lies in it appears below. Click a "
        f"legend entry to see it alone. {HELP[drawn.method]} "
        f"{how_far(drawn)}{some if len(points.drawn) < len(points.table) else ''}"
    )
