"""What the Embeddings page looks at, as its address names it: camera, isolated kinds, and the selection.

A selection in the address is a loop (its corners on the map), words searched for, a slice, or a cluster: short, and
the same products for whoever opens the link.
"""

import math
from typing import Any

import streamlit as st

from core.errors import SettingsError
from core.explore.map_picture import Camera
from core.explore.map_scene import loop_for_address
from core.explore.map_selections import MapSelection, read_kinds, read_share, selection_of
from core.ui.map_component import read_camera, read_codes

_NAMES = ("loop", "loop_only", "loop_by", "loop_at", "map", "find", "slice", "members")


def asked_selection() -> MapSelection:
    """Read the selection of the address; what cannot be read selects nothing."""
    try:
        return selection_of({name: st.query_params.get(name, "") for name in (*_NAMES, "verdict_run")})
    except SettingsError:
        return MapSelection()


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
    only = read_kinds(st.query_params.get("only", "")) if same else ()
    return read_camera(view, only, read_share(told) if told else at)


def note_camera(camera: Camera, *, by: str) -> None:
    """Write what is looked at into the address, so that its link shows the same."""
    only = ".".join(map(str, camera.only))
    view = "" if camera.view is None else ",".join(f"{each:g}" for each in camera.view)
    at = f"{camera.at:g}" if camera.at else ""
    change_address({"view": view, "only": only, "only_by": by if only else "", "at": at})
