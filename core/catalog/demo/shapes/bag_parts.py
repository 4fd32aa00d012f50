"""What bags share: gloss, slumping cloth, zips, clasps."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.folds import Crease
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, rounded_box, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.palette import darker
from core.catalog.demo.studio.skins import Skin

GLOSS = {"leather": 0.24, "quilted leather": 0.26, "patent leather": 0.45, "nylon": 0.1}


def slump_creases(chance: np.random.Generator, w: float, top: float, bottom: float) -> list[Crease]:
    """Lay folds where a soft bag sinks under its own weight."""
    lines: list[Crease] = []
    for _ in range(7):
        x, lean = chance.uniform(-w * 0.9, w * 0.9), chance.uniform(-0.12, 0.12)
        start = chance.uniform(top + 0.1, 0.2)
        lines.append(
            (
                [(x, start), (x + lean, start + 0.25), (x + lean * 0.5, min(bottom, start + 0.5))],
                float(chance.uniform(-0.6, 0.6)),
            )
        )
    return lines


def zip_line(canvas: Canvas, line: np.ndarray, metal: np.ndarray) -> None:
    """Draw a zip along a line with its pull."""
    canvas.seam([line], width=0.036, depth=0.4)
    canvas.stitches([line], metal, width=0.018, length=0.009)
    x, y = line[int(len(line) * 0.72)]
    canvas.paint(
        canvas.mask(tapered([(x, y - 0.01), (x + 0.01, y + 0.1)], [0.025, 0.034], curved=False)),
        Skin(metal),
        relief=Relief(puff=0.012, gloss=0.5),
        cast=0.45,
    )


def clasp(canvas: Canvas, metal: np.ndarray, center: tuple[float, float], size: float) -> None:
    """Draw a metal turn lock; size is half its width."""
    x, y = center
    canvas.paint(
        canvas.mask(rounded_box(x - size, y - size * 0.8, x + size, y + size * 0.8, radius=size * 0.35)),
        Skin(metal),
        relief=Relief(puff=size * 0.4, depth=0.7, gloss=0.6, shine=20),
        cast=0.5,
    )
    canvas.tint(canvas.mask(ellipse((x, y), (size * 0.3, size * 0.3))), darker(metal, 0.5), 0.7)
