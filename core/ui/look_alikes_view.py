"""Look-alikes: the query, the sliders and the matches with what each score is made of."""

import json

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import SettingsError
from core.recommend.hybrid import USER_SHARE
from core.recommend.index import CatalogIndex
from core.recommend.ranking import Matches, QueryParts
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS
from core.ui.errors import shown_errors
from core.ui.for_user import choose_user, chosen_user, ranked_for
from core.ui.match_cards import match_cards, moves_since_last_change
from core.ui.product_detail import open_product
from core.ui.product_grid import product_grid
from core.ui.query_choice import add_examples, chosen_query, draw_query
from core.ui.ranking_choices import further_choices, weigh
from core.ui.score_weights import draw_part_legend, reset_button
from core.ui.wording import counted, number_text

SHOWN = 24
SHOWN_A_SIDE = 12
QUERY_PX = 170
_BESIDE = "beside"
_SELECTED = "_selected_matches"


def draw_look_alikes(catalog: Catalog, index: CatalogIndex) -> None:
    """Let the visitor choose a query, then rank for it."""
    chosen = chosen_query(catalog, index)
    if chosen is not None:
        _draw_matches(catalog, *chosen)


@st.fragment
def _draw_matches(catalog: Catalog, parts: QueryParts, product_id: str | None) -> None:
    """Let the visitor choose, rank and draw; a choice reruns only this."""
    with shown_errors():
        _draw_weighed(catalog, parts, product_id, further_choices(catalog, parts.index))


@st.fragment
def _draw_weighed(catalog: Catalog, parts: QueryParts, product_id: str | None, choices: RankingSettings) -> None:
    """Draw the four sliders and what they rank; a slider reruns only this, without the two dozen other choices."""
    with shown_errors():
        settings = weigh(choices, reset=False)
        if settings is None:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            draw_part_legend(settings.weights.told)
            choose_user()
            _beside_button(settings)
            reset_button()
            _selected_buttons()
        with st.container(horizontal=True, gap="medium"):
            if product_id is not None:
                with st.container(width=QUERY_PX):
                    draw_query(catalog, product_id)
            with st.container(width="stretch"):
                beside = _settings_beside()
                if beside is None:
                    _draw_ranked(catalog, parts, settings)
                else:
                    _draw_two(catalog, parts, beside, settings)


def _draw_ranked(catalog: Catalog, parts: QueryParts, settings: RankingSettings) -> None:
    matches = ranked_for(catalog, parts, settings, k=SHOWN)
    moves = moves_since_last_change(parts, settings, matches)
    _draw_grid(catalog, parts, matches, settings, key="matches", label="matches, best first", moves=moves)
    _say_limits(matches, settings)
    words = "The parts of each score, in numbers"
    with st.expander(words, icon=":material/table:", key="numbers", on_change="rerun", bind="query-params") as table:
        if table.open:  # drawn for nobody it would cost every move of a slider a few hundredths of a second
            st.dataframe(_parts_table(parts.index, matches, settings), hide_index=True, width="stretch")


def _draw_two(catalog: Catalog, parts: QueryParts, kept: RankingSettings, now: RankingSettings) -> None:
    """Draw the kept settings and those of now side by side, and how much they agree."""
    found = [ranked_for(catalog, parts, settings, k=SHOWN_A_SIDE) for settings in (kept, now)]
    common = len(set(found[0].product_ids) & set(found[1].product_ids))
    st.text(f"{common} of the first {SHOWN_A_SIDE} are the same.")
    sides = zip(st.columns(2), ("Kept", "Now"), found, (kept, now), strict=True)
    for column, title, matches, settings in sides:
        with column:
            st.header(title)
            _draw_grid(catalog, parts, matches, settings, key=f"matches_{title.lower()}", label=f"matches, {title}")


def _draw_grid(
    catalog: Catalog,
    parts: QueryParts,
    matches: Matches,
    settings: RankingSettings,
    *,
    key: str,
    label: str,
    moves: dict[str, int | None] | None = None,
) -> None:
    cards = match_cards(catalog, parts, matches, settings, moves=moves)
    chosen: list[str] = st.session_state.setdefault(_SELECTED, [])
    clicked = product_grid(
        cards, key=key, label=label, empty="No product meets the filters.", selected=chosen, on_pick=_select
    )
    if clicked:
        open_product(clicked)
        st.rerun()


def _select(product_ids: list[str], on: bool) -> None:
    chosen = st.session_state.setdefault(_SELECTED, [])
    kept = [each for each in chosen if each not in product_ids]
    st.session_state[_SELECTED] = [*kept, *product_ids] if on else kept


def _selected_buttons() -> None:
    """Offer to ask with the selected products too, or against them."""
    chosen = st.session_state.get(_SELECTED) or []
    if not chosen:
        return
    for name, words in (("more", "More"), ("less", "Less")):
        icon = f":material/thumb_{'up' if name == 'more' else 'down'}:"
        if st.button(f"{words} like the {len(chosen)} selected", icon=icon, key=f"ask_{name}"):
            st.session_state[_SELECTED] = []
            add_examples(name, chosen)


def _say_limits(matches: Matches, settings: RankingSettings) -> None:
    """Say what was not ranked, so that nobody takes a pool for the catalog."""
    if matches.pool is not None:
        st.caption(
            f":material/info: Approximate: only the {number_text(matches.candidates)} nearest by sight were ranked; "
            "a better match by color or price may lie beyond them."
        )
    elif settings.filters.narrows:
        st.caption(f"{counted(matches.candidates, 'product')} met the filters.")
    if chosen_user():
        share = f"{USER_SHARE * 100:.0f} %"
        st.caption(f":material/person: {share} of each score is what this user may like, from histories.")
    if matches.unscored:
        st.caption(f"{counted(matches.unscored, 'product')} could not be scored: what the weights ask for is unknown.")


def _beside_button(settings: RankingSettings) -> None:
    if _BESIDE in st.query_params:
        st.button("Stop comparing", icon=":material/close:", key="stop_beside", on_click=_keep_beside, args=(None,))
        return
    icon = ":material/splitscreen_vertical_add:"
    words = "Keeps these settings on the left while you change the sliders."
    st.button("Compare from here", icon=icon, key="keep_beside", help=words, on_click=_keep_beside, args=(settings,))


def _keep_beside(settings: RankingSettings | None) -> None:
    if settings is None:
        st.query_params.pop(_BESIDE, None)
    else:
        st.query_params[_BESIDE] = json.dumps(settings.to_json(), separators=(",", ":"))


def _settings_beside() -> RankingSettings | None:
    """Read the settings kept in the address.

    Raises:
        SettingsError: The address was changed by hand.
    """
    written = st.query_params.get(_BESIDE)
    if not written:
        return None
    try:
        return RankingSettings.from_json(json.loads(written))
    except (ValueError, RecursionError) as error:
        raise SettingsError("the settings to compare with in the address are no JSON: press Stop comparing") from error


def _parts_table(index: CatalogIndex, matches: Matches, settings: RankingSettings) -> pd.DataFrame:
    frame = pd.DataFrame(matches.parts, columns=list(PARTS)).round(3)[list(settings.weights.told)]
    frame.columns = [part.capitalize() for part in frame.columns]
    frame.insert(0, "Score", np.round(matches.scores, 3))
    frame.insert(0, "Product", [index.titles[row] or index.product_ids[row] for row in matches.rows])
    frame.insert(0, "Place", range(1, len(frame) + 1))
    return frame
