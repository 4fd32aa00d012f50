"""What the Embeddings page looks at, as its address names it: camera, isolated kinds, and the selection.

A selection in the address is a loop (its corners on the map), words searched for, a slice, or a cluster: short, and
the same products for whoever opens the link.
"""

import math
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import SettingsError
from core.explore.map_picture import Camera
from core.explore.map_scene import decoded_loop, loop_for_address
from core.ui.map_component import read_camera, read_codes

_NAMES = ("loop", "loop_only", "loop_by", "loop_at", "map", "find", "slice", "members")


@dataclass(frozen=True)
class AskedSelection:
    """The selection an address asks for; at most one of `loop`, `words`, `slice_name` and `members` is set.

    Attributes:
        loop: Corners as the component writes them.
        only: Codes of the kinds the loop takes; empty takes all.
        by: What the kinds are of.
        at: Place of the slider while the loop was drawn, 0..1.
        layout: Name of the drawing the loop was drawn on; empty where the address does not say.
        words: Words searched for.
        slice_name: Name of a slice.
        members: Version of clusters that are kept, and the number of one of them.
    """

    loop: str | None = None
    only: tuple[int, ...] = ()
    by: str = ""
    at: float = 0.0
    layout: str = ""
    words: str | None = None
    slice_name: str | None = None
    members: tuple[str, int] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self.loop is None and self.words is None and self.slice_name is None and self.members is None


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
    words = (st.query_params.get("find") or "").strip()
    if words:
        return AskedSelection(words=words[:200])
    name = st.query_params.get("slice")
    return AskedSelection(slice_name=name) if name else AskedSelection(members=_members())


def choose_selection(chosen: dict[str, Any] | None, *, by: str, layout: str = "") -> None:
    """Write a selection from the map into the address; None takes it out.

    Args:
        chosen: As the component tells it.
        by: What the kinds on the map are of.
        layout: Name of the drawing; empty where it has none.
    """
    loop, words = (chosen or {}).get("loop"), (chosen or {}).get("search")
    if isinstance(loop, str) and loop:
        _write(**_loop_words(chosen or {}, loop_for_address(loop[:600]), by=by), map=layout)
    elif isinstance(words, str):
        _write(find=words.strip()[:200])
    else:
        _write()


def _loop_words(chosen: dict[str, Any], loop: str, *, by: str) -> dict[str, str]:
    only, at = chosen.get("only"), chosen.get("at")
    codes = ".".join(map(str, read_codes(only if isinstance(only, list) else [])))
    between = isinstance(at, int | float) and 0 < at <= 1
    return {"loop": loop, "loop_only": codes, "loop_by": by if codes else "", "loop_at": f"{at:g}" if between else ""}


def choose_slice(name: str) -> None:
    """Select the products of a slice."""
    _write(slice=name)


def choose_members(version: str, cluster: int) -> None:
    """Select the products of a cluster."""
    _write(members=f"{version}.{cluster}")


def _members() -> tuple[str, int] | None:
    version, _, number = (st.query_params.get("members") or "")[:100].rpartition(".")
    known = version and number.removeprefix("-").isdecimal() and number.isascii()
    return (version, int(number)) if known else None


def clear_selection() -> None:
    """Take the selection out of the address."""
    _write()


def _write(**selection: str) -> None:
    """Put a selection in place of the one that is there, in one step: the browser's Back leads to the one before."""
    change_address({name: selection.get(name, "") for name in _NAMES})


def change_address(wanted: dict[str, str]) -> None:
    """Set names of the address, empty ones go; nothing happens where all stand already."""
    changed = {name: value for name, value in wanted.items() if st.query_params.get(name, "") != value}
    if changed:
        st.query_params.update({name: value or [] for name, value in changed.items()})


def asked_camera(*, by: str, at: float = 0.0) -> Camera:
    """Read what the address looks at.

    Args:
        by: What the kinds on the map are of now; kinds of another coloring are not isolated.
        at: Where the slider stands when the address does not say.
    """
    parts = (st.query_params.get("view") or "").split(",")
    try:
        view = [float(part) for part in parts] if len(parts) == 3 else None
    except ValueError:
        view = None
    if view is not None and not all(math.isfinite(part) for part in view):
        view = None
    told = st.query_params.get("at")
    same = st.query_params.get("only_by") in (by, None, "")
    only = _codes(st.query_params.get("only")) if same else ()
    return read_camera(view, only, _share(told) if told else at)


def note_camera(camera: Camera, *, by: str) -> None:
    """Write what is looked at into the address, so that its link shows the same."""
    only = ".".join(map(str, camera.only))
    view = "" if camera.view is None else ",".join(f"{each:g}" for each in camera.view)
    at = f"{camera.at:g}" if camera.at else ""
    change_address({"view": view, "only": only, "only_by": by if only else "", "at": at})


def _codes(text: str | None) -> tuple[int, ...]:
    words = (text or "")[:1024].split(".")
    return read_codes([int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 4])


def _share(text: str | None) -> float:
    try:
        at = float(text or 0)
    except ValueError:
        return 0.0
    return at if 0 <= at <= 1 else 0.0
