"""The colors of a map that is drawn without a page around: those of the light theme."""

import numpy as np

from core.explore.map_coloring import Coloring
from core.explore.map_scene import UNKNOWN

PAPER, INK = "#fbfaf6", "#1e2b2e"
KIND_COLORS = ("#0F766E", "#E08A1E", "#43108A", "#2FA8F0", "#7A1E22", "#8D91A5", "#B8410F", "#9150B8")
SCALE_COLORS = (
    *("#EBF3EC", "#CDDFD3", "#ADCCBC", "#8CBAA7", "#6BA796", "#489486", "#268078", "#076B69", "#005558", "#004046"),
)
GRAY = "#8A9496"

_FAINTEST = 2  # of the scale; points would be lost in them
_ROUND_STEP = 0.42


def rgb(color: str) -> np.ndarray:
    """Read ``#rrggbb``; int64 (3,), 0..255."""
    return np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)])


def palette_of(coloring: Coloring) -> np.ndarray:
    """Give every code of a coloring its color, as the map of the page does.

    Returns:
        uint8 (256, 3), red, green, blue.
    """
    colors = np.tile(rgb(GRAY), (256, 1))
    if not coloring.kinds:
        steps = np.array([rgb(each) for each in SCALE_COLORS[_FAINTEST:]])
        at = np.linspace(0, len(steps) - 1, UNKNOWN)
        colors[:UNKNOWN] = np.column_stack(
            [np.interp(at, np.arange(len(steps)), steps[:, band]).round() for band in range(3)]
        )
    for place, kind in enumerate(coloring.kinds):
        if kind.color:
            colors[place] = rgb(kind.color)
        elif not kind.rest:
            colors[place] = _kind_color(place)
    return colors.astype(np.uint8)


def _kind_color(place: int) -> np.ndarray:
    """Give the color of a kind; beyond those of the theme the same ones lighter, then darker."""
    color, turn = rgb(KIND_COLORS[place % len(KIND_COLORS)]), place // len(KIND_COLORS) % 3
    if turn == 0:
        return color
    return (color + ((255 if turn == 1 else 0) - color) * _ROUND_STEP).round().astype(int)
