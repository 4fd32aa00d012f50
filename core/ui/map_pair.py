"""Two maps of the same products: one becomes the other by a slider, or both lie side by side with one selection."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.alignment import aligned_maps
from core.explore.catalog_maps import CatalogMap, latest_map
from core.explore.map_picture import MapPicture, map_data
from core.explore.map_points import METHODS, MapPoints, drawn_picture, laid_points
from core.explore.map_selections import MapSelection
from core.ui.address import choice_in_address
from core.ui.caches import home, products_of
from core.ui.embedding_choice import derived_words
from core.ui.errors import shown_errors
from core.ui.map_address import asked_selection, choose_selection
from core.ui.map_colors import pick_coloring, pick_opacity, pick_shapes
from core.ui.map_component import map_drawing, map_wire, product_map
from core.ui.map_flat import answers_for, camera_at_start
from core.ui.map_offer import draw_offer, draw_stale
from core.ui.map_selection import draw_selection, selected_rows
from core.ui.product_detail import open_product
from core.ui.wording import literal, percent

WAYS = ("One becomes the other", "Side by side")
_SIDE_HEIGHT_PX = 520
_LONGEST_END = 40


def draw_pair(catalog: Catalog) -> None:
    """Let the visitor choose two embeddings and compare their maps, such as before and after training."""
    words = derived_words(catalog)
    if len(words) < 2:
        st.info(
            "There is one embedding so far. Train a network of your own (recipe triplet or fine-tune), or embed with "
            "another backbone, and see here what changed.",
            icon=":material/compare:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        method = choice_in_address("Method", list(METHODS), name="pair_method", format_func=METHODS.__getitem__)
        names = list(words)
        before = choice_in_address("Before", names, name="before", format_func=words.__getitem__)
        after = choice_in_address(
            "After", [each for each in names if each != before], name="after", format_func=words.__getitem__
        )
    first = _map_of(catalog, method, before, words[before])
    second = _map_of(catalog, method, after, words[after]) if first is not None else None
    if first is not None and second is not None:
        with shown_errors():
            _draw_two(catalog, first, second, ends=(_end(words[before]), _end(words[after])))
        for each in (first, second):
            if draw_stale(catalog, each):
                break  # one at a time: their jobs would wait for each other


def _map_of(catalog: Catalog, method: str, embedding: str, words: str) -> CatalogMap | None:
    """Open a map; where there is none, offer to draw it."""
    drawn = latest_map(home(), catalog, method, backbone=embedding)
    if drawn is None:
        draw_offer(catalog, method, embedding, why=f"{literal(_end(words))} has no {METHODS[method]} map yet.")
    return drawn


def _end(words: str) -> str:
    name = words.split(" · ")[0]
    return name if len(name) <= _LONGEST_END else f"{name[: _LONGEST_END - 1]}…"


def _draw_two(catalog: Catalog, before: CatalogMap, after: CatalogMap, *, ends: tuple[str, str]) -> None:
    first, second, disparity = _aligned(catalog, before, after)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        way = st.segmented_control("Shown", WAYS, default=WAYS[0], key="way", bind="query-params", required=True)
        coloring, by = pick_coloring(catalog, first)
        opacity, opacity_by = pick_opacity(catalog, first)
        shapes = pick_shapes(catalog, first)
    paint = partial(drawn_picture, coloring=coloring, opacity=opacity, opacity_by=opacity_by, shapes=shapes)
    asked = asked_selection()
    # Side by side the loop was drawn on one of the two; its place on the slider, 0 or 1, says on which.
    selected = selected_rows(catalog, first, asked, after=second.positions)
    if way == WAYS[0]:
        _draw_morph(catalog, first, second, paint, by=by, asked=asked, selected=selected, ends=ends)
    else:
        _draw_sides(catalog, (first, second), paint, by=by, asked=asked, selected=selected, ends=ends)
    st.caption(
        "The map before was turned, mirrored and scaled as a whole onto the one after (Procrustes), so what still "
        f"moves changed its neighbors. {percent(disparity, digits=0)} of the spread could not be laid over one another."
    )
    if selected is not None:
        draw_selection(catalog, first, selected)


def _aligned(catalog: Catalog, before: CatalogMap, after: CatalogMap) -> tuple[MapPoints, MapPoints, float]:
    key = (catalog.catalog_id, catalog.version)
    return _aligned_points(str(home().root), key, (before.version, after.version), catalog, before, after)


@st.cache_resource(show_spinner="Laying one map over the other", max_entries=2)
def _aligned_points(
    root: str,
    key: tuple[int, int],
    versions: tuple[str, str],
    _catalog: Catalog,
    _before: CatalogMap,
    _after: CatalogMap,
) -> tuple[MapPoints, MapPoints, float]:
    both = aligned_maps(home(), _catalog, _before, _after)
    first, second = laid_points(
        both,
        products_of(_catalog),
        version=f"{key[0]}.{key[1]}.{versions[0]}.{versions[1]}",
        layout=f"{_before.layout}~{_after.layout}",
    )
    return first, second, both.disparity


def _draw_morph(
    catalog: Catalog,
    first: MapPoints,
    second: MapPoints,
    paint: Callable[..., MapPicture],
    *,
    by: str,
    asked: MapSelection,
    selected: np.ndarray | None,
    ends: tuple[str, str],
) -> None:
    picture = paint(first, title=f"{ends[0]} to {ends[1]}, {catalog.name}", after=second, ends=ends)
    data = map_data(picture, camera_at_start("morph", first.version, by=by, at=asked.at))
    opened = product_map(
        data, key="morph", on_select=lambda chosen: choose_selection(chosen, by=by, layout=first.layout)
    )
    map_drawing()
    mask = None if selected is None else selected[first.drawn]
    loop = asked.loop if asked.layout in ("", first.layout) else None
    chosen = None if selected is None else int(selected.sum())
    map_wire("morph", data["version"], answers_for(catalog, first, by=by), selected=mask, loop=loop, chosen=chosen)
    _open(first, opened)


def _draw_sides(
    catalog: Catalog,
    sides: tuple[MapPoints, MapPoints],
    paint: Callable[..., MapPicture],
    *,
    by: str,
    asked: MapSelection,
    selected: np.ndarray | None,
    ends: tuple[str, str],
) -> None:
    for side, (column, points) in enumerate(zip(st.columns(2, gap="medium"), sides, strict=True)):
        key = f"side_{side}"

        def chosen(selection: dict[str, object] | None, side: int = side) -> None:
            told = None if selection is None else {**selection, "at": side}
            choose_selection(told, by=by, layout=sides[0].layout)

        with column:
            st.text(ends[side])
            picture = replace(paint(points, title=f"{ends[side]}, {catalog.name}"), height_px=_SIDE_HEIGHT_PX)
            data = map_data(picture, camera_at_start(key, points.version, by=by))
            opened = product_map(data, key=key, on_select=chosen)
            mine = asked.loop if asked.layout in ("", points.layout) and round(asked.at) == side else None
            mask = None if selected is None else selected[points.drawn]
            map_wire(
                key,
                data["version"],
                answers_for(catalog, points, by=by, note=False),
                selected=mask,
                loop=mine,
                chosen=None if selected is None else int(selected.sum()),
            )
            _open(points, opened)
    map_drawing()


def _open(points: MapPoints, opened: int | None) -> None:
    if opened is not None:
        open_product(str(points.table["product_id"].iloc[points.drawn[opened]]))
