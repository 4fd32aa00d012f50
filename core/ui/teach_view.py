"""Teach by example: which of two results is better, fifteen times or so, and the weights that follow."""

from dataclasses import replace

import streamlit as st

from core.catalog.catalogs import Catalog
from core.recommend.index import CatalogIndex
from core.recommend.ranking_settings import RankingSettings
from core.recommend.teaching import Pick, Taught, teach
from core.recommend.teaching_pairs import (
    STEADY,
    Question,
    TeachingPool,
    next_question,
    steadiness,
    teaching_pool,
    weights_near,
)
from core.recommend.weights import PARTS
from core.ui.caches import home, products_of
from core.ui.product_grid import product_grid, row_card
from core.ui.ranking_choices import ask_settings
from core.ui.wording import percent

USUAL_PICKS = 15
_CARDS_PX = 760


def draw_teach(catalog: Catalog, index: CatalogIndex, settings: RankingSettings) -> None:
    """Ask which of two results is better, and offer the weights that follow.

    Args:
        catalog: The catalog.
        index: Its products.
        settings: Everything but the weights stays as it is here.
    """
    st.caption("Pick the result you would rather show beside the query. The weights are fitted to your picks.")
    parts = _teachable_parts(index)
    if len(index) < 3 or not parts:
        st.info("Teaching needs at least three products that can be compared.")
        return
    _draw_questions(catalog, index, settings, parts)


def _draw_questions(catalog: Catalog, index: CatalogIndex, settings: RankingSettings, parts: tuple[str, ...]) -> None:
    pool = _pool(_key(index), parts, index)
    picks: list[Pick] = st.session_state.setdefault("_teach_picks", {}).setdefault((_key(index), parts), [])
    question = _question(pool, picks)
    if question is None:
        st.info("No two results differ in what could be taught, or every useful pair was asked.")
    else:
        _draw_question(catalog, question, picks)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Undo the last pick", icon=":material/undo:", disabled=not picks):
            picks.pop()
            st.rerun()
        if st.button("Start over", icon=":material/restart_alt:", disabled=not picks):
            picks.clear()
            st.rerun()
    if picks:
        _draw_taught(pool, picks, settings)


def _draw_question(catalog: Catalog, question: Question, picks: list[Pick]) -> None:
    rows = {row.product_id: row for row in _rows(catalog, question)}
    if len(rows) < 3:
        st.info("A product of this question is gone; start over.")
        return
    st.progress(min(1.0, len(picks) / USUAL_PICKS), text=f"{len(picks)} of about {USUAL_PICKS} picks")
    with st.container(width=_CARDS_PX):
        columns = st.columns(3, gap="medium")  # beside one another on narrow screens too
        with columns[0]:
            st.markdown("**Query**")
            product_grid([row_card(rows[question.query], marked=True)], key="teach_query", label="the query")
        with columns[1]:
            st.markdown("**Left**")
            left = product_grid([row_card(rows[question.first])], key="teach_left", label="the left result")
        with columns[2]:
            st.markdown("**Right**")
            right = product_grid([row_card(rows[question.second])], key="teach_right", label="the right result")
    with st.container(horizontal=True):
        words = "Or press the arrow key"
        left_clicked = st.button("Left is better", icon=":material/arrow_back:", shortcut="Left", help=words)
        equal = st.button("Both alike", icon=":material/drag_handle:", shortcut="Down", help=f"{words} down")
        right_clicked = st.button("Right is better", icon=":material/arrow_forward:", shortcut="Right", help=words)
    answer = 1.0 if left or left_clicked else 0.0 if right or right_clicked else 0.5 if equal else None
    if answer is not None:
        picks.append(question.picked(answer))
        st.rerun()


def _draw_taught(pool: TeachingPool, picks: list[Pick], settings: RankingSettings) -> None:
    taught, steady = _taught(pool, picks)
    st.header("What your picks say")
    figures = st.columns(3)
    agreement = percent(taught.held_out, digits=0)
    figures[0].metric(
        "Agreement on held-out picks",
        agreement,
        help="Each pick is foretold by weights fitted to all others; 50 % would be guessing.",
    )
    figures[1].metric(
        "Steadiness of the ten best",
        percent(steady, digits=0),
        help="How much of the ten best would stay, whichever of the weights that fit your picks were the true ones.",
    )
    figures[2].metric("Picks", len(picks))
    if steady >= STEADY:
        st.success("More picks would change little.")
    shown = {part: getattr(taught.weights, part) for part in pool.used}
    told = [f"{part} {'not said yet' if part in taught.unsaid else f'{value:.2f}'}" for part, value in shown.items()]
    st.text("Weights: " + ", ".join(told))
    st.button(
        "Put these weights on the sliders",
        type="primary",
        icon=":material/tune:",
        on_click=ask_settings,
        args=(replace(settings, weights=weights_near(taught)),),
    )


def _teachable_parts(index: CatalogIndex) -> tuple[str, ...]:
    """Let visitors choose which parts may get a weight; those nobody has are not offered."""
    known = {
        "visual": len(index) > 0,
        "color": bool(index.colors_known.any()),
        "price": bool(index.price.currencies),
        "category": bool(index.category.paths),
        "brand": any(index.brands),
        "text": any(index.titles),
    }
    offered = [part for part in PARTS if known.get(part)]
    usual = [part for part in offered if part not in ("brand", "text")]
    chosen = st.pills(
        "Parts that may count",
        offered,
        selection_mode="multi",
        default=usual,
        format_func=str.capitalize,
        key="teach_parts",
    )
    return tuple(part for part in offered if part in (chosen or ()))


def _rows(catalog: Catalog, question: Question) -> list:
    table = products_of(catalog)
    wanted = (question.query, question.first, question.second)
    return list(table[table["product_id"].isin(wanted)].itertuples())


def _question(pool: TeachingPool, picks: list[Pick]) -> Question | None:
    """Choose the question once for a number of picks: reruns must show the same."""
    kept = st.session_state.get("_teach_question")
    key = (pool.index.embedding_version, pool.queries, pool.used, len(picks))
    if kept is None or kept[0] != key:
        kept = (key, next_question(pool, picks))
        st.session_state["_teach_question"] = kept
    return kept[1]


def _taught(pool: TeachingPool, picks: list[Pick]) -> tuple[Taught, float]:
    taught = teach(picks, parts=pool.used)
    return taught, steadiness(pool, taught)


def _key(index: CatalogIndex) -> tuple:
    return (str(home().root), index.catalog_id, index.catalog_version, index.encoder, index.embedding_version)


@st.cache_resource(show_spinner="Choosing products to ask about", max_entries=4)
def _pool(key: tuple, parts: tuple[str, ...], _index: CatalogIndex) -> TeachingPool:
    return teaching_pool(_index, parts=parts)
