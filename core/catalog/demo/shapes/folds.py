"""Folds in cloth: where it pulls, creases; elsewhere it waves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from core.catalog.demo.studio.canvas import SIDE, Canvas
from core.catalog.demo.studio.curves import Points, smooth

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
    buffer = np.zeros((half, half), np.float32)
    thickness = max(1, round(width * canvas.unit_px / 2))
    for line, strength in creases:
        pixels = np.round(canvas.to_pixels(smooth(line, steps=5)) / 2).astype(np.int32)
        cv2.polylines(buffer, [pixels], False, float(np.clip(strength, -1, 1)), thickness)
    field += cv2.GaussianBlur(buffer, (0, 0), max(1.0, width * canvas.unit_px / 2.2)) * np.float32(width * 0.9)
    return cv2.resize(field, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


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
