"""Boots seen from the side, toe to the right."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.folds import Crease, folds
from core.catalog.demo.shapes.pairs import draw_pair_or_single
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, outline, smooth, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import leather, ribbed
from core.catalog.demo.studio.palette import darker, lighter, rgb
from core.catalog.demo.studio.skins import Skin


def draw_boot(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a boot: "chelsea", "lace-up", "heeled" or "knee-high"."""
    draw_pair_or_single(canvas, finish, style, shape, pair=back, draw=_boot)


def _boot(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator) -> None:
    tall = {"chelsea": -0.55, "lace-up": -0.66, "heeled": -0.52, "knee-high": -0.98}[style] + shape.uniform(-0.05, 0.06)
    lift = {"heeled": 0.26, "knee-high": shape.choice([0.1, 0.24])}.get(style, 0.1)
    floor = 0.62
    base = floor - 0.07
    heel_base = floor - lift - 0.03
    shaft = (-0.62, 0.0 + 0.03 * (style == "knee-high"))
    wide = shape.uniform(0.0, 0.05)
    upper = outline(
        [(-0.66, heel_base), (-0.71, heel_base - 0.2), (-0.62, -0.02), (shaft[0] - wide, tall)],
        [(shaft[0] - wide, tall), (-0.3, tall - 0.015), (shaft[1] + wide, tall - 0.02)],
        [
            (shaft[1] + wide, tall - 0.02),
            (-0.02, -0.12),
            (0.1, 0.12),
            (0.4, 0.28),
            (0.66, 0.36),
            (0.8, base - 0.05),
            (0.8, base),
        ],
        [(0.8, base), (0.35, base), (-0.1, (base + heel_base) / 2 - 0.02), (-0.66, heel_base)],
    )
    rim = outline(
        [(shaft[0] - wide, tall), (-0.3, tall - 0.06), (shaft[1] + wide, tall - 0.02)],
        [(shaft[1] + wide, tall - 0.02), (-0.3, tall + 0.03), (shaft[0] - wide, tall)],
    )
    _boot_sole(canvas, finish, style, shape, floor=floor, base=base, heel_base=heel_base)
    body = canvas.mask(upper)
    gloss = {"leather": 0.26, "suede": 0.0}.get(finish.material, 0.12)
    wrinkles = folds(canvas, _ankle_creases(canvas.chance, tall), drape=0.008, width=0.04)
    canvas.paint(
        body, finish.skin, relief=Relief(puff=0.2, depth=0.6, folds=wrinkles, rim=0.28, gloss=gloss, shine=12), cast=0.2
    )
    canvas.paint(
        canvas.mask(rim), leather(rgb("camel") if shape.random() < 0.5 else darker(finish.main, 0.4)), shade=0.6
    )
    _boot_details(canvas, finish, style, shape, body, tall=tall, base=base, heel_base=heel_base)


def _boot_sole(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    floor: float,
    base: float,
    heel_base: float,
) -> None:
    tone = darker(rgb(str(shape.choice(["black", "black", "brown", "camel"]))), 0.2)
    heel_width = 0.3 if style in ("chelsea", "lace-up") else shape.uniform(0.14, 0.26)
    heel = outline(
        [(-0.7, heel_base - 0.03), (-0.68 + 0.0, floor)],
        [(-0.68, floor), (-0.68 + heel_width, floor)],
        [(-0.68 + heel_width, floor), (-0.64 + heel_width * 1.15, heel_base)],
        [(-0.64 + heel_width * 1.15, heel_base), (-0.7, heel_base - 0.03)],
    )
    canvas.paint(canvas.mask(heel), Skin(tone), relief=Relief(puff=0.05, depth=0.6, rim=0.2, gloss=0.1))
    chunky = style == "lace-up"
    sole = outline(
        [(-0.7, heel_base - 0.02), (-0.1, (base + heel_base) / 2 - 0.04), (0.4, base - 0.03), (0.83, base - 0.04)],
        [(0.83, base - 0.04), (0.85, floor - 0.03), (0.78, floor), (0.3, floor), (0.05, floor - 0.02)],
        [
            (0.05, floor - 0.02),
            (-0.2, (floor + heel_base) / 2 + 0.0),
            (-0.4, heel_base + 0.04),
            (-0.7, heel_base + 0.04),
        ],
    )
    canvas.paint(canvas.mask(sole), Skin(tone), relief=Relief(puff=0.04, depth=0.6, rim=0.2))
    if chunky:
        lugs = [
            np.array([(x, floor - 0.03), (x + 0.05, floor - 0.03), (x + 0.05, floor + 0.025), (x, floor + 0.025)])
            for x in np.arange(-0.66, 0.74, 0.1)
            if x < -0.4 or x > 0.02
        ]
        canvas.paint(canvas.mask(*lugs), Skin(darker(tone, 0.3)), relief=Relief(puff=0.01))


def _boot_details(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    body: np.ndarray,
    *,
    tall: float,
    base: float,
    heel_base: float,
) -> None:
    canvas.stitches(
        [
            smooth(
                [
                    (-0.66, heel_base - 0.0),
                    (-0.1, (base + heel_base) / 2 - 0.055),
                    (0.4, base - 0.045),
                    (0.8, base - 0.055),
                ]
            )
        ],
        rgb("camel"),
        width=0.008,
    )
    if style == "chelsea":
        gore = canvas.mask(
            outline(
                [(-0.44, tall), (-0.14, tall - 0.02)],
                [(-0.14, tall - 0.02), (-0.2, -0.2), (-0.3, 0.02)],
                [(-0.3, 0.02), (-0.4, -0.2), (-0.44, tall)],
            )
        )
        canvas.paint(
            gore * body, ribbed(darker(finish.main, 0.45), period=4), relief=Relief(puff=0.02, depth=0.4), cast=0.25
        )
        tab = tapered([(-0.6, tall + 0.1), (-0.61, tall - 0.07)], [0.05, 0.055])
        canvas.paint(canvas.mask(tab), finish.skin, relief=Relief(puff=0.015), cast=0.3)
    elif style == "lace-up":
        canvas.seam(
            [
                smooth([(-0.16, tall), (-0.18, -0.1), (-0.05, 0.16), (0.2, 0.24)]),
                smooth([(0.32, 0.26), (0.38, 0.4), (0.34, base)]),
            ],
            width=0.01,
            depth=0.4,
        )
        lace = Skin(rgb("yellow") if shape.random() < 0.3 else darker(finish.main, 0.6))
        course = smooth([(-0.05, tall + 0.04), (-0.08, -0.1), (0.03, 0.1), (0.22, 0.21)])
        bands = [
            tapered([(x - 0.1, y + 0.02), (x, y - 0.02), (x + 0.06, y - 0.05)], [0.028, 0.034, 0.028])
            for x, y in course[:: max(1, len(course) // 8)]
        ]
        canvas.paint(canvas.mask(*bands), lace, relief=Relief(puff=0.014, depth=0.7), cast=0.5)
        canvas.paint(
            canvas.mask(tapered([(-0.63, tall + 0.04), (-0.3, tall + 0.035), (0.0, tall + 0.02)], [0.1, 0.09, 0.09])),
            Skin(finish.main),
            relief=Relief(puff=0.04, depth=0.6),
            cast=0.2,
        )
    else:
        zipper = smooth([(-0.3, tall + 0.03), (-0.32, -0.1), (-0.3, heel_base - 0.1)])
        canvas.seam([zipper], width=0.012, depth=0.4)
        canvas.stitches([zipper], lighter(finish.main, 0.5), width=0.007, length=0.01)
        if shape.random() < 0.5:
            strap = canvas.mask(tapered([(-0.66, 0.02), (-0.3, 0.09), (0.1, 0.06)], [0.07, 0.07, 0.07])) * body
            canvas.paint(
                strap, Skin(darker(finish.main, 0.15)), relief=Relief(puff=0.02, depth=0.5, gloss=0.2), cast=0.35
            )
            canvas.paint(
                canvas.mask(ellipse((-0.26, 0.09), (0.05, 0.055))),
                Skin(rgb("gold")),
                relief=Relief(puff=0.03, gloss=0.6),
                cast=0.4,
            )


def _ankle_creases(chance: np.random.Generator, tall: float) -> list[Crease]:
    lines: list[Crease] = []
    for _ in range(6):
        y = chance.uniform(-0.2, 0.25)
        lines.append(
            (
                [(-0.1 + 0.1 * y, y), (-0.25, y + chance.uniform(0.0, 0.09)), (-0.45, y + chance.uniform(-0.04, 0.06))],
                float(chance.uniform(-0.7, 0.5)),
            )
        )
    for _ in range(2):
        x = chance.uniform(-0.5, -0.1)
        lines.append(([(x, tall + 0.1), (x + 0.03, -0.2)], float(chance.uniform(-0.3, 0.4))))
    return lines
