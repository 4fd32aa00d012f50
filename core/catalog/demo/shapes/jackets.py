"""Jackets: denim, bomber, blazer, puffer, biker and coat."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.shapes.closures import buttons, collar, patch_pocket, placket
from core.catalog.demo.shapes.folds import folds, torso_creases
from core.catalog.demo.shapes.garments import Sleeve, inner_neck, rib_band, sleeves, torso
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import flipped, outline, smooth, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import ribbed
from core.catalog.demo.studio.palette import darker, lighter, rgb
from core.catalog.demo.studio.skins import Skin

_LENGTHS = {"denim": 0.5, "bomber": 0.5, "blazer": 0.72, "puffer": 0.58, "biker": 0.46, "coat": 0.88}


GLOSS = {"leather": 0.22, "quilted nylon": 0.2, "nylon": 0.12}


def draw_jacket(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a jacket in one of the styles "denim", "bomber", "blazer", "puffer", "biker" or "coat"."""
    top = -0.78 - 0.05 * (style == "coat")
    neck = (0.17, top)
    deep = style in ("blazer", "coat") and not back
    dip = top + (shape.uniform(0.55, 0.66) if deep else 0.12)
    shoulder = (shape.uniform(0.47, 0.52), top + 0.11)
    armpit = (shape.uniform(0.45, 0.49), top + 0.46)
    length = _LENGTHS[style] + shape.uniform(-0.04, 0.06)
    hem = (armpit[0] + (0.06 if style == "coat" else shape.uniform(-0.05, 0.01)), length)
    waist = armpit[0] - (0.05 if style in ("blazer", "biker") else 0.0)
    gloss = GLOSS.get(finish.material, 0.0)
    rib = style == "bomber"
    lining = Skin(finish.second if shape.random() < 0.5 else darker(finish.main, 0.4))
    inner_neck(canvas, lining, neck=neck, dip=dip if not deep else top + 0.3, rise=0.05)
    cuff = ribbed(darker(finish.main, 0.15)) if rib else (finish.skin if style == "denim" else None)
    wrist = (0.66 + shape.uniform(0, 0.12), top + 1.32 + shape.uniform(-0.08, 0.04))
    thick = 0.13 if style == "puffer" else 0.1
    sleeve = Sleeve(shoulder, armpit, wrist, 0.225, cuff_length=0.1, puff=thick)
    sleeves(canvas, finish.skin, sleeve, cuff=cuff)
    body = torso(neck=neck, shoulder=shoulder, armpit=armpit, waist=waist, hem=hem, dip=dip, sag=0.02)
    wrinkles = folds(canvas, torso_creases(canvas.chance, armpit=armpit, hem=length), drape=0.015, width=0.036)
    relief = Relief(puff=thick * 1.1, depth=0.42, folds=wrinkles, rim=0.2, gloss=gloss, shine=14)
    canvas.paint(canvas.mask(body), finish.skin, relief=relief, cast=0.24)
    if rib:
        w = hem[0]
        band = outline(
            [(-w, length - 0.09), (0, length - 0.07), (w, length - 0.09)],
            [(w, length - 0.09), (w * 0.93, length + 0.035)],
            [(w * 0.93, length + 0.035), (0, length + 0.055), (-w * 0.93, length + 0.035)],
        )
        rib_band(canvas, darker(finish.main, 0.15), band)
    if back:
        canvas.seam(
            [smooth([(0, top + 0.2), (0, length)]), smooth([(-0.44, top + 0.27), (0, top + 0.3), (0.44, top + 0.27)])]
        )
        rib_band(canvas, finish.main, tapered([(-0.18, top), (0, top + 0.02), (0.18, top)], [0.09, 0.1, 0.09]))
        return
    _FRONTS[style](canvas, finish, shape, neck, dip, length)


Neck = tuple[float, float]


def _denim_front(
    canvas: Canvas, finish: Finish, shape: np.random.Generator, neck: Neck, dip: float, hem: float
) -> None:
    thread = rgb("camel") if shape.random() < 0.7 else lighter(finish.main, 0.4)
    brass = rgb("gold")
    placket(canvas, finish.skin, top=dip, bottom=hem + 0.02, count=6, color=brass, width=0.045, radius=0.02)
    sides = np.array([(0.2, -0.5), (0.17, 0.0), (0.13, hem - 0.08)])
    yoke = np.array([(0.05, -0.36), (0.45, -0.38)])
    band = np.array([(-0.44, hem - 0.075), (0.44, hem - 0.075)])
    for lines in ([sides, flipped(sides)], [yoke, flipped(yoke)], [band]):
        canvas.seam(lines, width=0.007, depth=0.3)
        canvas.stitches([line + 0.014 for line in lines], thread, width=0.006, length=0.02)
    for side in (-1, 1):
        patch_pocket(canvas, finish.skin, center=(side * 0.25, -0.27), size=(0.19, 0.19), flap=True, thread=thread)
        buttons(canvas, [(side * 0.25, -0.315)], brass, radius=0.016, metal=True)
    collar(canvas, finish.skin, neck=neck, dip=dip, spread=0.2, point=0.14)


def _bomber_front(
    canvas: Canvas, finish: Finish, shape: np.random.Generator, neck: Neck, dip: float, hem: float
) -> None:
    _zip(canvas, [(0, dip - 0.02), (0, hem + 0.04)], shape)
    _slanted_pockets(canvas, y=hem - 0.42)
    line = [
        (-neck[0] - 0.02, neck[1] - 0.02),
        (-0.12, dip - 0.02),
        (0, dip + 0.015),
        (0.12, dip - 0.02),
        (neck[0] + 0.02, neck[1] - 0.02),
    ]
    canvas.paint(
        canvas.mask(tapered(line, [0.09] * 3)),
        ribbed(darker(finish.main, 0.15)),
        relief=Relief(puff=0.035, depth=0.5),
        cast=0.3,
    )


def _blazer_front(
    canvas: Canvas, finish: Finish, shape: np.random.Generator, neck: Neck, dip: float, hem: float
) -> None:
    shirt = Skin(rgb("white") if shape.random() < 0.6 else rgb("light blue"))
    gap = outline(
        [(-neck[0], neck[1]), (0, neck[1] + 0.02), (neck[0], neck[1])],
        [(neck[0], neck[1]), (0.02, dip)],
        [(0.02, dip), (-neck[0], neck[1])],
    )
    if shape.random() < 0.5:
        canvas.paint(canvas.mask(gap), shirt, relief=Relief(puff=0.03, depth=-0.4, rim=0.5), shade=0.93)
        collar(canvas, shirt, neck=(neck[0] * 0.85, neck[1]), dip=neck[1] + 0.16, spread=0.11, point=0.1)
    edge = np.array([(0.015, dip), (0.02, hem - 0.1), (0.12, hem + 0.01)])
    canvas.seam([smooth(edge)], width=0.012, depth=0.5)
    lapel = outline(
        [(neck[0] * 0.9, neck[1] - 0.05), (0.12, neck[1] + 0.3), (0.0, dip + 0.015)],
        [(0.0, dip + 0.015), (0.15, dip - 0.24), (0.275, neck[1] + 0.27)],
        [(0.275, neck[1] + 0.27), (0.2, neck[1] + 0.21)],
        [(0.2, neck[1] + 0.21), (0.275, neck[1] + 0.15)],
        [(0.275, neck[1] + 0.15), (neck[0] + 0.045, neck[1] + 0.01), (neck[0] * 0.9, neck[1] - 0.05)],
    )
    for side in (flipped(lapel), lapel):
        canvas.paint(canvas.mask(side), finish.skin, relief=Relief(puff=0.025, depth=0.4, rim=0.12), cast=0.4, turn=0.3)
    rows = 2 if shape.random() < 0.7 else 3
    spots = [(0.0, dip + 0.06 + k * 0.17) for k in range(rows)]
    if shape.random() < 0.25:
        spots += [(-0.18, y) for _, y in spots]
    buttons(canvas, spots, darker(finish.main, 0.55) if finish.main.mean() > 0.3 else rgb("brown"), radius=0.025)
    flap = np.array([(0.2, hem - 0.36), (0.4, hem - 0.38), (0.4, hem - 0.31), (0.2, hem - 0.29)])
    for side in (flap, flipped(flap)):
        canvas.paint(canvas.mask(side), finish.skin, relief=Relief(puff=0.014, depth=0.4), cast=0.35)
    canvas.seam([[(0.2, -0.28), (0.35, -0.31)]], width=0.016, depth=0.35)


def _puffer_front(
    canvas: Canvas, finish: Finish, shape: np.random.Generator, neck: Neck, dip: float, hem: float
) -> None:
    tall = outline(
        [(-neck[0] - 0.03, neck[1] + 0.05), (-neck[0] + 0.01, neck[1] - 0.13)],
        [(-neck[0] + 0.01, neck[1] - 0.13), (0, neck[1] - 0.1), (neck[0] - 0.01, neck[1] - 0.13)],
        [(neck[0] - 0.01, neck[1] - 0.13), (neck[0] + 0.03, neck[1] + 0.05)],
        [(neck[0] + 0.03, neck[1] + 0.05), (0, dip + 0.03), (-neck[0] - 0.03, neck[1] + 0.05)],
    )
    canvas.paint(canvas.mask(tall), finish.skin.plain(), relief=Relief(puff=0.06, depth=0.55, gloss=0.15), cast=0.35)
    _zip(canvas, [(0, neck[1] - 0.1), (0, hem + 0.02)], shape)
    _slanted_pockets(canvas, y=hem - 0.4)


def _biker_front(
    canvas: Canvas, finish: Finish, shape: np.random.Generator, neck: Neck, dip: float, hem: float
) -> None:
    _zip(canvas, [(0.16, dip - 0.02), (0.06, 0.0), (-0.05, hem + 0.01)], shape)
    for side in (-1, 1):
        leaf = [
            (side * 0.05, dip + 0.03),
            (side * 0.15, neck[1] - 0.05),
            (side * 0.34, neck[1] + 0.2),
            (side * 0.2, dip + 0.3),
        ]
        relief = Relief(puff=0.03, depth=0.5, gloss=0.25, shine=14)
        canvas.paint(
            canvas.mask(outline(leaf[:2], leaf[1:3], leaf[2:], [leaf[3], leaf[0]])),
            finish.skin,
            relief=relief,
            cast=0.45,
        )
    _slanted_pockets(canvas, y=hem - 0.35)
    silver = np.array([0.8, 0.81, 0.83], np.float32)
    buttons(canvas, [(0.27, neck[1] + 0.2), (-0.27, neck[1] + 0.2)], silver, radius=0.015, metal=True)
    belt = canvas.mask(tapered([(-0.42, hem - 0.05), (0, hem - 0.04), (0.42, hem - 0.05)], [0.07] * 3))
    canvas.paint(belt * (canvas.alpha > 0.5), finish.skin, relief=Relief(puff=0.02, depth=0.5, gloss=0.2), cast=0.3)
    canvas.paint(
        canvas.mask([(0.1, hem - 0.085), (0.2, hem - 0.085), (0.2, hem), (0.1, hem)]),
        Skin(silver),
        relief=Relief(puff=0.015, gloss=0.5),
        cast=0.3,
    )


def _coat_front(canvas: Canvas, finish: Finish, shape: np.random.Generator, neck: Neck, dip: float, hem: float) -> None:
    _blazer_front(canvas, finish, shape, neck, dip, hem)
    if shape.random() < 0.5:
        y = dip + 0.2
        belt = canvas.mask(tapered([(-0.5, y - 0.01), (0, y + 0.01), (0.5, y - 0.01)], [0.085] * 3))
        canvas.paint(belt * (canvas.alpha > 0.5), finish.skin, relief=Relief(puff=0.025, depth=0.5), cast=0.35)
        canvas.paint(
            canvas.mask(tapered([(0.05, y), (0.08, y + 0.16), (0.06, y + 0.33)], [0.08, 0.075, 0.09])),
            finish.skin,
            relief=Relief(puff=0.025),
            cast=0.35,
        )


def _zip(canvas: Canvas, line: list[tuple[float, float]], shape: np.random.Generator) -> None:
    metal = rgb("gold") if shape.random() < 0.3 else np.array([0.72, 0.73, 0.75], np.float32)
    course = smooth(line)
    canvas.seam([course], width=0.034, depth=0.4)
    canvas.stitches([course], metal, width=0.02, length=0.009)
    end = course[len(course) // 4]
    canvas.paint(
        canvas.mask(tapered([end, np.add(end, (0.0, 0.08))], [0.022, 0.03], curved=False)),
        Skin(metal),
        relief=Relief(puff=0.01, gloss=0.5),
        cast=0.4,
    )


def _slanted_pockets(canvas: Canvas, *, y: float) -> None:
    line = np.array([(0.24, y + 0.2), (0.33, y)])
    canvas.seam([line, flipped(line)], width=0.02, depth=0.42)


_FRONTS = {
    "denim": _denim_front,
    "bomber": _bomber_front,
    "blazer": _blazer_front,
    "puffer": _puffer_front,
    "biker": _biker_front,
    "coat": _coat_front,
}
