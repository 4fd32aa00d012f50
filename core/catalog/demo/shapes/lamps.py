"""Table, floor, pendant and desk lamps."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, outline, tapered
from core.catalog.demo.studio.light import Relief, blurred
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import brushed, slubbed, speckled, wood
from core.catalog.demo.studio.palette import darker, lighter, mixed, rgb
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.turned import Finishing, paint_opening, paint_turned


def draw_lamp(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a lamp: "table", "floor", "pendant" or "desk"."""
    lit = shape.random() < 0.55
    _LAMPS[style](canvas, finish, shape, lit)


def _shade(
    canvas: Canvas,
    finish: Finish,
    shape: np.random.Generator,
    *,
    top: float,
    bottom: float,
    radii: tuple[float, float],
    lit: bool,
    tilt: float,
) -> None:
    color = finish.main if shape.random() < 0.5 else rgb("cream")
    skin = finish.skin if finish.pattern != "plain" else slubbed(color)
    glow = 0.75 if lit else 0.0
    answer = Finishing(glow=glow, sheen=0.1)
    profile = [(radii[0], top), ((radii[0] + radii[1]) / 2 + 0.0, (top + bottom) / 2), (radii[1], bottom)]
    paint_turned(canvas, profile, skin, tilt=tilt, finishing=answer, cast=0.25)
    rim = color
    inside = mixed(rim, np.array([1, 0.93, 0.75], np.float32), 0.6) if lit else darker(rim, 0.3)
    paint_opening(canvas, (radii[0], top), inside, tilt=tilt, lip=0.012, rim_color=lighter(rim, 0.15))


def _stem(
    canvas: Canvas, color: np.ndarray, top: float, bottom: float, *, width: float = 0.045, x: float = 0.0
) -> None:
    canvas.paint(
        canvas.mask(tapered([(x, top), (x, bottom)], [width, width], curved=False)),
        brushed(color),
        relief=Relief(puff=width * 0.5, depth=0.9, gloss=0.4, shine=10),
    )


def _metal(finish: Finish, shape: np.random.Generator) -> np.ndarray:
    return rgb(str(shape.choice(["gold", "silver", "black", "gold"])))


def _table_lamp(canvas: Canvas, finish: Finish, shape: np.random.Generator, lit: bool) -> None:
    tilt = float(canvas.chance.uniform(0.1, 0.17))
    foot = shape.uniform(0.22, 0.32)
    kind = int(shape.integers(4))
    metal = _metal(finish, shape)
    _stem(canvas, metal, -0.3, 0.4)
    base_color = finish.second if shape.random() < 0.6 else finish.main
    if kind == 0:
        paint_turned(
            canvas,
            [(0.05, 0.0), (foot * 0.8, 0.15), (foot * 1.15, 0.42), (foot * 0.9, 0.68), (foot * 0.6, 0.78)],
            Skin(base_color),
            tilt=tilt,
            finishing=Finishing(gloss=0.8, sheen=0.5),
        )
    elif kind == 1:
        paint_turned(
            canvas,
            [(foot, 0.72), (foot, 0.75), (foot * 0.98, 0.79)],
            brushed(metal),
            tilt=tilt,
            finishing=Finishing(metal=0.6),
        )
        canvas.paint(
            canvas.mask(ellipse((0, 0.72), (foot, foot * tilt))),
            Skin(metal),
            relief=Relief(puff=0.03, depth=0.4, gloss=0.1),
        )
        _stem(canvas, metal, 0.0, 0.72)
    elif kind == 2:
        for y in (0.18, 0.42, 0.66):
            size = foot * (0.7 + 0.35 * (y - 0.1))
            paint_turned(
                canvas,
                [(0.04, y - 0.13), (size * 0.75, y - 0.09), (size, y), (size * 0.75, y + 0.09), (0.06, y + 0.13)],
                wood(rgb("camel"), shape) if shape.random() < 0.5 else Skin(base_color),
                tilt=tilt,
                finishing=Finishing(gloss=0.3, sheen=0.4),
            )
    else:
        paint_turned(
            canvas,
            [(foot * 0.45, 0.0), (foot * 0.75, 0.3), (foot, 0.7), (foot * 0.96, 0.77)],
            speckled(base_color, darker(base_color, 0.5)),
            tilt=tilt,
            finishing=Finishing(gloss=0.3, sheen=0.5),
        )
    wide = shape.uniform(0.46, 0.58)
    _shade(
        canvas,
        finish,
        shape,
        top=-0.78,
        bottom=-0.08,
        radii=(wide * shape.uniform(0.55, 0.95), wide),
        lit=lit,
        tilt=tilt,
    )


def _floor_lamp(canvas: Canvas, finish: Finish, shape: np.random.Generator, lit: bool) -> None:
    tilt = 0.1
    metal = _metal(finish, shape)
    if shape.random() < 0.5:
        for x in (-0.3, 0.05, 0.32):
            leg = tapered([(0, -0.35), (x, 0.93)], [0.045, 0.03], curved=False)
            canvas.paint(
                canvas.mask(leg),
                wood(rgb("camel"), shape, upright=True),
                relief=Relief(puff=0.022, depth=0.8),
                shade=0.8 if x == 0.05 else 1.0,
            )
    else:
        _stem(canvas, metal, -0.6, 0.9, width=0.034)
        paint_turned(
            canvas,
            [(0.25, 0.88), (0.25, 0.9), (0.245, 0.93)],
            brushed(metal),
            tilt=0.16,
            finishing=Finishing(metal=0.6),
        )
        canvas.paint(canvas.mask(ellipse((0, 0.88), (0.25, 0.04))), Skin(metal), relief=Relief(puff=0.02, depth=0.4))
        _stem(canvas, metal, 0.4, 0.88, width=0.034)
    wide = shape.uniform(0.32, 0.4)
    _shade(
        canvas,
        finish,
        shape,
        top=-0.94,
        bottom=-0.42,
        radii=(wide * shape.uniform(0.6, 0.98), wide),
        lit=lit,
        tilt=tilt,
    )


def _pendant(canvas: Canvas, finish: Finish, shape: np.random.Generator, lit: bool) -> None:
    metal = _metal(finish, shape)
    _stem(canvas, darker(metal, 0.5), -1.4, -0.25, width=0.02)
    kind = int(shape.integers(3))
    wide = shape.uniform(0.5, 0.66)
    profile = (
        [(0.08, -0.3), (wide * 0.55, -0.2), (wide * 0.92, 0.1), (wide, 0.34)],
        [(0.06, -0.32), (0.1, -0.22), (wide * 0.45, 0.02), (wide * 1.05, 0.36)],
        [(0.1, -0.35), (wide * 0.75, -0.22), (wide, 0.05), (wide * 0.76, 0.32), (0.2, 0.46)],
    )[kind]
    if kind == 2:
        weave = finish.skin if finish.material == "rattan" else Skin(finish.main)
        paint_turned(
            canvas, profile, weave, tilt=0.08, finishing=Finishing(gloss=0.4, sheen=0.4, glow=0.8 if lit else 0.0)
        )
    else:
        low = canvas.mask(ellipse((0, profile[-1][1]), (profile[-1][0], profile[-1][0] * 0.1)))
        warm = np.array([1, 0.9, 0.62], np.float32) if lit else darker(finish.main, 0.5)
        paint_turned(
            canvas,
            profile,
            finish.skin if finish.pattern != "plain" else Skin(finish.main),
            tilt=-0.1,
            finishing=Finishing(gloss=0.7, sheen=0.5),
        )
        canvas.paint(low, Skin(lighter(warm, 0.2)), relief=Relief(puff=0.04, depth=-0.4, rim=0.2))
        if lit:
            bulb = canvas.mask(ellipse((0, profile[-1][1] + 0.015), (0.1, 0.055)))
            canvas.tint(blurred(bulb, 2.0), np.ones(3, np.float32), 1.0)
    paint_turned(
        canvas,
        [(0.06, -0.42), (0.075, -0.36), (0.085, -0.28)],
        brushed(metal),
        tilt=0.12,
        finishing=Finishing(metal=0.7),
    )


def _desk_lamp(canvas: Canvas, finish: Finish, shape: np.random.Generator, lit: bool) -> None:
    metal = finish.main
    joint = _metal(finish, shape)
    elbow = (shape.uniform(-0.42, -0.28), shape.uniform(-0.25, -0.1))
    head = (shape.uniform(0.08, 0.22), shape.uniform(-0.78, -0.62))
    foot = (-0.12, 0.72)
    paint_turned(
        canvas,
        [(0.3, 0.7), (0.31, 0.74), (0.305, 0.8)],
        Skin(metal),
        tilt=0.2,
        finishing=Finishing(gloss=0.4, sheen=0.5),
        center=-0.1,
    )
    canvas.paint(
        canvas.mask(ellipse((-0.1, 0.7), (0.3, 0.06))), Skin(metal), relief=Relief(puff=0.03, depth=0.5, gloss=0.1)
    )
    for start, end in ((foot, elbow), (elbow, head)):
        canvas.paint(
            canvas.mask(tapered([start, end], [0.045, 0.04], curved=False)),
            Skin(joint),
            relief=Relief(puff=0.02, depth=0.9, gloss=0.4, shine=10),
            cast=0.2,
        )
    canvas.paint(
        canvas.mask(ellipse(elbow, (0.055, 0.055)), ellipse(head, (0.05, 0.05))),
        Skin(metal),
        relief=Relief(puff=0.04, depth=0.8, gloss=0.4),
        cast=0.3,
    )
    aim = shape.uniform(0.5, 0.9)
    axis, side = np.array([np.sin(aim), np.cos(aim)]), np.array([np.cos(aim), -np.sin(aim)])
    neck, mouth = np.array(head) - axis * 0.05, np.array(head) + axis * 0.42
    left, right = mouth - side * 0.28, mouth + side * 0.28
    bell = outline(
        [tuple(neck - side * 0.07), tuple(neck - axis * 0.04), tuple(neck + side * 0.07)],
        [tuple(neck + side * 0.07), tuple((neck + right) / 2 + side * 0.07 - axis * 0.02), tuple(right)],
        [tuple(right), tuple(left)],
        [tuple(left), tuple((neck + left) / 2 - side * 0.07 - axis * 0.02), tuple(neck - side * 0.07)],
    )
    around = np.linspace(0, 2 * np.pi, 48)[:, None]
    lip = mouth + side * 0.28 * np.cos(around) + axis * 0.075 * np.sin(around)
    canvas.paint(
        canvas.mask(bell, lip),
        Skin(metal),
        relief=Relief(puff=0.22, depth=0.75, gloss=0.35, shine=14, rim=0.25),
        cast=0.25,
    )
    canvas.paint(
        canvas.mask(lip),
        Skin(np.array([1, 0.93, 0.74], np.float32) if lit else lighter(metal, 0.4)),
        relief=Relief(puff=0.04, depth=-0.5, rim=0.3),
        shade=1.0 if lit else 0.75,
    )


_LAMPS = {"table": _table_lamp, "floor": _floor_lamp, "pendant": _pendant, "desk": _desk_lamp}
