"""A skin is what a part is covered with: a plain color or a tile that repeats, with bumps of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.catalog.demo.studio.pixels import filled, laid, looked_up


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
        color = filled(self.color, shape) if self.tile is None else _unit(laid(self.tile, tile_map, shape))
        return color, None if self.bumps is None else laid(self.bumps, tile_map, shape)

    def wrapped(self, across: np.ndarray, down: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Lay the skin along coordinates given per pixel, float32 (H, W), in tile pixels."""
        color = filled(self.color, across.shape) if self.tile is None else _unit(looked_up(self.tile, across, down))
        return color, None if self.bumps is None else looked_up(self.bumps, across, down)

    def plain(self) -> Skin:
        """Give the same material without its pattern: the color and bumps only."""
        return Skin(self.color, None, self.bumps)

    def recolored(self, color: np.ndarray) -> Skin:
        """Give another plain color with the same bumps."""
        return Skin(color.astype(np.float32), None, self.bumps)


def _unit(tile: np.ndarray) -> np.ndarray:
    return tile.astype(np.float32) * np.float32(1 / 255)
