"""Light on soft things: relief from a mask, normals, diffuse light, gloss and darkened edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.catalog.demo.studio.pixels import spread


@dataclass(frozen=True)
class Light:
    """A key light from the top left over an even fill. `key` is a unit vector (right, down, towards the viewer)."""

    key: tuple[float, float, float] = (-0.42, -0.58, 0.70)
    fill: float = 0.52


@dataclass(frozen=True)
class Relief:
    """How a part stands out. `puff` is the radius of its rounded rim in object units, `depth` its steepness.

    `folds` is a height field (400, 400) in object units added to it; `gloss` 0..1 with highlights of sharpness
    `shine`; `rim` darkens the edge as if less light reached it.
    """

    puff: float = 0.0
    depth: float = 0.5
    folds: np.ndarray | None = None
    gloss: float = 0.0
    shine: float = 18.0
    rim: float = 0.2


def lit(
    color: np.ndarray,
    part: np.ndarray,
    bumps: np.ndarray | None,
    relief: Relief,
    *,
    light: Light,
    unit_px: float,
    box: tuple[slice, slice],
) -> np.ndarray:
    """Light a part.

    Args:
        color: float32 (H, W, 3) surface color, 0..1.
        part: float32 (H, W) mask of the part.
        bumps: float32 (H, W) fine height in pixels or None.
        relief: Bulge, folds, gloss.
        light: The scene's light.
        unit_px: Pixels of an object unit.
        box: Where the part lies in the picture (folds are cut there).

    Returns:
        float32 (H, W, 3). Source of the model: B.T. Phong, "Illumination for computer generated pictures", 1975
        (the half-vector form of J. Blinn, 1977).
    """
    distance = _distance(part)
    height = _rim_height(distance, relief, unit_px)
    if relief.folds is not None:
        height = height + relief.folds[box] * unit_px
    if bumps is not None:
        height = height + bumps
    normal_x, normal_y, normal_z = normals(height)
    facing = np.maximum(normal_x * light.key[0] + normal_y * light.key[1] + normal_z * light.key[2], 0)
    brightness = light.fill + (1 - light.fill) * facing / light.key[2]
    if relief.rim > 0:
        near = np.clip(1 - distance * np.float32(1 / (0.05 * unit_px)), 0, 1)
        brightness *= 1 - np.float32(relief.rim * 0.9) * near * near
    shaded = toned(color, brightness)
    if relief.gloss > 0:
        half = np.add(light.key, (0, 0, 1))
        half /= np.linalg.norm(half)
        towards = np.clip(normal_x * half[0] + normal_y * half[1] + normal_z * half[2], 0, 1)
        shaded += spread(cv2.pow(towards, relief.shine) * np.float32(relief.gloss))
    return np.clip(shaded, 0, 1, out=shaded)


def toned(color: np.ndarray, brightness: np.ndarray) -> np.ndarray:
    """Multiply a color by a brightness; what exceeds 1 turns towards white instead of clipping."""
    lower = color * spread(np.minimum(brightness, 1))
    extra = spread(np.clip(brightness - 1, 0, 0.8) * np.float32(0.55))
    extra *= color * np.float32(0.75) + np.float32(0.25)
    extra *= 1 - lower
    lower += extra
    return lower


def normals(height: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Turn a height field in pixels into unit normals (x right, y down, z up), three float32 (H, W)."""
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    length = 1 / np.sqrt(across * across + down * down + 1)
    return -across * length, -down * length, length


def blurred(field: np.ndarray, sigma_px: float) -> np.ndarray:
    """Blur with zeros outside; wide blurs run on a smaller copy, which is several times faster."""
    if sigma_px < 0.4:
        return field
    if sigma_px <= 1.6 or min(field.shape[:2]) < 24:
        return cv2.GaussianBlur(field, (0, 0), sigma_px, borderType=cv2.BORDER_CONSTANT)
    factor = max(2, round(sigma_px / 1.4))
    pad = 2 * factor
    padded = cv2.copyMakeBorder(field, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    size = (max(4, padded.shape[1] // factor), max(4, padded.shape[0] // factor))
    small = cv2.resize(padded, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / factor, borderType=cv2.BORDER_CONSTANT)
    return cv2.resize(small, padded.shape[1::-1], interpolation=cv2.INTER_CUBIC)[pad:-pad, pad:-pad]


def _distance(part: np.ndarray) -> np.ndarray:
    """Measure the distance to a part's edge in pixels, float32 (H, W), 0 outside; large parts at half the size."""
    height, width = part.shape
    scale = 2 if min(height, width) > 90 else 1
    small = part if scale == 1 else cv2.resize(part, (width // 2, height // 2), interpolation=cv2.INTER_LINEAR)
    inside = cv2.copyMakeBorder((small > 0.5).view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
    return (
        distance
        if scale == 1
        else cv2.resize(distance, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(scale)
    )


def _rim_height(distance: np.ndarray, relief: Relief, unit_px: float) -> np.ndarray:
    """Round the part's rim like a quarter circle of the puff radius."""
    if relief.puff <= 0:
        return np.zeros_like(distance)
    radius = max(1.5, relief.puff * unit_px)
    away = np.clip(1 - distance * np.float32(1 / radius), 0, 1)
    height = np.sqrt(1 - away * away) * np.float32(radius * relief.depth)
    return blurred(height, max(0.7, radius * 0.16))
