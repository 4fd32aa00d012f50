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

from core.catalog.demo.curves import Points
from core.catalog.demo.light import Light, Relief, lit
from core.catalog.demo.skins import Skin

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
        self._matrix = pose.matrix()

    @property
    def unit_px(self) -> float:
        """Pixels of one object unit."""
        return UNIT * self.pose.scale

    @contextmanager
    def moved(self, across: float, down: float, *, scale: float = 1.0) -> Iterator[None]:
        """Draw shifted by object units and scaled, for the second shoe of a pair."""
        kept = self._matrix
        shift = kept[:, :2] @ np.array([across, down])
        self._matrix = np.concatenate([kept[:, :2] * scale, (kept[:, 2] + shift)[:, None]], axis=1)
        try:
            yield
        finally:
            self._matrix = kept

    def to_pixels(self, points: Points) -> np.ndarray:
        """Map object units to pixels, float64 (N, 2)."""
        return np.asarray(points, dtype=np.float64) @ self._matrix[:, :2].T + self._matrix[:, 2]

    def mask(self, *polygons: Points) -> np.ndarray:
        """Fill polygons (their union). Returns float32 (400, 400), 0..1."""
        fine = np.zeros((SIDE * _FINE, SIDE * _FINE), dtype=np.uint8)
        for polygon in polygons:
            cv2.fillPoly(fine, [self._fixed(polygon)], 255, cv2.LINE_AA, _SHIFT)
        return self._averaged(fine)

    def lines(self, polylines: Sequence[Points], width: float) -> np.ndarray:
        """Draw open lines of a width in object units. Returns float32 (400, 400), 0..1."""
        fine = np.zeros((SIDE * _FINE, SIDE * _FINE), dtype=np.uint8)
        thickness = width * self.unit_px * _FINE
        strength = min(1.0, thickness)
        fixed = [self._fixed(line) for line in polylines]
        cv2.polylines(fine, fixed, False, 255 * strength, max(1, round(thickness)), cv2.LINE_AA, _SHIFT)
        return self._averaged(fine)

    def paint(
        self, mask: np.ndarray, skin: Skin, *, relief: Relief | None = None, turn: float = 0.0, cast: float = 0.0, shade: float = 1.0
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
        """Paint ready colors, float32 (400, 400, 3), through a mask."""
        box = bounds(mask)
        if box is None:
            return
        if cast > 0:
            self._cast(mask, box, cast)
        self._over(box, mask[box], rgb[box])

    def tint(self, mask: np.ndarray, color: np.ndarray, opacity: float = 1.0) -> None:
        """Color what is already drawn, never outside it."""
        box = bounds(mask)
        if box is None:
            return
        share = (mask[box] * opacity)[..., None]
        self.rgb[box] = self.rgb[box] * (1 - share) + color * self.alpha[box][..., None] * share

    def scale_light(self, factor: np.ndarray) -> None:
        """Multiply the brightness of everything drawn by a field, float32 (400, 400)."""
        self.rgb *= factor[..., None]

    def seam(self, polylines: Sequence[Points], *, width: float = 0.008, depth: float = 0.35) -> None:
        """Press lines into what is drawn: a dark line with a light lower lip."""
        line = self.lines(polylines, width)
        box = bounds(line, margin=3)
        if box is None:
            return
        lip = cv2.warpAffine(line, np.float32([[1, 0, 1.1], [0, 1, 1.3]]), (SIDE, SIDE))
        self.rgb[box] *= (1 - depth * line[box])[..., None]
        gain = np.clip(lip[box] - line[box], 0, 1) * depth * 0.32
        self.rgb[box] += (self.alpha[box][..., None] - self.rgb[box]) * gain[..., None]

    def stitches(self, polylines: Sequence[Points], color: np.ndarray, *, width: float = 0.008, length: float = 0.028) -> None:
        """Sew dashed thread along lines."""
        dashes = [dash for line in polylines for dash in dashed(line, length)]
        if dashes:
            self.tint(self.lines(dashes, width), color, 0.85)

    def _over(self, box: tuple[slice, slice], part: np.ndarray, color: np.ndarray) -> None:
        share = part[..., None]
        self.rgb[box] = color * share + self.rgb[box] * (1 - share)
        self.alpha[box] = part + self.alpha[box] * (1 - part)

    def _cast(self, mask: np.ndarray, box: tuple[slice, slice], strength: float) -> None:
        rows, columns = box
        reach = round(0.07 * self.unit_px)
        wide = (
            slice(max(0, rows.start - reach), min(SIDE, rows.stop + reach)),
            slice(max(0, columns.start - reach), min(SIDE, columns.stop + reach)),
        )
        offset = 0.018 * self.unit_px
        moved = cv2.warpAffine(
            mask[wide], np.float32([[1, 0, offset], [0, 1, offset * 1.3]]), (wide[1].stop - wide[1].start, wide[0].stop - wide[0].start)
        )
        shadow = cv2.GaussianBlur(moved, (0, 0), 0.022 * self.unit_px)
        self.rgb[wide] *= (1 - strength * shadow)[..., None]

    def _tile_map(self, top: int, left: int, turn: float) -> np.ndarray:
        """Map pixels of a box to pixels of a pattern tile (one tile pixel is 1/UNIT object units)."""
        full = np.vstack([self._matrix, [0, 0, 1]])
        inverse = np.linalg.inv(full)
        cos, sin = np.cos(-turn), np.sin(-turn)
        spin = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
        corner = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], dtype=np.float64)
        return (np.diag([UNIT, UNIT, 1]) @ spin @ inverse @ corner)[:2]

    def _fixed(self, points: Points) -> np.ndarray:
        pixels = self.to_pixels(points) * _FINE + (_FINE - 1) / 2
        return np.round(pixels * (1 << _SHIFT)).astype(np.int32)

    @staticmethod
    def _averaged(fine: np.ndarray) -> np.ndarray:
        small = cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) * np.float32(1 / 255)


def bounds(mask: np.ndarray, *, margin: int = 0) -> tuple[slice, slice] | None:
    """Find the rows and columns a mask covers; None for an empty one."""
    rows = np.flatnonzero(mask.max(axis=1) > 0.004)
    if not len(rows):
        return None
    columns = np.flatnonzero(mask.max(axis=0) > 0.004)
    top, bottom = max(0, rows[0] - margin), min(mask.shape[0], rows[-1] + 1 + margin)
    left, right = max(0, columns[0] - margin), min(mask.shape[1], columns[-1] + 1 + margin)
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def dashed(line: Points, length: float) -> list[np.ndarray]:
    """Cut a line into dashes with gaps of two thirds of their length."""
    points = np.asarray(line, dtype=np.float64)
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    starts = np.arange(0, steps[-1] - length, length * 1.66)
    ends = [np.stack([np.interp([s, s + length], steps, points[:, k]) for k in (0, 1)], axis=1) for s in starts]
    return ends
