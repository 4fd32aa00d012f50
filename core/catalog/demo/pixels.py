"""Small operations on whole pictures, in the forms that run fast: three equal planes instead of a broadcast."""

from __future__ import annotations

import cv2
import numpy as np

_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


def spread(field: np.ndarray) -> np.ndarray:
    """Repeat a field (H, W) for three channels, float32 (H, W, 3); multiplying by it is ten times a broadcast's speed."""
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
    """Turn a float32 picture in 0..1 into uint8, clipping; the given array is used up."""
    return cv2.convertScaleAbs(np.maximum(picture, 0, out=picture), alpha=255)


def laid(tile: np.ndarray, warp: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sample a repeating tile through an affine (2, 3) or perspective (3, 3) map from picture to tile.

    The tile is repeated as often as the map needs before sampling: OpenCV's own wrapping is several times slower.

    Returns:
        (H, W) or (H, W, 3) of the tile's dtype.
    """
    height, width = shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    homogeneous = np.concatenate([corners, np.ones((4, 1))], axis=1) @ warp.T
    reach = homogeneous if len(warp) == 2 else homogeneous[:, :2] / homogeneous[:, 2:]
    side = np.array(tile.shape[1::-1])
    first = np.floor((reach.min(axis=0) - 2) / side)
    repeats = (np.ceil((reach.max(axis=0) + 2) / side) - first).astype(int)
    sample = cv2.warpAffine if len(warp) == 2 else cv2.warpPerspective
    if len(warp) == 3 and ((homogeneous[:, 2] <= 0).any() or repeats.prod() > 60):
        return sample(tile, warp, (width, height), flags=_WARP, borderMode=cv2.BORDER_WRAP)
    big = np.tile(tile, (repeats[1], repeats[0], *([1] if tile.ndim == 3 else [])))
    back = np.eye(3)
    back[:2, 2] = -first * side
    whole = back @ (warp if len(warp) == 3 else np.vstack([warp, [0, 0, 1]]))
    return sample(big, whole[: len(warp)], (width, height), flags=_WARP, borderMode=cv2.BORDER_REPLICATE)


def looked_up(tile: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Sample a repeating tile at given places, float32 (H, W) each, in tile pixels."""
    height, width = tile.shape[:2]
    padded = cv2.copyMakeBorder(tile, 0, 1, 0, 1, cv2.BORDER_WRAP)
    return cv2.remap(padded, np.mod(across, np.float32(width)), np.mod(down, np.float32(height)), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
