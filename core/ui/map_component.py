"""The map of products on a page: deck.gl draws it, its points travel once, its small questions travel alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.explore.map_picture import Camera, digest
from core.explore.map_scene import encoded_members
from core.ui.caches import thumbnails
from core.ui.product_grid import component_text

_MOST_THUMBNAILS = 120
_MOST_CHARACTERS = 200

_map = st.components.v2.component(
    "shelflens_product_map",
    html=component_text("product_map.html"),
    css=component_text("product_map.css"),
    js=component_text("product_map.js"),
)
# deck.gl, large, in a component of its own: the map is there before it has come, and is drawn anew without sending it.
_drawing = st.components.v2.component(
    "shelflens_map_drawing", html='<div class="root" hidden></div>', js=component_text("map_drawing.js")
)
_wire = st.components.v2.component(
    "shelflens_map_wire", html='<div class="root" hidden></div>', js=component_text("map_wire.js")
)


@dataclass(frozen=True)
class HoverCard:
    """What appears beside the pointer: foreign texts are shown as they are."""

    title: str
    line: str
    picture_hash: str | None


@dataclass(frozen=True)
class MapAnswers:
    """What Python says when a map asks.

    Attributes:
        card: Gives what to show for a point, None for one that is not there.
        picture_hash: Gives the picture of a point.
        search: Gives which of the n points hold some words, bool (n,), and how many products do.
        moved: Hears where the visitor looks now.
    """

    card: Callable[[int], HoverCard | None]
    picture_hash: Callable[[int], str | None]
    search: Callable[[str], tuple[np.ndarray, int]]
    moved: Callable[[Camera], None]


def product_map(data: dict[str, Any], *, key: str, on_select: Callable[[dict[str, Any] | None], None]) -> int | None:
    """Draw a map; :func:`map_drawing` has to be on the page as well.

    Args:
        data: See :func:`map_data`.
        key: Names the map within its page.
        on_select: Hears a new selection as the component writes it, None when it was cleared, before the page is
            drawn anew.

    Returns:
        The point a visitor clicked just now, if any.
    """

    def selected() -> None:
        chosen = st.session_state[key].selection
        on_select(chosen if isinstance(chosen, dict) else None)

    result = _map(
        key=key,
        data={**data, "key": key},
        on_selection_change=selected,
        on_opened_change=_nothing,
    )
    opened = result.opened
    return int(opened) if isinstance(opened, int | float) and 0 <= opened < data["n"] else None


def map_drawing() -> None:
    """Send the library that moves maps smoothly, once a page, after the maps themselves."""
    _drawing(key="map_drawing")


@st.fragment
def map_wire(
    key: str,
    data_version: str,
    answers: MapAnswers,
    *,
    selected: np.ndarray | None,
    loop: str | None = None,
    chosen: int | None = None,
) -> None:
    """Answer what a map asks, without drawing the page anew.

    Args:
        key: Of the map.
        data_version: Of its data; answers to older questions are dropped.
        answers: What to say.
        selected: bool (n,): the points to mark as selected; None marks none.
        loop: The loop to draw, as the component writes it.
        chosen: How many products are selected, drawn or not; None where nothing is.
    """
    asked = st.session_state.get(f"{key}_wire", {}).get("question")
    marked = None if selected is None else encoded_members(selected)
    answer = {
        "version": data_version,
        "selected": marked,
        "loop": loop,
        "chosen": chosen,
        "selected_version": digest(marked or "", loop or ""),
        **_answer(asked, answers),
    }
    _wire(key=f"{key}_wire", data={"key": key, "answer": answer}, on_question_change=_nothing)


def _answer(asked: Any, answers: MapAnswers) -> dict[str, Any]:
    """Answer one question; what cannot be one is answered by its number alone."""
    if not isinstance(asked, dict):
        return {}
    name, value = asked.get("name"), asked.get("value")
    answer: dict[str, Any] = {"number": asked.get("number")}
    if name == "hover" and isinstance(value, int | float):
        card = answers.card(int(value))
        if card is not None:
            picture = thumbnails([card.picture_hash])[0]
            answer["card"] = {"row": int(value), "title": card.title, "line": card.line, "picture": picture}
    elif name == "thumbs" and isinstance(value, list):
        rows = [int(row) for row in value[:_MOST_THUMBNAILS] if isinstance(row, int | float)]
        pictures = thumbnails([answers.picture_hash(row) for row in rows])
        answer["thumbs"] = [list(pair) for pair in zip(rows, pictures, strict=True)]
    elif name == "search" and isinstance(value, str):
        found, count = answers.search(value[:_MOST_CHARACTERS])
        answer["search"] = {"text": value, "found": encoded_members(found), "count": count}
    elif name == "view" and isinstance(value, dict):
        at = value.get("at")
        answers.moved(read_camera(value.get("view"), value.get("only"), at if isinstance(at, int | float) else 0.0))
    return answer


def read_camera(view: Any, only: Any, at: float = 0.0) -> Camera:
    """Read a camera from outside; what makes no sense shows the whole map."""
    numbers = [each for each in view if isinstance(each, int | float)] if isinstance(view, list | tuple) else []
    good = len(numbers) == 3 and all(abs(each) < 1e6 for each in numbers)
    kinds = only if isinstance(only, list | tuple) else []
    return Camera(
        view=(float(numbers[0]), float(numbers[1]), float(numbers[2])) if good else None,
        only=read_codes(kinds),
        at=at if 0 <= at <= 1 else 0.0,
    )


def read_codes(codes: Sequence[Any]) -> tuple[int, ...]:
    """Read codes of kinds from outside; what is none is left out."""
    return tuple(sorted({int(code) for code in codes[:256] if isinstance(code, int | float) and 0 <= code < 256}))


def _nothing() -> None:
    """Stand for a callback: its presence makes Streamlit give the value back."""
