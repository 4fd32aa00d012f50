"""The grid of products: pictures, prices, badges and what a score is made of; a click gives the product."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.products import Product
from core.ui.caches import thumbnails
from core.ui.palette import PART_COLORS
from core.ui.wording import counted, number_text, price_text, short_category

PAGE_SIZE = 48
_FOLDER = Path(__file__).with_name("components")

Badge = tuple[str, str]
"""Words and tone: ``price``, ``good``, ``half``, ``bad``, ``note`` or an empty tone."""


@dataclass(frozen=True)
class Card:
    """What one place of the grid shows.

    Attributes:
        product_id: Given back on a click.
        title: Foreign text; shown as it is.
        picture_hash: Its thumbnail is shown; None shows that there is no picture.
        badges: Short words under the title.
        parts: Parts of a score by name: value 0..1 or None when unknown, and weight; drawn as a stacked bar.
        place: Rank to show on the picture, from 1.
        marked: Draw a frame around it, such as around the query.
        swatches: Main colors as ``#RRGGBB``, most frequent first.
    """

    product_id: str
    title: str
    picture_hash: str | None = None
    badges: tuple[Badge, ...] = ()
    parts: dict[str, tuple[float | None, float]] | None = None
    place: int | None = None
    marked: bool = False
    swatches: tuple[str, ...] = ()


@cache
def component_text(name: str) -> str:
    """Give the text of a file of the components' folder."""
    return (_FOLDER / name).read_text(encoding="utf-8")


_grid = st.components.v2.component(
    "shelflens_product_grid",
    html='<div class="root"></div>',
    css=component_text("product_grid.css"),
    js=component_text("product_grid.js"),
)


def _nothing() -> None:
    """Stand for a callback: its presence makes Streamlit give the trigger's value back."""


def product_grid(
    cards: Sequence[Card],
    *,
    key: str,
    empty: str = "Nothing to show.",
    label: str = "products",
    small: bool = False,
    selected: Collection[str] | None = None,
    on_pick: Callable[[list[str], bool], None] | None = None,
) -> str | None:
    """Draw a grid of cards.

    Args:
        cards: What to show, at most a page of :data:`PAGE_SIZE`.
        key: Names the grid within its page.
        empty: Words for an empty grid.
        label: What a screen reader says the grid holds.
        small: Draw smaller cards.
        selected: Products that are selected; cards get a box to select them by. None draws no boxes.
        on_pick: Hears which products were selected (True) or let go (False), before the page is drawn anew.

    Returns:
        The product a visitor clicked just now, or None.
    """
    pictures = thumbnails([card.picture_hash for card in cards])
    shown = [_card_data(card, picture) for card, picture in zip(cards, pictures, strict=True)]
    data = {"cards": shown, "empty": empty, "label": label, "small": small}
    if selected is not None:
        data["selected"] = [card.product_id for card in cards if card.product_id in selected]

    def picked() -> None:
        asked = st.session_state[key].picked
        if asked and on_pick is not None:
            on_pick([str(product_id) for product_id in asked["ids"]], bool(asked["on"]))

    clicked = _grid(key=key, data=data, on_opened_change=_nothing, on_picked_change=picked).opened
    return str(clicked) if clicked is not None else None


def page_rows(total: int, *, key: str, noun: str = "product") -> slice:
    """Let the visitor turn pages, the page kept in the URL; give the rows to show.

    Args:
        total: How many there are.
        key: Name of the page number in the URL.
        noun: What is counted.
    """
    pages = max(1, -(-total // PAGE_SIZE))
    if pages == 1:
        return slice(0, total)
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        current = st.pagination(pages, key=key, bind="query-params")
    first = (min(current, pages) - 1) * PAGE_SIZE
    last = min(first + PAGE_SIZE, total)
    right.caption(f"{number_text(first + 1)} to {number_text(last)} of {counted(total, noun)}", text_alignment="right")
    return slice(first, last)


def product_card(product: Product, *badges: Badge, **more: Any) -> Card:
    """Make the usual card of a product: price and category, then further badges."""
    return Card(
        product_id=product.product_id,
        title=product.title,
        picture_hash=product.picture_hashes[0] if product.picture_hashes else None,
        badges=_usual_badges(product.price_minor_units, product.currency, product.category) + badges,
        **more,
    )


def row_card(row: Any, *badges: Badge, **more: Any) -> Card:
    """Make the usual card from a row of the table of products, as ``DataFrame.itertuples`` gives it."""
    price = None if pd.isna(row.price_minor_units) else int(row.price_minor_units)
    return Card(
        product_id=row.product_id,
        title=row.title,
        picture_hash=row.picture_hash,
        badges=_usual_badges(price, row.currency, row.category) + badges,
        **more,
    )


def _usual_badges(price: int | None, currency: str | None, category: str | None) -> tuple[Badge, ...]:
    written = price_text(price, currency) if price is not None and currency else None
    priced: tuple[Badge, ...] = ((written, "price"),) if written else ()
    return (*priced, (short_category(category), ""))


def _card_data(card: Card, picture: str) -> dict[str, Any]:
    return {
        "id": card.product_id,
        "title": card.title,
        "picture": picture,
        "badges": card.badges,
        "parts": _part_pieces(card.parts) if card.parts else None,
        "place": card.place,
        "marked": card.marked,
        "swatches": card.swatches,
    }


def _part_pieces(parts: dict[str, tuple[float | None, float]]) -> list[dict[str, Any]]:
    """Give each part the share of the bar that it adds to the score: weight x value / all weights that count."""
    total = sum(weight for value, weight in parts.values() if value is not None) or 1.0
    return [
        {"name": name, "value": value, "share": (value or 0.0) * weight / total, "color": PART_COLORS.get(name, 5)}
        for name, (value, weight) in parts.items()
    ]
