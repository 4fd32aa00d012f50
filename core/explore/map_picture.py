"""Everything a map shows, and how its component reads it."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.explore.map_coloring import Coloring, Shapes
from core.explore.map_scene import encoded

HEIGHT_PX = 620


@dataclass(frozen=True)
class MapPicture:
    """Everything a map shows.

    Attributes:
        positions: uint16 (n, 2), see `core.explore.map_scene`.
        coloring: Of the n points.
        total: Products on the map; more than n where only a sample is drawn.
        label: What a screen reader says the map is.
        file: Name of saved pictures, without an ending.
        opacity: uint8 (n,): how strongly each point is drawn; None draws all alike.
        opacity_by: What that means.
        shapes: How each point is shaped; None draws all round.
        after: uint16 (n, 2): where the points go, for a slider between two maps.
        ends: Words for both ends of that slider.
        height_px: Of the map.
        title: Words above it in what is saved from it.
    """

    positions: np.ndarray
    coloring: Coloring
    total: int
    label: str
    file: str
    opacity: np.ndarray | None = None
    opacity_by: str = ""
    shapes: Shapes | None = None
    after: np.ndarray | None = None
    ends: tuple[str, str] = ("", "")
    height_px: int = HEIGHT_PX
    title: str = ""


@dataclass(frozen=True)
class Camera:
    """What part of a map is looked at.

    Attributes:
        view: Middle x, y and steps of zoom above the whole map; None shows the whole map.
        only: Codes of the kinds that are isolated; empty shows all.
        at: Place of the slider, 0..1.
    """

    view: tuple[float, float, float] | None = None
    only: tuple[int, ...] = ()
    at: float = 0.0


def map_data(picture: MapPicture, camera: Camera | None = None) -> dict[str, Any]:
    """Write a map as its component reads it.

    Args:
        picture: What to draw.
        camera: What to look at first.
    """
    coloring = picture.coloring
    look = camera or Camera()
    xy = encoded(picture.positions)
    after = None if picture.after is None else encoded(picture.after)
    data: dict[str, Any] = {
        "places": digest(xy, after or ""),
        "n": len(picture.positions),
        "total": picture.total,
        "xy": xy,
        "xy_after": after,
        "ends": list(picture.ends),
        "codes": encoded(coloring.codes),
        "kinds": [vars(kind) for kind in coloring.kinds],
        "ramp": {"ticks": [{"code": code, "words": words} for code, words in coloring.ticks]}
        if not coloring.kinds
        else None,
        "by": coloring.by,
        "second": None if picture.opacity is None else encoded(picture.opacity),
        "second_by": picture.opacity_by,
        "shapes": None if picture.shapes is None else encoded(picture.shapes.codes),
        "shapes_by": "" if picture.shapes is None else picture.shapes.by,
        "shape_kinds": [] if picture.shapes is None else [vars(kind) for kind in picture.shapes.kinds],
        "label": picture.label,
        "title": picture.title,
        "file": picture.file,
        "height": picture.height_px,
        "pictures": True,
        "titles": None,
        "view": None if look.view is None else list(look.view),
        "only": list(look.only),
        "at": look.at,
    }
    told = (repr(coloring.kinds), coloring.by, data["shapes"] or "", repr(data["shape_kinds"]), data["shapes_by"])
    data["version"] = digest(data["places"], data["codes"], data["second"] or "", *told)
    return data


def digest(*parts: str) -> str:
    """Name texts by their content."""
    name = hashlib.sha256()
    for part in parts:
        name.update(part.encode(errors="surrogatepass"))
    return name.hexdigest()[:16]
