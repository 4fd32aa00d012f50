"""Outlines of drawn things: smooth runs through a few points, corners where runs meet.

Coordinates are object units: x to the right, y down, a product fills about -1..1 on both axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

Points = Sequence[tuple[float, float] | np.ndarray] | np.ndarray


def smooth(points: Points, *, closed: bool = False, steps: int = 9) -> np.ndarray:
    """Draw a Catmull-Rom curve through points.

    Args:
        points: At least two (x, y) pairs the curve passes through.
        closed: Join the last point to the first.
        steps: Points drawn for each span.

    Returns:
        float64 (N, 2).
    """
    given = np.asarray(points, dtype=np.float64)
    if len(given) == 2 and not closed:
        return given
    if closed:
        padded = np.concatenate([given[-1:], given, given[:2]])
    else:
        padded = np.concatenate([2 * given[:1] - given[1:2], given, 2 * given[-1:] - given[-2:-1]])
    spans = np.stack([padded[:-3], padded[1:-2], padded[2:-1], padded[3:]], axis=1)
    flat = (_basis(steps) @ spans).reshape(-1, 2)
    return flat if closed else np.concatenate([flat, given[-1:]])


@lru_cache(maxsize=16)
def _basis(steps: int) -> np.ndarray:
    """Give the weights of the four points around a span at each step along it, float64 (steps, 4)."""
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    powers = np.concatenate([np.ones_like(t), t, t**2, t**3], axis=1)
    return powers @ np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2


@lru_cache(maxsize=64)
def _arc(start: float, stop: float, steps: int) -> np.ndarray:
    angle = np.linspace(start, stop, steps)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def outline(*runs: Points) -> np.ndarray:
    """Join smooth runs into one closed outline with a corner wherever two runs meet. Returns float64 (N, 2)."""
    return np.concatenate([smooth(run) for run in runs])


def mirrored(points: Points) -> np.ndarray:
    """Reflect a run at x = 0 and reverse it, so that it continues the run it came from."""
    return np.asarray(points, dtype=np.float64)[::-1] * (-1.0, 1.0)


def flipped(points: Points) -> np.ndarray:
    """Reflect points at x = 0, keeping their order."""
    return np.asarray(points, dtype=np.float64) * (-1.0, 1.0)


def symmetric(*runs: Points) -> np.ndarray:
    """Close runs of the right half (top middle to bottom middle) with their own reflection."""
    back = [mirrored(run) for run in reversed(runs)]
    return outline(*runs, *back)


def tapered(points: Points, widths: Sequence[float], *, curved: bool = True) -> np.ndarray:
    """Outline a band along a center line whose width varies (straps, legs, sleeves).

    Args:
        points: Center line.
        widths: Full widths, spread evenly along the line.
        curved: Smooth the center line first.
    """
    line = smooth(points) if curved else np.asarray(points, dtype=np.float64)
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    half = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.concatenate([line + normal * half, (line - normal * half)[::-1]])


def ellipse(
    center: tuple[float, float],
    radii: tuple[float, float],
    *,
    start: float = 0.0,
    stop: float = 2 * np.pi,
    steps: int = 56,
) -> np.ndarray:
    """Draw an ellipse or an arc of one; angles in radians, 0 to the right, growing downwards."""
    return _arc(start, stop, steps) * radii + center


def rounded_box(left: float, top: float, right: float, bottom: float, *, radius: float) -> np.ndarray:
    """Draw a rectangle with round corners."""
    r = min(radius, (right - left) / 2, (bottom - top) / 2)
    quarter = np.pi / 2
    corners = [(right - r, bottom - r, 0), (left + r, bottom - r, 1), (left + r, top + r, 2), (right - r, top + r, 3)]
    return np.concatenate(
        [ellipse((x, y), (r, r), start=k * quarter, stop=(k + 1) * quarter, steps=9) for x, y, k in corners]
    )


def rounded(polygon: Points, *, rounds: int = 3, share: float = 0.25) -> np.ndarray:
    """Round the corners of a polygon by Chaikin's corner cutting."""
    points = np.asarray(polygon, dtype=np.float64)
    for _ in range(rounds):
        following = np.roll(points, -1, axis=0)
        points = np.stack([points + share * (following - points), following - share * (following - points)], axis=1)
        points = points.reshape(-1, 2)
        share = 0.25
    return points


def turned(points: Points, radians: float, *, about: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """Rotate points clockwise on the picture around a point."""
    cos, sin = np.cos(radians), np.sin(radians)
    given = np.asarray(points, dtype=np.float64) - about
    return given @ np.array([[cos, sin], [-sin, cos]]) + about


def between(start: Points, end: Points, share: float) -> np.ndarray:
    """Blend two runs of the same length: 0 gives the first, 1 the second."""
    return np.asarray(start, dtype=np.float64) * (1 - share) + np.asarray(end, dtype=np.float64) * share
