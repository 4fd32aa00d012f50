"""Vases, some with twigs."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.ceramics import ANSWERS, glazed, ridged
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import smooth, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.palette import darker, mixed, rgb
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.turned import Finishing, paint_opening, paint_turned


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
    answer = ANSWERS.get(finish.material, Finishing(gloss=0.5, sheen=0.5))
    if finish.material == "glass":
        answer = Finishing(gloss=1.0, sheen=0.2)
    skin = glazed(finish)
    if shape.random() < 0.3 and finish.pattern == "plain":
        skin = ridged(skin)
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
