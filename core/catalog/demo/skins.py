"""A skin is what a part is covered with: a plain color or a tile that repeats, with bumps of its own."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_REPEAT = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@dataclass(frozen=True)
class Skin:
    """Color, float32 (3,); optional tile uint8 (T, T, 3) replacing it; optional bumps float32 (T, T) in pixels."""

    color: np.ndarray
    tile: np.ndarray | None = None
    bumps: np.ndarray | None = None

    def sample(self, tile_map: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray | None]:
        """Lay the skin over a box of pixels.

        Args:
            tile_map: float64 (2, 3) from box pixels to tile pixels.
            shape: (H, W) of the box.

        Returns:
            Colors float32 (H, W, 3) and heights float32 (H, W) or None.
        """
        size = (shape[1], shape[0])
        if self.tile is None:
            color = np.broadcast_to(self.color.astype(np.float32), (*shape[:2], 3))
        else:
            laid = cv2.warpAffine(self.tile, tile_map, size, flags=_REPEAT, borderMode=cv2.BORDER_WRAP)
            color = laid.astype(np.float32) * np.float32(1 / 255)
        if self.bumps is None:
            return color, None
        return color, cv2.warpAffine(self.bumps, tile_map, size, flags=_REPEAT, borderMode=cv2.BORDER_WRAP)

    def wrapped(self, across: np.ndarray, down: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Lay the skin along coordinates given per pixel, float32 (H, W), in tile pixels."""
        if self.tile is None:
            color = np.broadcast_to(self.color.astype(np.float32), (*across.shape, 3))
        else:
            laid = cv2.remap(self.tile, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
            color = laid.astype(np.float32) * np.float32(1 / 255)
        if self.bumps is None:
            return color, None
        return color, cv2.remap(self.bumps, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)

    def plain(self) -> Skin:
        """Give the same material without its pattern: the color and bumps only."""
        return Skin(self.color, None, self.bumps)

    def recolored(self, color: np.ndarray) -> Skin:
        """Give another plain color with the same bumps."""
        return Skin(color.astype(np.float32), None, self.bumps)
