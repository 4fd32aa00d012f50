"""Boxes and round bars in space, for furniture: a camera, rounded boxes, tubes, and their shadow on the floor.

World coordinates: x right, y up from the floor, z towards the viewer, in object units.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.catalog.demo.studio.canvas import UNIT, Canvas, bounds
from core.catalog.demo.studio.curves import Points, rounded, tapered
from core.catalog.demo.studio.light import Relief, blurred, normals, toned
from core.catalog.demo.studio.pixels import filled, laid, spread
from core.catalog.demo.studio.skins import Skin

_FACES = (
    ((0, 0, 1), ((-1, 1, 1), (1, 1, 1), (1, -1, 1), (-1, -1, 1))),
    ((1, 0, 0), ((1, 1, 1), (1, 1, -1), (1, -1, -1), (1, -1, 1))),
    ((-1, 0, 0), ((-1, 1, -1), (-1, 1, 1), (-1, -1, 1), (-1, -1, -1))),
    ((0, 1, 0), ((-1, 1, -1), (1, 1, -1), (1, 1, 1), (-1, 1, 1))),
)
Spot = tuple[float, float, float]


@dataclass(frozen=True)
class Camera:
    """Where furniture is seen from: yaw and pitch in radians, distance and downward shift in object units."""

    yaw: float
    pitch: float
    distance: float = 6.0
    lift: float = 0.0

    def to_view(self, points: np.ndarray) -> np.ndarray:
        """Turn world coordinates (N, 3) into camera axes (right, up, towards the viewer)."""
        cy, sy = np.cos(self.yaw), np.sin(self.yaw)
        cp, sp = np.cos(self.pitch), np.sin(self.pitch)
        x, y, z = np.asarray(points, dtype=np.float64).T
        x, z = x * cy + z * sy, -x * sy + z * cy
        return np.stack([x, y * cp - z * sp, y * sp + z * cp], axis=1)

    def project(self, points: Points | np.ndarray) -> np.ndarray:
        """Project world coordinates (N, 3) to object units on the picture (N, 2), y down."""
        view = self.to_view(np.asarray(points))
        scale = self.distance / (self.distance - view[:, 2])
        return np.stack([view[:, 0] * scale, self.lift - view[:, 1] * scale], axis=1)


@dataclass(frozen=True)
class Stage:
    """A canvas and the camera it is seen through."""

    canvas: Canvas
    camera: Camera


def paint_box(
    stage: Stage,
    center: Spot,
    size: Spot,
    skin: Skin,
    *,
    softness: float = 0.012,
    gloss: float = 0.0,
    cast: float = 0.0,
    folds: np.ndarray | None = None,
) -> np.ndarray:
    """Paint a box with rounded edges; returns its mask.

    Args:
        stage: Canvas and camera.
        center: Middle of the box in the world.
        size: Width, height, depth.
        skin: Covers every face, running along its longer side.
        softness: Radius of the edges, object units.
        gloss: Highlight, 0..1.
        cast: Shadow on what lies below.
        folds: Extra height field (400, 400) for upholstery.
    """
    corners = _corners(center, size)
    hull = cv2.convexHull(stage.camera.project(corners).astype(np.float32))[:, 0]
    mask = stage.canvas.mask(rounded(hull, rounds=3, share=min(0.25, softness * 2.2)) if softness > 0.02 else hull)
    box = bounds(mask)
    if box is None:
        return mask
    color, normal = _covered(stage, center, size, skin, box)
    facing = list(cv2.split(blurred(normal, max(0.5, softness * stage.canvas.unit_px * 0.7))))
    if folds is not None:
        nx, ny, _ = normals(folds[box] * stage.canvas.unit_px)
        facing[0], facing[1] = facing[0] + nx, facing[1] + ny
    stage.canvas.paint_pixels(mask, _shade_faces(stage.canvas, color, facing, mask[box], gloss), cast=cast)
    add_shadow(stage, corners)
    return mask


def paint_bar(
    stage: Stage,
    start: Spot,
    end: Spot,
    widths: tuple[float, float],
    skin: Skin,
    *,
    gloss: float = 0.0,
    cast: float = 0.0,
) -> None:
    """Paint a round bar between two places (legs, spindles)."""
    line = stage.camera.project(np.array([start, end]))
    lean = float(np.arctan2(line[1, 0] - line[0, 0], line[1, 1] - line[0, 1]))
    stage.canvas.paint(
        stage.canvas.mask(tapered(line, widths, curved=False)),
        skin,
        relief=Relief(puff=max(widths) * 0.5, depth=0.9, rim=0.25, gloss=gloss),
        turn=np.pi / 2 - lean,
        cast=cast,
    )
    ends = np.array([start, end, start, end]) + np.array([[-0.03, 0, 0], [-0.03, 0, 0], [0.03, 0, 0], [0.03, 0, 0]])
    add_shadow(stage, ends)


def paint_disc(
    stage: Stage, center: Spot, radius: float, thickness: float, skin: Skin, *, cast: float = 0.0, gloss: float = 0.0
) -> None:
    """Paint a round or oval top: the edge first, then the lit surface with its grain in perspective."""
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ring = np.stack(
        [np.cos(angle) * radius + center[0], np.full(64, center[1]), np.sin(angle) * radius + center[2]],
        axis=1,
    )
    low = ring - (0, thickness, 0)
    side = cv2.convexHull(np.concatenate([stage.camera.project(ring), stage.camera.project(low)]).astype(np.float32))[
        :, 0
    ]
    stage.canvas.paint(
        stage.canvas.mask(side), skin, relief=Relief(puff=0.05, depth=0.5, rim=0.1), shade=0.74, cast=cast
    )
    add_shadow(stage, ring)
    top = stage.canvas.mask(stage.camera.project(ring))
    box = bounds(top)
    if box is None:
        return
    corners = np.array([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)]) * radius + center
    color = _warped(stage, corners, (2 * radius, 2 * radius), skin, box)
    stage.canvas.paint_pixels(top, _top_light(color, gloss))


def add_shadow(stage: Stage, points: np.ndarray) -> None:
    """Darken the floor where the light, from above and the left, is kept off by the hull of some points."""
    floor = np.asarray(points, dtype=np.float64).copy()
    floor[:, 0] += floor[:, 1] * 0.22
    floor[:, 2] -= floor[:, 1] * 0.05
    floor[:, 1] = 0
    hull = cv2.convexHull(stage.camera.project(floor).astype(np.float32))[:, 0]
    stage.canvas.ground = np.maximum(stage.canvas.ground, stage.canvas.mask(hull))


def _corners(center: Spot, size: Spot) -> np.ndarray:
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)
    return signs * np.array(size) / 2 + center


def _covered(
    stage: Stage, center: Spot, size: Spot, skin: Skin, box: tuple[slice, slice]
) -> tuple[np.ndarray, np.ndarray]:
    """Lay the skin on the visible faces of a box and note which way each pixel faces."""
    rows, columns = box
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    color = filled(skin.color, shape)
    normal = filled(np.array([0, 0, 1]), shape)
    half = np.array(size) / 2
    faces = []
    for outward, signs in _FACES:
        corners = np.array(signs) * half + center
        facing = stage.camera.to_view(np.array([outward]) * 1.0)[0]
        to_eye = np.array([0, 0, stage.camera.distance]) - stage.camera.to_view(corners.mean(axis=0)[None])[0]
        if facing @ to_eye > 0:
            faces.append((float(stage.camera.to_view(corners)[:, 2].mean()), outward, corners, facing))
    for _, outward, corners, facing in sorted(faces, key=lambda face: face[0]):
        pixels = stage.canvas.to_pixels(stage.camera.project(corners)) - (columns.start, rows.start)
        inside = np.zeros(shape, np.uint8)
        fixed = np.round(_grown(pixels, 1.5) * 16).astype(np.int32)
        cv2.fillConvexPoly(inside, fixed, 1, cv2.LINE_8, 4)
        spans = (size[0], size[1]) if outward[2] else (size[2], size[1]) if outward[0] else (size[0], size[2])
        if skin.tile is not None:
            cv2.copyTo(_warped(stage, corners, spans, skin, box), inside, color)
        cv2.fillConvexPoly(normal, fixed, (float(facing[0]), -float(facing[1]), float(facing[2])), cv2.LINE_8, 4)
    return color, normal


def _grown(polygon: np.ndarray, by: float) -> np.ndarray:
    middle = polygon.mean(axis=0)
    away = polygon - middle
    return middle + away * (1 + by / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1))


def _warped(
    stage: Stage,
    corners: np.ndarray,
    spans: tuple[float, float],
    skin: Skin,
    box: tuple[slice, slice],
) -> np.ndarray:
    """Sample the skin over a flat rectangle in perspective, grain along its longer side. Returns float32 (H, W, 3)."""
    rows, columns = box
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    if skin.tile is None:
        return filled(skin.color, shape)
    wide, tall = (span * UNIT for span in spans)
    offset = float(abs(corners[0] @ (37.0, 91.0, 53.0)) % 200)
    local = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32) + offset
    if tall > wide:
        local = local[:, ::-1].copy()
    pixels = (stage.canvas.to_pixels(stage.camera.project(corners)) - (columns.start, rows.start)).astype(np.float32)
    warp = cv2.getPerspectiveTransform(pixels, local)
    return laid(skin.tile, warp, shape).astype(np.float32) * np.float32(1 / 255)


def _shade_faces(
    canvas: Canvas, color: np.ndarray, normal: list[np.ndarray], part: np.ndarray, gloss: float
) -> np.ndarray:
    key, fill = canvas.light.key, canvas.light.fill
    length = 1 / np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2 + 1e-6)
    facing = np.maximum((normal[0] * key[0] + normal[1] * key[1] + normal[2] * key[2]) * length, 0)
    upward = np.maximum(-normal[1] * length, 0)
    brightness = fill * 0.98 + (1 - fill) * facing * 1.15 + 0.14 * upward
    rim = np.clip(2 * (1 - blurred(part, 0.014 * canvas.unit_px)), 0, 1)
    rgb = toned(color, brightness * (1 - np.float32(0.14) * rim))
    if gloss > 0:
        rgb += spread(cv2.pow(upward, 6) * np.float32(gloss * 0.35))
    return np.clip(rgb, 0, 1, out=rgb)


def _top_light(color: np.ndarray, gloss: float) -> np.ndarray:
    """Light a level surface: brighter towards the light on the left."""
    columns = np.linspace(1.13, 0.97, color.shape[1], dtype=np.float32)[None, :]
    rows = np.linspace(1.03, 0.98, color.shape[0], dtype=np.float32)[:, None]
    sheen = np.exp(-((np.linspace(-1, 1, color.shape[1], dtype=np.float32) + 0.35) ** 2) * 6)[None, :]
    return np.clip(toned(color, columns * rows) + spread(sheen * np.ones_like(rows) * np.float32(gloss * 0.3)), 0, 1)
