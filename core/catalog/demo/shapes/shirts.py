"""Shirts on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.closures import button_color, collar, patch_pocket, placket
from core.catalog.demo.shapes.folds import folds, torso_creases
from core.catalog.demo.shapes.garments import Sleeve, inner_neck, neck_band, sleeves, torso
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import smooth
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import ribbed


def draw_shirt(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a shirt: "button-down", "short-sleeve", "polo" or "t-shirt"."""
    knit = style in ("polo", "t-shirt")
    neck = (0.15 + shape.uniform(0, 0.03) + 0.02 * (style == "t-shirt"), -0.80)
    dip = neck[1] + (0.10 if back else shape.uniform(0.13, 0.2))
    shoulder = (shape.uniform(0.43, 0.49), -0.70)
    armpit = (shape.uniform(0.40, 0.45), shape.uniform(-0.36, -0.28))
    hem = (armpit[0] + shape.uniform(-0.02, 0.05), shape.uniform(0.66, 0.8))
    skin = finish.skin
    reach = shape.uniform(0.0, 0.14)
    inner_neck(canvas, skin, neck=neck, dip=dip)
    if style == "button-down":
        wrist = (0.60 + reach * 1.2, 0.56 - reach)
        sleeves(canvas, skin, Sleeve(shoulder, armpit, wrist, 0.16, cuff_length=0.12), cuff=skin)
    else:
        cuff = ribbed(finish.second if shape.random() < 0.4 else finish.main) if style == "polo" else None
        wrist = (0.60 + reach * 0.8, -0.2 - reach * 0.3)
        sleeves(canvas, skin, Sleeve(shoulder, armpit, wrist, 0.27, cuff_length=0.05), cuff=cuff)
    body = torso(
        neck=neck,
        shoulder=shoulder,
        armpit=armpit,
        waist=armpit[0] - shape.uniform(0.0, 0.04),
        hem=hem,
        dip=dip,
        sag=0.02 if knit else 0.06,
    )
    wrinkles = folds(canvas, torso_creases(canvas.chance, armpit=armpit, hem=hem[1]), drape=0.017)
    canvas.paint(canvas.mask(body), skin, relief=Relief(puff=0.11, depth=0.32, folds=wrinkles, rim=0.16), cast=0.18)
    lower = [(-hem[0], hem[1] - 0.04), (0, hem[1] - 0.02 + (0.0 if knit else 0.03)), (hem[0], hem[1] - 0.04)]
    canvas.seam([smooth(lower)], width=0.005, depth=0.2)
    if back:
        neck_band(canvas, skin.plain(), neck=neck, dip=dip, width=0.05)
        canvas.seam([smooth([(-shoulder[0], -0.52), (0, -0.5), (shoulder[0], -0.52)])])
        return
    _shirt_front(canvas, finish, style, shape, neck=neck, dip=dip, hem=hem[1])


def _shirt_front(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    neck: tuple[float, float],
    dip: float,
    hem: float,
) -> None:
    skin, sewn = finish.skin, button_color(finish.main, shape)
    if style in ("button-down", "short-sleeve"):
        placket(canvas, skin, top=dip, bottom=hem + 0.045, count=7, color=sewn, width=0.042)
        if shape.random() < 0.6:
            patch_pocket(canvas, skin, center=(0.2, -0.24), size=(0.19, 0.21), flap=shape.random() < 0.3)
        collar(canvas, skin, neck=neck, dip=dip, spread=shape.uniform(0.14, 0.2), point=shape.uniform(0.11, 0.17))
    elif style == "polo":
        placket(canvas, skin, top=dip, bottom=dip + 0.32, count=3, color=sewn, width=0.05)
        collar(canvas, finish.trim if shape.random() < 0.3 else skin, neck=neck, dip=dip, spread=0.17, point=0.1)
    else:
        neck_band(
            canvas,
            ribbed(finish.second if shape.random() < 0.2 else finish.main, period=4),
            neck=neck,
            dip=dip,
            width=0.045,
        )
        if shape.random() < 0.3:
            patch_pocket(canvas, skin, center=(0.19, -0.3), size=(0.18, 0.2))
