"""The cards of matches: price against the query's, main colors, what the score is made of, and how far it moved."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.recommend.index import CatalogIndex
from core.recommend.ranking import Matches, QueryParts
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS
from core.ui.caches import products_of
from core.ui.product_grid import Badge, Card, row_card
from core.vision.palettes import BIN_RGB

_PLACES = "_match_places"
_SAME_PRICE_PERCENT = 1
_LEAST_SWATCH_SHARE = 0.08


def match_cards(
    catalog: Catalog,
    parts: QueryParts,
    matches: Matches,
    settings: RankingSettings,
    *,
    moves: dict[str, int | None] | None = None,
) -> list[Card]:
    """Make the cards of matches.

    Args:
        catalog: The catalog.
        parts: Of the query.
        matches: What was found.
        settings: What ranked them.
        moves: Places each match went up since the last change; None = it was not shown before.
    """
    index, told = parts.index, settings.weights.told
    table = card_rows(catalog, matches.product_ids)
    cards = []
    for place, product_id in enumerate(matches.product_ids):
        row = table.get(product_id)
        if row is None:  # taken away since the index was opened
            continue
        values = dict(zip(PARTS, matches.parts[place].tolist(), strict=True))
        weighed: dict[str, tuple[float | None, float]] = {
            part: (None if np.isnan(values[part]) else values[part], getattr(settings.weights, part)) for part in told
        }
        badges = (
            *_price_badge(index, int(matches.rows[place]), parts),
            (f"score {matches.scores[place]:.3f}", "note"),
            *_move_badge(moves, product_id),
        )
        swatches = palette_colors(index, int(matches.rows[place]))
        cards.append(row_card(row, *badges, parts=weighed, place=place + 1, swatches=swatches))
    return cards


def palette_colors(index: CatalogIndex, row: int) -> tuple[str, ...]:
    """Give the main colors of a product as ``#RRGGBB``, most frequent first."""
    bins, shares = index.palettes.bins[:, row], index.palettes.shares[:, row]
    chosen = [int(color) for color, share in zip(bins, shares, strict=True) if share >= _LEAST_SWATCH_SHARE]
    return tuple("#{:02x}{:02x}{:02x}".format(*BIN_RGB[color]) for color in chosen)


def moves_since_last_change(
    parts: QueryParts, settings: RankingSettings, matches: Matches
) -> dict[str, int | None] | None:
    """Tell how many places each match went up since the settings last changed; None before the first change."""
    asked = (parts.index.catalog_id, parts.query.product_id, parts.query.embedding[:4].tobytes())
    kept: dict[str, Any] = st.session_state.setdefault(_PLACES, {})
    if kept.get("asked") != asked:
        kept.clear()
        kept.update(asked=asked, settings=settings, before=None, now=matches.product_ids)
    elif kept["settings"] != settings:
        kept.update(settings=settings, before=kept["now"], now=matches.product_ids)
    if kept["before"] is None:
        return None
    place_before = {product_id: place for place, product_id in enumerate(kept["before"])}
    return {
        product_id: place_before[product_id] - place if product_id in place_before else None
        for place, product_id in enumerate(matches.product_ids)
    }


def card_rows(catalog: Catalog, product_ids: tuple[str, ...]) -> dict[str, Any]:
    """Find the rows of a few products in the table of all."""
    table = products_of(catalog)
    found = table.iloc[_places(catalog).get_indexer(pd.Index(product_ids))]
    return {str(row.product_id): row for row in found.itertuples() if row.product_id in product_ids}


def _places(catalog: Catalog) -> pd.Index:
    return _places_of((catalog.catalog_id, catalog.version), catalog)


@st.cache_resource(show_spinner=False, max_entries=4)
def _places_of(key: tuple[int, int], _catalog: Catalog) -> pd.Index:
    return pd.Index(products_of(_catalog)["product_id"])


def _price_badge(index: CatalogIndex, row: int, parts: QueryParts) -> tuple[Badge, ...]:
    """Say how much dearer or cheaper than the query it is; nothing where the two cannot be compared."""
    price, asked = index.prices_minor_units[row], parts.query.price
    if price is None or not asked or index.currencies[row] != parts.query.currency:
        return ()
    percent = (price / asked - 1) * 100
    if abs(percent) < _SAME_PRICE_PERCENT:
        return (("same price", ""),)
    return ((f"{percent:+,.0f} % price", "half" if percent > 0 else "good"),)


def _move_badge(moves: dict[str, int | None] | None, product_id: str) -> tuple[Badge, ...]:
    moved = 0 if moves is None else moves.get(product_id, 0)
    if moved is None:
        return (("new here", "note"),)
    if not moved:
        return ()
    return ((f"▲ {moved}", "good"),) if moved > 0 else ((f"▼ {-moved}", "bad"),)
