"""Tables and desks, seen from the front corner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.catalog.demo.shapes.furniture_parts import Legs, Part, corner_view, draw_by_depth, draw_legs, timber
from core.catalog.demo.studio import materials
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.palette import darker, rgb
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.solids import Stage, paint_bar, paint_box, paint_disc

_HEIGHTS = {"dining": 0.82, "round": 0.84, "coffee": 0.5, "desk": 0.84}
_WIDTHS = {"dining": 1.6, "coffee": 1.45, "desk": 1.45}


@dataclass(frozen=True)
class _Build:
    """A table's height and what it is made of; `base` are the legs, dark metal or the same wood."""

    style: str
    height: float
    wood: Skin
    base: Skin
    metal: Skin
    lacquered: bool

    @property
    def gloss(self) -> float:
        return 0.4 if self.lacquered else 0.15


def draw_table(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a table: "dining", "round", "coffee" or "desk"."""
    height = _HEIGHTS[style] + shape.uniform(-0.04, 0.05)
    stage = corner_view(canvas, back=back, lift=0.53, pitch=(0.24, 0.42))
    wood, metal = timber(finish, shape), Skin(darker(rgb("charcoal"), 0.4))
    base = metal if shape.random() < 0.3 else wood
    build = _Build(style, height, wood, base, metal, finish.material == "lacquered wood")
    if style == "round" or (style == "coffee" and shape.random() < 0.5):
        _round_table(stage, build, shape)
    else:
        _square_table(stage, build, shape)


def _round_table(stage: Stage, build: _Build, shape: np.random.Generator) -> None:
    radius, height = shape.uniform(0.66, 0.78), build.height
    if shape.random() < 0.5:
        paint_disc(stage, (0, 0.05, 0), radius * 0.42, 0.05, build.base)
        paint_bar(stage, (0, 0.04, 0), (0, height, 0), (0.13, 0.11), build.base, gloss=0.1)
    else:
        start = shape.uniform(0, 1.5)
        parts: list[Part] = []
        for third in range(3):
            x, z = (float(f(start + third * 2 * np.pi / 3)) * radius for f in (np.cos, np.sin))
            parts.append(((x * 0.7, 0.3, z * 0.7), _slanted_leg(stage, build, x, z)))
        draw_by_depth(stage, parts)
    marbled = build.lacquered and shape.random() < 0.3
    top = materials.marble(rgb("white"), rgb("grey"), shape) if marbled else build.wood
    paint_disc(stage, (0, height, 0), radius, 0.055, top, gloss=build.gloss, cast=0.3)


def _slanted_leg(stage: Stage, build: _Build, x: float, z: float) -> Callable[[], object]:
    head, foot = (x * 0.5, build.height - 0.04, z * 0.5), (x * 0.78, 0.0, z * 0.78)
    return lambda: paint_bar(stage, head, foot, (0.075, 0.045), build.base, gloss=0.1)


def _square_table(stage: Stage, build: _Build, shape: np.random.Generator) -> None:
    w, d = _WIDTHS[build.style] + shape.uniform(-0.12, 0.12), shape.uniform(0.66, 0.84)
    height, gloss = build.height, build.gloss
    splay = float(shape.choice([0, 0.05]))
    width = 0.05 if build.base is build.metal else shape.uniform(0.075, 0.1)
    draw_legs(stage, Legs(build.base, (w * 0.95, d * 0.94), height - 0.06, width, splay, shape.random() < 0.6))
    if build.style == "coffee" and shape.random() < 0.6:
        paint_box(stage, (0, height * 0.36, 0), (w * 0.86, 0.035, d * 0.84), build.wood, gloss=gloss, cast=0.15)
    if build.style == "desk":
        _drawers(stage, build, w=w, d=d, side=1 if shape.random() < 0.5 else -1)
    else:
        paint_box(stage, (0, height - 0.1, 0), (w * 0.9, 0.09, d * 0.88), build.wood, softness=0.008)
    paint_box(stage, (0, height - 0.025, 0), (w, 0.055, d), build.wood, softness=0.014, gloss=gloss, cast=0.35)


def _drawers(stage: Stage, build: _Build, *, w: float, d: float, side: int) -> None:
    x = side * w * 0.28
    size = (w * 0.36, 0.24, d * 0.9)
    paint_box(stage, (x, build.height - 0.18, 0), size, build.wood, softness=0.01, gloss=build.gloss)
    for drop in (0.12, 0.23):
        knob = (x, build.height - drop, d * 0.46)
        paint_box(stage, knob, (0.1, 0.025, 0.03), build.metal, softness=0.008, cast=0.3)
