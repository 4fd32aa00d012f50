"""Shirts and sweaters, as photographed on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.canvas import Canvas
from core.catalog.demo.curves import outline, smooth, tapered
from core.catalog.demo.garments import (
    button_color,
    buttons,
    collar,
    folds,
    inner_neck,
    neck_band,
    patch_pocket,
    placket,
    rib_band,
    sleeves,
    torso,
    torso_creases,
)
from core.catalog.demo.light import Relief
from core.catalog.demo.looks import Finish
from core.catalog.demo.materials import ribbed
from core.catalog.demo.palette import darker


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
        sleeves(canvas, skin, shoulder=shoulder, armpit=armpit, wrist=wrist, width=0.16, cuff=skin, cuff_length=0.12)
    else:
        cuff = ribbed(finish.second if shape.random() < 0.4 else finish.main) if style == "polo" else None
        wrist = (0.60 + reach * 0.8, -0.2 - reach * 0.3)
        sleeves(canvas, skin, shoulder=shoulder, armpit=armpit, wrist=wrist, width=0.27, cuff=cuff, cuff_length=0.05)
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


def draw_sweater(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a sweater: "crew neck", "v-neck", "turtleneck" or "cardigan"."""
    neck = (0.16 + shape.uniform(0, 0.03), -0.76)
    deep = style in ("v-neck", "cardigan") and not back
    dip = neck[1] + (shape.uniform(0.4, 0.5) if deep else 0.12)
    shoulder = (shape.uniform(0.44, 0.5), -0.66)
    armpit = (shape.uniform(0.43, 0.48), shape.uniform(-0.3, -0.22))
    hem = (armpit[0] + shape.uniform(-0.05, 0.02), shape.uniform(0.58, 0.7))
    reach = shape.uniform(0.0, 0.16)
    trim = finish.second if shape.random() < 0.15 else finish.main
    band = ribbed(trim)
    inner_neck(canvas, finish.skin, neck=neck, dip=dip, label=style != "turtleneck")
    wrist = (0.64 + reach * 1.2, 0.56 - reach)
    sleeves(
        canvas,
        finish.skin,
        shoulder=shoulder,
        armpit=armpit,
        wrist=wrist,
        width=0.21,
        cuff=band,
        cuff_length=0.14,
        puff=0.12,
    )
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
    _sweater_neck(canvas, finish, style, shape, trim=trim, neck=neck, dip=dip, hem=y, back=back)


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
    back: bool,
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
    if style in ("v-neck", "cardigan") and not back:
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
    if style == "cardigan" and not back:
        strip = canvas.mask([(-0.05, dip - 0.015), (0.05, dip - 0.015), (0.05, hem + 0.046), (-0.05, hem + 0.046)])
        canvas.paint(strip * (canvas.alpha > 0.5), band, relief=Relief(puff=0.02, depth=0.5, rim=0.15), cast=0.3)
        spots = [(0.0, float(v)) for v in np.linspace(dip + 0.05, hem - 0.04, 5)]
        buttons(
            canvas,
            spots,
            darker(finish.main, 0.5) if shape.random() < 0.5 else button_color(finish.main, shape),
            radius=0.027,
        )
