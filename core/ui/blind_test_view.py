"""Blind tests: make one, share its link, and read how it stands; and the ballot that voters see."""

import secrets
from urllib.parse import urlencode

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.recommend.blind_test import (
    Ballot,
    BlindPlan,
    BlindTest,
    blind_result,
    cast_vote,
    close_blind_test,
    find_by_token,
    list_blind_tests,
    make_blind_test,
    next_ballot,
)
from core.recommend.index import CatalogIndex
from core.recommend.presets import BUILT_IN, list_presets, preset_settings
from core.recommend.ranking_settings import RankingSettings
from core.ui.caches import home, products_of
from core.ui.errors import show_problem, shown_errors
from core.ui.guard import visitor_name
from core.ui.permission import drawn_for, may_edit
from core.ui.product_grid import product_grid, row_card
from core.ui.visitor import logged_in_name
from core.ui.wording import counted, literal, percent

_SLIDERS = "what the sliders say"
_VOTER = "_blind_voter"


def draw_blind_tests(catalog: Catalog, index: CatalogIndex, settings: RankingSettings) -> None:
    """Make blind tests and tell how they stand.

    Args:
        catalog: The catalog.
        index: Its products.
        settings: What the sliders say; may be one of the two.
    """
    st.caption("People choose between two settings without knowing which is which; look as often as you like.")
    for test in list_blind_tests(home(), catalog):
        _draw_result(catalog, test)
    _draw_form(catalog, index, settings)


def draw_ballot(catalog: Catalog, token: str) -> None:
    """Let a voter answer the questions of the test that a link names."""
    test = find_by_token(home(), catalog, token)
    if test is None:
        show_problem("This link leads to no blind test of this catalog: ask whoever sent it for a new one.")
        return
    # Whoever logged in answers a question once, from whichever browser; others once a session.
    voter = logged_in_name() or st.session_state.setdefault(_VOTER, secrets.token_hex(8))
    _draw_question(catalog, test, voter)


def _draw_question(catalog: Catalog, test: BlindTest, voter: str) -> None:
    ballot = next_ballot(home(), test, voter=voter)
    if ballot is None:
        closed = not test.open
        st.success("This test is closed." if closed else "That was all. Thank you for your votes.")
        return
    st.header(literal(test.question), anchor=False)
    with shown_errors():
        choice = _draw_sides(catalog, ballot)
        if choice is not None:
            cast_vote(home(), test, ballot.question.number, choice, voter=voter)
            st.rerun()


def _draw_sides(catalog: Catalog, ballot: Ballot) -> str | None:
    table = products_of(catalog).set_index("product_id", drop=False)
    choice = None
    for side, ids in (("query", (ballot.question.query,)), ("left", ballot.left), ("right", ballot.right)):
        known = table.loc[[product_id for product_id in ids if product_id in table.index]]
        words = {"query": "The shopper looks at", "left": "Row 1", "right": "Row 2"}[side]
        st.markdown(f"**{words}**")
        product_grid([row_card(row) for row in known.itertuples()], key=f"vote_{side}", small=True, label=words)
        if side != "query":
            key = "1" if side == "left" else "2"
            if st.button(f"{words} is better", key=f"choose_{side}", shortcut=key, icon=":material/thumb_up:"):
                choice = side
    if st.button("Both alike", key="choose_equal", shortcut="3", icon=":material/drag_handle:"):
        choice = "equal"
    return choice


def _draw_result(catalog: Catalog, test: BlindTest) -> None:
    result = blind_result(home(), test)
    with st.container(border=True):
        st.text(f"{test.name}: {result['a']} against {result['b']}")
        figures = st.columns(4)
        low, high = result["interval"]
        figures[0].metric("Votes", result["votes"], help=f"From {counted(result['voters'], 'voter')}.")
        figures[1].metric("Both alike", result["equal"])
        figures[2].metric("Win rate of the first", percent(result["win_rate"], digits=0))
        figures[3].metric("Interval, always valid", f"{100 * low:.0f} to {100 * high:.0f} %")
        st.text(_verdict(result))
        st.code(f"/vote?{urlencode({'catalog': catalog.name, 'test': test.token})}", language=None)
        if test.open and may_edit() and st.button("Close", key=f"close_{test.name}", icon=":material/lock:"):
            with shown_errors():
                close_blind_test(home(), catalog, test, actor=visitor_name())
                st.rerun()


def _verdict(result: dict) -> str:
    if result["decided"] is None:
        return "Not decided yet." if result["open"] else "Closed without a decision: no difference was shown."
    return f"Decided after {counted(result['decided_after'], 'vote')}: {result[result['decided']]} is preferred."


@drawn_for(Role.EDITOR, "Making a blind test")
def _draw_form(catalog: Catalog, index: CatalogIndex, settings: RankingSettings) -> None:
    presets, _ = list_presets(home(), catalog)
    options = [_SLIDERS, *(each.name for each in presets), *BUILT_IN]
    with st.form("make_blind_test", border=True):
        st.markdown("**Make a blind test**")
        left, right = st.columns(2)
        first = left.selectbox("One", options, key="blind_a")
        second = right.selectbox("The other", options, index=options.index("standard"), key="blind_b")
        name = left.text_input("Name", max_chars=100, placeholder="spring-colors", key="blind_name")
        questions = right.number_input("Questions", 1, 200, 20, key="blind_questions")
        asked = st.form_submit_button("Make it", type="primary", icon=":material/how_to_vote:")
    if not asked:
        return
    with shown_errors():
        chosen = [settings if each == _SLIDERS else preset_settings(home(), catalog, each) for each in (first, second)]
        with st.spinner("Ranking for the questions"):
            make_blind_test(
                home(),
                catalog,
                name.strip(),
                (chosen[0], chosen[1]),
                names=(str(first), str(second)),
                actor=visitor_name(),
                plan=BlindPlan(questions=int(questions)),
            )
        st.rerun()
