"""Colors by name: which of a few plain names a product shows, for filters, and the color a name stands for."""

from functools import lru_cache

import numpy as np

from core.catalog.color_names import COLOR_NAMES
from core.errors import SettingsError
from core.vision.color_histogram import GRID, unpacked_roots
from core.vision.oklab import rgb_to_oklab

NAMED_COLORS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "black": ((0, 0, 0), (40, 40, 42)),
    "gray": ((128, 128, 128), (84, 84, 84), (180, 180, 180)),
    "white": ((255, 255, 255), (235, 235, 235)),
    "beige": ((232, 216, 184), (210, 190, 155)),
    "brown": ((139, 69, 19), (84, 43, 20), (120, 85, 60)),
    "red": ((205, 20, 30), (150, 20, 30)),
    "orange": ((245, 130, 30),),
    "yellow": ((250, 220, 40), (212, 175, 55)),
    "green": ((30, 130, 50), (110, 125, 55), (60, 200, 80), (25, 75, 45)),
    "teal": ((0, 128, 128), (64, 200, 200)),
    "blue": ((30, 80, 200), (90, 150, 220), (70, 110, 150)),
    "navy": ((0, 0, 128), (10, 20, 80), (25, 35, 65)),
    "purple": ((110, 40, 140), (170, 140, 210)),
    "pink": ((255, 150, 190), (230, 40, 130), (220, 170, 175)),
}
"""Plain names and colors that stand for each: what is nearest to one of them in OKLab bears the name."""

SHOWN_SHARE = 0.3
"""A product shows a color that covers at least this share of it, or that covers more than any other."""

_CHROMA_STRETCH = 2.0
_BLOCK_PRODUCTS = 32_768


@lru_cache(maxsize=1)
def _name_of_grid() -> np.ndarray:
    """Give the place of the name of each color of the grid; intp (C,)."""
    stretch = np.array([1.0, _CHROMA_STRETCH, _CHROMA_STRETCH])
    colors = [(place, rgb) for place, name in enumerate(NAMED_COLORS) for rgb in NAMED_COLORS[name]]
    examples = rgb_to_oklab(np.array([rgb for _place, rgb in colors], np.uint8)) * stretch
    squared = ((GRID[:, None, :] * stretch - examples[None]) ** 2).sum(axis=2)
    return np.array([place for place, _rgb in colors])[squared.argmin(axis=1)]


def named_shares(histograms: np.ndarray) -> np.ndarray:
    """Tell how much of each product bears which name.

    Args:
        histograms: uint8 (N, C), packed.

    Returns:
        float32 (N, names), rows of sum 1, in the order of :data:`NAMED_COLORS`; 0 where colors are unknown.
    """
    of_name = np.eye(len(NAMED_COLORS), dtype=np.float32)[_name_of_grid()]
    shares = np.empty((len(histograms), len(NAMED_COLORS)), np.float32)
    for start in range(0, len(histograms), _BLOCK_PRODUCTS):
        block = slice(start, start + _BLOCK_PRODUCTS)
        found = (unpacked_roots(histograms[block]) ** 2) @ of_name
        total = found.sum(axis=1, keepdims=True)
        shares[block] = found / np.where(total > 0, total, 1)
    return shares


def shows_colors(shares: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Tell which products show one of some colors.

    Args:
        shares: From `named_shares`.
        names: Of :data:`NAMED_COLORS`.

    Returns:
        bool (N,); false where colors are unknown.

    Raises:
        SettingsError: A name is none of them.
    """
    unknown = [name for name in names if name not in NAMED_COLORS]
    if unknown:
        raise SettingsError(f"no color to filter by is called {unknown[0][:60]!r}: expected {', '.join(NAMED_COLORS)}")
    most = shares.max(axis=1) if len(shares) else np.zeros(0, np.float32)
    shown = np.zeros(len(shares), bool)
    for name in names:
        share = shares[:, list(NAMED_COLORS).index(name)]
        shown |= (share >= SHOWN_SHARE) | ((share == most) & (share > 0))
    return shown


def color_of_name(text: str) -> tuple[int, int, int]:
    """Give the color that a name of the trade, or ``#RRGGBB``, stands for.

    Raises:
        SettingsError: It is neither.
    """
    wanted = text.strip().casefold()
    digits = wanted.removeprefix("#")
    if wanted.startswith("#") and len(digits) == 6 and all(sign in "0123456789abcdef" for sign in digits):
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    for color in COLOR_NAMES:
        if color.rgb is not None and wanted in (color.name.casefold(), *color.synonyms):
            return color.rgb
    if wanted in NAMED_COLORS:
        return NAMED_COLORS[wanted][0]
    raise SettingsError(f"there is no color {text[:60]!r}: name one such as burgundy, or write it as #800020")
