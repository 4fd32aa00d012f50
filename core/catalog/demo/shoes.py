"""Shoes seen from the side, toe to the right: sneakers, boots and pumps."""

from __future__ import annotations

import cv2
import numpy as np

from core.catalog.demo.canvas import Canvas
from core.catalog.demo.curves import Points, between, ellipse, outline, smooth, tapered
from core.catalog.demo.garments import Crease, folds
from core.catalog.demo.light import Relief
from core.catalog.demo.looks import Finish
from core.catalog.demo.materials import canvas_cloth, leather, ribbed
from core.catalog.demo.palette import darker, lighter, mixed, rgb
from core.catalog.demo.skins import Skin

_SOLES = ("white", "white", "cream", "camel", "black")


def draw_sneaker(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a sneaker ("low", "high-top", "runner", "slip-on"); seen from `back` means as a pair."""
    _pair_or_single(canvas, finish, style, shape, back, _sneaker)


def draw_boot(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a boot: "chelsea", "lace-up", "heeled" or "knee-high"."""
    _pair_or_single(canvas, finish, style, shape, back, _boot)


def draw_pump(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a pump: "stiletto", "block heel", "slingback" or "ballerina"."""
    _pair_or_single(canvas, finish, style, shape, back, _pump)


def _pair_or_single(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, pair: bool, draw) -> None:  # noqa: ANN001
    state = shape.bit_generator.state
    if pair:
        with canvas.moved(0.14, -0.13, scale=0.93):
            draw(canvas, finish, style, shape)
        shape.bit_generator.state = state
        with canvas.moved(-0.1, 0.08, scale=0.93):
            draw(canvas, finish, style, shape)
    else:
        draw(canvas, finish, style, shape)


def _sneaker(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator) -> None:
    high = -0.3 * (style == "high-top")
    slip = style == "slip-on"
    thick = {"runner": 0.24, "slip-on": 0.15}.get(style, 0.19) + shape.uniform(-0.02, 0.03)
    floor, top_of_sole = 0.45, 0.45 - thick
    tongue = (shape.uniform(-0.22, -0.14), -0.38 + high + 0.14 * slip + shape.uniform(-0.04, 0.03))
    vamp = (0.3 + shape.uniform(-0.03, 0.04), -0.06 + 0.5 * (top_of_sole - 0.27))
    collar = (-0.47, -0.12 + high * 1.05)
    heel = (-0.755, -0.27 + high)
    upper = outline(
        [(-0.8, top_of_sole + 0.07), (-0.835, 0.1), (-0.775, -0.1), heel],
        [heel, (-0.66, -0.235 + high), collar, (-0.32, collar[1] - 0.02), tongue],
        [tongue, (0.05, -0.22 + high * 0.35 + 0.03 * slip), vamp],
        [vamp, (0.56, vamp[1] + 0.03), (0.78, vamp[1] + 0.12), (0.885, top_of_sole - 0.06), (0.9, top_of_sole + 0.07)],
        [(0.9, top_of_sole + 0.07), (-0.8, top_of_sole + 0.07)],
    )
    inside = outline(
        [(heel[0] + 0.02, heel[1] + 0.02), (collar[0], collar[1] - 0.08), tongue],
        [tongue, (-0.3, collar[1] + 0.05), collar, (heel[0] + 0.02, heel[1] + 0.02)],
    )
    canvas.paint(canvas.mask(inside), canvas_cloth(darker(finish.second, 0.35)), shade=0.6)
    lip = tapered(
        [
            (tongue[0] + 0.06, collar[1] + 0.08),
            (tongue[0] - 0.005, tongue[1] + 0.04),
            (tongue[0] - 0.03, tongue[1] - 0.09),
        ],
        [0.2, 0.15, 0.12],
    )
    if style != "slip-on":
        canvas.paint(canvas.mask(lip), finish.trim, relief=Relief(puff=0.04, depth=0.6), cast=0.3)
    wrinkles = folds(canvas, _toe_creases(canvas.chance), drape=0.006)
    body = canvas.mask(upper)
    gloss = 0.14 if "leather" in finish.material else 0.0
    canvas.paint(
        body, finish.skin, relief=Relief(puff=0.2, depth=0.55, folds=wrinkles, rim=0.25, gloss=gloss), cast=0.2
    )
    _sneaker_panels(
        canvas, finish, style, shape, body, vamp=vamp, tongue=tongue, heel=heel, base=top_of_sole + 0.07, high=high
    )
    _sneaker_sole(canvas, finish, style, shape, floor=floor, top=top_of_sole)


def _sneaker_panels(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    body: np.ndarray,
    *,
    vamp: tuple[float, float],
    tongue: tuple[float, float],
    heel: tuple[float, float],
    base: float,
    high: float,
) -> None:
    """Sew panels on the upper: heel counter, toe cap, side mark, eyelet row with laces."""
    second = (
        Skin(finish.second, None, finish.skin.bumps)
        if shape.random() < 0.6
        else Skin(mixed(finish.main, darker(finish.main, 0.5), 0.4))
    )
    counter = outline(
        [(-0.9, base), (-0.9, heel[1] + 0.1), (-0.66, heel[1] + 0.14), (-0.55, base - 0.14), (-0.42, base)],
        [(-0.42, base), (-0.9, base)],
    )
    toe = outline(
        [(0.5, base), (0.52, vamp[1] + 0.16), (0.62, vamp[1] + 0.03)],
        [(0.62, vamp[1] + 0.03), (1.0, 0.1), (1.0, base)],
        [(1.0, base), (0.5, base)],
    )
    panel_relief = Relief(puff=0.025, depth=0.4, rim=0.12)
    if style != "slip-on" or shape.random() < 0.3:
        canvas.paint(canvas.mask(counter) * body, second, relief=panel_relief, cast=0.25)
    if style in ("low", "runner", "high-top") and shape.random() < 0.65:
        canvas.paint(
            canvas.mask(toe) * body,
            second if shape.random() < 0.5 else finish.skin,
            relief=Relief(puff=0.05, depth=0.5, rim=0.15),
            cast=0.25,
        )
    if style == "slip-on":
        gore = canvas.mask(
            outline([(-0.36, -0.2), (-0.1, -0.3), (-0.06, 0.02)], [(-0.06, 0.02), (-0.2, 0.06), (-0.36, -0.2)])
        )
        canvas.paint(gore * body, ribbed(darker(finish.second, 0.2)), cast=0.2)
        return
    _side_mark(canvas, finish, shape, body, base)
    stay = tapered(
        [(tongue[0] - 0.03, tongue[1] + 0.08), (0.02, -0.13 + high * 0.4), (vamp[0] + 0.02, vamp[1] + 0.06)],
        [0.13, 0.15, 0.09],
    )
    canvas.paint(canvas.mask(stay) * body, second, relief=panel_relief, cast=0.25)
    line = smooth([(tongue[0] + 0.0, tongue[1] + 0.05), (0.06, -0.2 + high * 0.4), (vamp[0] + 0.0, vamp[1] + 0.0)])
    lace = Skin(rgb("white") if shape.random() < 0.6 else finish.second)
    count = 7 if high else 5
    bands = []
    for share in np.linspace(0.06, 0.92, count):
        x, y = line[int(share * (len(line) - 1))]
        bands.append(tapered([(x - 0.09, y + 0.09), (x - 0.03, y + 0.02), (x + 0.04, y - 0.03)], [0.036, 0.046, 0.036]))
    near = cv2.dilate(body, np.ones((5, 5), np.uint8))
    canvas.paint(canvas.mask(*bands) * near, lace, relief=Relief(puff=0.016, depth=0.7, rim=0.2), cast=0.5)
    pull = tapered([(heel[0] + 0.02, heel[1] + 0.12), (heel[0] - 0.01, heel[1] - 0.02)], [0.05, 0.05])
    canvas.paint(canvas.mask(pull), second, relief=Relief(puff=0.015), cast=0.3)


def _side_mark(canvas: Canvas, finish: Finish, shape: np.random.Generator, body: np.ndarray, base: float) -> None:
    kind = int(shape.integers(5))
    mark: list[Points] = []
    if kind == 0:
        mark = [
            tapered([(-0.3 + k * 0.13, base), (-0.12 + k * 0.13, -0.1)], [0.06, 0.05])
            for k in range(int(shape.integers(2, 4)))
        ]
    elif kind == 1:
        mark = [tapered([(-0.55, 0.12), (-0.2, 0.2), (0.15, 0.1), (0.36, -0.02)], [0.03, 0.1, 0.07, 0.02])]
    elif kind == 2:
        mark = [ellipse((-0.22, 0.08), (0.1, 0.1))]
    elif kind == 3:
        mark = [np.array([(-0.4, 0.22), (-0.22, -0.02), (-0.04, 0.22)])]
    if mark:
        canvas.paint(
            canvas.mask(*mark) * body,
            Skin(finish.accent if shape.random() < 0.5 else finish.second),
            relief=Relief(puff=0.015, depth=0.4),
            cast=0.2,
        )
    else:
        canvas.seam([smooth([(-0.5, base - 0.1), (-0.1, 0.1), (0.3, 0.06), (0.5, base - 0.1)])], width=0.008, depth=0.3)


def _sneaker_sole(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, floor: float, top: float
) -> None:
    tone = rgb(str(shape.choice(_SOLES)))
    flare = 0.05 if style == "runner" else 0.01
    sole = outline(
        [
            (-0.845, top - 0.015),
            (-0.5, top + 0.045),
            (0.0, top + 0.055),
            (0.5, top + 0.03),
            (0.78, top - 0.02),
            (0.925, top - 0.055),
        ],
        [
            (0.925, top - 0.055),
            (0.965, top + 0.03),
            (0.92, floor - 0.06),
            (0.72, floor - 0.012),
            (0.4, floor),
            (-0.55, floor),
            (-0.8, floor - 0.012),
            (-0.885 - flare, (floor + top) / 2 + 0.02),
            (-0.845, top - 0.015),
        ],
    )
    mask = canvas.mask(sole)
    canvas.paint(mask, Skin(tone), relief=Relief(puff=0.07, depth=0.6, rim=0.22), cast=0.3)
    under = tapered(
        [(-0.93, floor - 0.02), (-0.5, floor - 0.012), (0.4, floor - 0.012), (0.74, floor - 0.03), (1.0, floor - 0.1)],
        [0.06, 0.055, 0.055, 0.06, 0.05],
    )
    canvas.tint(canvas.mask(under) * mask, darker(finish.second if shape.random() < 0.4 else tone, 0.35), 0.9)
    canvas.seam(
        [smooth([(-0.85, top + 0.055), (0.0, top + 0.1), (0.6, top + 0.06), (0.93, top)])], width=0.008, depth=0.25
    )
    if style != "runner":
        canvas.stitches(
            [smooth([(-0.83, top + 0.03), (0.0, top + 0.08), (0.6, top + 0.04), (0.92, top - 0.02)])],
            darker(tone, 0.3),
            width=0.007,
        )
    if style == "runner":
        wave = (
            canvas.mask(
                tapered(
                    [(-0.84, top + 0.06), (-0.4, top + 0.13), (0.2, top + 0.09), (0.85, top + 0.04)],
                    [0.03, 0.06, 0.04, 0.02],
                )
            )
            * mask
        )
        canvas.tint(wave, finish.accent, 0.85)


def _boot(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator) -> None:
    tall = {"chelsea": -0.55, "lace-up": -0.66, "heeled": -0.52, "knee-high": -0.98}[style] + shape.uniform(-0.05, 0.06)
    lift = {"heeled": 0.26, "knee-high": shape.choice([0.1, 0.24])}.get(style, 0.1)
    floor = 0.62
    base = floor - 0.07
    heel_base = floor - lift - 0.03
    shaft = (-0.62, 0.0 + 0.03 * (style == "knee-high"))
    wide = shape.uniform(0.0, 0.05)
    upper = outline(
        [(-0.66, heel_base), (-0.71, heel_base - 0.2), (-0.62, -0.02), (shaft[0] - wide, tall)],
        [(shaft[0] - wide, tall), (-0.3, tall - 0.015), (shaft[1] + wide, tall - 0.02)],
        [
            (shaft[1] + wide, tall - 0.02),
            (-0.02, -0.12),
            (0.1, 0.12),
            (0.4, 0.28),
            (0.66, 0.36),
            (0.8, base - 0.05),
            (0.8, base),
        ],
        [(0.8, base), (0.35, base), (-0.1, (base + heel_base) / 2 - 0.02), (-0.66, heel_base)],
    )
    rim = outline(
        [(shaft[0] - wide, tall), (-0.3, tall - 0.06), (shaft[1] + wide, tall - 0.02)],
        [(shaft[1] + wide, tall - 0.02), (-0.3, tall + 0.03), (shaft[0] - wide, tall)],
    )
    _boot_sole(canvas, finish, style, shape, floor=floor, base=base, heel_base=heel_base)
    body = canvas.mask(upper)
    gloss = {"leather": 0.26, "suede": 0.0}.get(finish.material, 0.12)
    wrinkles = folds(canvas, _ankle_creases(canvas.chance, tall), drape=0.008, width=0.04)
    canvas.paint(
        body, finish.skin, relief=Relief(puff=0.2, depth=0.6, folds=wrinkles, rim=0.28, gloss=gloss, shine=12), cast=0.2
    )
    canvas.paint(
        canvas.mask(rim), leather(rgb("camel") if shape.random() < 0.5 else darker(finish.main, 0.4)), shade=0.6
    )
    _boot_details(canvas, finish, style, shape, body, tall=tall, shaft=shaft, base=base, heel_base=heel_base)


def _boot_sole(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    floor: float,
    base: float,
    heel_base: float,
) -> None:
    tone = darker(rgb(str(shape.choice(["black", "black", "brown", "camel"]))), 0.2)
    heel_width = 0.3 if style in ("chelsea", "lace-up") else shape.uniform(0.14, 0.26)
    heel = outline(
        [(-0.7, heel_base - 0.03), (-0.68 + 0.0, floor)],
        [(-0.68, floor), (-0.68 + heel_width, floor)],
        [(-0.68 + heel_width, floor), (-0.64 + heel_width * 1.15, heel_base)],
        [(-0.64 + heel_width * 1.15, heel_base), (-0.7, heel_base - 0.03)],
    )
    canvas.paint(canvas.mask(heel), Skin(tone), relief=Relief(puff=0.05, depth=0.6, rim=0.2, gloss=0.1))
    chunky = style == "lace-up"
    sole = outline(
        [(-0.7, heel_base - 0.02), (-0.1, (base + heel_base) / 2 - 0.04), (0.4, base - 0.03), (0.83, base - 0.04)],
        [(0.83, base - 0.04), (0.85, floor - 0.03), (0.78, floor), (0.3, floor), (0.05, floor - 0.02)],
        [
            (0.05, floor - 0.02),
            (-0.2, (floor + heel_base) / 2 + 0.0),
            (-0.4, heel_base + 0.04),
            (-0.7, heel_base + 0.04),
        ],
    )
    canvas.paint(canvas.mask(sole), Skin(tone), relief=Relief(puff=0.04, depth=0.6, rim=0.2))
    if chunky:
        lugs = [
            np.array([(x, floor - 0.03), (x + 0.05, floor - 0.03), (x + 0.05, floor + 0.025), (x, floor + 0.025)])
            for x in np.arange(-0.66, 0.74, 0.1)
            if x < -0.4 or x > 0.02
        ]
        canvas.paint(canvas.mask(*lugs), Skin(darker(tone, 0.3)), relief=Relief(puff=0.01))


def _boot_details(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    body: np.ndarray,
    *,
    tall: float,
    shaft: tuple[float, float],
    base: float,
    heel_base: float,
) -> None:
    canvas.stitches(
        [
            smooth(
                [
                    (-0.66, heel_base - 0.0),
                    (-0.1, (base + heel_base) / 2 - 0.055),
                    (0.4, base - 0.045),
                    (0.8, base - 0.055),
                ]
            )
        ],
        rgb("camel"),
        width=0.008,
    )
    if style == "chelsea":
        gore = canvas.mask(
            outline(
                [(-0.44, tall), (-0.14, tall - 0.02)],
                [(-0.14, tall - 0.02), (-0.2, -0.2), (-0.3, 0.02)],
                [(-0.3, 0.02), (-0.4, -0.2), (-0.44, tall)],
            )
        )
        canvas.paint(
            gore * body, ribbed(darker(finish.main, 0.45), period=4), relief=Relief(puff=0.02, depth=0.4), cast=0.25
        )
        tab = tapered([(-0.6, tall + 0.1), (-0.61, tall - 0.07)], [0.05, 0.055])
        canvas.paint(canvas.mask(tab), finish.skin, relief=Relief(puff=0.015), cast=0.3)
    elif style == "lace-up":
        canvas.seam(
            [
                smooth([(-0.16, tall), (-0.18, -0.1), (-0.05, 0.16), (0.2, 0.24)]),
                smooth([(0.32, 0.26), (0.38, 0.4), (0.34, base)]),
            ],
            width=0.01,
            depth=0.4,
        )
        lace = Skin(rgb("yellow") if shape.random() < 0.3 else darker(finish.main, 0.6))
        course = smooth([(-0.05, tall + 0.04), (-0.08, -0.1), (0.03, 0.1), (0.22, 0.21)])
        bands = [
            tapered([(x - 0.1, y + 0.02), (x, y - 0.02), (x + 0.06, y - 0.05)], [0.028, 0.034, 0.028])
            for x, y in course[:: max(1, len(course) // 8)]
        ]
        canvas.paint(canvas.mask(*bands), lace, relief=Relief(puff=0.014, depth=0.7), cast=0.5)
        canvas.paint(
            canvas.mask(tapered([(-0.63, tall + 0.04), (-0.3, tall + 0.035), (0.0, tall + 0.02)], [0.1, 0.09, 0.09])),
            Skin(finish.main),
            relief=Relief(puff=0.04, depth=0.6),
            cast=0.2,
        )
    else:
        zipper = smooth([(-0.3, tall + 0.03), (-0.32, -0.1), (-0.3, heel_base - 0.1)])
        canvas.seam([zipper], width=0.012, depth=0.4)
        canvas.stitches([zipper], lighter(finish.main, 0.5), width=0.007, length=0.01)
        if shape.random() < 0.5:
            strap = canvas.mask(tapered([(-0.66, 0.02), (-0.3, 0.09), (0.1, 0.06)], [0.07, 0.07, 0.07])) * body
            canvas.paint(
                strap, Skin(darker(finish.main, 0.15)), relief=Relief(puff=0.02, depth=0.5, gloss=0.2), cast=0.35
            )
            canvas.paint(
                canvas.mask(ellipse((-0.26, 0.09), (0.05, 0.055))),
                Skin(rgb("gold")),
                relief=Relief(puff=0.03, gloss=0.6),
                cast=0.4,
            )


def _pump(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator) -> None:
    lift = {"stiletto": 0.62, "block heel": 0.42, "slingback": 0.34, "ballerina": 0.05}[style] + shape.uniform(
        -0.05, 0.06
    ) * (style != "ballerina")
    floor = 0.5
    top = floor - lift
    arch = (-0.28, floor - lift * 0.62)
    point = 0.84 + 0.05 * (style in ("stiletto", "slingback"))
    sharp = 0.03 if style in ("stiletto", "slingback") else 0.075
    heel_top = top - 0.34
    upper = outline(
        [(-0.74, top), (-0.77, top - 0.16), (-0.7, heel_top)],
        [
            (-0.7, heel_top),
            (-0.45, top - 0.16 + lift * 0.1),
            (-0.02, floor - lift * 0.34 - 0.15),
            (0.3, floor - 0.19),
            (0.42, floor - 0.235),
        ],
        [(0.42, floor - 0.235), (0.6, floor - 0.2), (point - 0.06, floor - sharp - 0.06), (point, floor - 0.035)],
        [(point, floor - 0.035), (0.6, floor - 0.01), (0.3, floor - 0.01)],
        [(0.3, floor - 0.01), (0.05, floor - lift * 0.22 - 0.01), arch, (-0.55, top + 0.0), (-0.74, top)],
    )
    inner = outline(
        [(-0.7, heel_top), (-0.4, top - 0.24 + lift * 0.16), (0.05, floor - lift * 0.3 - 0.22), (0.42, floor - 0.24)],
        [
            (0.42, floor - 0.24),
            (0.3, floor - 0.12),
            (-0.02, floor - lift * 0.34 - 0.08),
            (-0.45, top - 0.08 + lift * 0.1),
            (-0.7, heel_top),
        ],
    )
    canvas.paint(canvas.mask(inner), leather(rgb("cream")), shade=0.72)
    _pump_heel(canvas, finish, style, shape, top=top, floor=floor)
    sole = tapered(
        [
            (-0.74, top),
            (-0.55, top),
            arch,
            (0.05, floor - lift * 0.22 - 0.01),
            (0.3, floor - 0.01),
            (point - 0.02, floor - 0.01),
        ],
        [0.03, 0.035, 0.03, 0.03, 0.04, 0.025],
    )
    canvas.paint(canvas.mask(sole), Skin(darker(rgb("brown"), 0.4) if shape.random() < 0.7 else rgb("camel")))
    gloss = {"patent leather": 0.6, "leather": 0.25, "satin": 0.2}.get(finish.material, 0.0)
    body = canvas.mask(upper)
    if style == "slingback":
        body = body * (
            1
            - canvas.mask(
                outline(
                    [(-1, -1), (-0.26, -1)],
                    [(-0.26, -1), (-0.3, top), (-0.42, top + 0.2)],
                    [(-0.42, top + 0.2), (-1, 1)],
                )
            )
        )
        strap = tapered(
            [(-0.3, top - 0.04 + lift * 0.1), (-0.55, top - 0.19), (-0.72, heel_top + 0.06)], [0.05, 0.03, 0.03]
        )
        canvas.paint(canvas.mask(strap), finish.skin.plain(), relief=Relief(puff=0.012, depth=0.6))
    canvas.paint(
        body,
        finish.skin,
        relief=Relief(puff=0.16, depth=0.6, rim=0.25, gloss=gloss, shine=16 if gloss > 0.4 else 10),
        cast=0.15,
    )
    lip = smooth(
        [
            (-0.69, heel_top + 0.02),
            (-0.45, top - 0.14 + lift * 0.1),
            (-0.02, floor - lift * 0.34 - 0.13),
            (0.3, floor - 0.17),
            (0.42, floor - 0.215),
        ]
    )
    canvas.seam([lip[len(lip) // 3 :] if style == "slingback" else lip], width=0.007, depth=0.3)
    if style == "ballerina" or shape.random() < 0.2:
        x, y = 0.44, floor - 0.225
        wings = [
            tapered([(x, y), (x - 0.06, y - 0.045), (x - 0.11, y - 0.015)], [0.02, 0.06, 0.045]),
            tapered([(x, y), (x + 0.06, y - 0.02), (x + 0.1, y + 0.02)], [0.02, 0.06, 0.045]),
        ]
        canvas.paint(
            canvas.mask(*wings),
            finish.trim.plain() if shape.random() < 0.3 else finish.skin.plain(),
            relief=Relief(puff=0.02, depth=0.6),
            cast=0.4,
        )


def _pump_heel(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, top: float, floor: float
) -> None:
    wide_top, wide_foot = {
        "stiletto": (0.2, 0.045),
        "block heel": (0.24, 0.22),
        "slingback": (0.2, 0.07),
        "ballerina": (0.26, 0.25),
    }[style]
    left = -0.755
    foot = left + 0.035 * (style == "stiletto") + 0.02
    heel = outline(
        [(left, top - 0.05), (left + 0.005, top + (floor - top) * 0.4), (foot, floor)],
        [(foot, floor), (foot + wide_foot, floor)],
        [
            (foot + wide_foot, floor),
            (between([(foot + wide_foot, 0)], [(left + wide_top, 0)], 0.4)[0][0], top + (floor - top) * 0.45),
            (left + wide_top * 1.25, top + 0.02),
        ],
        [(left + wide_top * 1.25, top + 0.02), (left, top - 0.05)],
    )
    skin = finish.skin.plain() if shape.random() < 0.75 else Skin(rgb("brown"))
    canvas.paint(
        canvas.mask(heel), skin, relief=Relief(puff=max(0.02, wide_foot * 0.5), depth=0.6, rim=0.2, gloss=0.15)
    )


def _toe_creases(chance: np.random.Generator) -> list[Crease]:
    lines: list[Crease] = []
    for _ in range(3):
        x = chance.uniform(0.25, 0.5)
        lines.append(([(x, 0.02), (x + 0.03, 0.12), (x, 0.24)], float(chance.uniform(-0.5, 0.4))))
    return lines


def _ankle_creases(chance: np.random.Generator, tall: float) -> list[Crease]:
    lines: list[Crease] = []
    for _ in range(6):
        y = chance.uniform(-0.2, 0.25)
        lines.append(
            (
                [(-0.1 + 0.1 * y, y), (-0.25, y + chance.uniform(0.0, 0.09)), (-0.45, y + chance.uniform(-0.04, 0.06))],
                float(chance.uniform(-0.7, 0.5)),
            )
        )
    for _ in range(2):
        x = chance.uniform(-0.5, -0.1)
        lines.append(([(x, tall + 0.1), (x + 0.03, -0.2)], float(chance.uniform(-0.3, 0.4))))
    return lines
