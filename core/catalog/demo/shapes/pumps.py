"""Pumps seen from the side, toe to the right."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.pairs import draw_pair_or_single
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import between, outline, smooth, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import leather
from core.catalog.demo.studio.palette import darker, rgb
from core.catalog.demo.studio.skins import Skin


def draw_pump(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a pump: "stiletto", "block heel", "slingback" or "ballerina"."""
    draw_pair_or_single(canvas, finish, style, shape, pair=back, draw=_pump)


def _pump(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator) -> None:
    lift = {"stiletto": 0.62, "block heel": 0.42, "slingback": 0.34, "ballerina": 0.05}[style] + shape.uniform(
        -0.05, 0.06
    ) * (style != "ballerina")
    floor = 0.5
    top = floor - lift
    arch = (-0.28, floor - lift * 0.62)
    point = 0.84 + 0.05 * (style in ("stiletto", "slingback"))
    sharp = 0.03 if style in ("stiletto", "slingback") else 0.075
    heel_top = top - 0.34
    upper = outline(
        [(-0.74, top), (-0.77, top - 0.16), (-0.7, heel_top)],
        [
            (-0.7, heel_top),
            (-0.45, top - 0.16 + lift * 0.1),
            (-0.02, floor - lift * 0.34 - 0.15),
            (0.3, floor - 0.19),
            (0.42, floor - 0.235),
        ],
        [(0.42, floor - 0.235), (0.6, floor - 0.2), (point - 0.06, floor - sharp - 0.06), (point, floor - 0.035)],
        [(point, floor - 0.035), (0.6, floor - 0.01), (0.3, floor - 0.01)],
        [(0.3, floor - 0.01), (0.05, floor - lift * 0.22 - 0.01), arch, (-0.55, top + 0.0), (-0.74, top)],
    )
    inner = outline(
        [(-0.7, heel_top), (-0.4, top - 0.24 + lift * 0.16), (0.05, floor - lift * 0.3 - 0.22), (0.42, floor - 0.24)],
        [
            (0.42, floor - 0.24),
            (0.3, floor - 0.12),
            (-0.02, floor - lift * 0.34 - 0.08),
            (-0.45, top - 0.08 + lift * 0.1),
            (-0.7, heel_top),
        ],
    )
    canvas.paint(canvas.mask(inner), leather(rgb("cream")), shade=0.72)
    _pump_heel(canvas, finish, style, shape, top=top, floor=floor)
    sole = tapered(
        [
            (-0.74, top),
            (-0.55, top),
            arch,
            (0.05, floor - lift * 0.22 - 0.01),
            (0.3, floor - 0.01),
            (point - 0.02, floor - 0.01),
        ],
        [0.03, 0.035, 0.03, 0.03, 0.04, 0.025],
    )
    canvas.paint(canvas.mask(sole), Skin(darker(rgb("brown"), 0.4) if shape.random() < 0.7 else rgb("camel")))
    gloss = {"patent leather": 0.6, "leather": 0.25, "satin": 0.2}.get(finish.material, 0.0)
    body = canvas.mask(upper)
    if style == "slingback":
        body = body * (
            1
            - canvas.mask(
                outline(
                    [(-1, -1), (-0.26, -1)],
                    [(-0.26, -1), (-0.3, top), (-0.42, top + 0.2)],
                    [(-0.42, top + 0.2), (-1, 1)],
                )
            )
        )
        strap = tapered(
            [(-0.3, top - 0.04 + lift * 0.1), (-0.55, top - 0.19), (-0.72, heel_top + 0.06)], [0.05, 0.03, 0.03]
        )
        canvas.paint(canvas.mask(strap), finish.skin.plain(), relief=Relief(puff=0.012, depth=0.6))
    canvas.paint(
        body,
        finish.skin,
        relief=Relief(puff=0.16, depth=0.6, rim=0.25, gloss=gloss, shine=16 if gloss > 0.4 else 10),
        cast=0.15,
    )
    lip = smooth(
        [
            (-0.69, heel_top + 0.02),
            (-0.45, top - 0.14 + lift * 0.1),
            (-0.02, floor - lift * 0.34 - 0.13),
            (0.3, floor - 0.17),
            (0.42, floor - 0.215),
        ]
    )
    canvas.seam([lip[len(lip) // 3 :] if style == "slingback" else lip], width=0.007, depth=0.3)
    if style == "ballerina" or shape.random() < 0.2:
        x, y = 0.44, floor - 0.225
        wings = [
            tapered([(x, y), (x - 0.06, y - 0.045), (x - 0.11, y - 0.015)], [0.02, 0.06, 0.045]),
            tapered([(x, y), (x + 0.06, y - 0.02), (x + 0.1, y + 0.02)], [0.02, 0.06, 0.045]),
        ]
        canvas.paint(
            canvas.mask(*wings),
            finish.trim.plain() if shape.random() < 0.3 else finish.skin.plain(),
            relief=Relief(puff=0.02, depth=0.6),
            cast=0.4,
        )


def _pump_heel(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, top: float, floor: float
) -> None:
    wide_top, wide_foot = {
        "stiletto": (0.2, 0.045),
        "block heel": (0.24, 0.22),
        "slingback": (0.2, 0.07),
        "ballerina": (0.26, 0.25),
    }[style]
    left = -0.755
    foot = left + 0.035 * (style == "stiletto") + 0.02
    heel = outline(
        [(left, top - 0.05), (left + 0.005, top + (floor - top) * 0.4), (foot, floor)],
        [(foot, floor), (foot + wide_foot, floor)],
        [
            (foot + wide_foot, floor),
            (between([(foot + wide_foot, 0)], [(left + wide_top, 0)], 0.4)[0][0], top + (floor - top) * 0.45),
            (left + wide_top * 1.25, top + 0.02),
        ],
        [(left + wide_top * 1.25, top + 0.02), (left, top - 0.05)],
    )
    skin = finish.skin.plain() if shape.random() < 0.75 else Skin(rgb("brown"))
    canvas.paint(
        canvas.mask(heel), skin, relief=Relief(puff=max(0.02, wide_foot * 0.5), depth=0.6, rim=0.2, gloss=0.15)
    )
