"""What furniture shares: the view, timber, legs, drawing order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.catalog.demo.studio import materials
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.palette import shade_of
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.solids import Camera, Spot, Stage, paint_bar, paint_box

TIMBERS = ("oak", "walnut", "ash", "beech")
Part = tuple[Spot, Callable[[], object]]


@dataclass(frozen=True)
class Legs:
    """Four legs: their skin, the seat or top they carry (width, depth) and its height, their thickness and splay."""

    skin: Skin
    carries: tuple[float, float]
    height: float
    width: float
    splay: float = 0.0
    square: bool = False


def corner_view(
    canvas: Canvas,
    *,
    lift: float,
    back: bool = False,
    yaw: tuple[float, float] = (0.32, 0.75),
    pitch: tuple[float, float] = (0.2, 0.36),
) -> Stage:
    """Choose a view of the front corner, from the left or the right; `back` turns it to the other side."""
    chance = canvas.chance
    side = 1 if chance.random() < 0.5 else -1
    turn = chance.uniform(*yaw) * side * (-0.8 if back else 1)
    return Stage(canvas, Camera(yaw=float(turn), pitch=float(chance.uniform(*pitch)), lift=lift))


def timber(finish: Finish, shape: np.random.Generator) -> Skin:
    """Choose what the frame is made of: the product's own timber or lacquer, or some wood under upholstery."""
    if finish.material in TIMBERS:
        return finish.skin
    if finish.material == "lacquered wood":
        return Skin(finish.main)
    return materials.wood(shade_of(str(shape.choice(["camel", "brown", "beige"])), shape), shape)


def draw_by_depth(stage: Stage, parts: Sequence[Part]) -> None:
    """Draw parts from the farthest to the nearest."""
    for _, draw in sorted(parts, key=lambda part: float(stage.camera.to_view(np.array([part[0]]))[0, 2])):
        draw()


def draw_legs(stage: Stage, legs: Legs) -> None:
    """Draw four square or round tapered legs."""
    parts: list[Part] = []
    for across in (-1, 1):
        for along in (-1, 1):
            x, z = across * (legs.carries[0] / 2 - 0.06), along * (legs.carries[1] / 2 - 0.06)
            parts.append(((x, legs.height / 2, z), _leg(stage, legs, x, z)))
    draw_by_depth(stage, parts)


def _leg(stage: Stage, legs: Legs, x: float, z: float) -> Callable[[], object]:
    def draw() -> None:
        if legs.square:
            size = (legs.width, legs.height, legs.width)
            paint_box(stage, (x, legs.height / 2, z), size, legs.skin, softness=0.008)
        else:
            outward = 1 + legs.splay * 1.8
            widths = (legs.width, legs.width * 0.62)
            paint_bar(stage, (x, legs.height, z), (x * outward, 0.0, z * outward), widths, legs.skin, gloss=0.08)

    return draw
