"""What a leaf category of the demo shop varies: styles, materials, patterns, colors."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.catalog.demo.brands import Brand


@dataclass(frozen=True)
class Category:
    """A leaf category: its path, how many products, typical price in euros, and what varies.

    `styles` maps a style to the noun in titles; `materials` maps a material to its price factor; `patterns` lists
    patterns with "plain" repeated as often as it is common; `style_materials` gives the materials of a style
    where only some make sense.
    """

    path: tuple[str, ...]
    family: str
    count: int
    euros: float
    brands: tuple[Brand, ...]
    styles: dict[str, str]
    materials: dict[str, float]
    patterns: tuple[str, ...] = ("plain",)
    colors: tuple[str, ...] = ()
    style_materials: dict[str, tuple[str, ...]] = field(default_factory=dict)


CLOTHING_COLORS = (
    "black",
    "charcoal",
    "grey",
    "white",
    "cream",
    "beige",
    "camel",
    "navy",
    "blue",
    "light blue",
    "teal",
    "green",
    "olive",
    "sage",
    "yellow",
    "orange",
    "red",
    "burgundy",
    "pink",
    "lilac",
    "purple",
    "brown",
)

LEATHER_COLORS = (
    "black",
    "black",
    "brown",
    "camel",
    "burgundy",
    "navy",
    "cream",
    "olive",
    "red",
    "grey",
    "beige",
    "green",
    "pink",
)

GLAZES = (
    "white",
    "cream",
    "grey",
    "charcoal",
    "black",
    "navy",
    "blue",
    "light blue",
    "teal",
    "green",
    "sage",
    "yellow",
    "orange",
    "red",
    "pink",
    "lilac",
    "beige",
)

UPHOLSTERY = (
    "grey",
    "charcoal",
    "cream",
    "beige",
    "navy",
    "teal",
    "olive",
    "sage",
    "yellow",
    "orange",
    "pink",
    "burgundy",
    "camel",
    "green",
)

TIMBERS = {"oak": 1.1, "walnut": 1.4, "ash": 1.0, "beech": 0.9}
