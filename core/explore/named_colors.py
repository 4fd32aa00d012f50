"""Colors that points of a map have by the name of a color, as shops write it."""

import pandas as pd

from core.catalog.color_swatches import RAINBOW, swatch

_PALE = 235  # of 255: a part of a color beyond it cannot be told from the paper of a light page
_SHADED = 0.88


def own_colors(kinds: pd.Series) -> dict[str, str]:
    """Give color names their own color, as far as they are known: ``navy blue`` is drawn as navy.

    White and what is nearly white is shaded, so that its points are seen on a light page too.
    """
    found = {}
    for kind in kinds.unique():
        color = swatch(str(kind))
        if color is not None and color != RAINBOW:
            found[kind] = _seen(color)
    return found


def _seen(color: str) -> str:
    parts = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    return color if min(parts) < _PALE else "#" + "".join(f"{round(part * _SHADED):02x}" for part in parts)
