"""Sweaters on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.closures import button_color, buttons
from core.catalog.demo.shapes.folds import folds, torso_creases
from core.catalog.demo.shapes.garments import Sleeve, inner_neck, neck_band, rib_band, sleeves, torso
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import outline, smooth, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import ribbed
from core.catalog.demo.studio.palette import darker


def draw_sweater(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a sweater: "crew neck", "v-neck", "turtleneck" or "cardigan"."""
    neck = (0.16 + shape.uniform(0, 0.03), -0.76)
    shown = "crew neck" if back and style in ("v-neck", "cardigan") else style
    deep = shown in ("v-neck", "cardigan")
    dip = neck[1] + (shape.uniform(0.4, 0.5) if deep else 0.12)
    shoulder = (shape.uniform(0.44, 0.5), -0.66)
    armpit = (shape.uniform(0.43, 0.48), shape.uniform(-0.3, -0.22))
    hem = (armpit[0] + shape.uniform(-0.05, 0.02), shape.uniform(0.58, 0.7))
    reach = shape.uniform(0.0, 0.16)
    trim = finish.second if shape.random() < 0.15 else finish.main
    band = ribbed(trim)
    inner_neck(canvas, finish.skin, neck=neck, dip=dip, label=style != "turtleneck")
    wrist = (0.64 + reach * 1.2, 0.56 - reach)
    sleeve = Sleeve(shoulder, armpit, wrist, 0.21, cuff_length=0.14, puff=0.12)
    sleeves(canvas, finish.skin, sleeve, cuff=band)
    body = torso(neck=neck, shoulder=shoulder, armpit=armpit, waist=armpit[0] + 0.01, hem=hem, dip=dip, sag=0.02)
    wrinkles = folds(canvas, torso_creases(canvas.chance, armpit=armpit, hem=hem[1])[::2], drape=0.02, width=0.05)
    canvas.paint(
        canvas.mask(body), finish.skin, relief=Relief(puff=0.16, depth=0.36, folds=wrinkles, rim=0.2), cast=0.2
    )
    w, y = hem
    rib_band(
        canvas,
        trim,
        outline(
            [(-w * 0.985, y - 0.1), (0, y - 0.085), (w * 0.985, y - 0.1)],
            [(w * 0.985, y - 0.1), (w * 0.95, y + 0.03)],
            [(w * 0.95, y + 0.03), (0, y + 0.05), (-w * 0.95, y + 0.03)],
        ),
    )
    _sweater_neck(canvas, finish, shown, shape, trim=trim, neck=neck, dip=dip, hem=y)


def _sweater_neck(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    trim: np.ndarray,
    neck: tuple[float, float],
    dip: float,
    hem: float,
) -> None:
    band = ribbed(trim)
    if style == "turtleneck":
        roll = outline(
            [(-neck[0] - 0.02, neck[1] + 0.06), (-neck[0] + 0.015, neck[1] - 0.15)],
            [(-neck[0] + 0.015, neck[1] - 0.15), (0, neck[1] - 0.17), (neck[0] - 0.015, neck[1] - 0.15)],
            [(neck[0] - 0.015, neck[1] - 0.15), (neck[0] + 0.02, neck[1] + 0.06)],
            [(neck[0] + 0.02, neck[1] + 0.06), (0, neck[1] + 0.13), (-neck[0] - 0.02, neck[1] + 0.06)],
        )
        canvas.paint(canvas.mask(roll), band, relief=Relief(puff=0.09, depth=0.5, rim=0.25), cast=0.4)
        canvas.seam(
            [smooth([(-neck[0], neck[1] - 0.04), (0, neck[1] + 0.02), (neck[0], neck[1] - 0.04)])],
            width=0.014,
            depth=0.25,
        )
        return
    if style in ("v-neck", "cardigan"):
        for side in (-1, 1):
            edge = [
                (side * (neck[0] + 0.005), neck[1] - 0.01),
                (side * neck[0] * 0.66, dip * 0.55 + neck[1] * 0.45),
                (0, dip + 0.01),
            ]
            canvas.paint(
                canvas.mask(tapered(edge, [0.055, 0.05, 0.05])),
                band,
                relief=Relief(puff=0.02, depth=0.5, rim=0.15),
                cast=0.25,
                turn=side * 0.4,
            )
    else:
        neck_band(canvas, band, neck=neck, dip=dip, width=0.07)
    if style == "cardigan":
        strip = canvas.mask([(-0.05, dip - 0.015), (0.05, dip - 0.015), (0.05, hem + 0.046), (-0.05, hem + 0.046)])
        canvas.paint(strip * (canvas.alpha > 0.5), band, relief=Relief(puff=0.02, depth=0.5, rim=0.15), cast=0.3)
        spots = [(0.0, float(v)) for v in np.linspace(dip + 0.05, hem - 0.04, 5)]
        buttons(
            canvas,
            spots,
            darker(finish.main, 0.5) if shape.random() < 0.5 else button_color(finish.main, shape),
            radius=0.027,
        )
