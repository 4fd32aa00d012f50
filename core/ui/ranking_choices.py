"""The settings of a ranking as the visitor chose them: sliders and further choices, all of them in the URL."""

from collections.abc import Callable

import streamlit as st

from core.catalog.catalogs import Catalog
from core.recommend.index import CatalogIndex
from core.recommend.ranking_settings import RankingSettings
from core.ui.score_weights import weight_sliders

View = Callable[[Catalog, CatalogIndex], None]
"""Draws one view of the Recommend page."""


def choose_settings(index: CatalogIndex) -> RankingSettings | None:
    """Draw the sliders and further choices; give the settings, or None when all weights are zero."""
    weights = weight_sliders()
    if weights is None:
        st.info("All weights are zero, so nothing can be ranked. Move one slider up.")
        return None
    return RankingSettings(weights=weights, embedding=index.encoder)


def with_settings(draw: Callable[[Catalog, CatalogIndex, RankingSettings], None]) -> View:
    """Make a view of a panel that works with the settings chosen now: the sliders stand above it."""

    def shown(catalog: Catalog, index: CatalogIndex) -> None:
        settings = choose_settings(index)
        if settings is not None:
            draw(catalog, index, settings)

    return shown
