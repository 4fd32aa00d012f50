"""How much of a product has which color: a soft histogram over a grid of OKLab colors.

A pixel is shared out among the colors of the grid by a Gaussian of their distance, so that a small change of color is a
small change of the histogram: no edge between two bins tells neighbors apart.
"""

from functools import lru_cache

import numpy as np

from core.vision.oklab import rgb_to_oklab
from core.vision.product_pixels import product_weights, shrunk_picture

_BITS = 5  # a channel; 32 steps are finer than the grid
_CODES = 1 << 3 * _BITS
_SPREAD = 0.06  # OKLab; the grid's steps are 0.07 to 0.12
_GAMUT_SLACK = 0.03
_LIGHTNESS = np.linspace(0.05, 1.0, 9)
_CHROMA = np.arange(-4, 5) * 0.07
_CHROMA_STRETCH = 2.5  # one step of hue tells colors apart more than a step of light, which shadows make
_FULL = 255


def _grid_colors() -> np.ndarray:
    """Lay the grid over the colors that a screen can show."""
    grid = np.array([(light, a, b) for light in _LIGHTNESS for a in _CHROMA for b in _CHROMA])
    shown = rgb_to_oklab(_code_rgb()[::7])  # every seventh is dense enough to find the gamut
    squared = (shown**2).sum(axis=1) + (grid**2).sum(axis=1)[:, None] - 2 * grid @ shown.T
    return grid[squared.min(axis=1) < _GAMUT_SLACK**2]


def _code_rgb() -> np.ndarray:
    """Give the middle color of every code; uint8 (32768, 3)."""
    codes = np.arange(_CODES)
    channels = [codes >> 2 * _BITS, codes >> _BITS & 31, codes & 31]
    return np.stack([channel * 8 + 4 for channel in channels], axis=1).astype(np.uint8)


GRID = _grid_colors()
"""float64 (C, 3): the colors of the grid, OKLab."""
GRID.setflags(write=False)

COLORS = len(GRID)


def _nearest_codes() -> np.ndarray:
    """Give a screen color near each color of the grid; uint8 (C, 3)."""
    rgb = _code_rgb()[::7]
    shown = rgb_to_oklab(rgb)
    squared = (shown**2).sum(axis=1) + (GRID**2).sum(axis=1)[:, None] - 2 * GRID @ shown.T
    return np.asarray(rgb[squared.argmin(axis=1)])


GRID_RGB = _nearest_codes()
"""uint8 (C, 3): the colors of the grid, as a screen shows them."""
GRID_RGB.setflags(write=False)


@lru_cache(maxsize=1)
def _shares() -> np.ndarray:
    """Give how each code is shared out among the grid's colors; float32 (32768, C), rows of sum 1."""
    return soft_shares(_code_rgb())


def soft_shares(rgb: np.ndarray) -> np.ndarray:
    """Share colors out among the colors of the grid.

    Args:
        rgb: uint8 (M, 3).

    Returns:
        float32 (M, C), rows of sum 1.
    """
    stretch = np.array([1.0, _CHROMA_STRETCH, _CHROMA_STRETCH])
    colors, grid = rgb_to_oklab(rgb) * stretch, GRID * stretch
    squared = (colors**2).sum(axis=1)[:, None] + (grid**2).sum(axis=1) - 2 * colors @ grid.T
    closeness = np.exp(-np.maximum(squared, 0) / (2 * _SPREAD**2)).astype(np.float32)
    return closeness / np.maximum(closeness.sum(axis=1, keepdims=True), np.float32(1e-12))


def pixel_histogram(pixels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Count the colors of pixels.

    Args:
        pixels: uint8 (M, 3), RGB.
        weights: float (M,), how much each pixel counts; not all 0.

    Returns:
        float32 (C,), sum 1.
    """
    small = pixels.astype(np.int32) >> 8 - _BITS
    codes = (small[:, 0] << 2 * _BITS) | (small[:, 1] << _BITS) | small[:, 2]
    counts = np.bincount(codes, weights=weights, minlength=_CODES).astype(np.float32)
    used = np.flatnonzero(counts)
    histogram = counts[used] @ _shares()[used]
    return np.asarray(histogram / histogram.sum(), np.float32)


def palette_histogram(rgb: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Make the histogram of a few colors and their shares, as a palette or a color picker gives them.

    Args:
        rgb: uint8 (M, 3).
        shares: float (M,), at least 0, not all 0.

    Returns:
        float32 (C,), sum 1.
    """
    histogram = np.asarray(shares, np.float32) @ soft_shares(rgb)
    return np.asarray(histogram / histogram.sum(), np.float32)


def packed(histogram: np.ndarray) -> np.ndarray:
    """Write a histogram (..., C) in bytes; the square root keeps small shares apart."""
    return np.asarray(np.rint(np.sqrt(np.asarray(histogram, np.float32)) * _FULL), np.uint8)


def unpacked_roots(histogram: np.ndarray) -> np.ndarray:
    """Give the square roots of the shares of packed histograms; uint8 (..., C) to float32 (..., C), 0..1."""
    return histogram.astype(np.float32) * np.float32(1 / _FULL)


def picture_histogram(picture: np.ndarray) -> np.ndarray:
    """Find the colors of the product on a picture.

    Args:
        picture: uint8 (H, W, 3), RGB.

    Returns:
        uint8 (C,), packed.
    """
    small = shrunk_picture(picture)
    weights = product_weights(small).ravel()
    counted = weights > 0
    return packed(pixel_histogram(small.reshape(-1, 3)[counted], weights[counted]))
