"""Sneakers seen from the side, toe to the right."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from core.catalog.demo.shapes.folds import Crease, folds
from core.catalog.demo.shapes.pairs import draw_pair_or_single
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import Points, ellipse, outline, smooth, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import canvas_cloth, ribbed
from core.catalog.demo.studio.palette import darker, mixed, rgb
from core.catalog.demo.studio.skins import Skin

_SOLES = ("white", "white", "cream", "camel", "black")


class _Upper(NamedTuple):
    """Where the parts of an upper meet: throat, tip of the tongue, heel, lower edge, and the lift of a high top."""

    vamp: tuple[float, float]
    tongue: tuple[float, float]
    heel: tuple[float, float]
    base: float
    high: float


def draw_sneaker(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a sneaker ("low", "high-top", "runner", "slip-on"); seen from `back` means as a pair."""
    draw_pair_or_single(canvas, finish, style, shape, pair=back, draw=_sneaker)


def _sneaker(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator) -> None:
    high = -0.3 * (style == "high-top")
    slip = style == "slip-on"
    thick = {"runner": 0.24, "slip-on": 0.15}.get(style, 0.19) + shape.uniform(-0.02, 0.03)
    floor, top_of_sole = 0.45, 0.45 - thick
    tongue = (shape.uniform(-0.22, -0.14), -0.38 + high + 0.14 * slip + shape.uniform(-0.04, 0.03))
    vamp = (0.3 + shape.uniform(-0.03, 0.04), -0.06 + 0.5 * (top_of_sole - 0.27))
    collar = (-0.47, -0.12 + high * 1.05)
    heel = (-0.755, -0.27 + high)
    upper = outline(
        [(-0.8, top_of_sole + 0.07), (-0.835, 0.1), (-0.775, -0.1), heel],
        [heel, (-0.66, -0.235 + high), collar, (-0.32, collar[1] - 0.02), tongue],
        [tongue, (0.05, -0.22 + high * 0.35 + 0.03 * slip), vamp],
        [vamp, (0.56, vamp[1] + 0.03), (0.78, vamp[1] + 0.12), (0.885, top_of_sole - 0.06), (0.9, top_of_sole + 0.07)],
        [(0.9, top_of_sole + 0.07), (-0.8, top_of_sole + 0.07)],
    )
    inside = outline(
        [(heel[0] + 0.02, heel[1] + 0.02), (collar[0], collar[1] - 0.08), tongue],
        [tongue, (-0.3, collar[1] + 0.05), collar, (heel[0] + 0.02, heel[1] + 0.02)],
    )
    canvas.paint(canvas.mask(inside), canvas_cloth(darker(finish.second, 0.35)), shade=0.6)
    lip = tapered(
        [
            (tongue[0] + 0.06, collar[1] + 0.08),
            (tongue[0] - 0.005, tongue[1] + 0.04),
            (tongue[0] - 0.03, tongue[1] - 0.09),
        ],
        [0.2, 0.15, 0.12],
    )
    if style != "slip-on":
        canvas.paint(canvas.mask(lip), finish.trim, relief=Relief(puff=0.04, depth=0.6), cast=0.3)
    wrinkles = folds(canvas, _toe_creases(canvas.chance), drape=0.006)
    body = canvas.mask(upper)
    gloss = 0.14 if "leather" in finish.material else 0.0
    canvas.paint(
        body, finish.skin, relief=Relief(puff=0.2, depth=0.55, folds=wrinkles, rim=0.25, gloss=gloss), cast=0.2
    )
    joints = _Upper(vamp, tongue, heel, top_of_sole + 0.07, high)
    _sneaker_panels(canvas, finish, style, shape, body, joints)
    _sneaker_sole(canvas, finish, style, shape, floor=floor, top=top_of_sole)


def _sneaker_panels(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    body: np.ndarray,
    upper: _Upper,
) -> None:
    """Sew panels on the upper: heel counter, toe cap, side mark, eyelet row with laces."""
    vamp, tongue, heel, base, high = upper
    second = (
        Skin(finish.second, None, finish.skin.bumps)
        if shape.random() < 0.6
        else Skin(mixed(finish.main, darker(finish.main, 0.5), 0.4))
    )
    counter = outline(
        [(-0.9, base), (-0.9, heel[1] + 0.1), (-0.66, heel[1] + 0.14), (-0.55, base - 0.14), (-0.42, base)],
        [(-0.42, base), (-0.9, base)],
    )
    toe = outline(
        [(0.5, base), (0.52, vamp[1] + 0.16), (0.62, vamp[1] + 0.03)],
        [(0.62, vamp[1] + 0.03), (1.0, 0.1), (1.0, base)],
        [(1.0, base), (0.5, base)],
    )
    panel_relief = Relief(puff=0.025, depth=0.4, rim=0.12)
    if style != "slip-on" or shape.random() < 0.3:
        canvas.paint(canvas.mask(counter) * body, second, relief=panel_relief, cast=0.25)
    if style in ("low", "runner", "high-top") and shape.random() < 0.65:
        canvas.paint(
            canvas.mask(toe) * body,
            second if shape.random() < 0.5 else finish.skin,
            relief=Relief(puff=0.05, depth=0.5, rim=0.15),
            cast=0.25,
        )
    if style == "slip-on":
        gore = canvas.mask(
            outline([(-0.36, -0.2), (-0.1, -0.3), (-0.06, 0.02)], [(-0.06, 0.02), (-0.2, 0.06), (-0.36, -0.2)])
        )
        canvas.paint(gore * body, ribbed(darker(finish.second, 0.2)), cast=0.2)
        return
    _side_mark(canvas, finish, shape, body, base)
    stay = tapered(
        [(tongue[0] - 0.03, tongue[1] + 0.08), (0.02, -0.13 + high * 0.4), (vamp[0] + 0.02, vamp[1] + 0.06)],
        [0.13, 0.15, 0.09],
    )
    canvas.paint(canvas.mask(stay) * body, second, relief=panel_relief, cast=0.25)
    line = smooth([(tongue[0] + 0.0, tongue[1] + 0.05), (0.06, -0.2 + high * 0.4), (vamp[0] + 0.0, vamp[1] + 0.0)])
    lace = Skin(rgb("white") if shape.random() < 0.6 else finish.second)
    count = 7 if high else 5
    bands = []
    for share in np.linspace(0.06, 0.92, count):
        x, y = line[int(share * (len(line) - 1))]
        bands.append(tapered([(x - 0.09, y + 0.09), (x - 0.03, y + 0.02), (x + 0.04, y - 0.03)], [0.036, 0.046, 0.036]))
    near = cv2.dilate(body, np.ones((5, 5), np.uint8))
    canvas.paint(canvas.mask(*bands) * near, lace, relief=Relief(puff=0.016, depth=0.7, rim=0.2), cast=0.5)
    pull = tapered([(heel[0] + 0.02, heel[1] + 0.12), (heel[0] - 0.01, heel[1] - 0.02)], [0.05, 0.05])
    canvas.paint(canvas.mask(pull), second, relief=Relief(puff=0.015), cast=0.3)


def _side_mark(canvas: Canvas, finish: Finish, shape: np.random.Generator, body: np.ndarray, base: float) -> None:
    kind = int(shape.integers(5))
    mark: list[Points] = []
    if kind == 0:
        mark = [
            tapered([(-0.3 + k * 0.13, base), (-0.12 + k * 0.13, -0.1)], [0.06, 0.05])
            for k in range(int(shape.integers(2, 4)))
        ]
    elif kind == 1:
        mark = [tapered([(-0.55, 0.12), (-0.2, 0.2), (0.15, 0.1), (0.36, -0.02)], [0.03, 0.1, 0.07, 0.02])]
    elif kind == 2:
        mark = [ellipse((-0.22, 0.08), (0.1, 0.1))]
    elif kind == 3:
        mark = [np.array([(-0.4, 0.22), (-0.22, -0.02), (-0.04, 0.22)])]
    if mark:
        canvas.paint(
            canvas.mask(*mark) * body,
            Skin(finish.accent if shape.random() < 0.5 else finish.second),
            relief=Relief(puff=0.015, depth=0.4),
            cast=0.2,
        )
    else:
        canvas.seam([smooth([(-0.5, base - 0.1), (-0.1, 0.1), (0.3, 0.06), (0.5, base - 0.1)])], width=0.008, depth=0.3)


def _sneaker_sole(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, floor: float, top: float
) -> None:
    tone = rgb(str(shape.choice(_SOLES)))
    flare = 0.05 if style == "runner" else 0.01
    sole = outline(
        [
            (-0.845, top - 0.015),
            (-0.5, top + 0.045),
            (0.0, top + 0.055),
            (0.5, top + 0.03),
            (0.78, top - 0.02),
            (0.925, top - 0.055),
        ],
        [
            (0.925, top - 0.055),
            (0.965, top + 0.03),
            (0.92, floor - 0.06),
            (0.72, floor - 0.012),
            (0.4, floor),
            (-0.55, floor),
            (-0.8, floor - 0.012),
            (-0.885 - flare, (floor + top) / 2 + 0.02),
            (-0.845, top - 0.015),
        ],
    )
    mask = canvas.mask(sole)
    canvas.paint(mask, Skin(tone), relief=Relief(puff=0.07, depth=0.6, rim=0.22), cast=0.3)
    under = tapered(
        [(-0.93, floor - 0.02), (-0.5, floor - 0.012), (0.4, floor - 0.012), (0.74, floor - 0.03), (1.0, floor - 0.1)],
        [0.06, 0.055, 0.055, 0.06, 0.05],
    )
    canvas.tint(canvas.mask(under) * mask, darker(finish.second if shape.random() < 0.4 else tone, 0.35), 0.9)
    canvas.seam(
        [smooth([(-0.85, top + 0.055), (0.0, top + 0.1), (0.6, top + 0.06), (0.93, top)])], width=0.008, depth=0.25
    )
    if style != "runner":
        canvas.stitches(
            [smooth([(-0.83, top + 0.03), (0.0, top + 0.08), (0.6, top + 0.04), (0.92, top - 0.02)])],
            darker(tone, 0.3),
            width=0.007,
        )
    if style == "runner":
        wave = (
            canvas.mask(
                tapered(
                    [(-0.84, top + 0.06), (-0.4, top + 0.13), (0.2, top + 0.09), (0.85, top + 0.04)],
                    [0.03, 0.06, 0.04, 0.02],
                )
            )
            * mask
        )
        canvas.tint(wave, finish.accent, 0.85)


def _toe_creases(chance: np.random.Generator) -> list[Crease]:
    lines: list[Crease] = []
    for _ in range(3):
        x = chance.uniform(0.25, 0.5)
        lines.append(([(x, 0.02), (x + 0.03, 0.12), (x, 0.24)], float(chance.uniform(-0.5, 0.4))))
    return lines
