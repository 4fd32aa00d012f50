"""Dials of watches: brushed metal, marks, numerals, hands, glass."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.studio.canvas import SIDE, Canvas, bounds
from core.catalog.demo.studio.curves import ellipse, outline, rounded_box, tapered
from core.catalog.demo.studio.light import Relief
from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.palette import darker, lighter, rgb
from core.catalog.demo.studio.pixels import colored, spread
from core.catalog.demo.studio.skins import Skin

_HOURS = {0: "12", 3: "3", 6: "6", 9: "9"}
_DIGITS: dict[str, list[tuple[float, float]]] = {
    "1": [(0.5, 0), (0.5, 1)],
    "2": [(0.1, 0.2), (0.5, 0), (0.9, 0.25), (0.1, 1), (0.9, 1)],
    "3": [(0.1, 0.1), (0.8, 0.12), (0.45, 0.45), (0.9, 0.72), (0.5, 1), (0.1, 0.88)],
    "6": [(0.8, 0.05), (0.25, 0.4), (0.15, 0.75), (0.5, 1), (0.85, 0.72), (0.5, 0.48), (0.2, 0.65)],
    "9": [(0.2, 0.95), (0.75, 0.6), (0.85, 0.25), (0.5, 0), (0.15, 0.28), (0.5, 0.52), (0.8, 0.35)],
}


def _polar(canvas: Canvas, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give angle and distance (object units) from the middle of the watch for every pixel of a mask's bounds."""
    rows, columns = bounds(mask) or (slice(0, SIDE), slice(0, SIDE))
    middle = canvas.to_pixels([(0.0, 0.0)])[0]
    y, x = np.mgrid[rows, columns].astype(np.float32)
    dx, dy = x - np.float32(middle[0]), y - np.float32(middle[1])
    return np.arctan2(dy, dx), np.hypot(dx, dy) / np.float32(canvas.unit_px)


def polished(canvas: Canvas, metal: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Reflect a studio in a polished ring: bright and dark bands around the angle."""
    angle, _ = _polar(canvas, mask)
    light = 0.80 + 0.24 * np.cos(2 * (angle + 2.3)) + 0.16 * np.cos(5 * angle + 0.7) + 0.14 * np.cos(angle + 2.3)
    return np.clip(colored(light, metal) + spread(np.clip(light - 1.0, 0, 1) * np.float32(0.8)), 0, 1)


def sunburst(canvas: Canvas, color: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Brush a dial outwards: light fans to two sides."""
    angle, distance = _polar(canvas, mask)
    fan = 1 + 0.13 * np.cos(2 * (angle + 0.9)) + 0.05 * np.cos(angle + 2.3) - 0.12 * distance
    return np.clip(colored(fan, color), 0, 1)


def ray(angle: float, near: float, far: float) -> np.ndarray:
    """Draw a line outwards at a clock angle (0 at twelve), from one distance to another; float64 (2, 2)."""
    direction = np.array([np.sin(angle), -np.cos(angle)])
    return np.stack([direction * near, direction * far])


def draw_face(
    canvas: Canvas,
    finish: Finish,
    style: str,
    shape: np.random.Generator,
    *,
    inside: float,
    ink: np.ndarray,
    metal: np.ndarray,
    dial_color: np.ndarray,
) -> None:
    """Print minutes, small dials, hour marks or numerals, the maker's mark and a date window."""
    minutes = [ray(k / 60 * 2 * np.pi, inside * 0.92, inside * 0.96) for k in range(60)]
    canvas.tint(canvas.lines(minutes, 0.006), ink, 0.7)
    if style == "chronograph":
        for x, y in ((-0.45, 0.0), (0.45, 0.0), (0.0, 0.45)):
            spot, radius = (x * inside, y * inside), inside * 0.24
            canvas.paint(
                canvas.mask(ellipse(spot, (radius, radius))),
                Skin(lighter(dial_color, 0.2) if dial_color.mean() < 0.5 else darker(dial_color, 0.15)),
                relief=Relief(puff=0.015, depth=-0.5),
            )
            ticks = [ray(k / 12 * 2 * np.pi, radius * 0.78, radius * 0.95) + spot for k in range(12)]
            canvas.tint(canvas.lines(ticks, 0.007), ink, 0.8)
            canvas.tint(
                canvas.lines(
                    [np.array([spot, np.array(spot) + ray(float(shape.uniform(0, 6)), 0, radius * 0.7)[1]])], 0.014
                ),
                ink,
                1.0,
            )
    numerals = style == "field" or (style == "dress" and shape.random() < 0.4)
    marks = [ray(k / 12 * 2 * np.pi, inside * (0.72 if k % 3 == 0 else 0.78), inside * 0.88) for k in range(12)]
    if style == "diver":
        spots = [ellipse(tuple(ray(k / 12 * 2 * np.pi, 0, inside * 0.76)[1]), (inside * 0.075,) * 2) for k in range(12)]
        canvas.paint(canvas.mask(*spots), Skin(rgb("cream")), relief=Relief(puff=0.015, depth=0.5), cast=0.3)
    elif numerals:
        _numerals(canvas, inside, ink)
    else:
        lines = canvas.lines(marks, 0.026)
        canvas.paint(
            lines, Skin(lighter(metal, 0.2) if dial_color.mean() < 0.5 else ink), relief=Relief(puff=0.008), cast=0.3
        )
    mark = canvas.mask(rounded_box(-inside * 0.11, -inside * 0.48, inside * 0.11, -inside * 0.42, radius=0.01))
    canvas.tint(mark, ink, 0.6)
    if style != "chronograph" and shape.random() < 0.5:
        window = canvas.mask(rounded_box(inside * 0.5, -inside * 0.075, inside * 0.66, inside * 0.075, radius=0.01))
        canvas.paint(window, Skin(rgb("white")), relief=Relief(puff=0.01, depth=-0.6))


def _numerals(canvas: Canvas, inside: float, ink: np.ndarray) -> None:
    """Write 12, 3, 6, 9 as strokes and short bars between."""
    lines: list[np.ndarray] = []
    tall = inside * 0.22
    for hour, text in _HOURS.items():
        center = ray(hour / 12 * 2 * np.pi, 0, inside * 0.72)[1]
        for place, digit in enumerate(text):
            left = center[0] + (place - len(text) / 2) * tall * 0.66
            lines.append(np.array(_DIGITS[digit]) * (tall * 0.58, tall) + (left, center[1] - tall / 2))
    lines += [ray(k / 12 * 2 * np.pi, inside * 0.76, inside * 0.88) for k in range(12) if k % 3]
    canvas.tint(canvas.lines(lines, 0.02), ink, 0.95)


def draw_hands(
    canvas: Canvas, style: str, shape: np.random.Generator, *, inside: float, ink: np.ndarray, accent: np.ndarray
) -> None:
    """Draw hour, minute and second hand, most often at ten past ten."""
    hour, minute = (-1.02, 1.05) if shape.random() < 0.6 else tuple(shape.uniform(0, 2 * np.pi, 2))
    wide = 0.05 if style in ("diver", "field") else 0.034
    for angle, reach, width in ((hour, 0.52, wide), (minute, 0.8, wide * 0.8)):
        line = ray(float(angle), -inside * 0.12, inside * reach)
        hand = outline(tapered(line, [width, width * 0.9, width * 0.35], curved=False))
        canvas.paint(canvas.mask(hand), Skin(ink), relief=Relief(puff=0.012, depth=0.5), cast=0.55)
    sweep = ray(float(shape.uniform(0, 2 * np.pi)), -inside * 0.2, inside * 0.86)
    canvas.tint(canvas.lines([sweep], 0.012), accent if abs(accent.mean() - ink.mean()) > 0.1 else rgb("red"), 1.0)
    canvas.paint(canvas.mask(ellipse((0, 0), (0.026, 0.026))), Skin(ink), relief=Relief(puff=0.02, gloss=0.3), cast=0.4)


def draw_glass(canvas: Canvas, dial: np.ndarray) -> None:
    """Lay a slanted reflection on the glass."""
    sheen = canvas.mask(
        [(-0.6, -0.2), (0.1, -0.75), (0.28, -0.75), (-0.6, 0.0)],
        [(-0.6, 0.1), (0.42, -0.7), (0.47, -0.7), (-0.6, 0.16)],
    )
    canvas.tint(sheen * dial, np.ones(3, np.float32), 0.13)
