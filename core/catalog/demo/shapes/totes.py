"""Tote bags, standing, seen from the front."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.bag_parts import slump_creases
from core.catalog.demo.shapes.folds import folds
from core.catalog.demo.shapes.jackets import GLOSS
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, outline, smooth, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import edge_of, leather
from core.catalog.demo.studio.palette import darker, rgb


def draw_tote(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a tote bag: "shopper", "beach", "book" or "market"."""
    w, top, bottom = shape.uniform(0.52, 0.66), -0.2 + shape.uniform(-0.1, 0.05), 0.78
    taper = {"shopper": 1.12, "beach": 1.2, "book": 1.0, "market": 0.9}[style] + shape.uniform(-0.04, 0.04)
    reach = shape.uniform(0.45, 0.68)
    strap = (
        leather(rgb("camel" if shape.random() < 0.6 else "black"))
        if style in ("beach", "shopper") and shape.random() < 0.6
        else finish.skin.plain()
    )
    inner = canvas.mask(ellipse((0, top + 0.01), (w * taper * 0.97, 0.06)))
    for near in (False, True):
        lean = -0.03 if near else 0.05
        lift = 0.0 if near else 0.05
        handle = smooth(
            [
                (-w * 0.5, top + 0.1),
                (-w * 0.42 + lean, top - reach * 0.75),
                (lean, top - reach - lift),
                (w * 0.42 + lean, top - reach * 0.75),
                (w * 0.5, top + 0.1),
            ]
        )
        canvas.paint(
            canvas.mask(tapered(handle, [0.075] * 3)),
            strap,
            relief=Relief(puff=0.024, depth=0.6),
            shade=1.0 if near else 0.78,
            cast=0.25,
        )
        if not near:
            canvas.paint(inner, finish.skin.plain(), shade=0.5)
    body = outline(
        [
            (-w * taper, top - 0.01),
            (-w * 0.5, top + 0.045),
            (0, top + 0.05),
            (w * 0.5, top + 0.045),
            (w * taper, top - 0.01),
        ],
        [(w * taper, top - 0.01), (w * (1 + taper) / 2 * 1.01, (top + bottom) / 2), (w, bottom - 0.05)],
        [(w, bottom - 0.05), (w * 0.9, bottom), (0, bottom + 0.02), (-w * 0.9, bottom), (-w, bottom - 0.05)],
        [(-w, bottom - 0.05), (-w * (1 + taper) / 2 * 1.01, (top + bottom) / 2), (-w * taper, top - 0.01)],
    )
    mask = canvas.mask(body)
    wrinkles = folds(canvas, slump_creases(canvas.chance, w, top, bottom), drape=0.016, width=0.05)
    canvas.paint(
        mask,
        finish.skin,
        relief=Relief(puff=0.12, depth=0.42, folds=wrinkles, rim=0.22, gloss=GLOSS.get(finish.material, 0.0), shine=11),
        cast=0.2,
    )
    canvas.seam(
        [smooth([(-w * taper, top + 0.07), (0, top + 0.125), (w * taper, top + 0.07)])], width=0.007, depth=0.28
    )
    for side in (-1, 1):
        x = side * w * 0.5
        canvas.paint(
            canvas.mask(
                tapered(
                    [(x - side * 0.005, top + 0.02), (x, top + 0.3 if strap is not finish.skin else top + 0.22)],
                    [0.08, 0.085],
                    curved=False,
                )
            ),
            strap,
            relief=Relief(puff=0.02, depth=0.5),
            cast=0.35,
        )
    _tote_print(canvas, finish, style, shape, mask, w=w, top=top, bottom=bottom)


def _tote_print(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    mask: np.ndarray,
    *,
    w: float,
    top: float,
    bottom: float,
) -> None:
    """Dip the base in a second color or print a simple motif on plain canvas."""
    if finish.pattern != "plain":
        return
    if style in ("book", "market") and shape.random() < 0.75:
        ink, y = finish.second, (top + bottom) / 2 + 0.02
        if abs(float(ink.mean() - finish.main.mean())) < 0.2:
            ink = edge_of(finish.main)
        kind = int(shape.integers(3))
        if kind == 0:
            motif = canvas.mask(ellipse((0, y), (0.2, 0.2))) * (
                1 - canvas.mask(ellipse((0.07, y - 0.05), (0.17, 0.17)))
            )
        elif kind == 1:
            motif = canvas.lines([ellipse((0, y), (r, r)) for r in (0.08, 0.14, 0.2)], 0.022)
        else:
            bars = [np.array([(-0.2, y + k * 0.07), (0.2 - 0.05 * (k % 2), y + k * 0.07)]) for k in range(-2, 3)]
            motif = canvas.lines(bars, 0.03)
        canvas.tint(motif * mask, ink, 0.85)
    elif shape.random() < 0.5:
        base = canvas.mask([(-2, bottom - 0.3), (2, bottom - 0.3), (2, 2), (-2, 2)]) * mask
        canvas.tint(base, finish.second if shape.random() < 0.5 else darker(finish.main, 0.45), 0.72)
