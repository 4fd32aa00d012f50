"""What garments close and carry: collars, buttons, plackets, pockets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import ellipse, flipped, outline
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.palette import darker, lighter
from core.catalog.demo.studio.skins import Skin


def collar(canvas: Canvas, skin: Skin, *, neck: tuple[float, float], dip: float, spread: float, point: float) -> None:
    """Draw a turned-down shirt collar with its stand behind."""
    back = outline(
        [
            (-neck[0] * 1.02, neck[1] + 0.02),
            (-neck[0] * 0.8, neck[1] - 0.075),
            (0, neck[1] - 0.1),
            (neck[0] * 0.8, neck[1] - 0.075),
            (neck[0] * 1.02, neck[1] + 0.02),
        ],
        [(neck[0] * 1.02, neck[1] + 0.02), (0, neck[1] + 0.01), (-neck[0] * 1.02, neck[1] + 0.02)],
    )
    canvas.paint(canvas.mask(back), skin.plain(), relief=Relief(puff=0.03, depth=0.3, rim=0.3), shade=0.8)
    leaf = outline(
        [(0.004, dip), (neck[0] * 0.62, (dip + neck[1]) / 2 - 0.03), (neck[0] * 0.93, neck[1] - 0.055)],
        [(neck[0] * 0.93, neck[1] - 0.055), (neck[0] * 1.3, neck[1] + 0.03)],
        [(neck[0] * 1.3, neck[1] + 0.03), (spread * 0.98, dip + point * 0.55), (spread, dip + point)],
        [(spread, dip + point), (0.004, dip)],
    )
    for side in (leaf, flipped(leaf)):
        turn = -0.5 if side is leaf else 0.5
        canvas.paint(canvas.mask(side), skin, relief=Relief(puff=0.022, depth=0.45, rim=0.12), cast=0.4, turn=turn)
    inset = np.array([(spread * 0.93, dip + point - 0.022), (0.02, dip + 0.006)])
    canvas.seam([inset, flipped(inset)], width=0.006, depth=0.22)


def buttons(
    canvas: Canvas,
    spots: Sequence[tuple[float, float]],
    color: np.ndarray,
    *,
    radius: float = 0.019,
    metal: bool = False,
) -> None:
    """Draw sewn or metal buttons."""
    discs = canvas.mask(*[ellipse(spot, (radius, radius), steps=20) for spot in spots])
    canvas.paint(
        discs,
        Skin(color),
        relief=Relief(puff=radius * 0.7, depth=0.5, gloss=0.5 if metal else 0.25, rim=0.25),
        cast=0.4,
    )
    if not metal:
        hole = radius * 0.24
        holes = [
            ellipse((x + dx * hole * 1.4, y + dy * hole * 1.4), (hole * 0.7, hole * 0.7), steps=8)
            for x, y in spots
            for dx in (-1, 1)
            for dy in (-1, 1)
        ]
        canvas.tint(canvas.mask(*holes), darker(color, 0.65), 0.8)


def placket(
    canvas: Canvas,
    skin: Skin,
    *,
    top: float,
    bottom: float,
    count: int,
    color: np.ndarray,
    width: float = 0.05,
    radius: float = 0.017,
) -> None:
    """Draw the button band down the front."""
    band = canvas.mask([(-width, top), (width, top), (width, bottom), (-width, bottom)])
    canvas.paint(band * (canvas.alpha > 0.5), skin, relief=Relief(puff=0.012, depth=0.35, rim=0.08), cast=0.16)
    canvas.seam(
        [[(-width * 0.78, top), (-width * 0.78, bottom)], [(width * 0.78, top), (width * 0.78, bottom)]],
        width=0.005,
        depth=0.18,
    )
    buttons(canvas, [(0.0, float(y)) for y in np.linspace(top + 0.05, bottom - 0.1, count)], color, radius=radius)


def patch_pocket(
    canvas: Canvas,
    skin: Skin,
    *,
    center: tuple[float, float],
    size: tuple[float, float],
    flap: bool = False,
    thread: np.ndarray | None = None,
) -> None:
    """Draw a sewn-on pocket, pointed at the bottom, with a flap when asked."""
    (x, y), (w, h) = center, (size[0] / 2, size[1] / 2)
    shape = [(x - w, y - h), (x + w, y - h), (x + w, y + h * 0.72), (x, y + h), (x - w, y + h * 0.72)]
    canvas.paint(canvas.mask(shape), skin, relief=Relief(puff=0.014, depth=0.4, rim=0.1), cast=0.2)
    inset = [
        (x - w * 0.88, y - h),
        (x - w * 0.88, y + h * 0.66),
        (x, y + h * 0.9),
        (x + w * 0.88, y + h * 0.66),
        (x + w * 0.88, y - h),
    ]
    edge = [(x - w, y - h * 0.78), (x + w, y - h * 0.78)]
    lines = [np.array(inset), np.array(edge)]
    if thread is None:
        canvas.seam(lines, width=0.005, depth=0.2)
    else:
        canvas.stitches(lines, thread, width=0.006, length=0.02)
    if flap:
        cover = [
            (x - w * 1.05, y - h * 1.1),
            (x + w * 1.05, y - h * 1.1),
            (x + w * 1.05, y - h * 0.52),
            (x, y - h * 0.3),
            (x - w * 1.05, y - h * 0.52),
        ]
        canvas.paint(canvas.mask(cover), skin, relief=Relief(puff=0.016, depth=0.45, rim=0.1), cast=0.35)


def button_color(color: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Choose a button: mother-of-pearl, horn or tone in tone."""
    pearl = np.array([0.93, 0.92, 0.88], np.float32)
    horn = np.array([0.30, 0.20, 0.14], np.float32)
    return (pearl, horn, lighter(color, 0.25))[int(chance.choice(3, p=[0.5, 0.2, 0.3]))]
