"""What the Embeddings page looks at, as its address names it: camera, isolated kinds, and the selection.

A selection in the address is a loop (its corners on the map), words searched for, or a slice: short, and the same
products for whoever opens the link.
"""

import math
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import SettingsError
from core.explore.map_picture import Camera
from core.explore.map_scene import decoded_loop, loop_for_address
from core.ui.map_component import read_camera, read_codes

_NAMES = ("loop", "loop_only", "loop_by", "loop_at", "map", "find", "slice")


@dataclass(frozen=True)
class AskedSelection:
    """The selection an address asks for; at most one of `loop`, `words` and `slice_name` is set.

    Attributes:
        loop: Corners as the component writes them.
        only: Codes of the kinds the loop takes; empty takes all.
        by: What the kinds are of.
        at: Place of the slider while the loop was drawn, 0..1.
        layout: Name of the drawing the loop was drawn on; empty where it is not known.
        words: Words searched for.
        slice_name: Name of a slice.
    """

    loop: str | None = None
    only: tuple[int, ...] = ()
    by: str = ""
    at: float = 0.0
    layout: str = ""
    words: str | None = None
    slice_name: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self.loop is None and self.words is None and self.slice_name is None


def asked_selection() -> AskedSelection:
    """Read the selection of the address; a loop that cannot be read selects nothing."""
    loop = st.query_params.get("loop")
    if loop:
        try:
            decoded_loop(loop)
        except SettingsError:
            return AskedSelection()
        return AskedSelection(
            loop=loop.replace("-", "+").replace("_", "/"),
            only=_codes(st.query_params.get("loop_only")),
            by=st.query_params.get("loop_by", ""),
            at=_share(st.query_params.get("loop_at")),
            layout=st.query_params.get("map", ""),
        )
    words = st.query_params.get("find")
    if words:
        return AskedSelection(words=words[:200])
    return AskedSelection(slice_name=st.query_params.get("slice") or None)


def choose_selection(chosen: dict[str, Any] | None, *, by: str, layout: str = "") -> None:
    """Write a selection from the map into the address; None takes it out.

    Args:
        chosen: As the component tells it.
        by: What the kinds on the map are of.
        layout: Name of the drawing; empty where there are two.
    """
    clear_selection()
    if chosen is None:
        return
    loop, words = chosen.get("loop"), chosen.get("search")
    if isinstance(loop, str) and loop:
        st.query_params["loop"] = loop_for_address(loop[:600])
        if layout:
            st.query_params["map"] = layout
        only = chosen.get("only")
        codes = read_codes(only if isinstance(only, list) else [])
        if codes:
            st.query_params["loop_only"] = ".".join(map(str, codes))
            st.query_params["loop_by"] = by
        at = chosen.get("at")
        if isinstance(at, int | float) and 0 < at <= 1:
            st.query_params["loop_at"] = f"{at:g}"
    elif isinstance(words, str) and words.strip():
        st.query_params["find"] = words.strip()[:200]


def choose_slice(name: str) -> None:
    """Select the products of a slice."""
    clear_selection()
    st.query_params["slice"] = name


def clear_selection() -> None:
    """Take the selection out of the address."""
    for name in _NAMES:
        st.query_params.pop(name, None)


def asked_camera(*, at: float = 0.0) -> Camera:
    """Read what the address looks at; `at` is where its slider stands when the address does not say."""
    parts = (st.query_params.get("view") or "").split(",")
    try:
        view = [float(part) for part in parts] if len(parts) == 3 else None
    except ValueError:
        view = None
    if view is not None and not all(math.isfinite(part) for part in view):
        view = None
    told = st.query_params.get("at")
    return read_camera(view, _codes(st.query_params.get("only")), at if told is None else _share(told))


def note_camera(camera: Camera) -> None:
    """Write what is looked at into the address, so that its link shows the same."""
    _note("view", None if camera.view is None else ",".join(f"{each:g}" for each in camera.view))
    _note("only", ".".join(map(str, camera.only)) or None)
    _note("at", f"{camera.at:g}" if camera.at else None)


def _note(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def _codes(text: str | None) -> tuple[int, ...]:
    words = (text or "")[:1024].split(".")
    return read_codes([int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 4])


def _share(text: str | None) -> float:
    try:
        at = float(text or 0)
    except ValueError:
        return 0.0
    return at if 0 <= at <= 1 else 0.0
