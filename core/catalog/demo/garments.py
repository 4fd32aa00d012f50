"""Parts that garments share: folds, sleeves, necklines, collars, buttons, pockets, cuffs."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from core.catalog.demo.canvas import SIDE, Canvas
from core.catalog.demo.curves import Points, between, ellipse, flipped, outline, smooth, symmetric, tapered
from core.catalog.demo.light import Relief
from core.catalog.demo.materials import edge_of, ribbed
from core.catalog.demo.palette import darker, lighter
from core.catalog.demo.skins import Skin

Crease = tuple[Points, float]


def folds(canvas: Canvas, creases: Sequence[Crease] = (), *, drape: float = 0.014, width: float = 0.03) -> np.ndarray:
    """Make the height of folds in cloth.

    Args:
        canvas: Gives pose and random source.
        creases: Lines with a strength, positive for ridges, negative for valleys.
        drape: Height of the irregular waves along the garment, object units.
        width: Width of the creases, object units.

    Returns:
        float32 (400, 400), object units.
    """
    chance = canvas.chance
    half = SIDE // 2
    field = (
        cv2.resize(chance.standard_normal((7, 15)).astype(np.float32), (half, half), interpolation=cv2.INTER_CUBIC)
        * drape
    )
    field += (
        cv2.resize(chance.standard_normal((20, 24)).astype(np.float32), (half, half), interpolation=cv2.INTER_CUBIC)
        * drape
        * 0.12
    )
    for sign in (1, -1):
        buffer = np.zeros((half, half), np.uint8)
        for line, strength in creases:
            if strength * sign > 0:
                pixels = np.round(canvas.to_pixels(smooth(line)) * 8).astype(np.int32)
                level = int(np.clip(abs(strength) * 255, 1, 255))
                cv2.polylines(buffer, [pixels], False, level, max(1, round(width * canvas.unit_px / 2)), cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(buffer.astype(np.float32) / 255, (0, 0), max(1.0, width * canvas.unit_px / 2.2))
        field += soft * (sign * width * 0.9)
    return cv2.resize(field, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def jittered(chance: np.random.Generator, points: Points, amount: float = 0.012) -> np.ndarray:
    """Move points a little, so that no two garments share an outline."""
    given = np.asarray(points, dtype=np.float64)
    return given + chance.normal(0, amount, given.shape)


def torso_creases(chance: np.random.Generator, *, armpit: tuple[float, float], hem: float) -> list[Crease]:
    """Lay folds where cloth pulls: from the armpits inwards and down the body."""
    lines: list[Crease] = []
    for side in (-1, 1):
        for _ in range(3):
            reach, fall = chance.uniform(0.12, 0.3), chance.uniform(0.1, 0.45)
            start = (side * armpit[0] * 0.98, armpit[1] + chance.uniform(-0.03, 0.06))
            middle = (side * (armpit[0] - reach * 0.5), armpit[1] + fall * 0.35)
            end = (side * (armpit[0] - reach), armpit[1] + fall)
            lines.append(([start, middle, end], float(chance.choice([-1, 1]) * chance.uniform(0.3, 0.75))))
        for _ in range(2):
            x = side * chance.uniform(0.08, armpit[0] * 0.85)
            lean = chance.uniform(-0.08, 0.08)
            top = chance.uniform(0.1, hem - 0.25)
            lines.append(
                ([(x, top), (x + lean, (top + hem) / 2), (x + lean * 0.6, hem)], float(chance.uniform(-0.6, 0.6)))
            )
    return lines


def sleeve_creases(chance: np.random.Generator, line: Points, width: float) -> list[Crease]:
    """Lay short folds across a sleeve, densest at the elbow."""
    course = smooth(line)
    lines: list[Crease] = []
    for _ in range(6):
        at = course[int(np.clip(chance.normal(0.5, 0.22), 0.05, 0.95) * (len(course) - 1))]
        lean = chance.uniform(-0.5, 0.5)
        reach = width * chance.uniform(0.25, 0.5)
        ends = [
            (at[0] - reach, at[1] - lean * reach - 0.02),
            (at[0], at[1]),
            (at[0] + reach, at[1] + lean * reach + 0.03),
        ]
        lines.append((ends, float(chance.choice([-1, 1]) * chance.uniform(0.3, 0.7))))
    return lines


def sleeve_shape(
    shoulder: tuple[float, float], armpit: tuple[float, float], wrist: tuple[float, float], width: float
) -> np.ndarray:
    """Outline the right sleeve from the shoulder seam to the wrist; what lies under the body is covered by it."""
    end, start = np.array(wrist), (np.array(shoulder) + np.array(armpit)) / 2
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([along[1], -along[0]])
    outer_end, inner_end = end + across * width / 2, end - across * width / 2
    length = float(np.linalg.norm(end - start))
    outer_mid = between([shoulder], [outer_end], 0.46)[0] + across * (0.035 + 0.03 * length)
    near = np.array(shoulder) + (0.055, 0.05)
    inner_mid = between([armpit], [inner_end], 0.5)[0] + across * 0.03 * length
    return outline(
        [(shoulder[0] - 0.06, shoulder[1]), shoulder, near, outer_mid, outer_end],
        [outer_end, inner_end],
        [inner_end, inner_mid, armpit],
        [armpit, (armpit[0] - 0.1, armpit[1] - 0.1)],
    )


def sleeves(
    canvas: Canvas,
    skin: Skin,
    *,
    shoulder: tuple[float, float],
    armpit: tuple[float, float],
    wrist: tuple[float, float],
    width: float,
    cuff: Skin | None = None,
    cuff_length: float = 0.09,
    puff: float = 0.09,
) -> None:
    """Draw both sleeves, with cuffs when a skin is given for them; the wrist is the middle of the right one."""
    shape = sleeve_shape(shoulder, armpit, wrist, width)
    start = (np.array(shoulder) + np.array(armpit)) / 2
    end = np.array(wrist) - start
    lean = float(np.arctan2(end[0], end[1]))
    end /= np.linalg.norm(end)
    course = np.stack([start, (start + wrist) / 2, np.array(wrist)])
    creases = [
        crease
        for place in (np.asarray, flipped)
        for crease in sleeve_creases(canvas.chance, place(course), width * 1.4)
    ]
    relief = Relief(puff=puff, depth=0.5, folds=folds(canvas, creases, drape=0.008), rim=0.2)
    for mirror in (False, True):
        place = flipped if mirror else np.asarray
        turn = lean if mirror else -lean
        canvas.paint(canvas.mask(place(shape)), skin, relief=relief, turn=turn, cast=0.25)
        if cuff is not None:
            band = place(np.stack([wrist - end * cuff_length, wrist + end * 0.012]))
            shape_of_cuff = tapered(band, [width * 1.04, width * 0.98], curved=False)
            canvas.paint(canvas.mask(shape_of_cuff), cuff, relief=Relief(puff=0.05, depth=0.5), turn=turn, cast=0.22)


def torso(
    *,
    neck: tuple[float, float],
    shoulder: tuple[float, float],
    armpit: tuple[float, float],
    waist: float,
    hem: tuple[float, float],
    dip: float,
    sag: float = 0.03,
) -> np.ndarray:
    """Outline the front of a top.

    Args:
        neck: Where the neckline meets the shoulder seam.
        shoulder: Outer end of the shoulder seam.
        armpit: Under the arm.
        waist: Half width in the middle.
        hem: Half width and height of the hem at the side.
        dip: Height of the middle of the neckline.
        sag: How much lower the hem is in the middle.
    """
    middle = (armpit[1] + hem[1]) / 2
    return symmetric(
        [(0, dip), (neck[0] * 0.62, dip * 0.72 + neck[1] * 0.28), neck],
        [neck, ((neck[0] + shoulder[0]) / 2, (neck[1] + shoulder[1]) / 2 - 0.008), shoulder],
        [shoulder, (shoulder[0] - 0.05, (shoulder[1] + armpit[1]) / 2), armpit],
        [armpit, (waist, middle), hem],
        [hem, (hem[0] * 0.5, hem[1] + sag * 0.8), (0, hem[1] + sag)],
    )


def inner_neck(
    canvas: Canvas, skin: Skin, *, neck: tuple[float, float], dip: float, label: bool = True, rise: float = 0.035
) -> None:
    """Draw the inside of the back seen through the neckline, with a sewn-in label."""
    shape = outline(
        [(-neck[0] - 0.01, neck[1]), (0, neck[1] - rise), (neck[0] + 0.01, neck[1])],
        [
            (neck[0] + 0.01, neck[1]),
            (neck[0] * 0.7, dip * 0.7 + neck[1] * 0.3 + 0.03),
            (0, dip + 0.04),
            (-neck[0] * 0.7, dip * 0.7 + neck[1] * 0.3 + 0.03),
            (-neck[0] - 0.01, neck[1]),
        ],
    )
    mask = canvas.mask(shape)
    canvas.paint(mask, skin.plain(), relief=Relief(puff=0.03, depth=-0.5, rim=0.45), shade=0.66)
    if label:
        top = neck[1] + 0.035
        tag = canvas.mask([(-0.05, top), (0.05, top), (0.05, top + 0.045), (-0.05, top + 0.045)]) * mask
        canvas.paint(tag, Skin(edge_of(skin.color)), shade=0.9)


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


def rib_band(canvas: Canvas, color: np.ndarray, shape: Points, *, cast: float = 0.15, turn: float = 0.0) -> None:
    """Draw a ribbed band (hem, collar) in a color."""
    canvas.paint(canvas.mask(shape), ribbed(color), relief=Relief(puff=0.03, depth=0.5, rim=0.2), cast=cast, turn=turn)


def neck_band(canvas: Canvas, skin: Skin, *, neck: tuple[float, float], dip: float, width: float) -> None:
    """Draw the band around a round or pointed neckline."""
    line = np.array(
        [
            (-neck[0] - 0.005, neck[1] - 0.005),
            (-neck[0] * 0.62, dip * 0.72 + neck[1] * 0.28),
            (0, dip),
            (neck[0] * 0.62, dip * 0.72 + neck[1] * 0.28),
            (neck[0] + 0.005, neck[1] - 0.005),
        ]
    )
    canvas.paint(
        canvas.mask(tapered(line, [width] * 5)), skin, relief=Relief(puff=width * 0.4, depth=0.5, rim=0.12), cast=0.25
    )


def button_color(color: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Choose a button: mother-of-pearl, horn or tone in tone."""
    pearl = np.array([0.93, 0.92, 0.88], np.float32)
    horn = np.array([0.30, 0.20, 0.14], np.float32)
    return (pearl, horn, lighter(color, 0.25))[int(chance.choice(3, p=[0.5, 0.2, 0.3]))]
