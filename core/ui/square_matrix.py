"""A confusion, or another table, as squares that can be clicked: at most a few thousand of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.ui.product_grid import component_text
from core.ui.wording import number_text, shortened

_matrix = st.components.v2.component(
    "shelflens_square_matrix",
    html='<div class="root"><canvas role="img"></canvas><div class="tip" role="status"></div></div>',
    css=component_text("square_matrix.css"),
    js=component_text("square_matrix.js"),
)
_NAME_LENGTH, _LABEL_LENGTH = 60, 22
_MOST_WRITTEN = 25
"""Names along a side up to which figures fit into the squares."""


@dataclass(frozen=True)
class SquareNames:
    """What the squares of a matrix stand for.

    Attributes:
        rows: R names from outside, or of the first and last of several.
        columns: K names, likewise.
        row_side: What rows are.
        column_side: What columns are.
        noun: What is counted.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    row_side: str = "True"
    column_side: str = "Predicted"
    noun: str = "picture"


def square_matrix(
    counts: np.ndarray,
    shares: np.ndarray,
    *,
    names: SquareNames,
    normalized: bool,
    marked: tuple[int, int] | None,
    key: str,
    on_click: Callable[[int, int], None],
) -> None:
    """Draw squares of a confusion, where rows are true and columns predicted categories, or of another table.

    Args:
        counts: Pictures, or what else is counted, int (R, K).
        shares: The same as shares of all that a row stands for, float (R, K).
        names: What rows and columns are.
        normalized: Show shares instead of counts.
        marked: A square (true, predicted) to frame.
        key: Names the matrix within its page.
        on_click: Hears the row and column of a square that was clicked, before the page is drawn anew.
    """

    def clicked() -> None:
        square = st.session_state[key].clicked
        if square:
            on_click(int(square["row"]), int(square["column"]))

    full = np.argwhere(counts > 0)
    # By the logarithm of one more than the pictures: thousands on the diagonal would hide single mistakes.
    shades = np.log1p(100 * shares if normalized else counts)
    shades = shades / max(float(shades.max(initial=0.0)), 1e-9)
    cells = [
        [row, column, number_text(counts[row, column]), f"{100 * shares[row, column]:.1f}", round(shade, 3)]
        for (row, column), shade in zip(full.tolist(), shades[counts > 0].tolist(), strict=True)
    ]
    data = {
        "rows": [shortened(name, _NAME_LENGTH) for name in names.rows],
        "columns": [shortened(name, _NAME_LENGTH) for name in names.columns],
        "row_labels": [_label(name) for name in names.rows],
        "column_labels": [_label(name) for name in names.columns],
        "cells": cells,
        "marked": marked,
        "written": None if max(counts.shape) > _MOST_WRITTEN else "share" if normalized else "count",
        "height": int(np.clip(170 + 30 * len(names.rows), 340, 820)),
        "label": f"{names.row_side} against {names.column_side.lower()}; boxes beside it choose a cell too",
        "sides": (names.row_side, names.column_side),
        "noun": names.noun,
    }
    _matrix(key=key, data=data, on_clicked_change=clicked)


def _label(name: str) -> str:
    return shortened(name.rsplit(" > ", 1)[-1], _LABEL_LENGTH)
