"""What of a confusion is drawn: level, order, search, only mistakes, and the block looked into; all in the address."""

import re
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.evaluation.class_order import ClassOrder, class_order
from core.evaluation.confusion import Confusion
from core.evaluation.confusion_blocks import MOST_BLOCKS, Blocks, blocks_of, matching_classes
from core.evaluation.report import Evaluation
from core.ui.address import ask
from core.ui.run_view import confusion_of
from core.ui.wording import counted, number_text

ALL = "All"
ORDERS: dict[str, ClassOrder] = {"Tree": "tree", "Similarity": "similarity", "Mistakes": "mistakes"}
_BLOCK = "block"
_PLACES = re.compile(r"\d{1,6}(-\d{1,6}){3}")
_SEARCHED_FROM = 25


@dataclass(frozen=True)
class Drawn:
    """What is drawn.

    Attributes:
        confusion: Of the classes, or of the categories of a level above them.
        level: That level, from 1; None for the classes themselves.
        blocks: The squares.
        normalized: Show shares of the rows instead of counts.
        is_part: Whether a block was looked into.
    """

    confusion: Confusion
    level: int | None
    blocks: Blocks
    normalized: bool
    is_part: bool


def ask_drawn(evaluation: Evaluation) -> Drawn:
    """Let the visitor choose what is drawn."""
    levels = roll_up_levels(evaluation)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        level = _ask_level(evaluation, levels)
        confusion = confusion_of(evaluation, level)
        order = st.segmented_control(
            "Order",
            list(ORDERS),
            default="Tree",
            key="class_order",
            bind="query-params",
            required=True,
            on_change=_forget_block,
            help="Similarity puts categories that are taken for one another side by side.",
        )
        cells = st.segmented_control("Cells", ["Counts", "Shares of each row"], default="Counts", key="cells",
                                     bind="query-params", required=True)  # fmt: skip
        only_errors = st.toggle("Only mistakes", key="only_mistakes", bind="query-params")
    rows, columns = _found(confusion, ordered(evaluation, confusion, level, ORDERS[order]))
    window = _window(len(rows), len(columns))
    if window is not None:
        rows, columns = rows[window[0]], columns[window[1]]
    blocks = blocks_of(confusion, rows, columns, only_errors=only_errors)
    return Drawn(confusion, level, blocks, cells != "Counts", window is not None)


def roll_up_levels(evaluation: Evaluation) -> list[int]:
    """Give the levels above the classes that tell something: more than one category, fewer than below."""
    if evaluation.tree is None:
        return []
    counts = [len(names) for names in evaluation.tree.names]
    return [level for level in range(1, len(counts)) if 1 < counts[level - 1] < counts[level]]


def ordered(evaluation: Evaluation, confusion: Confusion, level: int | None, by: ClassOrder) -> np.ndarray:
    """Order the classes; what takes a moment is kept."""
    return _ordered((evaluation.run_id, evaluation.split, level, by), confusion)


@st.cache_data(show_spinner="Ordering by similarity", max_entries=24)
def _ordered(key: tuple[str, str, int | None, ClassOrder], _confusion: Confusion) -> np.ndarray:
    return class_order(_confusion, key[3])


def look_into(drawn: Drawn, row: int, column: int) -> None:
    """Draw only the classes of a square from now on."""
    blocks = drawn.blocks
    first = _window_start()
    down, across = blocks.row_starts[row : row + 2].tolist(), blocks.column_starts[column : column + 2].tolist()
    places = [*(first[0] + each for each in down), *(first[1] + each for each in across)]
    st.query_params[_BLOCK] = "-".join(map(str, places))


def look_below(evaluation: Evaluation, level: int, true: str, predicted: str) -> None:
    """Draw the categories below two categories of a level from now on, in the order of the tree."""
    tree = evaluation.tree
    if tree is None:
        return
    below = next((each for each in roll_up_levels(evaluation) if each > level), None)
    nodes = tree.nodes[:, level - 1]
    children = np.arange(len(nodes)) if below is None else tree.nodes[:, below - 1]
    names = tree.names[level - 1]
    places = []
    for name in (true, predicted):
        inside = children[nodes == names.index(name)]
        places += [int(inside.min()), int(inside.max()) + 1]
    st.query_params[_BLOCK] = "-".join(map(str, places))
    wanted = ALL if below is None else _level_name(below)
    ask(level=wanted, class_order="Tree", find="", true=None, predicted=None)
    st.rerun()


def draw_extent(drawn: Drawn) -> None:
    """Say what is drawn, and offer the whole again."""
    blocks, total = drawn.blocks, len(drawn.confusion.classes)
    sides = f"{number_text(len(blocks.rows))} true × {number_text(len(blocks.columns))} predicted"
    words = f"{sides} of {counted(total, 'category', 'categories')}"
    if not blocks.is_single:
        each = int(np.diff(blocks.row_starts).max()) * int(np.diff(blocks.column_starts).max())
        words += f". A square stands for up to {number_text(each)} pairs of categories: click it to look into it"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.caption(f"{words}.", width="stretch" if not drawn.is_part else "content")
        if drawn.is_part:
            icon = ":material/zoom_out_map:"
            st.button("Whole matrix", icon=icon, key="whole_matrix", on_click=_forget_block)


def _ask_level(evaluation: Evaluation, levels: list[int]) -> int | None:
    if not levels:
        return None
    names = [_level_name(level) for level in levels]
    default = ALL
    if len(evaluation.classes) > MOST_BLOCKS:
        fits = [name for name, level in zip(names, levels, strict=True) if _count(evaluation, level) <= MOST_BLOCKS]
        default = fits[-1] if fits else ALL
    chosen = st.segmented_control(
        "Categories",
        [*names, ALL],
        default=default,
        key="level",
        bind="query-params",
        required=True,
        on_change=_forget_block,
        help="Rolls the categories up to a level of their tree.",
    )
    return dict(zip(names, levels, strict=True)).get(chosen)


def _level_name(level: int) -> str:
    return f"Level {level}"


def _count(evaluation: Evaluation, level: int) -> int:
    return len(evaluation.tree.names[level - 1]) if evaluation.tree is not None else len(evaluation.classes)


def _found(confusion: Confusion, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Let the visitor search; give the rows and columns in order."""
    if len(confusion.classes) <= _SEARCHED_FROM:
        return order, order
    text = st.text_input(
        "Find categories",
        key="find",
        bind="query-params",
        max_chars=200,
        on_change=_forget_block,
        placeholder="words of their names",
        help="Rows: the categories found. Columns: these and what their pictures were taken for.",
    )
    if not text.strip():
        return order, order
    rows, columns = matching_classes(confusion, text)
    if not len(rows):
        st.info("No category has all these words in its name; the whole matrix is drawn.")
        return order, order
    return order[np.isin(order, rows)], order[np.isin(order, columns)]


def _forget_block() -> None:
    st.query_params.pop(_BLOCK, None)


def _window(rows: int, columns: int) -> tuple[slice, slice] | None:
    """Read the block from the address, which may say anything."""
    asked = str(st.query_params.get(_BLOCK, ""))
    if not _PLACES.fullmatch(asked):
        return None
    top, bottom, left, right = (int(place) for place in asked.split("-"))
    if not (top < bottom <= rows and left < right <= columns):
        return None
    return slice(top, bottom), slice(left, right)


def _window_start() -> tuple[int, int]:
    asked = str(st.query_params.get(_BLOCK, ""))
    if not _PLACES.fullmatch(asked):
        return 0, 0
    places = [int(place) for place in asked.split("-")]
    return places[0], places[2]
