"""The pictures behind a cell of the confusion, and the training pictures that may have caused the mistake."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.errors import ShelfLensError
from core.evaluation.hierarchy import verdicts
from core.evaluation.nearest_training import NearestTraining, nearest_training, picture_features
from core.evaluation.report import Evaluation
from core.models.runs import Run
from core.ui.address import ask
from core.ui.caches import home
from core.ui.confusion_choice import Drawn
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, page_rows, product_grid
from core.ui.run_view import cell_rows, run_files
from core.ui.wording import counted, number_text, percent, short_category, shortened

_ANY = "any category"
_NEAREST = 4
_SAID = 24


def draw_cell(
    run: Run, evaluation: Evaluation, catalog: Catalog | None, drawn: Drawn, true: str | None, predicted: str | None
) -> None:
    """Show the pictures of the chosen cell and, for a mistake between two classes, what it may come from."""
    if true is None and predicted is None:
        st.caption("Click a cell, or choose a true and a predicted category, to see the pictures in it.")
        return
    rows = cell_rows(evaluation, drawn.confusion, true, predicted)
    st.header(counted(len(rows), "picture"), anchor=False)
    st.text(f"true: {true or _ANY}    predicted: {predicted or _ANY}")
    window = page_rows(len(rows), key="cell_page", noun="picture")
    shown = rows.iloc[window]
    titles = titles_of(catalog, shown["product_id"].tolist())
    cards = [
        Card(
            product_id=row["product_id"],
            title=titles.get(row["product_id"], row["product_id"]),
            picture_hash=row["picture_hash"],
            badges=(
                (shortened(short_category(row["predicted"]), _SAID), tone),
                (percent(row["probability"], digits=0), "note"),
            ),
        )
        for row, tone in zip(shown.to_dict("records"), verdict_tones(evaluation, shown), strict=True)
    ]
    opened = product_grid(cards, key="cell_grid", empty="No picture is in this cell.", label="pictures of the cell")
    if drawn.level is None and true is not None and predicted is not None and true != predicted and len(shown):
        _draw_because(run, shown, true, predicted)
    if catalog is not None and opened:
        open_product(opened)
        st.rerun()  # the dialog opens at the end of the whole page


def verdict_tones(evaluation: Evaluation, rows: pd.DataFrame) -> list[str]:
    """Give the tone of each prediction's badge: right, right parent, or wrong."""
    return [("good", "half", "bad")[verdict] for verdict in verdicts(rows, evaluation.classes, evaluation.tree)]


def titles_of(catalog: Catalog | None, product_ids: list[str]) -> dict[str, str]:
    """Read the titles of a page of products; those that are gone are left out."""
    if catalog is None or not product_ids:
        return {}
    asked = ProductFilter(product_ids=tuple(dict.fromkeys(product_ids)), left_out=None)
    return {each.product_id: each.title for each in read_products(home(), catalog, filter=asked)}


def _draw_because(run: Run, shown: pd.DataFrame, true: str, predicted: str) -> None:
    """Draw one mistake between the nearest training pictures of both classes."""
    st.header(
        "Confused because",
        anchor=False,
        help="The training pictures of both categories that are most like the mistake, by the features the run reads. "
        "Where those of the wrong category are nearer, look at them: a wrong label among them is a usual cause.",
    )
    place = 0
    if len(shown) > 1:
        place = int(st.number_input("Mistake", 1, len(shown), key="because_of", help="Their order above.")) - 1
    row = shown.iloc[min(place, len(shown) - 1)]
    try:
        found = nearest_of(run.run_id, str(row["picture_hash"]), (true, predicted))
    except ShelfLensError as error:
        st.caption("The nearest training pictures cannot be found:")
        st.text(str(error))
        return
    own, left, right = st.columns([1, 2, 2], gap="medium")
    with own:
        st.text("The mistake")
        said = (percent(row["probability"], digits=0), "bad")
        card = Card(row["product_id"], row["product_id"], row["picture_hash"], badges=(said,))
        product_grid([card], key="because_query", label="the mistake", small=True)
        if st.button("Why?", key="because_why", icon=":material/center_focus_strong:", width="stretch"):
            ask_why(str(row["product_id"]))
    for column, each in zip((left, right), found, strict=True):
        with column:
            draw_nearest(each, key=f"because_{'true' if each.label == true else 'predicted'}")


def ask_why(product_id: str) -> None:
    """Show why a product's picture was taken for what it was, from now on."""
    st.query_params["why"] = product_id
    ask(show="Why")
    st.rerun()


def draw_nearest(found: NearestTraining, *, key: str) -> None:
    """Draw the nearest training pictures of one class."""
    name = "any category" if found.label is None else shortened(short_category(found.label), 40)
    best = found.pictures["similarity"].iloc[0] if len(found.pictures) else None
    st.text(f"Training: {name}" + ("" if best is None else f", nearest {percent(best, digits=0)} alike"))
    cards = [
        Card(
            product_id=row["product_id"],
            title=row["label"],
            picture_hash=row["picture_hash"],
            badges=((percent(row["similarity"], digits=0), "note"),),
        )
        for row in found.pictures.to_dict("records")
    ]
    product_grid(cards, key=key, label=f"training pictures of {name}", small=True)
    if found.sought < found.of:
        st.caption(
            f"The nearest of {number_text(found.sought)} of {number_text(found.of)} training pictures, evenly chosen."
        )


def nearest_of(run_id: str, picture_hash: str, labels: tuple[str | None, ...]) -> list[NearestTraining]:
    """Find the training pictures of classes nearest to a picture of the run's catalog; kept for a while.

    Raises:
        RunError: Features that are needed are not kept.
    """
    return _nearest_of(str(home().root), run_id, picture_hash, labels)


@st.cache_data(show_spinner="Looking for the nearest training pictures", max_entries=64)
def _nearest_of(root: str, run_id: str, picture_hash: str, labels: tuple[str | None, ...]) -> list[NearestTraining]:
    files = run_files(run_id)
    features = picture_features(home(), files, picture_hash)
    return nearest_training(home(), files, features, labels=labels, count=_NEAREST)
