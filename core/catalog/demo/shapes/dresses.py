"""Dresses on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.closures import button_color, collar, placket
from core.catalog.demo.shapes.folds import Crease, folds
from core.catalog.demo.shapes.garments import Sleeve, inner_neck, neck_band, sleeves
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, smooth, symmetric, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.skins import Skin


def draw_dress(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a dress: "slip", "wrap", "shirt", "a-line" or "maxi"."""
    top = -0.9
    waist = (shape.uniform(0.21, 0.27), shape.uniform(-0.24, -0.14))
    flare = {"slip": 0.34, "wrap": 0.46, "shirt": 0.4, "a-line": 0.56, "maxi": 0.5}[style] + shape.uniform(-0.04, 0.05)
    hem = (
        flare,
        {"slip": 0.7, "wrap": 0.66, "shirt": 0.62, "a-line": 0.56, "maxi": 0.92}[style] + shape.uniform(-0.06, 0.05),
    )
    body = _bodice(canvas, finish, style, shape, top=top, waist=waist, back=back)
    skirt = symmetric(
        [(0, waist[1] - 0.05), (waist[0] * 0.5, waist[1] - 0.04), (waist[0], waist[1] - 0.03)],
        [
            (waist[0], waist[1] - 0.03),
            (waist[0] + (flare - waist[0]) * 0.3, waist[1] + (hem[1] - waist[1]) * 0.24),
            (waist[0] + (flare - waist[0]) * 0.66, waist[1] + (hem[1] - waist[1]) * 0.6),
            hem,
        ],
        [hem, (flare * 0.62, hem[1] + 0.045), (flare * 0.25, hem[1] + 0.03), (0, hem[1] + 0.05)],
    )
    wave = folds(
        canvas,
        _skirt_creases(canvas.chance, waist, hem, count=15 if style in ("a-line", "maxi") else 9),
        drape=0.01,
        width=0.05,
    )
    gloss = 0.16 if finish.material in ("satin", "silk") else 0.0
    relief = Relief(puff=0.12, depth=0.36, folds=wave * 1.5, rim=0.18, gloss=gloss, shine=9)
    canvas.paint(canvas.mask(skirt), finish.skin, relief=relief, cast=0.12)
    canvas.paint(
        canvas.mask(body),
        finish.skin,
        relief=Relief(puff=0.1, depth=0.34, folds=wave, rim=0.16, gloss=gloss, shine=9),
        cast=0.1,
    )
    canvas.seam(
        [smooth([(-hem[0], hem[1] - 0.03), (0, hem[1] + 0.02), (hem[0], hem[1] - 0.03)])], width=0.005, depth=0.18
    )
    _dress_details(canvas, finish, style, shape, top=top, waist=waist, hem=hem[1], back=back)


def _bodice(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    top: float,
    waist: tuple[float, float],
    back: bool,
) -> np.ndarray:
    """Draw what lies behind the bodice (straps, sleeves, inner back) and give its outline."""
    if style == "slip":
        bust = (0.27, top + 0.34)
        for side in (-1, 1):
            straps = [(side * 0.17, top + 0.34), (side * 0.18, top + 0.12), (side * 0.15, top)]
            canvas.paint(canvas.mask(tapered(straps, [0.022] * 3)), finish.skin.plain(), relief=Relief(puff=0.01))
        canvas.paint(
            canvas.mask(
                symmetric(
                    [(0, top + 0.36), (0.27, top + 0.36)],
                    [(0.27, top + 0.36), (0.2, top + 0.5)],
                    [(0.2, top + 0.5), (0, top + 0.52)],
                )
            ),
            finish.skin.plain(),
            shade=0.6,
        )
        dip = top + (0.36 if back else shape.uniform(0.4, 0.46))
        return symmetric(
            [(0, dip), (0.1, dip - 0.05), (0.17, top + 0.3)],
            [(0.17, top + 0.3), bust],
            [bust, (0.25, top + 0.5), waist],
            [waist, (0, waist[1] + 0.03)],
        )
    neck = (0.15 + shape.uniform(0, 0.05), top)
    shoulder = (shape.uniform(0.31, 0.36), top + 0.07)
    armpit = (shape.uniform(0.29, 0.32), top + 0.36)
    deep = style in ("wrap", "maxi") and not back
    dip = top + (0.42 if deep else 0.15)
    inner_neck(canvas, finish.skin, neck=neck, dip=dip)
    kind = {"shirt": 2, "wrap": 1, "a-line": 0, "maxi": 1}[style] if shape.random() < 0.7 else int(shape.integers(3))
    if kind:
        wrist = (0.5, top + 1.05) if kind == 2 else (0.47, top + 0.42)
        cuff = finish.skin if kind == 2 else None
        sleeve = Sleeve(shoulder, armpit, wrist, 0.13 if kind == 2 else 0.25, puff=0.07)
        sleeves(canvas, finish.skin, sleeve, cuff=cuff)
    return symmetric(
        [(0, dip), (neck[0] * 0.6, dip * 0.65 + neck[1] * 0.35), neck],
        [neck, shoulder],
        [shoulder, (shoulder[0] - 0.05, (shoulder[1] + armpit[1]) / 2), armpit],
        [armpit, ((armpit[0] + waist[0]) / 2 - 0.01, (armpit[1] + waist[1]) / 2), waist],
        [waist, (0, waist[1] + 0.025)],
    )


def _dress_details(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    top: float,
    waist: tuple[float, float],
    hem: float,
    back: bool,
) -> None:
    w, y = waist
    if style == "shirt" and not back:
        placket(
            canvas,
            finish.skin,
            top=top + 0.15,
            bottom=hem + 0.03,
            count=9,
            color=button_color(finish.main, shape),
            width=0.035,
            radius=0.014,
        )
        collar(canvas, finish.skin, neck=(0.15, top), dip=top + 0.15, spread=0.14, point=0.11)
    if style == "wrap" and not back:
        canvas.seam([smooth([(-0.17, top + 0.02), (-0.04, top + 0.35), (w, y)])], width=0.012, depth=0.45)
        canvas.seam([smooth([(w * 0.6, y), (w * 0.9, y + 0.4), (w * 1.2, hem + 0.02)])], width=0.012, depth=0.4)
    if style in ("a-line",):
        neck_band(canvas, finish.skin.plain(), neck=(0.17, top), dip=top + 0.15, width=0.03)
    if style in ("wrap", "shirt") or shape.random() < 0.4:
        tone = finish.skin if shape.random() < 0.5 else Skin(finish.second)
        sash = canvas.mask(tapered([(-w - 0.02, y), (0, y + 0.02), (w + 0.02, y)], [0.07] * 3))
        canvas.paint(sash, tone, relief=Relief(puff=0.025, depth=0.5), cast=0.25)
        if shape.random() < 0.5 and not back:
            for lean in (-0.05, 0.07):
                tail = tapered([(0.12, y + 0.01), (0.13 + lean, y + 0.16), (0.12 + lean, y + 0.32)], [0.03, 0.05, 0.06])
                canvas.paint(canvas.mask(tail), tone, relief=Relief(puff=0.02, depth=0.5), cast=0.3)
            canvas.paint(
                canvas.mask(ellipse((0.12, y + 0.01), (0.035, 0.04))), tone, relief=Relief(puff=0.03), cast=0.3
            )
    else:
        canvas.seam([smooth([(-w, y), (0, y + 0.025), (w, y)])], width=0.007, depth=0.3)
    if style == "maxi" and shape.random() < 0.6:
        for share in (0.4, 0.72):
            level, half = y + (hem - y) * share, w + 0.28 * share
            canvas.seam([smooth([(-half, level), (0, level + 0.04), (half, level)])], width=0.02, depth=0.3)


def _skirt_creases(
    chance: np.random.Generator, waist: tuple[float, float], hem: tuple[float, float], *, count: int
) -> list[Crease]:
    """Lay folds that open from the waist to the hem."""
    lines: list[Crease] = []
    for share in np.linspace(-0.9, 0.9, count):
        spread = float(share + chance.normal(0, 0.03))
        start = waist[1] + abs(float(chance.normal(0, 0.18)))
        middle = (spread * (waist[0] + hem[0]) / 2 + float(chance.normal(0, 0.012)), (waist[1] + hem[1]) / 2)
        lines.append(
            (
                [(spread * waist[0], start), middle, (spread * hem[0], hem[1] + 0.04)],
                float(chance.choice([-1, 1]) * chance.uniform(0.3, 0.9)),
            )
        )
    return lines
