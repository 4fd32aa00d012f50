"""Bags: backpacks, handbags and tote bags, standing and seen from the front."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.canvas import Canvas
from core.catalog.demo.curves import ellipse, flipped, outline, rounded_box, smooth, symmetric, tapered
from core.catalog.demo.garments import Crease, folds
from core.catalog.demo.light import Relief
from core.catalog.demo.looks import Finish
from core.catalog.demo.materials import edge_of, leather
from core.catalog.demo.palette import darker, lighter, rgb
from core.catalog.demo.skins import Skin

_GLOSS = {"leather": 0.24, "quilted leather": 0.26, "patent leather": 0.45, "nylon": 0.1}


def draw_backpack(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False
) -> None:
    """Draw a backpack: "daypack", "rolltop", "school" or "mini"."""
    w = shape.uniform(0.46, 0.56) * (0.92 if style == "mini" else 1)
    top, bottom = -0.68 - 0.1 * (style == "rolltop"), 0.8
    gloss = _GLOSS.get(finish.material, 0.0)
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
    wrinkles = folds(canvas, _slump(canvas.chance, w, top, bottom), drape=0.012, width=0.05)
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
    _zip_line(
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
    _zip_line(canvas, smooth([(-w * 0.7, 0.26), (0, 0.235), (w * 0.7, 0.26)]), hardware)


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
    _zip_line(canvas, smooth([(-w * 0.8, 0.36), (w * 0.8, 0.36)]), hardware)
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


def draw_handbag(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a handbag: "satchel", "flap", "bucket" or "half-moon"."""
    gloss = _GLOSS.get(finish.material, 0.12)
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
    _clasp(canvas, metal, (0.0, top + 0.13), 0.05)
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
    _clasp(canvas, metal, (0.0, low + 0.02), 0.07)


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
    _zip_line(canvas, smooth([(-w * 0.9, top + 0.04), (0, top + 0.14), (w * 0.9, top + 0.04)]), metal)
    for side in (-1, 1):
        canvas.paint(
            canvas.mask(ellipse((side * w * 0.93, top), (0.05, 0.05)))
            * (1 - canvas.mask(ellipse((side * w * 0.93, top), (0.028, 0.028)))),
            Skin(metal),
            relief=Relief(puff=0.012, gloss=0.6),
            cast=0.4,
        )


_HANDBAGS = {"satchel": _satchel, "flap": _flap, "bucket": _bucket, "half-moon": _half_moon}


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
    wrinkles = folds(canvas, _slump(canvas.chance, w, top, bottom), drape=0.016, width=0.05)
    canvas.paint(
        mask,
        finish.skin,
        relief=Relief(
            puff=0.12, depth=0.42, folds=wrinkles, rim=0.22, gloss=_GLOSS.get(finish.material, 0.0), shine=11
        ),
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


def _slump(chance: np.random.Generator, w: float, top: float, bottom: float) -> list[Crease]:
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


def _grab_handle(canvas: Canvas, skin: Skin, top: float) -> None:
    arch = smooth([(-0.13, top + 0.05), (-0.1, top - 0.09), (0.1, top - 0.09), (0.13, top + 0.05)])
    canvas.paint(canvas.mask(tapered(arch, [0.06] * 4)), skin, relief=Relief(puff=0.03, depth=0.6))


def _zip_line(canvas: Canvas, line: np.ndarray, metal: np.ndarray) -> None:
    canvas.seam([line], width=0.036, depth=0.4)
    canvas.stitches([line], metal, width=0.018, length=0.009)
    x, y = line[int(len(line) * 0.72)]
    canvas.paint(
        canvas.mask(tapered([(x, y - 0.01), (x + 0.01, y + 0.1)], [0.025, 0.034], curved=False)),
        Skin(metal),
        relief=Relief(puff=0.012, gloss=0.5),
        cast=0.45,
    )


def _clasp(canvas: Canvas, metal: np.ndarray, center: tuple[float, float], size: float) -> None:
    x, y = center
    canvas.paint(
        canvas.mask(rounded_box(x - size, y - size * 0.8, x + size, y + size * 0.8, radius=size * 0.35)),
        Skin(metal),
        relief=Relief(puff=size * 0.4, depth=0.7, gloss=0.6, shine=20),
        cast=0.5,
    )
    canvas.tint(canvas.mask(ellipse((x, y), (size * 0.3, size * 0.3))), darker(metal, 0.5), 0.7)


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
