"""Mugs and espresso cups."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.ceramics import ANSWERS, glazed
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, smooth, tapered
from core.catalog.demo.studio.light import Relief, blurred
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.palette import darker, lighter, rgb
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.turned import Finishing, paint_opening, paint_turned


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
    answer = ANSWERS.get(finish.material, Finishing(gloss=0.7, sheen=0.4))
    inside = lighter(rgb("white"), 0.3) if shape.random() < 0.55 else finish.main
    skin = glazed(finish)
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
