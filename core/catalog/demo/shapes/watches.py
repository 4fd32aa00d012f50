"""Watches lying flat, seen from above."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.watch_faces import draw_face, draw_glass, draw_hands, polished, ray, sunburst
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, rounded_box, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import brushed, leather, woven
from core.catalog.demo.studio.palette import darker, lighter, rgb
from core.catalog.demo.studio.skins import Skin

_DIALS = ("white", "black", "navy", "cream", "green", "charcoal", "light blue")


def draw_watch(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a watch: "dress", "chronograph", "diver" or "field"; the color is that of its strap or metal."""
    size = shape.uniform(0.40, 0.47) + 0.04 * (style in ("diver", "chronograph"))
    metal = _case_metal(finish, shape)
    square = style == "dress" and shape.random() < 0.3
    _strap(canvas, finish, shape, size, metal)
    _case(canvas, metal, size, square=square, style=style)
    dial_color = rgb(str(shape.choice(_DIALS)))
    inside = size * (0.86 if style != "diver" else 0.74)
    if style == "diver":
        _bezel(canvas, darker(dial_color, 0.2), size)
    dial = canvas.mask(
        rounded_box(-inside, -inside, inside, inside, radius=inside * 0.25)
        if square
        else ellipse((0, 0), (inside, inside), steps=96)
    )
    canvas.paint_pixels(dial, sunburst(canvas, dial_color, dial))
    rim = dial * (1 - canvas.mask(ellipse((0.012, 0.018), (inside * 0.97, inside * 0.97), steps=96)))
    canvas.tint(rim, np.zeros(3, np.float32), 0.45)
    ink = rgb("white") if dial_color.mean() < 0.5 else darker(rgb("charcoal"), 0.3)
    draw_face(canvas, finish, style, shape, inside=inside, ink=ink, metal=metal, dial_color=dial_color)
    draw_hands(canvas, style, shape, inside=inside, ink=ink, accent=finish.accent)
    draw_glass(canvas, dial)


def _case_metal(finish: Finish, shape: np.random.Generator) -> np.ndarray:
    if finish.material in ("steel", "brass"):
        return finish.main
    tones = ("silver", "gold", "charcoal")
    rose = np.array([0.84, 0.64, 0.56], np.float32)
    pick = int(shape.choice(4, p=[0.5, 0.25, 0.1, 0.15]))
    return rose if pick == 3 else rgb(tones[pick])


def _strap(canvas: Canvas, finish: Finish, shape: np.random.Generator, size: float, metal: np.ndarray) -> None:
    wide = size * shape.uniform(0.88, 1.0)
    if finish.material in ("steel", "brass"):
        _bracelet(canvas, finish.main, wide, size)
        return
    skin = (
        leather(finish.main)
        if finish.material == "leather"
        else woven(finish.main, tile=_nato(finish) if finish.pattern == "striped" else None)
    )
    for side in (-1, 1):
        band = tapered([(0, side * size * 0.8), (0, side * 0.8), (0, side * 1.3)], [wide, wide * 0.88, wide * 0.82])
        canvas.paint(
            canvas.mask(band),
            skin,
            relief=Relief(puff=0.07, depth=0.5, rim=0.2, gloss=0.14 if finish.material == "leather" else 0),
        )
        thread = lighter(finish.main, 0.45) if shape.random() < 0.6 else darker(finish.main, 0.4)
        for edge in (-0.41, 0.41):
            canvas.stitches(
                [np.array([(edge * wide, side * size * 1.12), (edge * wide * 0.86, side * 1.3)])],
                thread,
                width=0.01,
                length=0.035,
            )
        if side > 0 and finish.material == "leather":
            holes = [ellipse((0, 0.75 + k * 0.13), (0.017, 0.021)) for k in range(4)]
            canvas.tint(canvas.mask(*holes), np.zeros(3, np.float32), 0.75)


def _bracelet(canvas: Canvas, metal: np.ndarray, wide: float, size: float) -> None:
    outer, middle = [], []
    for side in (-1, 1):
        for y in np.arange(size * 0.86, 1.34, 0.125):
            scale = wide * (1 - 0.12 * (y - size) / 0.9)
            top = float(side * y)
            outer += [
                rounded_box(left * scale, top, right * scale, top + 0.115, radius=0.02)
                for left, right in ((-0.5, -0.21), (0.21, 0.5))
            ]
            middle.append(rounded_box(-0.19 * scale, top + 0.03, 0.19 * scale, top + 0.145, radius=0.02))
    joints = tapered([(0, -1.2), (0, 0), (0, 1.2)], [wide * 0.76, wide * 0.9, wide * 0.76], curved=False)
    canvas.paint(canvas.mask(joints), Skin(darker(metal, 0.75)))
    canvas.paint(canvas.mask(*outer), Skin(metal), relief=Relief(puff=0.035, depth=0.7, gloss=0.4, shine=10, rim=0.25))
    canvas.paint(
        canvas.mask(*middle), brushed(metal), relief=Relief(puff=0.035, depth=0.7, gloss=0.2, shine=10, rim=0.25)
    )


def _case(canvas: Canvas, metal: np.ndarray, size: float, *, square: bool, style: str) -> None:
    lugs = [
        tapered([(sx * size * 0.66, sy * size * 0.62), (sx * size * 0.62, sy * size * 1.2)], [0.15, 0.09], curved=False)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    canvas.paint(canvas.mask(*lugs), Skin(metal), relief=Relief(puff=0.05, depth=0.8, gloss=0.5), cast=0.45)
    crown = rounded_box(size * 0.98, -0.06, size * 1.16, 0.06, radius=0.02)
    canvas.paint(canvas.mask(crown), Skin(metal), relief=Relief(puff=0.04, depth=0.8, gloss=0.5), cast=0.4)
    ridges = [np.array([(size * 1.04, y), (size * 1.16, y)]) for y in np.linspace(-0.05, 0.05, 6)]
    canvas.seam(ridges, width=0.007, depth=0.4)
    if style == "chronograph":
        for y in (-0.24, 0.24):
            push = rounded_box(size * 0.93, y - 0.045, size * 1.12, y + 0.045, radius=0.02)
            canvas.paint(canvas.mask(push), Skin(metal), relief=Relief(puff=0.03, depth=0.8, gloss=0.5), cast=0.4)
    shape = (
        rounded_box(-size, -size, size, size, radius=size * 0.3) if square else ellipse((0, 0), (size, size), steps=96)
    )
    mask = canvas.mask(shape)
    canvas.paint_pixels(mask, polished(canvas, metal, mask), cast=0.5)
    inner = (
        rounded_box(-size * 0.9, -size * 0.9, size * 0.9, size * 0.9, radius=size * 0.27)
        if square
        else ellipse((0, 0), (size * 0.92, size * 0.92), steps=96)
    )
    canvas.seam([np.concatenate([inner, inner[:1]])], width=0.012, depth=0.4)


def _bezel(canvas: Canvas, color: np.ndarray, size: float) -> None:
    ring = canvas.mask(ellipse((0, 0), (size * 0.97, size * 0.97), steps=96)) * (
        1 - canvas.mask(ellipse((0, 0), (size * 0.76, size * 0.76), steps=96))
    )
    canvas.paint(ring, Skin(color), relief=Relief(puff=0.03, depth=0.6, gloss=0.3), cast=0.2)
    marks = [ray(k / 12 * 2 * np.pi, size * 0.81, size * (0.92 if k % 3 == 0 else 0.87)) for k in range(12)]
    canvas.tint(canvas.lines(marks, 0.018), rgb("white"), 0.85)


def _nato(finish: Finish) -> np.ndarray:
    """Weave a nylon strap with stripes along it, uint8 tile centered on the strap."""
    x = np.abs((np.arange(168) + 84) % 168 - 84)
    share = ((x < 9) | ((x > 20) & (x < 26))).astype(np.float32)[None, :, None]
    line = finish.main * (1 - share) + finish.second * share
    return np.ascontiguousarray(np.broadcast_to((np.clip(line, 0, 1) * 255).astype(np.uint8), (168, 168, 3)))
