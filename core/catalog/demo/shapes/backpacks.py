"""Backpacks, standing, seen from the front."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.bag_parts import slump_creases, zip_line
from core.catalog.demo.shapes.folds import folds
from core.catalog.demo.shapes.jackets import GLOSS
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import flipped, outline, rounded_box, smooth, symmetric, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import edge_of, leather
from core.catalog.demo.studio.palette import darker, rgb
from core.catalog.demo.studio.skins import Skin


def draw_backpack(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False
) -> None:
    """Draw a backpack: "daypack", "rolltop", "school" or "mini"."""
    w = shape.uniform(0.46, 0.56) * (0.92 if style == "mini" else 1)
    top, bottom = -0.68 - 0.1 * (style == "rolltop"), 0.8
    gloss = GLOSS.get(finish.material, 0.0)
    hardware = rgb("gold") if shape.random() < 0.3 else rgb("silver")
    trim = leather(rgb("camel")) if shape.random() < 0.35 else finish.skin.recolored(darker(finish.main, 0.35))
    _grab_handle(canvas, trim, top)
    straps = [
        tapered([(0.2, top + 0.05), (w + 0.1, top + 0.5), (w + 0.09, 0.35), (w - 0.06, 0.72)], [0.1, 0.12, 0.1, 0.06])
    ]
    for strap in (straps[0], flipped(straps[0])):
        canvas.paint(canvas.mask(strap), trim, relief=Relief(puff=0.04, depth=0.5), shade=0.85)
    body = symmetric(
        [
            (0, top),
            (w * 0.55, top + 0.015),
            (w * 0.86, top + (0.03 if style == "rolltop" else 0.16)),
            (w * 0.98, top + 0.42),
        ],
        [(w * 0.98, top + 0.42), (w * 1.03, 0.2), (w, bottom - 0.1)],
        [(w, bottom - 0.1), (w * 0.93, bottom - 0.01), (w * 0.6, bottom + 0.015), (0, bottom + 0.02)],
    )
    wrinkles = folds(canvas, slump_creases(canvas.chance, w, top, bottom), drape=0.012, width=0.05)
    canvas.paint(
        canvas.mask(body),
        finish.skin,
        relief=Relief(puff=0.2, depth=0.5, folds=wrinkles, rim=0.28, gloss=gloss, shine=12),
        cast=0.25,
    )
    _BACKPACKS[style](canvas, finish, shape, trim, hardware, w, top, bottom)
    logo = canvas.mask(rounded_box(-0.055, top + 0.36, 0.055, top + 0.43, radius=0.012))
    canvas.paint(logo, Skin(edge_of(finish.main)), relief=Relief(puff=0.01), cast=0.2)


def _daypack(
    canvas: Canvas,
    finish: Finish,
    shape: np.random.Generator,
    trim: Skin,
    hardware: np.ndarray,
    w: float,
    top: float,
    bottom: float,
) -> None:
    zip_line(
        canvas,
        smooth(
            [
                (-w * 0.97, 0.0),
                (-w * 0.86, top + 0.3),
                (-w * 0.5, top + 0.13),
                (w * 0.5, top + 0.13),
                (w * 0.86, top + 0.3),
                (w * 0.97, 0.0),
            ]
        ),
        hardware,
    )
    pocket = outline(
        [(-w * 0.78, 0.16), (0, 0.13), (w * 0.78, 0.16)],
        [(w * 0.78, 0.16), (w * 0.83, 0.5), (w * 0.76, bottom - 0.05)],
        [(w * 0.76, bottom - 0.05), (0, bottom - 0.02), (-w * 0.76, bottom - 0.05)],
        [(-w * 0.76, bottom - 0.05), (-w * 0.83, 0.5), (-w * 0.78, 0.16)],
    )
    skin = finish.skin if shape.random() < 0.6 else Skin(finish.second, None, finish.skin.bumps)
    canvas.paint(canvas.mask(pocket), skin, relief=Relief(puff=0.09, depth=0.5, rim=0.22), cast=0.4)
    zip_line(canvas, smooth([(-w * 0.7, 0.26), (0, 0.235), (w * 0.7, 0.26)]), hardware)


def _school(
    canvas: Canvas,
    finish: Finish,
    shape: np.random.Generator,
    trim: Skin,
    hardware: np.ndarray,
    w: float,
    top: float,
    bottom: float,
) -> None:
    pocket = rounded_box(-w * 0.8, 0.2, w * 0.8, bottom - 0.06, radius=0.08)
    canvas.paint(canvas.mask(pocket), finish.skin, relief=Relief(puff=0.08, depth=0.5), cast=0.4)
    flap = outline(
        [(-w * 0.97, top + 0.2), (-w * 0.6, top + 0.02), (w * 0.6, top + 0.02), (w * 0.97, top + 0.2)],
        [(w * 0.97, top + 0.2), (w * 0.99, 0.0), (w * 0.9, 0.24)],
        [(w * 0.9, 0.24), (0, 0.32), (-w * 0.9, 0.24)],
        [(-w * 0.9, 0.24), (-w * 0.99, 0.0), (-w * 0.97, top + 0.2)],
    )
    canvas.paint(
        canvas.mask(flap),
        finish.skin if shape.random() < 0.6 else finish.skin.recolored(finish.second),
        relief=Relief(puff=0.12, depth=0.45),
        cast=0.45,
    )
    canvas.stitches([smooth([(-w * 0.86, 0.2), (0, 0.28), (w * 0.86, 0.2)])], edge_of(finish.main))
    for side in (-1, 1):
        x = side * w * 0.48
        canvas.paint(
            canvas.mask(tapered([(x, top + 0.45), (x, 0.5)], [0.09, 0.085], curved=False)),
            trim,
            relief=Relief(puff=0.025, depth=0.5),
            cast=0.4,
        )
        canvas.paint(
            canvas.mask(rounded_box(x - 0.065, 0.3, x + 0.065, 0.4, radius=0.02))
            * (1 - canvas.mask(rounded_box(x - 0.035, 0.33, x + 0.035, 0.37, radius=0.01))),
            Skin(hardware),
            relief=Relief(puff=0.015, gloss=0.5),
            cast=0.4,
        )


def _rolltop(
    canvas: Canvas,
    finish: Finish,
    shape: np.random.Generator,
    trim: Skin,
    hardware: np.ndarray,
    w: float,
    top: float,
    bottom: float,
) -> None:
    for k in range(3):
        y = top + 0.09 * k
        canvas.paint(
            canvas.mask(tapered([(-w * 0.9, y + 0.045), (0, y + 0.05), (w * 0.9, y + 0.045)], [0.095] * 3)),
            finish.skin,
            relief=Relief(puff=0.045, depth=0.6),
            cast=0.3,
        )
    canvas.paint(
        canvas.mask(tapered([(0, top - 0.01), (0, 0.25)], [0.08, 0.08], curved=False)),
        trim,
        relief=Relief(puff=0.025),
        cast=0.4,
    )
    canvas.paint(
        canvas.mask(rounded_box(-0.06, 0.02, 0.06, 0.13, radius=0.02)),
        Skin(hardware),
        relief=Relief(puff=0.02, gloss=0.5),
        cast=0.4,
    )
    zip_line(canvas, smooth([(-w * 0.8, 0.36), (w * 0.8, 0.36)]), hardware)
    base = canvas.mask([(-2, bottom - 0.22), (2, bottom - 0.22), (2, 2), (-2, 2)]) * canvas.alpha
    canvas.tint(
        base
        * canvas.mask(
            symmetric(
                [(0, bottom - 0.22), (w * 1.05, bottom - 0.22)],
                [(w * 1.05, bottom - 0.22), (w * 1.05, bottom + 0.1)],
                [(w * 1.05, bottom + 0.1), (0, bottom + 0.1)],
            )
        ),
        darker(finish.main, 0.45),
        0.75,
    )


_BACKPACKS = {"daypack": _daypack, "school": _school, "rolltop": _rolltop, "mini": _daypack}


def _grab_handle(canvas: Canvas, skin: Skin, top: float) -> None:
    arch = smooth([(-0.13, top + 0.05), (-0.1, top - 0.09), (0.1, top - 0.09), (0.13, top + 0.05)])
    canvas.paint(canvas.mask(tapered(arch, [0.06] * 4)), skin, relief=Relief(puff=0.03, depth=0.6))
