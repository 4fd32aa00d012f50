"""A look is everything that decides how a product is drawn; a finish is its colors and skins made ready."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.catalog.demo.studio import materials
from core.catalog.demo.studio.palette import companion_of, rgb, shade_of
from core.catalog.demo.studio.patterns import PATTERNS
from core.catalog.demo.studio.skins import Skin


@dataclass(frozen=True)
class Look:
    """How one product is drawn. `family` names the drawing, `seed` and `number` make it unique and repeatable."""

    family: str
    style: str
    color: str
    material: str
    pattern: str
    seed: int
    number: int

    def chance(self, purpose: int) -> np.random.Generator:
        """Give the random source of one purpose (0 shape and finish, 1 + view for pose and light)."""
        return np.random.default_rng([self.seed, self.number, purpose])


@dataclass(frozen=True)
class Finish:
    """Three colors that go together and the skin made from them; `trim` is the same material in the second color."""

    main: np.ndarray
    second: np.ndarray
    accent: np.ndarray
    skin: Skin
    trim: Skin
    material: str
    pattern: str


def finish_of(look: Look, chance: np.random.Generator) -> Finish:
    """Mix the colors of a look and weave its skin."""
    main = shade_of(look.color, chance)
    second_name = companion_of(look.color, chance)
    accent_name = companion_of(second_name, chance)
    second = shade_of(second_name, chance)
    accent = rgb(accent_name) if accent_name != look.color else rgb("brown")
    tile = PATTERNS[look.pattern]((main, second, accent), chance) if look.pattern in PATTERNS else None
    skin = skin_of(look.material, main, chance, tile=tile)
    return Finish(main, second, accent, skin, skin_of(look.material, second, chance), look.material, look.pattern)


def skin_of(material: str, color: np.ndarray, chance: np.random.Generator, *, tile: np.ndarray | None = None) -> Skin:
    """Make the skin of a material in a color, printed with a tile when one is given."""
    if material in ("wool", "cashmere", "cotton knit", "cable knit"):
        return materials.knitted(color, chance, tile=tile, cabled=material == "cable knit")
    if material in ("oak", "walnut", "ash", "beech"):
        return materials.wood(color, chance)
    if material == "quilted nylon":
        return materials.quilted(color, period=int(chance.choice([46, 58])), diagonal=False)
    if material == "quilted leather":
        return materials.quilted(color, period=int(chance.choice([22, 30])))
    if material == "canvas":
        return materials.canvas_cloth(color, tile=tile)
    if tile is not None:
        return materials.woven(color, tile=tile)
    made = {
        "denim": materials.denim,
        "linen": materials.slubbed,
        "leather": materials.leather,
        "suede": materials.suede,
        "corduroy": materials.corduroy,
        "boucle": materials.boucle,
        "straw": materials.straw,
        "steel": materials.brushed,
        "brass": materials.brushed,
    }
    return made.get(material, materials.woven)(color)
