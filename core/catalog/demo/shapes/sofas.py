"""Armchairs and sofas, seen from the front corner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.catalog.demo.shapes.folds import folds
from core.catalog.demo.shapes.furniture_parts import Legs, corner_view, draw_legs
from core.catalog.demo.studio import materials
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.palette import rgb
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.solids import Spot, paint_box

_SEATS = {"armchair": 1, "two-seater": 2, "three-seater": 3}
_WIDTHS = {1: 1.02, 2: 1.5, 3: 1.78}
_SCALES = {1: 1.0, 2: 0.86, 3: 0.76}
Draw = Callable[..., None]


@dataclass(frozen=True)
class _Build:
    """Measures of a sofa in object units; `scale` shrinks the wider ones, which stand farther off."""

    seats: int
    wide: float
    scale: float
    arm: float
    low: float
    arm_top: float
    top: float

    @property
    def deep(self) -> float:
        return 0.85 * self.scale

    @property
    def seat(self) -> float:
        return self.low + 0.36 * self.scale

    @property
    def inner(self) -> float:
        return self.wide - 2 * self.arm


def draw_sofa(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw an "armchair", a "two-seater" or a "three-seater"."""
    build = _measures(style, shape)
    stage = corner_view(canvas, lift=0.36 if build.seats > 1 else 0.42, yaw=(0.15, 0.5), pitch=(0.2, 0.32))
    softness = float(shape.uniform(0.06, 0.09)) * build.scale
    gloss = 0.25 if finish.material == "leather" else 0.0
    timber = materials.wood(rgb(str(shape.choice(["camel", "brown"]))), shape)
    carried = (build.wide * 0.94, build.deep * 0.9)
    draw_legs(stage, Legs(timber, carried, build.low + 0.02, 0.07 * build.scale, splay=0.06))
    waves = folds(canvas, drape=0.007)

    def box(
        center: Spot, size: Spot, *, cover: Skin = finish.skin, softness: float = softness, cast: float = 0.25
    ) -> None:
        paint_box(stage, center, size, cover, softness=softness, gloss=gloss, cast=cast, folds=waves)

    leftwards = stage.camera.yaw > 0
    far = -1 if leftwards else 1
    _body(build, box)
    _arm(build, box, far)
    _cushions(build, box, leftwards=leftwards)
    if shape.random() < 0.6:
        k, x = build.scale, far * (build.inner / 2 - 0.2 * build.scale)
        pillow = materials.slubbed(finish.second)
        size = (0.36 * k, 0.34 * k, 0.12 * k)
        box((x, build.seat + 0.2 * k, 0.02), size, cover=pillow, softness=0.1 * k, cast=0.35)
    _arm(build, box, -far)


def _measures(style: str, shape: np.random.Generator) -> _Build:
    seats = _SEATS[style]
    k = _SCALES[seats]
    low = shape.uniform(0.1, 0.2) * k
    return _Build(
        seats=seats,
        wide=_WIDTHS[seats] + shape.uniform(-0.05, 0.05),
        scale=k,
        arm=shape.uniform(0.12, 0.19) * k,
        low=low,
        arm_top=low + shape.uniform(0.5, 0.62) * k,
        top=low + shape.uniform(0.84, 1.0) * k,
    )


def _body(build: _Build, box: Draw) -> None:
    k, low = build.scale, build.low
    height = build.top - low - 0.06
    box((0, (low + build.top) / 2 - 0.03, -build.deep / 2 + 0.1 * k), (build.wide - build.arm, height, 0.2 * k))
    box((0, low + 0.1 * k, 0.02), (build.wide - build.arm * 0.6, 0.2 * k, build.deep * 0.94), softness=0.03)


def _arm(build: _Build, box: Draw, side: int) -> None:
    x, tall = side * (build.wide / 2 - build.arm / 2), build.arm_top - build.low
    box((x, build.low + tall / 2, 0.01), (build.arm, tall, build.deep), cast=0.3)


def _cushions(build: _Build, box: Draw, *, leftwards: bool) -> None:
    """Draw back and seat cushions, the farther ones first."""
    k, each, tall = build.scale, build.inner / build.seats, build.top - build.seat
    order = list(range(build.seats)) if leftwards else list(range(build.seats))[::-1]
    middles = [-build.inner / 2 + each * (index + 0.5) for index in order]
    for x in middles:
        box(
            (x, build.seat + tall / 2 + 0.02, -build.deep / 2 + 0.27 * k),
            (each * 0.98, tall * 0.96, 0.19 * k),
            cast=0.2,
        )
    for x in middles:
        box((x, build.seat - 0.06 * k, 0.1 * k), (each * 0.985, 0.17 * k, build.deep * 0.8), cast=0.2)
