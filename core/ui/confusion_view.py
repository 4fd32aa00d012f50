"""The confusion matrix to look into: a click on a square, or two choices by keyboard, shows its pictures."""

from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.class_order import class_mistakes
from core.evaluation.confusion import Confusion, most_confused_pairs
from core.evaluation.report import Evaluation
from core.models.runs import Run
from core.ui.address import ask
from core.ui.confusion_cell import draw_cell
from core.ui.confusion_choice import ALL, Drawn, ask_drawn, draw_extent, look_below, look_into
from core.ui.errors import shown_errors
from core.ui.square_matrix import SquareNames, square_matrix
from core.ui.wording import counted, percent, short_category

MATRIX = "confusion"
_MOST_OPTIONS = 400
_MOST_PAIRS = 200
_ANY = "any category"


@st.fragment
def draw_confusion(run: Run, evaluation: Evaluation, catalog: Catalog | None) -> None:
    """Draw the matrix, the choice of a cell, its pictures and the pairs that are confused most.

    A fragment: the rest of the page is not drawn once more for a click.
    """
    with shown_errors():
        drawn = ask_drawn(evaluation)
        true, predicted = _pick_cell(drawn)
        draw_extent(drawn)
        _draw_matrix(drawn, true, predicted)
        below = drawn.level is not None and true is not None and predicted is not None
        if below and st.button("Look at the categories inside", icon=":material/zoom_in:", key="look_below"):
            look_below(evaluation, int(drawn.level or 0), str(true), str(predicted))
        draw_cell(run, evaluation, catalog, drawn, true, predicted)
        _draw_all_pairs(drawn)


def draw_pairs(evaluation: Evaluation, *, count: int = 8) -> None:
    """List the pairs that are taken for one another most; each leads to its pictures."""
    pairs = most_confused_pairs(evaluation.confusion, limit=count)
    if pairs.empty:
        st.success("Not a single mistake on these pictures.")
        return
    for place, pair in enumerate(pairs.to_dict("records")):
        words, number, button = st.columns([6, 2, 1.6], vertical_alignment="center")
        words.text(f"{short_category(pair['true'])}  →  {short_category(pair['predicted'])}")
        number.text(f"{counted(pair['pictures'], 'picture')}, {percent(pair['share'], digits=0)}")
        if button.button("Look", key=f"pair_{place}", width="stretch", help="Shows the pictures of this mistake."):
            ask_cell(pair["true"], pair["predicted"])


def ask_cell(true: str | None, predicted: str | None) -> None:
    """Show a cell of two classes from now on."""
    ask(true=true, predicted=predicted, show="Confusion", level=ALL)
    st.rerun()


def _follow_click(drawn: Drawn, row: int, column: int) -> None:
    """Take the square that was clicked as the choice, or look into it where it stands for several categories."""
    blocks, names = drawn.blocks, drawn.confusion.classes
    if row >= blocks.counts.shape[0] or column >= blocks.counts.shape[1]:
        return
    true, predicted = blocks.classes_at(row, column)
    if len(true) > 1 or len(predicted) > 1:
        look_into(drawn, row, column)
    else:
        _choose(names[true[0]], names[predicted[0]])


def _choose(true: str, predicted: str) -> None:
    """Show a cell from now on; called before its two choices are drawn."""
    st.session_state["true"], st.session_state["predicted"] = true, predicted


def _draw_matrix(drawn: Drawn, true: str | None, predicted: str | None) -> None:
    blocks, names = drawn.blocks, drawn.confusion.classes
    square_matrix(
        blocks.counts,
        blocks.shares,
        names=SquareNames(
            rows=_block_names(names, blocks.rows, blocks.row_starts),
            columns=_block_names(names, blocks.columns, blocks.column_starts),
        ),
        normalized=drawn.normalized,
        marked=_square_of(drawn, true, predicted),
        key=MATRIX,
        on_click=partial(_follow_click, drawn),
    )


def _block_names(names: tuple[str, ...], order: np.ndarray, starts: np.ndarray) -> list[str]:
    found = []
    for start, end in pairwise(starts.tolist()):
        first, last = names[order[start]], names[order[end - 1]]
        found.append(first if end - start == 1 else f"{short_category(first)[:10]} … {short_category(last)[:10]}")
    return found


def _square_of(drawn: Drawn, true: str | None, predicted: str | None) -> tuple[int, int] | None:
    if true is None or predicted is None:
        return None
    blocks, places = drawn.blocks, []
    for name, order, starts in (
        (true, blocks.rows, blocks.row_starts),
        (predicted, blocks.columns, blocks.column_starts),
    ):
        found = np.flatnonzero(order == drawn.confusion.classes.index(name))
        if not len(found):
            return None
        places.append(int(np.searchsorted(starts, found[0], side="right")) - 1)
    return places[0], places[1]


def _pick_cell(drawn: Drawn) -> tuple[str | None, str | None]:
    """Let the visitor choose a cell by keyboard; the choice is in the address, where a click puts it too."""
    left, right = st.columns(2, gap="medium")
    known = set(drawn.confusion.classes)
    for key in ("true", "predicted"):
        asked = st.session_state.get(key, st.query_params.get(key))
        if asked is not None and asked not in known:  # of another level, or of another run
            st.session_state[key] = None
    chosen = {key: st.session_state.get(key, st.query_params.get(key)) for key in ("true", "predicted")}
    options = _options(drawn, [name for name in chosen.values() if name in known])
    true = left.selectbox("True category", options, index=None, key="true", bind="query-params", placeholder=_ANY)
    predicted = right.selectbox(
        "Predicted category", options, index=None, key="predicted", bind="query-params", placeholder=_ANY
    )
    return true, predicted


def _options(drawn: Drawn, chosen: list[str]) -> list[str]:
    """Give the categories to choose from: all, or of thousands those that are drawn and have the most mistakes."""
    confusion = drawn.confusion
    if len(confusion.classes) <= _MOST_OPTIONS:
        return list(confusion.classes)
    inside = np.union1d(drawn.blocks.rows, drawn.blocks.columns)
    most = inside[np.argsort(-class_mistakes(confusion)[inside], kind="stable")[:_MOST_OPTIONS]]
    return sorted({*(confusion.classes[place] for place in most), *chosen})


def _draw_all_pairs(drawn: Drawn) -> None:
    pairs = pairs_within(drawn.confusion, drawn.blocks.rows, drawn.blocks.columns)
    if pairs.empty:
        return
    st.header(
        "Most confused pairs",
        anchor=False,
        help="Of what is drawn above. The share is of the true category's pictures. Select a row for its pictures.",
    )
    table = pd.DataFrame(
        {
            "True": pairs["true"],
            "Predicted": pairs["predicted"],
            "Pictures": pairs["pictures"],
            "Share": 100 * pairs["share"],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=min(300, 38 + 35 * len(table)),
        key="pairs_table",
        on_select=partial(_choose_pair, table),
        selection_mode="single-row",
        column_config={"Share": st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)},
    )


def _choose_pair(table: pd.DataFrame) -> None:
    """Show the cell of the pair that was selected just now."""
    rows = st.session_state["pairs_table"].selection.rows
    if rows and rows[0] < len(table):
        _choose(table["True"][rows[0]], table["Predicted"][rows[0]])


def pairs_within(confusion: Confusion, rows: np.ndarray, columns: np.ndarray) -> pd.DataFrame:
    """List the most confused pairs of the classes that are drawn."""
    pairs = most_confused_pairs(confusion, limit=len(confusion.counts))
    inside = pairs["true_number"].isin(rows) & pairs["predicted_number"].isin(columns)
    return pairs[inside].head(_MOST_PAIRS).reset_index(drop=True)
