"""Handbags, standing, seen from the front."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.bag_parts import clasp, zip_line
from core.catalog.demo.shapes.folds import Crease, folds
from core.catalog.demo.shapes.jackets import GLOSS
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, outline, rounded_box, smooth, symmetric, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import edge_of
from core.catalog.demo.studio.palette import lighter, rgb
from core.catalog.demo.studio.skins import Skin


def draw_handbag(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a handbag: "satchel", "flap", "bucket" or "half-moon"."""
    gloss = GLOSS.get(finish.material, 0.12)
    metal = rgb("gold") if shape.random() < 0.75 else rgb("silver")
    soft = Relief(puff=0.13, depth=0.45, folds=folds(canvas, drape=0.01), rim=0.24, gloss=gloss, shine=11)
    _HANDBAGS[style](canvas, finish, shape, metal, soft)


def _satchel(canvas: Canvas, finish: Finish, shape: np.random.Generator, metal: np.ndarray, soft: Relief) -> None:
    w, top, bottom = shape.uniform(0.6, 0.76), -0.1 + shape.uniform(-0.1, 0.06), 0.62
    for lean in (0.03, -0.02):
        arch = smooth(
            [
                (-w * 0.48, top + 0.04),
                (-w * 0.44 + lean, top - 0.32),
                (0 + lean, top - 0.5),
                (w * 0.44 + lean, top - 0.32),
                (w * 0.48, top + 0.04),
            ]
        )
        canvas.paint(
            canvas.mask(tapered(arch, [0.055] * 5)),
            finish.skin.plain(),
            relief=Relief(puff=0.026, depth=0.8, gloss=0.25),
            shade=0.8 if lean > 0 else 1.0,
            cast=0.3,
        )
    body = symmetric(
        [(0, top), (w * 0.84, top)],
        [(w * 0.84, top), (w * 0.95, (top + bottom) / 2), (w, bottom - 0.06)],
        [(w, bottom - 0.06), (w * 0.96, bottom), (w * 0.6, bottom + 0.015), (0, bottom + 0.02)],
    )
    canvas.paint(canvas.mask(body), finish.skin, relief=soft, cast=0.2)
    canvas.seam([np.array([(-w * 0.9, top + 0.13), (w * 0.9, top + 0.13)])], width=0.01, depth=0.35)
    for side in (-1, 1):
        x = side * w * 0.48
        canvas.paint(
            canvas.mask(tapered([(x, top - 0.03), (x, top + 0.2)], [0.075, 0.09], curved=False)),
            finish.skin.plain(),
            relief=Relief(puff=0.02, depth=0.6),
            cast=0.4,
        )
        canvas.paint(
            canvas.mask(ellipse((x, top - 0.02), (0.045, 0.045)))
            * (1 - canvas.mask(ellipse((x, top - 0.02), (0.024, 0.024)))),
            Skin(metal),
            relief=Relief(puff=0.012, gloss=0.6),
            cast=0.3,
        )
    canvas.stitches(
        [np.array([(-w * 0.93, bottom - 0.06), (w * 0.93, bottom - 0.06)])], edge_of(finish.main), width=0.007
    )
    clasp(canvas, metal, (0.0, top + 0.13), 0.05)
    if shape.random() < 0.3:
        _tassel(canvas, finish.skin.recolored(finish.second), (w * 0.42, top + 0.06))


def _flap(canvas: Canvas, finish: Finish, shape: np.random.Generator, metal: np.ndarray, soft: Relief) -> None:
    w, top, bottom = shape.uniform(0.56, 0.72), -0.08, 0.6 + shape.uniform(-0.08, 0.06)
    arch = smooth(
        [
            (-w * 0.86, top + 0.05),
            (-w * 0.62, top - 0.48),
            (0, top - 0.74),
            (w * 0.62, top - 0.48),
            (w * 0.86, top + 0.05),
        ]
    )
    if shape.random() < 0.5:
        links = [ellipse((float(x), float(y)), (0.027, 0.02)) for x, y in arch]
        canvas.paint(canvas.mask(*links), Skin(metal), relief=Relief(puff=0.014, depth=0.8, gloss=0.6), cast=0.3)
    else:
        canvas.paint(
            canvas.mask(tapered(arch, [0.04] * 5)), finish.skin.plain(), relief=Relief(puff=0.018, depth=0.8), cast=0.3
        )
    canvas.paint(canvas.mask(rounded_box(-w, top, w, bottom, radius=0.12)), finish.skin, relief=soft, cast=0.2)
    depth = shape.uniform(0.45, 0.62)
    low = top + (bottom - top) * depth
    flap = outline(
        [(-w * 1.01, top + 0.1), (-w * 0.93, top - 0.015), (w * 0.93, top - 0.015), (w * 1.01, top + 0.1)],
        [
            (w * 1.01, top + 0.1),
            (w * 0.98, low - 0.12),
            (w * 0.7, low + 0.02),
            (0, low + shape.uniform(0.04, 0.14)),
            (-w * 0.7, low + 0.02),
            (-w * 0.98, low - 0.12),
            (-w * 1.01, top + 0.1),
        ],
    )
    canvas.paint(
        canvas.mask(flap),
        finish.skin,
        relief=Relief(puff=0.05, depth=0.45, rim=0.16, gloss=soft.gloss, shine=11),
        cast=0.5,
    )
    clasp(canvas, metal, (0.0, low + 0.02), 0.07)


def _bucket(canvas: Canvas, finish: Finish, shape: np.random.Generator, metal: np.ndarray, soft: Relief) -> None:
    w, top, bottom = shape.uniform(0.44, 0.54), -0.28, 0.66
    arch = smooth(
        [(-w * 0.84, top + 0.16), (-w * 0.6, top - 0.4), (0, top - 0.62), (w * 0.6, top - 0.4), (w * 0.84, top + 0.16)]
    )
    canvas.paint(
        canvas.mask(tapered(arch, [0.06] * 5)), finish.skin.plain(), relief=Relief(puff=0.02, depth=0.7, gloss=0.2)
    )
    canvas.paint(canvas.mask(ellipse((0, top), (w * 0.86, 0.09))), finish.skin.plain(), shade=0.45)
    body = symmetric(
        [(0, top + 0.07), (w * 0.5, top + 0.055), (w * 0.86, top)],
        [(w * 0.86, top), (w * 0.92, 0.1), (w, bottom - 0.1)],
        [(w, bottom - 0.1), (w * 0.96, bottom - 0.02), (w * 0.55, bottom + 0.04), (0, bottom + 0.055)],
    )
    pleats: list[Crease] = [
        ([(x, top), (x * 1.05, top + 0.3)], float(canvas.chance.uniform(-0.9, 0.9)))
        for x in np.linspace(-w * 0.8, w * 0.8, 9)
    ]
    canvas.paint(
        canvas.mask(body),
        finish.skin,
        relief=Relief(
            puff=0.3, depth=0.5, folds=folds(canvas, pleats, drape=0.012), rim=0.28, gloss=soft.gloss, shine=10
        ),
        cast=0.2,
    )
    canvas.seam([smooth([(-w, bottom - 0.2), (0, bottom - 0.1), (w, bottom - 0.2)])], width=0.01, depth=0.35)
    cord = smooth([(-w * 0.9, top + 0.2), (0, top + 0.27), (w * 0.9, top + 0.2)])
    canvas.stitches([cord], edge_of(finish.main), width=0.028, length=0.07)
    for lean in (-0.04, 0.05):
        canvas.paint(
            canvas.mask(tapered([(0, top + 0.26), (lean, top + 0.45), (lean * 1.2, top + 0.6)], [0.022, 0.022, 0.03])),
            finish.skin.plain(),
            relief=Relief(puff=0.012),
            cast=0.5,
        )


def _half_moon(canvas: Canvas, finish: Finish, shape: np.random.Generator, metal: np.ndarray, soft: Relief) -> None:
    w, top = shape.uniform(0.66, 0.78), 0.0
    drop = shape.uniform(0.5, 0.6)
    arch = smooth(
        [(-w * 0.92, top + 0.02), (-w * 0.7, top - 0.5), (0, top - 0.72), (w * 0.7, top - 0.5), (w * 0.92, top + 0.02)]
    )
    canvas.paint(
        canvas.mask(tapered(arch, [0.06, 0.075, 0.08, 0.075, 0.06])),
        finish.skin.plain(),
        relief=Relief(puff=0.025, depth=0.7, gloss=0.2),
    )
    body = outline(
        [(-w, top - 0.04), (-w * 0.5, top + 0.06), (0, top + 0.09), (w * 0.5, top + 0.06), (w, top - 0.04)],
        [
            (w, top - 0.04),
            (w * 0.96, top + 0.26),
            (w * 0.55, top + drop),
            (0, top + drop + 0.06),
            (-w * 0.55, top + drop),
            (-w * 0.96, top + 0.26),
            (-w, top - 0.04),
        ],
    )
    canvas.paint(
        canvas.mask(body),
        finish.skin,
        relief=Relief(puff=0.22, depth=0.5, folds=soft.folds, rim=0.26, gloss=soft.gloss, shine=11),
        cast=0.2,
    )
    zip_line(canvas, smooth([(-w * 0.9, top + 0.04), (0, top + 0.14), (w * 0.9, top + 0.04)]), metal)
    for side in (-1, 1):
        canvas.paint(
            canvas.mask(ellipse((side * w * 0.93, top), (0.05, 0.05)))
            * (1 - canvas.mask(ellipse((side * w * 0.93, top), (0.028, 0.028)))),
            Skin(metal),
            relief=Relief(puff=0.012, gloss=0.6),
            cast=0.4,
        )


_HANDBAGS = {"satchel": _satchel, "flap": _flap, "bucket": _bucket, "half-moon": _half_moon}


def _tassel(canvas: Canvas, skin: Skin, spot: tuple[float, float]) -> None:
    x, y = spot
    threads = [
        tapered([(x, y + 0.06), (x + d * 0.6, y + 0.18), (x + d, y + 0.32)], [0.02, 0.016, 0.014])
        for d in np.linspace(-0.045, 0.045, 6)
    ]
    canvas.paint(canvas.mask(*threads), skin, relief=Relief(puff=0.01, depth=0.8), cast=0.4)
    canvas.paint(
        canvas.mask(ellipse((x, y + 0.05), (0.032, 0.036))),
        Skin(lighter(skin.color, 0.1)),
        relief=Relief(puff=0.03),
        cast=0.3,
    )
