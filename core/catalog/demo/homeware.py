"""Mugs, vases and lamps."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.canvas import Canvas
from core.catalog.demo.curves import ellipse, outline, smooth, tapered
from core.catalog.demo.light import Relief, blurred
from core.catalog.demo.looks import Finish
from core.catalog.demo.materials import brushed, marble, slubbed, speckled, wood
from core.catalog.demo.palette import darker, lighter, mixed, rgb
from core.catalog.demo.skins import Skin
from core.catalog.demo.turned import Finishing, paint_opening, paint_turned

_CERAMIC = {
    "porcelain": Finishing(gloss=1.0, sheen=0.5),
    "stoneware": Finishing(gloss=0.28, sheen=0.6),
    "ceramic": Finishing(gloss=0.75, sheen=0.5),
    "terracotta": Finishing(),
    "enamel": Finishing(gloss=0.9, sheen=0.3),
    "brass": Finishing(metal=0.75),
    "steel": Finishing(metal=0.75),
}


def _glazed(finish: Finish) -> Skin:
    if finish.skin.tile is not None and finish.pattern != "plain":
        return Skin(finish.main, finish.skin.tile)
    if finish.material == "stoneware":
        return speckled(finish.main, darker(finish.main, 0.6))
    if finish.material == "marble":
        return marble(finish.main, darker(finish.main, 0.45), np.random.default_rng(int(finish.main.sum() * 1e4)))
    return Skin(finish.main)


def draw_mug(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a mug: "straight", "rounded", "tapered" or "espresso" (with saucer)."""
    tilt = float(canvas.chance.uniform(0.17, 0.3))
    r = shape.uniform(0.4, 0.47)
    top, bottom = -0.42 - shape.uniform(0, 0.12), 0.5
    if style == "espresso":
        r, top, bottom = 0.36, -0.2, 0.36
    profile = {
        "straight": [
            (r, top),
            (r, (top + bottom) / 2),
            (r, bottom - 0.08),
            (r * 0.97, bottom - 0.03),
            (r * 0.9, bottom),
        ],
        "rounded": [
            (r * 0.9, top),
            (r * 0.97, top + 0.2),
            (r * 1.1, 0.1),
            (r * 1.02, bottom - 0.16),
            (r * 0.72, bottom),
        ],
        "tapered": [
            (r * 1.08, top),
            (r * 1.0, -0.05),
            (r * 0.86, bottom - 0.1),
            (r * 0.78, bottom - 0.02),
            (r * 0.74, bottom),
        ],
        "espresso": [(r * 1.05, top), (r * 1.02, top + 0.2), (r * 0.82, bottom - 0.12), (r * 0.52, bottom)],
    }[style]
    answer = _CERAMIC.get(finish.material, Finishing(gloss=0.7, sheen=0.4))
    inside = lighter(rgb("white"), 0.3) if shape.random() < 0.55 else finish.main
    skin = _glazed(finish)
    if style == "espresso":
        plate = [(0.78, bottom - 0.02), (0.6, bottom + 0.07), (0.4, bottom + 0.09)]
        paint_turned(canvas, plate, Skin(finish.main), tilt=tilt, finishing=answer)
        canvas.paint(
            canvas.mask(ellipse((0, bottom - 0.02), (0.77, 0.77 * tilt))),
            Skin(finish.main),
            relief=Relief(puff=0.05, depth=-0.6, gloss=0.1, rim=0.1),
        )
        well = canvas.mask(ellipse((0.06, bottom + 0.03), (0.42, 0.42 * tilt)))
        canvas.tint(blurred(well, 6.0), np.zeros(3, np.float32), 0.4)
    _handle(
        canvas,
        Skin(finish.main if finish.pattern == "plain" or shape.random() < 0.5 else finish.second),
        style,
        shape,
        profile,
        gloss=answer.gloss,
    )
    paint_turned(canvas, profile, skin, tilt=tilt, finishing=answer, spin=float(shape.uniform(0, 6)), cast=0.2)
    _mug_decor(canvas, finish, style, shape, profile, tilt, answer)
    rim_color = darker(rgb("navy"), 0.2) if finish.material == "enamel" else None
    opening = paint_opening(canvas, profile[0], inside, tilt=tilt, lip=0.026, rim_color=rim_color)
    if shape.random() < 0.55:
        drink = (
            np.array([0.24, 0.14, 0.08], np.float32)
            if shape.random() < 0.7
            else np.array([0.62, 0.34, 0.1], np.float32)
        )
        level = canvas.mask(ellipse((0, top + 0.09), (profile[0][0] * 0.93, profile[0][0] * tilt * 0.94))) * opening
        canvas.paint(level, Skin(drink), relief=Relief(puff=0.02, depth=-0.3, gloss=0.1))


def _handle(
    canvas: Canvas,
    skin: Skin,
    style: str,
    shape: np.random.Generator,
    profile: list[tuple[float, float]],
    *,
    gloss: float,
) -> None:
    top, bottom = profile[0][1], profile[-1][1]
    tall = bottom - top
    x = profile[1][0] - 0.03
    reach = shape.uniform(0.26, 0.34) * (0.75 if style == "espresso" else 1)
    upper, lower = top + tall * 0.2, top + tall * shape.uniform(0.68, 0.78)
    kind = int(shape.integers(3))
    if kind == 0:
        course = [
            (x - 0.03, upper),
            (x + reach * 0.85, upper + 0.02),
            (x + reach, (upper + lower) / 2),
            (x + reach * 0.7, lower - 0.02),
            (x - 0.05, lower),
        ]
    elif kind == 1:
        course = [
            (x - 0.03, upper),
            (x + reach * 0.9, upper - 0.03),
            (x + reach * 1.05, upper + 0.16),
            (x + reach * 0.6, lower - 0.08),
            (x - 0.05, lower + 0.04),
        ]
    else:
        course = [
            (x - 0.03, upper),
            (x + reach * 0.95, upper),
            (x + reach, upper + 0.12),
            (x + reach, lower - 0.12),
            (x + reach * 0.92, lower),
            (x - 0.05, lower),
        ]
    width = shape.uniform(0.075, 0.105)
    canvas.paint(
        canvas.mask(tapered(course, [width * 1.25, width, width * 0.95, width, width * 1.2])),
        skin,
        relief=Relief(puff=width * 0.5, depth=0.85, gloss=0.35 * gloss + 0.05, shine=16, rim=0.3),
    )


def _mug_decor(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    profile: list[tuple[float, float]],
    tilt: float,
    answer: Finishing,
) -> None:
    """Dip a mug in a second glaze or band it."""
    if finish.pattern != "plain" or shape.random() < 0.4:
        return
    curve = smooth(profile)
    cut = int(len(curve) * shape.uniform(0.45, 0.7))
    if shape.random() < 0.5:
        paint_turned(
            canvas, curve[cut:][:: max(1, len(curve[cut:]) // 6)], Skin(finish.second), tilt=tilt, finishing=answer
        )
    else:
        start = int(len(curve) * shape.uniform(0.15, 0.6))
        paint_turned(
            canvas, curve[start : start + max(3, len(curve) // 9)], Skin(finish.second), tilt=tilt, finishing=answer
        )


def draw_vase(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a vase: "bottle", "bulb", "cylinder" or "amphora"; some hold a few twigs."""
    tilt = float(canvas.chance.uniform(0.12, 0.24))
    r = shape.uniform(0.36, 0.48)
    top, bottom = -0.62 + shape.uniform(-0.1, 0.15), 0.72
    neck = r * shape.uniform(0.28, 0.5)
    profile = {
        "bottle": [
            (neck * 1.15, top),
            (neck * 0.9, top + 0.15),
            (neck, top + 0.5),
            (r * 0.85, 0.1),
            (r, 0.36),
            (r * 0.82, 0.62),
            (r * 0.62, bottom),
        ],
        "bulb": [
            (neck * 1.5, top + 0.3),
            (neck * 1.15, top + 0.42),
            (r * 0.95, -0.02),
            (r * 1.28, 0.3),
            (r * 1.05, 0.58),
            (r * 0.6, bottom),
        ],
        "cylinder": [
            (r * 0.95, top),
            (r * 0.92, top + 0.4),
            (r * 0.92, 0.3),
            (r * 0.86, bottom - 0.04),
            (r * 0.8, bottom),
        ],
        "amphora": [
            (neck * 1.7, top),
            (neck * 1.1, top + 0.2),
            (r * 0.9, -0.1),
            (r * 1.12, 0.1),
            (r * 0.8, 0.45),
            (r * 0.46, bottom - 0.08),
            (r * 0.52, bottom),
        ],
    }[style]
    answer = _CERAMIC.get(finish.material, Finishing(gloss=0.5, sheen=0.5))
    if finish.material == "glass":
        answer = Finishing(gloss=1.0, sheen=0.2)
    skin = _glazed(finish)
    if shape.random() < 0.3 and finish.pattern == "plain":
        skin = _ridged(skin)
    stems = shape.random() < 0.4
    if stems:
        _twigs(canvas, finish, shape, profile[0])
    if style == "amphora" and shape.random() < 0.6:
        for side in (-1, 1):
            ear = tapered(
                [(side * neck * 1.0, top + 0.12), (side * (r * 1.02), top + 0.16), (side * (r * 1.0), -0.06)],
                [0.07, 0.06, 0.07],
            )
            canvas.paint(
                canvas.mask(ear), Skin(finish.main), relief=Relief(puff=0.034, depth=0.8, gloss=0.2 * answer.gloss)
            )
    paint_turned(canvas, profile, skin, tilt=tilt, finishing=answer, spin=float(shape.uniform(0, 6)))
    if finish.pattern == "plain" and shape.random() < 0.3:
        curve = smooth(profile)
        start = int(len(curve) * shape.uniform(0.5, 0.75))
        paint_turned(
            canvas, curve[start:][:: max(1, len(curve[start:]) // 7)], Skin(finish.second), tilt=tilt, finishing=answer
        )
    if not stems:
        paint_opening(canvas, profile[0], darker(finish.main, 0.25), tilt=tilt, lip=0.03, rim_color=finish.main)


def _ridged(skin: Skin) -> Skin:
    """Add throwing rings."""
    rows = np.sin(np.arange(96, dtype=np.float32) * 2 * np.pi / 12) * 0.8
    return Skin(skin.color, skin.tile, np.ascontiguousarray(np.broadcast_to(rows[:, None], (96, 96))))


def _twigs(canvas: Canvas, finish: Finish, shape: np.random.Generator, mouth: tuple[float, float]) -> None:
    radius, top = mouth
    green = mixed(rgb(str(shape.choice(["sage", "olive", "green"]))), rgb("beige"), float(shape.uniform(0, 0.35)))
    dried = shape.random() < 0.4
    tone = mixed(rgb("beige"), rgb("camel"), 0.4) if dried else green
    lines, leaves = [], []
    for _ in range(int(shape.integers(3, 6))):
        lean = shape.uniform(-0.5, 0.5)
        course = smooth(
            [
                (shape.uniform(-0.5, 0.5) * radius, top + 0.08),
                (lean * 0.4, top - 0.2),
                (lean, top - shape.uniform(0.36, 0.56)),
            ],
            steps=5,
        )
        lines.append(course)
        for at in course[3::1]:
            for side in (-1, 1):
                angle = shape.uniform(0.3, 1.0) * side
                tip = at + np.array([np.sin(angle), -np.cos(angle)]) * shape.uniform(0.07, 0.12)
                leaves.append(
                    tapered([tuple(at), tuple((at + tip) / 2 + (0.01 * side, 0)), tuple(tip)], [0.006, 0.036, 0.004])
                )
    canvas.paint(canvas.lines(lines, 0.014), Skin(darker(tone, 0.3)))
    canvas.paint(canvas.mask(*leaves), Skin(tone), relief=Relief(puff=0.02, depth=0.6), cast=0.2)


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
    cloth: bool,
) -> None:
    color = finish.main if not cloth or shape.random() < 0.5 else rgb("cream")
    skin = finish.skin if finish.pattern != "plain" else slubbed(color)
    glow = 0.75 if lit and cloth else 0.0
    answer = Finishing(glow=glow, sheen=0.1) if cloth else Finishing(gloss=0.5, sheen=0.5)
    profile = [(radii[0], top), ((radii[0] + radii[1]) / 2 + 0.0, (top + bottom) / 2), (radii[1], bottom)]
    paint_turned(canvas, profile, skin if cloth else Skin(finish.main), tilt=tilt, finishing=answer, cast=0.25)
    rim = color if cloth else finish.main
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
        cloth=True,
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
        cloth=True,
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
