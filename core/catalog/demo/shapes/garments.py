"""What tops and dresses share: body, sleeves, necklines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.catalog.demo.shapes.folds import folds, sleeve_creases
from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.curves import Points, between, flipped, outline, symmetric, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.materials import edge_of, ribbed
from core.catalog.demo.studio.skins import Skin


@dataclass(frozen=True)
class Sleeve:
    """The right sleeve: its seam from shoulder to armpit, the middle of its wrist, its width there, its roundness."""

    shoulder: tuple[float, float]
    armpit: tuple[float, float]
    wrist: tuple[float, float]
    width: float
    cuff_length: float = 0.09
    puff: float = 0.09


def sleeve_shape(sleeve: Sleeve) -> np.ndarray:
    """Outline the right sleeve from the shoulder seam to the wrist; what lies under the body is covered by it."""
    shoulder, armpit, wrist, width = sleeve.shoulder, sleeve.armpit, sleeve.wrist, sleeve.width
    end, start = np.array(wrist), (np.array(shoulder) + np.array(armpit)) / 2
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([along[1], -along[0]])
    outer_end, inner_end = end + across * width / 2, end - across * width / 2
    length = float(np.linalg.norm(end - start))
    outer_mid = between([shoulder], [outer_end], 0.46)[0] + across * (0.035 + 0.03 * length)
    near = np.add(shoulder, (0.055, 0.05))
    inner_mid = between([armpit], [inner_end], 0.5)[0] + across * 0.03 * length
    return outline(
        [(shoulder[0] - 0.06, shoulder[1]), shoulder, near, outer_mid, outer_end],
        [outer_end, inner_end],
        [inner_end, inner_mid, armpit],
        [armpit, (armpit[0] - 0.1, armpit[1] - 0.1)],
    )


def sleeves(canvas: Canvas, skin: Skin, sleeve: Sleeve, *, cuff: Skin | None = None) -> None:
    """Draw both sleeves, with cuffs when a skin is given for them."""
    wrist, width = np.array(sleeve.wrist), sleeve.width
    shape = sleeve_shape(sleeve)
    start = (np.array(sleeve.shoulder) + np.array(sleeve.armpit)) / 2
    end = wrist - start
    lean = float(np.arctan2(end[0], end[1]))
    end /= np.linalg.norm(end)
    course = np.stack([start, (start + wrist) / 2, wrist])
    creases = [
        crease
        for place in (np.asarray, flipped)
        for crease in sleeve_creases(canvas.chance, place(course), width * 1.4)
    ]
    relief = Relief(puff=sleeve.puff, depth=0.5, folds=folds(canvas, creases, drape=0.008), rim=0.2)
    for mirror in (False, True):
        place = flipped if mirror else np.asarray
        turn = lean if mirror else -lean
        canvas.paint(canvas.mask(place(shape)), skin, relief=relief, turn=turn, cast=0.25)
        if cuff is not None:
            band = place(np.stack([wrist - end * sleeve.cuff_length, wrist + end * 0.012]))
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
