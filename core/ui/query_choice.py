"""The query of the Recommend page: a product or a picture, further examples, another color, a part of the picture."""

import hashlib
from pathlib import Path

import numpy as np
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.picture_lookup import picture_file
from core.catalog.pictures import read_picture
from core.catalog.product_filter import ProductFilter
from core.catalog.products import get_product, read_products
from core.errors import CatalogError, PictureError
from core.recommend.index import CatalogIndex
from core.recommend.ranking import QueryParts
from core.recommend.region import LEAST_PERCENT, Region, marked_region
from core.ui.caches import home
from core.ui.match_cards import card_rows
from core.ui.product_detail import open_product
from core.ui.product_grid import product_card, product_grid, row_card
from core.ui.recommendations import Asked, asked_parts
from core.ui.uploads import uploaded_picture

SUGGESTIONS = 12
MOST_EXAMPLES = 12
_PREVIEW_PX = 240
_SOURCES = ("A product", "A picture of yours")
_COLOR = "in_color"
_ALL = (0, 100)
_EXAMPLES = {"more": "Also like", "less": "Not like"}


def chosen_query(catalog: Catalog, index: CatalogIndex) -> tuple[QueryParts, str | None] | None:
    """Let the visitor choose what matches are sought for.

    Returns:
        The query's parts and the id of the product asked for (None for a picture); None while nothing is chosen.
    """
    product_id = st.query_params.get("query")
    data = None
    if not product_id:
        source = st.segmented_control(
            "Start from", _SOURCES, default=_SOURCES[0], key="start", bind="query-params", required=True
        )
        if source == _SOURCES[0]:
            draw_search(catalog, index)
            return None
        data = uploaded_picture("Picture to find look-alikes of")
        if data is None:
            return None
    digest = "" if data is None else hashlib.sha256(data).hexdigest()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        more, less = (_draw_examples(catalog, name) for name in _EXAMPLES)
        region = _region_choice(catalog, product_id, data)
        asked = Asked(product_id, more, less, _color_choice(), region, digest)
    return asked_parts(index, asked, data), product_id


def draw_search(catalog: Catalog, index: CatalogIndex) -> None:
    """Let the visitor pick a product: search words, then a click."""
    words, chance = st.columns([4, 1.2], vertical_alignment="bottom")
    text = words.text_input(
        "Search a product", key="find", placeholder="words in title, brand, color or id", max_chars=200
    )
    if chance.button("Any product", icon=":material/casino:", width="stretch", help="Picks one at random."):
        choose_query(str(np.random.default_rng().choice(index.product_ids)))
    found = read_products(home(), catalog, filter=ProductFilter(text=text, has_picture=True), limit=SUGGESTIONS)
    cards = [product_card(product) for product in found]
    picked = product_grid(
        cards, key="candidates", small=True, empty="No product has these words.", label="products to pick"
    )
    if picked:
        choose_query(picked)


def choose_query(product_id: str) -> None:
    """Make a product the query and draw the page anew."""
    st.query_params["query"] = product_id
    st.rerun()


def draw_query(catalog: Catalog, product_id: str) -> None:
    """Show the product that matches are sought for, and the way to another."""
    row = card_rows(catalog, (product_id,)).get(product_id)
    if row is not None and product_grid([row_card(row, marked=True)], key="query_card", label="the product asked for"):
        open_product(product_id)
        st.rerun()
    if st.button("Pick another", icon=":material/search:", width="stretch"):
        for name in ("query", *_EXAMPLES):
            st.query_params.pop(name, None)
        st.rerun()


def add_examples(name: str, product_ids: list[str]) -> None:
    """Add products to the examples ("more") or to those against ("less"), and draw the page anew."""
    other = next(each for each in _EXAMPLES if each != name)
    st.query_params[name] = list(dict.fromkeys([*_ids(name), *product_ids]))[:MOST_EXAMPLES]
    st.query_params[other] = [each for each in _ids(other) if each not in product_ids]
    st.rerun()


def _ids(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(st.query_params.get_all(name)))[:MOST_EXAMPLES]


def _draw_examples(catalog: Catalog, name: str) -> tuple[str, ...]:
    """Say how many further examples there are; a popover shows them and lets them go. Gives their ids."""
    ids = _ids(name)
    if ids:
        with st.popover(f"{_EXAMPLES[name]} {len(ids)}", icon=f":material/thumb_{'up' if name == 'more' else 'down'}:"):
            rows = card_rows(catalog, ids)
            cards = [row_card(rows[each]) for each in ids if each in rows]
            gone = product_grid(cards, key=f"examples_{name}", small=True, label=_EXAMPLES[name])
            st.caption("A click takes an example away.")
            if gone or st.button("Take all away", key=f"clear_{name}"):
                st.query_params[name] = [each for each in ids if gone and each != gone]
                st.rerun()
    return ids


def _color_choice() -> str:
    """Ask for another color than the query's, by name or from the picker; empty keeps its own."""
    label = "Another color · on" if st.session_state.get(_COLOR) or st.query_params.get(_COLOR) else "Another color"
    with st.popover(label, icon=":material/palette:"):
        st.color_picker("Pick a color", "#800020", key="color_picked", on_change=_take_picked)
        written = st.text_input(
            "Like this, but in",
            key=_COLOR,
            bind="query-params",
            placeholder="burgundy, or #800020",
            max_chars=40,
            help="A name of the trade, or what the picker gives. Empty keeps the query's own colors.",
        )
    return str(written or "").strip()


def _take_picked() -> None:
    st.session_state[_COLOR] = st.session_state["color_picked"]


def _region_choice(catalog: Catalog, product_id: str | None, data: bytes | None) -> Region:
    """Ask which part of the picture is meant, and show it."""
    asked = {key: tuple(st.query_params.get_all(key)) for key in ("crop_x", "crop_y")}  # before the sliders are drawn
    part = any(tuple(st.session_state.get(key, asked[key] or _ALL)) != _ALL for key in asked)
    with st.popover("Part of the picture · on" if part else "Part of the picture", icon=":material/crop:"):
        left, right = st.slider("From left to right, %", 0, 100, _ALL, 5, key="crop_x", bind="query-params")
        top, bottom = st.slider("From top to bottom, %", 0, 100, _ALL, 5, key="crop_y", bind="query-params")
        left, top = min(left, 100 - LEAST_PERCENT), min(top, 100 - LEAST_PERCENT)
        region = (left, top, max(right, left + LEAST_PERCENT), max(bottom, top + LEAST_PERCENT))
        _draw_region(catalog, product_id, data, region)
        st.caption("Only this part is looked at: for pictures that show more than what you mean.")
    return region


def _draw_region(catalog: Catalog, product_id: str | None, data: bytes | None, region: Region) -> None:
    """Show the picture with the part that is meant bright and the rest faint; nothing where there is none to show."""
    source: bytes | Path | None = data
    try:
        if product_id is not None:
            hashes = get_product(home(), catalog, product_id).picture_hashes
            source = picture_file(home(), hashes[0]) if hashes else None
        if source is None:
            return
        picture = read_picture(source, enough_px=_PREVIEW_PX)
    except (CatalogError, PictureError):
        return  # ranking says what is wrong with it
    st.image(marked_region(_small(picture), region), width=_PREVIEW_PX)


def _small(picture: np.ndarray) -> np.ndarray:
    step = max(1, -(-max(picture.shape[:2]) // _PREVIEW_PX))
    return np.asarray(picture[::step, ::step])
