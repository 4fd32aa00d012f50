"""Look-alikes: the query, the sliders and the matches with what each score is made of."""

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.recommend.index import CatalogIndex
from core.recommend.ranking import Matches, QueryParts, rank
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS
from core.ui.caches import products_of
from core.ui.errors import shown_errors
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, product_grid, row_card
from core.ui.query_choice import chosen_query, draw_query
from core.ui.ranking_choices import choose_settings
from core.ui.score_weights import draw_part_legend
from core.ui.wording import counted

SHOWN = 24
QUERY_PX = 160


def draw_look_alikes(catalog: Catalog, index: CatalogIndex) -> None:
    """Let the visitor choose a query, then rank for it."""
    chosen = chosen_query(catalog, index)
    if chosen is not None:
        _draw_matches(catalog, *chosen)


@st.fragment
def _draw_matches(catalog: Catalog, parts: QueryParts, product_id: str | None) -> None:
    """Rank and draw; a slider reruns only this."""
    with shown_errors():
        settings = choose_settings(parts.index)
        if settings is None:
            return
        draw_part_legend()
        with st.container(horizontal=True, gap="medium"):
            if product_id is not None:
                with st.container(width=QUERY_PX):
                    draw_query(catalog, product_id)
            with st.container(width="stretch"):
                _draw_ranked(catalog, parts, settings)


def _draw_ranked(catalog: Catalog, parts: QueryParts, settings: RankingSettings) -> None:
    matches = rank(parts, settings.weights, k=SHOWN)
    cards = match_cards(catalog, matches, settings)
    clicked = product_grid(cards, key="matches", label="matches, best first")
    if matches.unscored:
        st.caption(f"{counted(matches.unscored, 'product')} could not be scored: what the weights ask for is unknown.")
    with st.expander("The parts of each score, in numbers", icon=":material/table:"):
        st.dataframe(_parts_table(catalog, matches, settings), hide_index=True, width="stretch")
    if clicked:
        open_product(clicked)
        st.rerun()


def match_cards(catalog: Catalog, matches: Matches, settings: RankingSettings) -> list[Card]:
    """Make the cards of matches, each with the bar of its parts."""
    table = products_of(catalog).set_index("product_id", drop=False).loc[list(matches.product_ids)]
    told = settings.weights.told
    cards = []
    for place, row in enumerate(table.itertuples()):
        values = dict(zip(PARTS, matches.parts[place].tolist(), strict=True))
        parts = {
            part: (None if np.isnan(values[part]) else values[part], getattr(settings.weights, part)) for part in told
        }
        cards.append(row_card(row, (f"score {matches.scores[place]:.3f}", "note"), parts=parts, place=place + 1))
    return cards


def _parts_table(catalog: Catalog, matches: Matches, settings: RankingSettings) -> pd.DataFrame:
    titles = products_of(catalog).set_index("product_id")["title"]
    frame = pd.DataFrame(matches.parts, columns=list(PARTS)).round(3)[list(settings.weights.told)]
    frame.columns = [part.capitalize() for part in frame.columns]
    frame.insert(0, "Score", np.round(matches.scores, 3))
    frame.insert(0, "Product", [titles.get(product_id, product_id) for product_id in matches.product_ids])
    frame.insert(0, "Place", range(1, len(frame) + 1))
    return frame
