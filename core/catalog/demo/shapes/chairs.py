"""Chairs and stools, seen from the front corner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.catalog.demo.shapes.folds import folds
from core.catalog.demo.shapes.furniture_parts import TIMBERS, Legs, corner_view, draw_legs, timber
from core.catalog.demo.studio import materials
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.solids import Stage, paint_bar, paint_box, paint_disc


@dataclass(frozen=True)
class _Frame:
    """A chair's measures in object units and what it is made of."""

    style: str
    wide: float
    deep: float
    seat: float
    top: float
    wood: Skin
    cloth: Skin
    gloss: float


def draw_chair(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a chair: "spindle", "panel", "upholstered" or "stool"."""
    stage = corner_view(canvas, back=back, lift=0.72)
    frame = _frame(finish, style, shape)
    splay = shape.uniform(0.0, 0.1)
    square = style in ("panel", "upholstered") and shape.random() < 0.6
    size, width = (frame.wide, frame.deep), shape.uniform(0.055, 0.075)
    draw_legs(stage, Legs(frame.wood, size, frame.seat - 0.05, width, splay, square))
    if shape.random() < 0.5 or style == "stool":
        _rungs(stage, frame, 1 + splay * 0.6)
    if style == "stool":
        _seat(stage, frame, shape)
    elif np.cos(stage.camera.yaw) > 0:
        _backrest(stage, frame, shape)
        _seat(stage, frame, shape)
    else:
        _seat(stage, frame, shape)
        _backrest(stage, frame, shape)


def _frame(finish: Finish, style: str, shape: np.random.Generator) -> _Frame:
    wooden = finish.material in TIMBERS or finish.material == "lacquered wood"
    wide, deep = shape.uniform(0.66, 0.76), shape.uniform(0.62, 0.7)
    seat = 0.72 if style != "stool" else shape.uniform(0.7, 1.15)
    return _Frame(
        style=style,
        wide=wide,
        deep=deep,
        seat=seat,
        top=seat + shape.uniform(0.78, 0.95),
        wood=timber(finish, shape),
        cloth=materials.slubbed(finish.second) if wooden else finish.skin,
        gloss=0.3 if finish.material == "lacquered wood" else 0.1,
    )


def _rungs(stage: Stage, frame: _Frame, spread: float) -> None:
    x, y = frame.wide * 0.44 * spread, frame.seat * 0.42
    for side in (-1, 1):
        z = side * frame.deep * 0.44 * spread
        paint_bar(stage, (-x, y, z), (x, y, z), (0.035, 0.035), frame.wood, gloss=frame.gloss)


def _seat(stage: Stage, frame: _Frame, shape: np.random.Generator) -> None:
    y, gloss = frame.seat, frame.gloss
    if frame.style == "stool" and shape.random() < 0.6:
        paint_disc(stage, (0, y, 0), frame.wide * 0.5, 0.08, frame.wood, gloss=gloss, cast=0.2)
        return
    board = (frame.wide, 0.07, frame.deep)
    paint_box(stage, (0, y - 0.035, 0), board, frame.wood, softness=0.02, gloss=gloss, cast=0.2)
    if frame.style == "upholstered" or shape.random() < 0.35:
        cushion, waves = (frame.wide * 0.97, 0.09, frame.deep * 0.97), folds(stage.canvas, drape=0.006)
        paint_box(stage, (0, y + 0.035, 0), cushion, frame.cloth, softness=0.06, folds=waves, cast=0.25)


def _backrest(stage: Stage, frame: _Frame, shape: np.random.Generator) -> None:
    z, lean, gloss = -frame.deep / 2 + 0.03, -0.1, frame.gloss
    for side in (-1, 1):
        x = side * (frame.wide / 2 - 0.04)
        foot, head = (x, frame.seat - 0.03, z), (x, frame.top, z + lean)
        paint_bar(stage, foot, head, (0.07, 0.055), frame.wood, gloss=gloss, cast=0.15)
    if frame.style == "spindle":
        _spindles(stage, frame, shape, z=z, lean=lean)
    elif frame.style == "panel":
        rows = int(shape.integers(1, 4))
        for row in range(rows):
            y = frame.top - 0.1 - row * 0.2
            center = (0.0, y, z + lean * (y - frame.seat) / (frame.top - frame.seat))
            size = (frame.wide - 0.06, 0.34 if rows == 1 else 0.13, 0.045)
            paint_box(stage, center, size, frame.wood, softness=0.025, gloss=gloss, cast=0.2)
    else:
        center = (0.0, (frame.seat + frame.top) / 2 + 0.1, z + lean * 0.6)
        size, waves = (frame.wide * 0.98, (frame.top - frame.seat) * 0.7, 0.11), folds(stage.canvas, drape=0.006)
        paint_box(stage, center, size, frame.cloth, softness=0.075, folds=waves, cast=0.3)


def _spindles(stage: Stage, frame: _Frame, shape: np.random.Generator, *, z: float, lean: float) -> None:
    edge = frame.wide / 2 - 0.13
    for x in np.linspace(-edge, edge, int(shape.integers(4, 7))):
        foot, head = (float(x), frame.seat, z), (float(x), frame.top - 0.06, z + lean)
        paint_bar(stage, foot, head, (0.034, 0.028), frame.wood, gloss=frame.gloss)
    size = (frame.wide + 0.04, 0.13, 0.06)
    paint_box(stage, (0, frame.top - 0.02, z + lean), size, frame.wood, softness=0.03, gloss=frame.gloss, cast=0.25)
