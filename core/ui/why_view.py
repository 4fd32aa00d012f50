"""Why a picture was taken for what it was: where the run looked, and the training pictures it is like."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.picture_lookup import picture_file
from core.catalog.pictures import read_picture
from core.errors import PictureError, ShelfLensError
from core.evaluation.explanation import Explanation, explain_picture
from core.evaluation.report import Evaluation
from core.models.runs import Run
from core.ui.address import ask
from core.ui.caches import home, picture_address
from core.ui.charts import bars
from core.ui.confusion_cell import draw_nearest, nearest_of, titles_of, verdict_tones
from core.ui.product_grid import Card, product_grid
from core.ui.run_view import run_files
from core.ui.wording import percent, short_category, shortened

_STILL = {"displayModeBar": False}
_OFFERED = 24
_METHODS = {
    "class activation": "Orange: places that speak for the category, by the parts they add to its score.",
    "occlusion": "Orange: places without which the category would be less probable, found by hiding one after another.",
}


def draw_why(run: Run, evaluation: Evaluation, owner: Catalog | None) -> None:
    """Let the visitor choose a product, and draw why its picture was taken for what it was."""
    asked = st.text_input(
        "Product",
        key="why",
        bind="query-params",
        max_chars=500,
        placeholder="its id; or click one below",
        help="A product whose pictures the run was judged on.",
    ).strip()
    rows = evaluation.predictions[evaluation.predictions["product_id"] == asked]
    if rows.empty:
        if asked:
            st.info("No such product is among these pictures; choose another, or other pictures above.")
        _offer_mistakes(evaluation, owner)
        return
    place = 0
    if len(rows) > 1:
        place = int(st.number_input("Picture of the product", 1, len(rows), key="why_picture")) - 1
    row = rows.iloc[min(place, len(rows) - 1)]
    _draw_places(run, row)
    _draw_likeness(run, row)


def explained(run_id: str, picture_hash: str, names: tuple[str, ...]) -> Explanation:
    """Explain a picture of a catalog; kept for a while.

    Raises:
        ShelfLensError: The picture is gone, or the run cannot look at it.
    """
    return _explained(str(home().root), run_id, picture_hash, names)


@st.cache_resource(show_spinner="Looking where it looked", max_entries=32)
def _explained(root: str, run_id: str, picture_hash: str, names: tuple[str, ...]) -> Explanation:
    path = picture_file(home(), picture_hash)
    try:
        picture = None if path is None else read_picture(path)
    except OSError as error:
        raise PictureError(f"the picture's file cannot be read ({error.strerror or error}): import it again") from error
    if picture is None:
        raise PictureError("this picture is not in the home any more: import it again")
    return explain_picture(home(), run_files(run_id), picture, classes=names)


def _offer_mistakes(evaluation: Evaluation, owner: Catalog | None) -> None:
    """Show the surest mistakes to choose from, or the least sure pictures where there is none."""
    wrong = evaluation.predictions[~evaluation.predictions["right"].to_numpy(bool)]
    shown = (
        wrong.nlargest(_OFFERED, "probability")
        if len(wrong)
        else evaluation.predictions.nsmallest(_OFFERED, "probability")
    )
    st.caption("The surest mistakes; click one." if len(wrong) else "No mistake here; these are the least sure.")
    titles = titles_of(owner, shown["product_id"].tolist())
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
    clicked = product_grid(cards, key="why_offer", label="pictures to explain")
    if clicked is not None:
        ask(why=clicked)
        st.rerun()


def _draw_places(run: Run, row: pd.Series) -> None:
    names = tuple(dict.fromkeys((str(row["predicted"]), str(row["label"]))))
    try:
        found = explained(run.run_id, str(row["picture_hash"]), names)
    except ShelfLensError as error:
        st.caption("Where the run looked cannot be shown:")
        st.text(str(error))
        return
    columns = st.columns([1] * (1 + len(names)) + [1.6], gap="medium")
    columns[0].text("The picture")
    columns[0].image(picture_address(found.square), width="stretch")
    for column, name in zip(columns[1:], names, strict=False):
        verdict = "predicted" if name == row["predicted"] else "true"
        column.text(shortened(f"{verdict}: {short_category(name)}", 48))
        column.image(picture_address(found.overlay(name)), width="stretch")
    order = found.probabilities.argsort()[::-1][:5]
    figure = bars(
        [run.classes[place] for place in order],
        [float(found.probabilities[place]) for place in order],
        title="Most probable",
        as_percent=True,
    )
    columns[-1].plotly_chart(figure, key="why_bars", config=_STILL, alt="Most probable categories")
    st.caption(_METHODS[found.method])


def _draw_likeness(run: Run, row: pd.Series) -> None:
    labels = tuple(dict.fromkeys((str(row["label"]), str(row["predicted"]))))
    st.header(
        "Nearest training pictures", anchor=False, help="By the features the run reads: what it has learned from."
    )
    try:
        found = nearest_of(run.run_id, str(row["picture_hash"]), (*labels, None))
    except ShelfLensError as error:
        st.text(str(error))
        return
    for column, each in zip(st.columns(len(found), gap="medium"), found, strict=True):
        with column:
            draw_nearest(each, key=f"why_near_{'any' if each.label is None else labels.index(each.label)}")
