"""Glazes: what mugs and vases are covered with."""

from __future__ import annotations

import numpy as np

from core.catalog.demo.studio.looks import Finish
from core.catalog.demo.studio.materials import marble, speckled
from core.catalog.demo.studio.palette import darker
from core.catalog.demo.studio.skins import Skin
from core.catalog.demo.studio.turned import Finishing

ANSWERS = {
    "porcelain": Finishing(gloss=1.0, sheen=0.5),
    "stoneware": Finishing(gloss=0.28, sheen=0.6),
    "ceramic": Finishing(gloss=0.75, sheen=0.5),
    "terracotta": Finishing(),
    "enamel": Finishing(gloss=0.9, sheen=0.3),
    "brass": Finishing(metal=0.75),
    "steel": Finishing(metal=0.75),
}


def glazed(finish: Finish) -> Skin:
    """Glaze with the print, the flecks or the veins of the finish."""
    if finish.skin.tile is not None and finish.pattern != "plain":
        return Skin(finish.main, finish.skin.tile)
    if finish.material == "stoneware":
        return speckled(finish.main, darker(finish.main, 0.6))
    if finish.material == "marble":
        return marble(finish.main, darker(finish.main, 0.45), np.random.default_rng(int(finish.main.sum() * 1e4)))
    return Skin(finish.main)


def ridged(skin: Skin) -> Skin:
    """Add throwing rings."""
    rows = np.sin(np.arange(96, dtype=np.float32) * 2 * np.pi / 12) * 0.8
    return Skin(skin.color, skin.tile, np.ascontiguousarray(np.broadcast_to(rows[:, None], (96, 96))))
