"""Named colors of the demo shop and what goes well with them. RGB, float32, 0..1."""

from __future__ import annotations

import colorsys

import numpy as np

NAMED: dict[str, tuple[int, int, int]] = {
    "black": (38, 38, 41),
    "charcoal": (74, 77, 82),
    "grey": (150, 152, 155),
    "white": (243, 242, 238),
    "cream": (235, 224, 202),
    "beige": (212, 192, 162),
    "camel": (190, 143, 94),
    "brown": (112, 74, 51),
    "navy": (40, 53, 92),
    "blue": (54, 99, 166),
    "light blue": (160, 194, 222),
    "teal": (34, 122, 124),
    "green": (58, 120, 80),
    "olive": (112, 112, 66),
    "sage": (164, 180, 152),
    "yellow": (236, 196, 74),
    "orange": (218, 116, 52),
    "red": (190, 48, 48),
    "burgundy": (112, 32, 48),
    "pink": (226, 152, 168),
    "lilac": (176, 156, 202),
    "purple": (98, 66, 130),
    "gold": (205, 164, 92),
    "silver": (192, 195, 200),
}

COMPANIONS: dict[str, tuple[str, ...]] = {
    "black": ("white", "grey", "camel", "red"),
    "charcoal": ("white", "light blue", "cream", "burgundy"),
    "grey": ("white", "navy", "pink", "yellow"),
    "white": ("navy", "red", "light blue", "olive", "black"),
    "cream": ("navy", "camel", "burgundy", "teal"),
    "beige": ("white", "brown", "navy", "olive"),
    "camel": ("cream", "black", "navy"),
    "brown": ("cream", "camel", "light blue"),
    "navy": ("white", "cream", "red", "light blue", "camel"),
    "blue": ("white", "navy", "yellow", "cream"),
    "light blue": ("white", "navy", "pink"),
    "teal": ("cream", "yellow", "navy"),
    "green": ("cream", "navy", "pink", "white"),
    "olive": ("cream", "camel", "black"),
    "sage": ("white", "cream", "brown"),
    "yellow": ("white", "grey", "navy"),
    "orange": ("cream", "navy", "brown"),
    "red": ("white", "navy", "cream", "black"),
    "burgundy": ("cream", "pink", "navy"),
    "pink": ("white", "burgundy", "grey", "green"),
    "lilac": ("white", "purple", "grey"),
    "purple": ("lilac", "cream", "yellow"),
    "gold": ("cream", "black"),
    "silver": ("white", "charcoal"),
}

BACKDROPS = (
    (226, 214, 200),
    (205, 214, 205),
    (232, 208, 200),
    (200, 212, 224),
    (238, 222, 186),
    (214, 208, 224),
    (188, 204, 206),
)


def rgb(name: str) -> np.ndarray:
    """Look up a named color. Returns float32 (3,), 0..1."""
    return np.array(NAMED[name], dtype=np.float32) / 255


def shade_of(name: str, chance: np.random.Generator) -> np.ndarray:
    """Draw one of the many shades a shop would still call by this name. Returns float32 (3,)."""
    hue, light, saturation = colorsys.rgb_to_hls(*rgb(name).tolist())
    hue = (hue + chance.normal(0, 0.008)) % 1.0
    light = float(np.clip(light + chance.normal(0, 0.022), 0.07, 0.965))
    saturation = float(np.clip(saturation * chance.uniform(0.85, 1.12), 0, 1))
    return np.array(colorsys.hls_to_rgb(hue, light, saturation), dtype=np.float32)


def companion_of(name: str, chance: np.random.Generator) -> str:
    """Choose the name of a second color that goes with a first one."""
    return str(chance.choice(COMPANIONS[name]))


def lighter(color: np.ndarray, share: float) -> np.ndarray:
    """Mix a color with white."""
    return (color + (1 - color) * share).astype(np.float32)


def darker(color: np.ndarray, share: float) -> np.ndarray:
    """Mix a color with a near black."""
    return (color * (1 - share) + np.array([0.03, 0.03, 0.04], dtype=np.float32) * share).astype(np.float32)


def mixed(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """Mix two colors: 0 gives the first, 1 the second."""
    return (first * (1 - share) + second * share).astype(np.float32)


def brightness(color: np.ndarray) -> float:
    """Measure perceived brightness, 0..1 (Rec. 601 weights)."""
    return float(color @ np.array([0.299, 0.587, 0.114], dtype=np.float32))
