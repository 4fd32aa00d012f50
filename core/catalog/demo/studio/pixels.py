"""Small operations on whole pictures, in the forms that run fast: three equal planes instead of a broadcast."""

from __future__ import annotations

import cv2
import numpy as np

_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_MOST_REPEATS = 60


def spread(field: np.ndarray) -> np.ndarray:
    """Repeat a field (H, W) for three channels, float32 (H, W, 3); far faster to multiply by than a broadcast."""
    return cv2.merge((field, field, field))


def colored(field: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Multiply a field (H, W) by a color (3,). Returns float32 (H, W, 3)."""
    return cv2.merge([field * np.float32(part) for part in color])


def filled(color: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Fill a picture with one color. Returns float32 (H, W, 3)."""
    return cv2.merge([np.full(shape[:2], part, np.float32) for part in color])


def shifted(field: np.ndarray, across: int, down: int) -> np.ndarray:
    """Move a field by whole pixels to the right and down, zeros coming in."""
    moved = np.zeros_like(field)
    height, width = field.shape[:2]
    if across < width and down < height:
        moved[down:, across:] = field[: height - down, : width - across]
    return moved


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """Turn a float32 picture in 0..1 into uint8, clipping."""
    return cv2.convertScaleAbs(picture, alpha=255)


def laid(tile: np.ndarray, warp: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sample a repeating tile through an affine (2, 3) or perspective (3, 3) map from picture to tile.

    The tile is repeated as often as the map needs before sampling: OpenCV's own wrapping is several times slower.

    Returns:
        (H, W) or (H, W, 3) of the tile's dtype.
    """
    height, width = shape[:2]
    low, high = _reach(warp, width, height)
    side = np.array(tile.shape[1::-1])
    first = np.floor((low - 2) / side)
    across, down = (int(count) for count in np.ceil((high + 2) / side) - first)
    sample = cv2.warpAffine if len(warp) == 2 else cv2.warpPerspective
    if not 0 < across * down <= _MOST_REPEATS:
        return sample(tile, warp, (width, height), flags=_WARP, borderMode=cv2.BORDER_WRAP)
    big = np.tile(tile, (down, across, *([1] if tile.ndim == 3 else [])))
    whole = warp.copy()
    whole[:2] -= (first * side)[:, None] * (warp[2] if len(warp) == 3 else np.array([0, 0, 1]))
    return sample(big, whole, (width, height), flags=_WARP, borderMode=cv2.BORDER_REPLICATE)


def _reach(warp: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the smallest and largest tile coordinates a map touches; infinite when it passes the horizon."""
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)], np.float64) @ warp.T
    if len(warp) == 3:
        if corners[:, 2].min() <= 0 < corners[:, 2].max():
            return np.zeros(2), np.full(2, 1e6)
        corners = corners[:, :2] / corners[:, 2:]
    return corners.min(axis=0), corners.max(axis=0)


def looked_up(tile: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Sample a repeating tile at given places, float32 (H, W) each, in tile pixels."""
    height, width = tile.shape[:2]
    padded = cv2.copyMakeBorder(tile, 0, 1, 0, 1, cv2.BORDER_WRAP)
    return cv2.remap(
        padded,
        np.mod(across, np.float32(width)),
        np.mod(down, np.float32(height)),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
