"""The confusion matrix to look into: a click on a cell, or two choices by keyboard, shows its pictures."""

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.confusion import dense_matrix, most_confused_pairs
from core.evaluation.hierarchy import verdicts
from core.evaluation.report import Evaluation
from core.models.runs import Run
from core.ui.address import ask
from core.ui.caches import products_of
from core.ui.chart_events import clicked_cell
from core.ui.charts import confusion_heatmap
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, page_rows, product_grid
from core.ui.run_view import cell_rows
from core.ui.wording import counted, percent, short_category, shortened

CHART = "confusion"
MOST_CLASSES_DRAWN = 40
_ANY = "any category"


def draw_confusion(run: Run, evaluation: Evaluation, catalog: Catalog | None) -> None:
    """Draw the matrix, the choice of a cell and its pictures."""
    drawn = classes_drawn(evaluation)
    normalized = st.segmented_control(
        "Cells", ["Counts", "Shares of each row"], default="Counts", key="cells", bind="query-params", required=True
    )
    if len(drawn) < len(evaluation.classes):
        st.caption(f"The {len(drawn)} of {len(evaluation.classes):,} categories with the most mistakes are drawn.")
    true, predicted = _pick_cell(evaluation)
    names = [evaluation.classes[place] for place in drawn]
    marked = (names.index(true), names.index(predicted)) if true in names and predicted in names else None
    figure = confusion_heatmap(
        dense_matrix(evaluation.confusion, chosen=drawn),
        dense_matrix(evaluation.confusion, normalize="true", chosen=drawn),
        names=names,
        normalized=normalized != "Counts",
        marked=marked,
    )
    st.plotly_chart(figure, key=CHART, config={"displayModeBar": False}, alt="Confusion matrix; choose a cell above")
    clicked = clicked_cell(CHART)
    if clicked is not None:
        ask_cell(names[clicked[0]], names[clicked[1]])
    draw_cell(evaluation, catalog, true, predicted)


def classes_drawn(evaluation: Evaluation) -> list[int]:
    """Give the classes to draw, in order: all when they fit, else those with the most mistakes."""
    if len(evaluation.classes) <= MOST_CLASSES_DRAWN:
        return list(range(len(evaluation.classes)))
    counts = evaluation.counts
    mistakes = counts.support + counts.predicted - 2 * counts.right
    return sorted(np.argsort(-mistakes, kind="stable")[:MOST_CLASSES_DRAWN].tolist())


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


def draw_cell(evaluation: Evaluation, catalog: Catalog | None, true: str | None, predicted: str | None) -> None:
    """Show the pictures of the chosen cell."""
    if true is None and predicted is None:
        st.caption("Click a cell, or choose a true and a predicted category, to see the pictures in it.")
        return
    rows = cell_rows(evaluation, true, predicted)
    st.subheader(counted(len(rows), "picture"), anchor=False)
    st.text(f"true: {true or _ANY}    predicted: {predicted or _ANY}")
    window = page_rows(len(rows), key="cell_page", noun="picture")
    shown = rows.iloc[window]
    titles = {} if catalog is None else products_of(catalog).set_index("product_id")["title"].to_dict()
    cards = [
        Card(
            product_id=row["product_id"],
            title=titles.get(row["product_id"], row["product_id"]),
            picture_hash=row["picture_hash"],
            badges=(
                (shortened(short_category(row["predicted"]), 24), tone),
                (percent(row["probability"], digits=0), "note"),
            ),
        )
        for row, tone in zip(shown.to_dict("records"), verdict_tones(evaluation, shown), strict=True)
    ]
    opened = product_grid(cards, key="cell_grid", empty="No picture is in this cell.", label="pictures of the cell")
    if catalog is not None:
        open_product(opened)


def verdict_tones(evaluation: Evaluation, rows: pd.DataFrame) -> list[str]:
    """Give the tone of each prediction's badge: right, right parent, or wrong."""
    return [("good", "half", "bad")[verdict] for verdict in verdicts(rows, evaluation.classes, evaluation.tree)]


def _pick_cell(evaluation: Evaluation) -> tuple[str | None, str | None]:
    """Let the visitor choose a cell by keyboard; the choice is in the URL, where a click puts it too."""
    left, right = st.columns(2, gap="medium")
    options = list(evaluation.classes)
    true = left.selectbox("True category", options, index=None, key="true", bind="query-params", placeholder=_ANY)
    predicted = right.selectbox(
        "Predicted category", options, index=None, key="predicted", bind="query-params", placeholder=_ANY
    )
    return true, predicted


def ask_cell(true: str | None, predicted: str | None) -> None:
    """Show a cell from now on."""
    ask(true=true, predicted=predicted, show="Confusion")
    st.rerun()
