"""Things turned on a wheel or lathe: a profile spun around an upright axis, seen from slightly above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.catalog.demo.studio.canvas import SIDE, UNIT, Canvas, bounds
from core.catalog.demo.studio.curves import Points, ellipse, smooth
from core.catalog.demo.studio.light import toned
from core.catalog.demo.studio.pixels import colored, spread
from core.catalog.demo.studio.skins import Skin


@dataclass(frozen=True)
class Finishing:
    """How a turned surface answers light: `gloss` of a window, `sheen` broad, `glow` from inside, `metal` bands."""

    gloss: float = 0.0
    sheen: float = 0.0
    glow: float = 0.0
    metal: float = 0.0


def paint_turned(
    canvas: Canvas,
    profile: Points,
    skin: Skin,
    *,
    tilt: float = 0.2,
    finishing: Finishing | None = None,
    center: float = 0.0,
    spin: float = 0.0,
    cast: float = 0.0,
) -> np.ndarray:
    """Paint the outside of a turned body.

    Args:
        canvas: Drawn on without its turn; its scale and shift hold.
        profile: (radius, y) from top to bottom, object units; drawn smooth.
        skin: Wraps around the body, keeping its scale in the middle.
        tilt: Height of a rim's ellipse over its width: how far from above the picture is taken.
        finishing: Answer to light.
        center: x of the axis.
        spin: Turn around the axis, radians.
        cast: Shadow thrown on what lies below.

    Returns:
        The body's mask, float32 (400, 400).
    """
    curve = smooth(profile)
    mask = body_mask(canvas, curve, tilt, center)
    box = bounds(mask)
    if box is None:
        return mask
    finishing = finishing or Finishing()
    across, height, radius, slope = _surface(canvas, curve, box, tilt, center)
    around = np.clip(across / radius, -1, 1)
    forward = np.sqrt(np.maximum(1 - around * around, 0.0))
    wrap = (np.arcsin(around) + np.float32(spin)) * np.float32(curve[:, 0].mean()) * np.float32(UNIT)
    color, bumps = skin.wrapped(wrap.astype(np.float32), (height * np.float32(UNIT)).astype(np.float32))
    length = 1 / np.sqrt(1 + slope * slope)
    normal_x, normal_y, normal_z = around * length, -slope * length, forward * length
    if bumps is not None:
        normal_x = normal_x - np.gradient(bumps, axis=1) * 0.6
        normal_y = normal_y - np.gradient(bumps, axis=0) * 0.6
    rgb = _shaded(canvas, color, (normal_x, normal_y, normal_z), finishing)
    canvas.paint_pixels(mask, rgb, cast=cast)
    return mask


def body_mask(canvas: Canvas, curve: np.ndarray, tilt: float, center: float) -> np.ndarray:
    """Fill the outline of a turned body: its sides and the ellipses of rim, foot and widest places."""
    right = np.add(curve, (center, 0))
    left = curve[::-1] * (-1, 1) + (center, 0)
    rings = [ellipse((center, y), (r, r * tilt), steps=64) for r, y in (curve[0], curve[-1])]
    return canvas.mask(np.concatenate([right, left]), *rings)


def paint_opening(
    canvas: Canvas,
    rim: tuple[float, float],
    inside: np.ndarray,
    *,
    tilt: float = 0.2,
    lip: float = 0.03,
    center: float = 0.0,
    rim_color: np.ndarray | None = None,
) -> np.ndarray:
    """Paint the opening of a hollow body, its lip and inner wall. Returns the opening's mask."""
    radius, y = rim
    outer = canvas.mask(ellipse((center, y), (radius, radius * tilt), steps=72))
    inner = canvas.mask(ellipse((center, y + 0.2 * lip * tilt), (radius - lip, (radius - lip) * tilt * 0.98), steps=72))
    lip_color = inside if rim_color is None else rim_color
    canvas.paint_pixels(outer, _sideways(canvas, lip_color, 1.12, 0.96))
    canvas.paint_pixels(inner, _sideways(canvas, inside, 0.5, 0.92))
    return inner


def _sideways(canvas: Canvas, color: np.ndarray, left: float, right: float) -> np.ndarray:
    middle = canvas.to_pixels([(0.0, 0.0)])[0][0]
    ramp = np.clip((np.arange(SIDE, dtype=np.float32) - middle) / (0.9 * canvas.unit_px) + 0.5, 0, 1)
    light = np.broadcast_to((left + (right - left) * ramp).astype(np.float32), (SIDE, SIDE))
    return np.clip(colored(light, color), 0, 1)


def _surface(
    canvas: Canvas, curve: np.ndarray, box: tuple[slice, slice], tilt: float, center: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find, for each pixel of a box, its distance from the axis, height, the radius there and the wall's slope."""
    rows, columns = box
    (axis_x, axis_y), unit = canvas.to_pixels([(center, 0.0)])[0], canvas.unit_px
    x = ((np.arange(columns.start, columns.stop) - axis_x) / unit).astype(np.float32)[None, :]
    y = ((np.arange(rows.start, rows.stop) - axis_y) / unit).astype(np.float32)[:, None]
    top, bottom = float(curve[0, 1]), float(curve[-1, 1])
    levels = np.linspace(top, bottom, 512)
    order = np.argsort(curve[:, 1], kind="stable")
    radii = np.interp(levels, curve[order, 1], curve[order, 0])
    slopes = np.clip(np.gradient(radii, levels), -2.5, 2.5)
    radii, slopes = (
        np.maximum(radii, 0.012).astype(np.float32),
        np.convolve(slopes, np.ones(15) / 15, "same").astype(np.float32),
    )
    scale = np.float32(511 / max(bottom - top, 1e-6))
    height = np.broadcast_to(y, (y.shape[0], x.shape[1]))
    across = np.broadcast_to(x, height.shape)
    squared = across * across
    for _ in range(3):
        index = np.clip((height - np.float32(top)) * scale, 0, 511).astype(np.int32)
        reach = radii[index]
        height = y - np.float32(tilt) * np.sqrt(np.maximum(reach * reach - squared, 0))
    index = np.clip((height - np.float32(top)) * scale, 0, 511).astype(np.int32)
    return across, height, radii[index], slopes[index]


def _shaded(
    canvas: Canvas, color: np.ndarray, normal: tuple[np.ndarray, np.ndarray, np.ndarray], finishing: Finishing
) -> np.ndarray:
    x, y, z = normal
    key, fill = canvas.light.key, canvas.light.fill
    facing = np.maximum(x * key[0] + y * key[1] + z * key[2], 0)
    brightness = fill * 0.92 + (1 - fill) * facing * 1.35 + 0.1 * np.maximum(x, 0) ** 3
    brightness *= 0.72 + 0.28 * np.minimum(1, z * 2.2)
    if finishing.metal > 0:
        bands = (
            0.55
            + 0.75 * np.exp(-(((x + 0.42) / 0.2) ** 2))
            + 0.35 * np.exp(-(((x - 0.62) / 0.13) ** 2))
            - 0.25 * np.exp(-(((x - 0.1) / 0.25) ** 2))
        )
        brightness = brightness * (1 - finishing.metal) + bands * finishing.metal
    rgb = toned(color, brightness)
    if finishing.glow > 0:
        warm = np.array([1.0, 0.9, 0.68], np.float32)
        rgb = rgb * (1 - finishing.glow * 0.55) + color * colored(np.float32(finishing.glow) * (0.55 + 0.55 * z), warm)
    if finishing.gloss > 0:
        window = np.exp(-(((x + 0.5) / 0.09) ** 2)) * np.clip((0.55 - np.abs(y + 0.1)) * 5, 0, 1)
        edge = np.exp(-(((x - 0.8) / 0.06) ** 2)) * 0.4
        rgb += spread((window + edge) * np.float32(finishing.gloss * 0.55))
    if finishing.sheen > 0:
        rgb += spread(np.exp(-(((x + 0.4) / 0.3) ** 2)) * np.float32(finishing.sheen * 0.22))
    return np.clip(rgb, 0, 1)
