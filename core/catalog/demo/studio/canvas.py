"""The drawing surface: supersampled masks, lit relief, soft shadows.

A product is drawn part by part onto a transparent layer (premultiplied color and alpha) and composed with its
background at the end. Masks are drawn at twice the size and averaged down; shading runs at picture size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np

from core.catalog.demo.studio.curves import Points
from core.catalog.demo.studio.light import Light, Relief, blurred, lit
from core.catalog.demo.studio.pixels import colored, shifted, spread
from core.catalog.demo.studio.skins import Skin

SIDE = 400
UNIT = 168.0
_FINE = 2
_SHIFT = 4


@dataclass(frozen=True)
class Pose:
    """How an object lies in the picture: scale, turn in radians, shift in object units, mirrored or not."""

    scale: float = 1.0
    turn: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    flip: bool = False
    stretch: float = 1.0

    def matrix(self) -> np.ndarray:
        """Give the affine map from object units to pixels, float64 (2, 3)."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        unit = UNIT * self.scale
        across = -unit if self.flip else unit
        linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag([across * self.stretch, unit / self.stretch])
        middle = SIDE / 2 + np.array([self.shift_x, self.shift_y]) * UNIT
        return np.concatenate([linear, middle[:, None]], axis=1)


class Canvas:
    """A transparent layer of 400 x 400 pixels with a pose and a light."""

    def __init__(self, pose: Pose, light: Light, chance: np.random.Generator) -> None:
        self.pose = pose
        self.light = light
        self.chance = chance
        self.rgb = np.zeros((SIDE, SIDE, 3), dtype=np.float32)
        self.alpha = np.zeros((SIDE, SIDE), dtype=np.float32)
        self.ground = np.zeros((SIDE, SIDE), dtype=np.float32)
        self._set_matrix(pose.matrix())

    @property
    def unit_px(self) -> float:
        """Pixels of one object unit."""
        return UNIT * self.pose.scale

    @contextmanager
    def moved(self, across: float, down: float, *, scale: float = 1.0) -> Iterator[None]:
        """Draw shifted by object units and scaled, for the second shoe of a pair."""
        kept = self._matrix
        shift = kept[:, :2] @ np.array([across, down])
        self._set_matrix(np.concatenate([kept[:, :2] * scale, (kept[:, 2] + shift)[:, None]], axis=1))
        try:
            yield
        finally:
            self._set_matrix(kept)

    def to_pixels(self, points: Points) -> np.ndarray:
        """Map object units to pixels, float64 (N, 2)."""
        return np.asarray(points, dtype=np.float64) @ self._matrix[:, :2].T + self._matrix[:, 2]

    def mask(self, *polygons: Points) -> np.ndarray:
        """Fill polygons (their union). Returns float32 (400, 400), 0..1."""
        shapes = [self.to_pixels(polygon) for polygon in polygons]
        box = _covering(shapes, 2)
        fine = _fine(box)
        for shape in shapes:
            cv2.fillPoly(fine, [_fixed(shape, box)], 255, cv2.LINE_AA, _SHIFT)
        return _averaged(fine, box)

    def lines(self, polylines: Sequence[Points], width: float) -> np.ndarray:
        """Draw open lines of a width in object units. Returns float32 (400, 400), 0..1."""
        shapes = [self.to_pixels(line) for line in polylines]
        box = _covering(shapes, 2 + round(width * self.unit_px))
        fine = _fine(box)
        thickness = width * self.unit_px * _FINE
        strength = min(1.0, thickness)
        fixed = [_fixed(shape, box) for shape in shapes]
        cv2.polylines(fine, fixed, False, 255 * strength, max(1, round(thickness)), cv2.LINE_AA, _SHIFT)
        return _averaged(fine, box)

    def paint(
        self,
        mask: np.ndarray,
        skin: Skin,
        *,
        relief: Relief | None = None,
        turn: float = 0.0,
        cast: float = 0.0,
        shade: float = 1.0,
    ) -> None:
        """Paint a lit part over what is there.

        Args:
            mask: float32 (400, 400) from `mask`, may be a product of several.
            skin: Color, pattern and bumps.
            relief: How the part bulges, folds and shines; flat when left out.
            turn: Turn of the pattern against the object, radians.
            cast: Strength of the shadow the part throws on what lies below it, 0..1.
            shade: Factor on the brightness, for parts that face away.
        """
        box = bounds(mask)
        if box is None:
            return
        rows, columns = box
        part = mask[box]
        color, bumps = skin.sample(self._tile_map(rows.start, columns.start, turn), part.shape)
        shaded = lit(color * shade, part, bumps, relief or Relief(), light=self.light, unit_px=self.unit_px, box=box)
        if cast > 0:
            self._cast(mask, box, cast)
        self._over(box, part, shaded)

    def paint_pixels(self, mask: np.ndarray, rgb: np.ndarray, *, cast: float = 0.0) -> None:
        """Paint ready colors, float32 (400, 400, 3) or as large as the mask's bounds, through a mask."""
        box = bounds(mask)
        if box is None:
            return
        if cast > 0:
            self._cast(mask, box, cast)
        self._over(box, mask[box], rgb[box] if rgb.shape[:2] == mask.shape else rgb)

    def tint(self, mask: np.ndarray, color: np.ndarray, opacity: float = 1.0) -> None:
        """Color what is already drawn, never outside it."""
        box = bounds(mask)
        if box is None:
            return
        share = mask[box] * np.float32(opacity)
        self.rgb[box] *= spread(1 - share)
        self.rgb[box] += colored(self.alpha[box] * share, color)

    def seam(self, polylines: Sequence[Points], *, width: float = 0.008, depth: float = 0.35) -> None:
        """Press lines into what is drawn: a dark line with a light lower lip."""
        line = self.lines(polylines, width)
        box = bounds(line, margin=3)
        if box is None:
            return
        pressed = line[box]
        lip = np.maximum(shifted(pressed, 1, 1) - pressed, 0) * np.float32(depth * 0.32)
        part = self.rgb[box]
        part *= spread(1 - np.float32(depth) * pressed)
        part += (spread(self.alpha[box]) - part) * spread(lip)

    def stitches(
        self, polylines: Sequence[Points], color: np.ndarray, *, width: float = 0.008, length: float = 0.028
    ) -> None:
        """Sew dashed thread along lines."""
        dashes = [dash for line in polylines for dash in dashed(line, length)]
        if dashes:
            self.tint(self.lines(dashes, width), color, 0.85)

    def _over(self, box: tuple[slice, slice], part: np.ndarray, color: np.ndarray) -> None:
        below = self.rgb[box]
        below += (color - below) * spread(part)
        self.alpha[box] += part * (1 - self.alpha[box])

    def _cast(self, mask: np.ndarray, box: tuple[slice, slice], strength: float) -> None:
        rows, columns = box
        reach = round(0.07 * self.unit_px)
        wide = (
            slice(max(0, rows.start - reach), min(SIDE, rows.stop + reach)),
            slice(max(0, columns.start - reach), min(SIDE, columns.stop + reach)),
        )
        offset = 0.018 * self.unit_px
        moved = shifted(mask[wide], round(offset), round(offset * 1.3))
        shadow = blurred(moved, 0.022 * self.unit_px)
        self.rgb[wide] *= spread(1 - np.float32(strength) * shadow)

    def _tile_map(self, top: int, left: int, turn: float) -> np.ndarray:
        """Map pixels of a box to pixels of a pattern tile (one tile pixel is 1/UNIT object units)."""
        cos, sin = np.cos(-turn) * UNIT, np.sin(-turn) * UNIT
        spin = np.array([[cos, -sin], [sin, cos]])
        corner = self._inverse @ (np.array([left, top]) - self._matrix[:, 2])
        return np.concatenate([spin @ self._inverse, (spin @ corner)[:, None]], axis=1)

    def _set_matrix(self, matrix: np.ndarray) -> None:
        self._matrix = matrix
        self._inverse = np.linalg.inv(matrix[:, :2])


def _covering(shapes: Sequence[np.ndarray], margin: int) -> tuple[int, int, int, int]:
    """Find the part of the picture that shapes can touch: left, top, right, bottom in pixels."""
    points = shapes[0] if len(shapes) == 1 else np.concatenate(shapes)
    (low_x, low_y), (high_x, high_y) = points.min(axis=0), points.max(axis=0)
    left, top = (min(max(int(low) - margin, 0), SIDE - 1) for low in (low_x, low_y))
    right, bottom = (min(int(high) + margin + 2, SIDE) for high in (high_x, high_y))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _fine(box: tuple[int, int, int, int]) -> np.ndarray:
    left, top, right, bottom = box
    return np.zeros(((bottom - top) * _FINE, (right - left) * _FINE), dtype=np.uint8)


def _fixed(pixels: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """Turn pixels into OpenCV's fixed point coordinates on the finer grid of a box."""
    fine = (pixels - box[:2]) * _FINE + (_FINE - 1) / 2
    return np.round(fine * (1 << _SHIFT)).astype(np.int32)


def _averaged(fine: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    left, top, right, bottom = box
    mask = np.zeros((SIDE, SIDE), dtype=np.float32)
    small = cv2.resize(fine, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    np.multiply(small, np.float32(1 / 255), out=mask[top:bottom, left:right])
    return mask


def bounds(mask: np.ndarray, *, margin: int = 0) -> tuple[slice, slice] | None:
    """Find the rows and columns a mask covers; None for an empty one."""
    left, top, width, height = cv2.boundingRect((mask > 0.004).view(np.uint8))
    if not width:
        return None
    bottom, right = min(top + height + margin, mask.shape[0]), min(left + width + margin, mask.shape[1])
    return slice(max(0, top - margin), bottom), slice(max(0, left - margin), right)


def dashed(line: Points, length: float) -> list[np.ndarray]:
    """Cut a line into dashes with gaps of two thirds of their length."""
    points = np.asarray(line, dtype=np.float64)
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    starts = np.arange(0, steps[-1] - length, length * 1.66)
    ends = [np.stack([np.interp([s, s + length], steps, points[:, k]) for k in (0, 1)], axis=1) for s in starts]
    return ends
