"""Pictures with their two likeliest labels and percentages written onto them, as a run of labels sees them."""

from html import escape

import numpy as np
import streamlit as st

from core.evaluation.label_report import LabelEvaluation
from core.ui.caches import thumbnails
from core.ui.label_trial import NO_LABEL, ON_PICTURE
from core.ui.product_grid import page_rows
from core.ui.wording import counted, percent, shortened

_ANY = "any label"
_GRID = "display:grid;grid-template-columns:repeat(auto-fill,minmax(160px,1fr));gap:12px"
_WRITTEN = (
    "position:absolute;left:6px;top:6px;right:6px;padding:3px 8px;border-radius:6px;background:rgba(0,0,0,.72);"
    "color:#fff;font-weight:600;font-size:.85rem;overflow-wrap:anywhere"
)
_EMPTY = "height:160px;border-radius:8px;background:rgba(128,128,128,.2)"


def draw_label_pictures(evaluation: LabelEvaluation) -> None:
    """Draw the pictures of a label, the surest first, with what the run says of them written onto each."""
    label = st.selectbox(
        "Pictures that have or were given", list(evaluation.classes), index=None, key="label_seen", bind="query-params",
        placeholder=_ANY,
    )  # fmt: skip
    rows = rows_with(evaluation, label)
    st.caption(
        f"{counted(len(rows), 'picture')}. On each the {ON_PICTURE} likeliest labels with their probability, below it "
        "what it has; ✓ where all labels are right."
    )
    shown = rows[page_rows(len(rows), key="label_pictures_page", noun="picture")]
    if not len(shown):
        st.info("No picture has this label or was given it.")
        return
    pictures = thumbnails(evaluation.predictions["picture_hash"].iloc[shown].tolist())
    cells = (_cell(evaluation, int(row), picture) for row, picture in zip(shown, pictures, strict=True))
    st.html(f'<div style="{_GRID}">{"".join(cells)}</div>')


def rows_with(evaluation: LabelEvaluation, label: str | None) -> np.ndarray:
    """Find the pictures that have a label or were given it, the most probable first; all by likeliest label for None.

    Returns:
        Int64 array of row numbers of the predictions.
    """
    if label is None:
        return np.argsort(-evaluation.probabilities.max(axis=1), kind="stable")
    place = evaluation.classes.index(label)
    found = np.flatnonzero((evaluation.label_sets[:, place] > 0) | evaluation.chosen[:, place])
    return found[np.argsort(-evaluation.probabilities[found, place], kind="stable")]


def _cell(evaluation: LabelEvaluation, row: int, picture: str) -> str:
    """Write one picture as HTML; every name comes from outside and is escaped."""
    chances = evaluation.probabilities[row]
    top = np.argsort(-chances, kind="stable")[:ON_PICTURE]
    said = [(shortened(evaluation.classes[place], 28), percent(float(chances[place]), digits=0)) for place in top]
    lines = "".join(f"<div>{escape(name)} {escape(chance)}</div>" for name, chance in said)
    seen = (
        f'<img src="{escape(picture)}" alt="" style="width:100%;display:block;border-radius:8px">'
        if picture
        else f'<div style="{_EMPTY}"></div>'
    )
    told = evaluation.predictions.iloc[row]
    mark = "✓ " if told["right"] else ""
    below = f'<div style="font-size:.85rem">{mark}{escape(shortened(str(told["label"]) or NO_LABEL, 60))}</div>'
    return f'<div><div style="position:relative">{seen}<div style="{_WRITTEN}">{lines}</div></div>{below}</div>'
