"""Trousers laid flat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.catalog.demo.shapes.closures import button_color, buttons
from core.catalog.demo.shapes.folds import Crease, folds
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, flipped, outline, smooth
from core.catalog.demo.studio.light import Relief, blurred
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.palette import darker, lighter, rgb


@dataclass(frozen=True)
class _Cut:
    """Measures of trousers in object units: heights from the top, half widths of waist and hip, middle of an ankle."""

    top: float
    waist: float
    hip: float
    crotch: float
    ankle: float
    bottom: float
    hem_width: float

    def leg(self) -> np.ndarray:
        """Outline the right leg with its half of the hips."""
        outer, inner = self.ankle + self.hem_width / 2, self.ankle - self.hem_width / 2
        knee = ((self.hip - 0.01 + outer) / 2, 0.18)
        return outline(
            [(0, self.top + 0.05), (self.waist, self.top)],
            [(self.waist, self.top), (self.hip, self.top + 0.36), knee, (outer, self.bottom)],
            [(outer, self.bottom), (self.ankle, self.bottom + 0.015), (inner, self.bottom)],
            [(inner, self.bottom), (self.ankle * 0.62 - self.hem_width * 0.26 + 0.03, 0.15), (0, self.crotch)],
            [(0, self.crotch), (0, self.top + 0.05)],
        )


_HEMS = {"jeans": 0.18, "chinos": 0.17, "wide-leg": 0.31, "joggers": 0.13}


def draw_trousers(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False
) -> None:
    """Draw trousers: "jeans", "chinos", "wide-leg" or "joggers"."""
    cut = _cut(style, shape)
    inside = outline(
        [(-cut.waist, cut.top), (0, cut.top - 0.03), (cut.waist, cut.top)],
        [(cut.waist, cut.top), (0, cut.top + 0.09), (-cut.waist, cut.top)],
    )
    canvas.paint(canvas.mask(inside), finish.skin.plain(), shade=0.6)
    creases = [line for side in (-1, 1) for line in _leg_creases(canvas.chance, side, cut)]
    relief = Relief(puff=0.11, depth=0.42, folds=folds(canvas, creases, drape=0.012), rim=0.2)
    leg = cut.leg()
    for side in (-1, 1):
        shown = leg if side > 0 else flipped(leg)
        canvas.paint(canvas.mask(shown), finish.skin, relief=relief, turn=-0.06 * side, cast=0.2)
    _fade(canvas, finish, style, shape, ankle=cut.ankle)
    _waistband(canvas, finish, cut)
    if back:
        _back_pockets(canvas, finish, cut, _thread(finish, style, shape))
    else:
        _trouser_front(canvas, finish, style, shape, cut)


def _cut(style: str, shape: np.random.Generator) -> _Cut:
    top = -0.92
    return _Cut(
        top=top,
        bottom=0.92 - 0.08 * shape.random(),
        waist=shape.uniform(0.25, 0.29),
        hip=shape.uniform(0.33, 0.37),
        hem_width=_HEMS[style] + shape.uniform(-0.01, 0.03),
        ankle=0.2 + shape.uniform(0.0, 0.1) + 0.03 * (style == "wide-leg"),
        crotch=top + shape.uniform(0.46, 0.54),
    )


def _leg_creases(chance: np.random.Generator, side: int, cut: _Cut) -> list[Crease]:
    """Lay folds that pull from the crotch and gather at knee and ankle."""
    crotch, ankle, bottom = cut.crotch, cut.ankle, cut.bottom
    lines: list[Crease] = []
    for _ in range(4):
        fall = chance.uniform(-0.05, 0.16)
        lines.append(
            (
                [
                    (side * 0.01, crotch - 0.02),
                    (side * 0.14, crotch + fall * 0.4),
                    (side * chance.uniform(0.22, 0.32), crotch + fall),
                ],
                float(chance.uniform(-0.7, 0.7)),
            )
        )
    for center in (0.15, bottom - 0.12):
        for _ in range(3):
            y = center + chance.normal(0, 0.07)
            x = side * ankle
            lines.append(
                (
                    [(x - 0.08, y + chance.normal(0, 0.03)), (x, y), (x + 0.08, y + chance.normal(0, 0.03))],
                    float(chance.uniform(-0.6, 0.6)),
                )
            )
    return lines


def _fade(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, ankle: float) -> None:
    """Bleach the thighs of jeans."""
    if style != "jeans" or shape.random() < 0.35:
        return
    field = canvas.mask(ellipse((ankle * 0.85, -0.1), (0.09, 0.36)), ellipse((-ankle * 0.85, -0.1), (0.09, 0.36)))
    canvas.tint(blurred(field, 13.0), lighter(finish.main, 0.55), float(shape.uniform(0.2, 0.5)))


def _thread(finish: Finish, style: str, shape: np.random.Generator) -> np.ndarray:
    return rgb("camel") if style == "jeans" and shape.random() < 0.7 else darker(finish.main, 0.4)


def _waistband(canvas: Canvas, finish: Finish, cut: _Cut) -> None:
    top, waist = cut.top, cut.waist
    band = outline(
        [(-waist, top), (0, top + 0.05), (waist, top)],
        [(waist, top), (waist + 0.02, top + 0.085)],
        [(waist + 0.02, top + 0.085), (0, top + 0.135), (-waist - 0.02, top + 0.085)],
    )
    canvas.paint(canvas.mask(band), finish.skin, relief=Relief(puff=0.018, depth=0.4, rim=0.1), cast=0.2)
    loops = []
    for x in (-0.19, -0.09, 0.09, 0.19):
        y = top + 0.045 - abs(x) * 0.17
        loops.append([(x - 0.013, y - 0.02), (x + 0.013, y - 0.02), (x + 0.013, y + 0.1), (x - 0.013, y + 0.1)])
    canvas.paint(canvas.mask(*loops), finish.skin, relief=Relief(puff=0.01), cast=0.3)
    left, right, low = cut.ankle - cut.hem_width / 2, cut.ankle + cut.hem_width / 2, cut.bottom - 0.035
    canvas.seam([np.array([(s * left, low), (s * right, low)]) for s in (-1, 1)], width=0.006, depth=0.25)


def _back_pockets(canvas: Canvas, finish: Finish, cut: _Cut, thread: np.ndarray) -> None:
    top = cut.top
    corners = [(0.07, 0.24), (0.25, 0.22), (0.25, 0.4), (0.16, 0.46), (0.07, 0.42), (0.07, 0.24)]
    for side in (-1, 1):
        pocket = np.array([(x * side, top + y) for x, y in corners])
        canvas.seam([pocket], width=0.008, depth=0.4)
        canvas.stitches([np.add(pocket * 0.96, (side * 0.006, -0.02))], thread)


def _trouser_front(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, cut: _Cut) -> None:
    top, crotch, ankle = cut.top, cut.crotch, cut.ankle
    thread = _thread(finish, style, shape)
    pocket = smooth([(0.13, top + 0.1), (0.17, top + 0.2), (cut.hip * 0.97, top + 0.26)])
    fly = smooth([(0.07, top + 0.13), (0.07, crotch - 0.13), (0.0, crotch - 0.03)])
    canvas.seam([pocket, flipped(pocket), np.array([(0, top + 0.1), (0, crotch)])], width=0.009, depth=0.42)
    if style in ("jeans", "chinos"):
        edge = np.add(pocket, (0, 0.018))
        canvas.stitches([edge, flipped(edge), fly], thread, width=0.007)
        metal = style == "jeans"
        color = rgb("gold") if metal else button_color(finish.main, shape)
        buttons(canvas, [(0.0, top + 0.09)], color, radius=0.022, metal=metal)
    if style == "joggers":
        cord = lighter(finish.main, 0.7) if finish.main.mean() < 0.6 else darker(finish.main, 0.5)
        ends = [[(-0.02, 0.1), (-0.05, 0.25), (-0.03, 0.4)], [(0.02, 0.1), (0.04, 0.22), (0.06, 0.36)]]
        lines = [smooth([(x, top + y) for x, y in end]) for end in ends]
        canvas.tint(canvas.lines(lines, 0.016), cord)
    if style in ("chinos", "wide-leg") and shape.random() < 0.6:
        crease = smooth([(ankle * 0.92, top + 0.4), (ankle, 0.2), (ankle, cut.bottom)])
        canvas.seam([crease, flipped(crease)], width=0.01, depth=0.16)
