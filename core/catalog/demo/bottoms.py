"""Dresses and trousers."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.canvas import Canvas
from core.catalog.demo.curves import ellipse, flipped, outline, smooth, symmetric, tapered
from core.catalog.demo.garments import (
    Crease,
    button_color,
    buttons,
    collar,
    folds,
    inner_neck,
    neck_band,
    placket,
    sleeves,
)
from core.catalog.demo.light import Relief, blurred
from core.catalog.demo.looks import Finish
from core.catalog.demo.palette import darker, lighter, rgb
from core.catalog.demo.skins import Skin


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
        sleeves(
            canvas,
            finish.skin,
            shoulder=shoulder,
            armpit=armpit,
            wrist=wrist,
            width=0.13 if kind == 2 else 0.25,
            cuff=cuff,
            puff=0.07,
        )
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


def draw_trousers(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False
) -> None:
    """Draw trousers: "jeans", "chinos", "wide-leg" or "joggers"."""
    top, bottom = -0.92, 0.92 - 0.08 * shape.random()
    waist, hip = shape.uniform(0.25, 0.29), shape.uniform(0.33, 0.37)
    hem_width = {"jeans": 0.18, "chinos": 0.17, "wide-leg": 0.31, "joggers": 0.13}[style] + shape.uniform(-0.01, 0.03)
    spread = shape.uniform(0.0, 0.1)
    crotch = top + shape.uniform(0.46, 0.54)
    ankle = 0.2 + spread + 0.03 * (style == "wide-leg")
    knee = ((hip - 0.01 + ankle + hem_width / 2) / 2, 0.18)
    canvas.paint(
        canvas.mask(
            outline([(-waist, top), (0, top - 0.03), (waist, top)], [(waist, top), (0, top + 0.09), (-waist, top)])
        ),
        finish.skin.plain(),
        shade=0.6,
    )
    leg = outline(
        [(0, top + 0.05), (waist, top)],
        [(waist, top), (hip, top + 0.36), knee, (ankle + hem_width / 2, bottom)],
        [(ankle + hem_width / 2, bottom), (ankle, bottom + 0.015), (ankle - hem_width / 2, bottom)],
        [(ankle - hem_width / 2, bottom), (ankle * 0.62 - hem_width * 0.26 + 0.03, 0.15), (0, crotch)],
        [(0, crotch), (0, top + 0.05)],
    )
    creases = [
        line
        for side in (-1, 1)
        for line in _leg_creases(canvas.chance, side, crotch=crotch, ankle=ankle, bottom=bottom)
    ]
    relief = Relief(puff=0.11, depth=0.42, folds=folds(canvas, creases, drape=0.012), rim=0.2)
    for side in (-1, 1):
        place = np.asarray if side > 0 else flipped
        canvas.paint(canvas.mask(place(leg)), finish.skin, relief=relief, turn=-0.06 * side, cast=0.2)
    _fade(canvas, finish, style, shape, ankle=ankle)
    _trouser_details(
        canvas,
        finish,
        style,
        shape,
        top=top,
        waist=waist,
        hip=hip,
        crotch=crotch,
        ankle=ankle,
        bottom=bottom,
        hem_width=hem_width,
        back=back,
    )


def _leg_creases(chance: np.random.Generator, side: int, *, crotch: float, ankle: float, bottom: float) -> list[Crease]:
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


def _trouser_details(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    top: float,
    waist: float,
    hip: float,
    crotch: float,
    ankle: float,
    bottom: float,
    hem_width: float,
    back: bool,
) -> None:
    thread = rgb("camel") if style == "jeans" and shape.random() < 0.7 else darker(finish.main, 0.4)
    band = outline(
        [(-waist, top), (0, top + 0.05), (waist, top)],
        [(waist, top), (waist + 0.02, top + 0.085)],
        [(waist + 0.02, top + 0.085), (0, top + 0.135), (-waist - 0.02, top + 0.085)],
    )
    canvas.paint(canvas.mask(band), finish.skin, relief=Relief(puff=0.018, depth=0.4, rim=0.1), cast=0.2)
    for x in (-0.19, -0.09, 0.09, 0.19):
        y = top + 0.045 - abs(x) * 0.17
        canvas.paint(
            canvas.mask([(x - 0.013, y - 0.02), (x + 0.013, y - 0.02), (x + 0.013, y + 0.1), (x - 0.013, y + 0.1)]),
            finish.skin,
            relief=Relief(puff=0.01),
            cast=0.3,
        )
    cuffs = [
        np.array([(s * (ankle - hem_width / 2), bottom - 0.035), (s * (ankle + hem_width / 2), bottom - 0.035)])
        for s in (-1, 1)
    ]
    canvas.seam(cuffs, width=0.006, depth=0.25)
    if back:
        for s in (-1, 1):
            pocket = np.array(
                [
                    (0.07, top + 0.24),
                    (0.25, top + 0.22),
                    (0.25, top + 0.4),
                    (0.16, top + 0.46),
                    (0.07, top + 0.42),
                    (0.07, top + 0.24),
                ]
            ) * (s, 1)
            canvas.seam([pocket], width=0.008, depth=0.4)
            canvas.stitches([pocket * 0.96 + (s * 0.006, -0.02)], thread)
        return
    pocket = smooth([(0.13, top + 0.1), (0.17, top + 0.2), (hip * 0.97, top + 0.26)])
    fly = smooth([(0.07, top + 0.13), (0.07, crotch - 0.13), (0.0, crotch - 0.03)])
    canvas.seam([pocket, flipped(pocket), np.array([(0, top + 0.1), (0, crotch)])], width=0.009, depth=0.42)
    if style in ("jeans", "chinos"):
        canvas.stitches([pocket + (0, 0.018), flipped(pocket) + (0, 0.018), fly], thread, width=0.007)
        buttons(
            canvas,
            [(0.0, top + 0.09)],
            rgb("gold") if style == "jeans" else button_color(finish.main, shape),
            radius=0.022,
            metal=style == "jeans",
        )
    if style == "joggers":
        cord = lighter(finish.main, 0.7) if finish.main.mean() < 0.6 else darker(finish.main, 0.5)
        canvas.tint(
            canvas.lines(
                [
                    smooth([(-0.02, top + 0.1), (-0.05, top + 0.25), (-0.03, top + 0.4)]),
                    smooth([(0.02, top + 0.1), (0.04, top + 0.22), (0.06, top + 0.36)]),
                ],
                0.016,
            ),
            cord,
        )
    if style in ("chinos", "wide-leg") and shape.random() < 0.6:
        crease = smooth([(ankle * 0.92, top + 0.4), (ankle, 0.2), (ankle, bottom)])
        canvas.seam([crease, flipped(crease)], width=0.01, depth=0.16)
