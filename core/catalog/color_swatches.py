"""A color to draw for a color's name, as shops write them: "Navy Blue", "off white", "multi-coloured"."""

import re

_SHADES = {
    "black": "#1b1b1b", "charcoal": "#36454f", "grey": "#8c8c8c", "gray": "#8c8c8c", "silver": "#c0c0c0",
    "white": "#ffffff", "offwhite": "#f7f4e9", "ivory": "#fffff0", "cream": "#fff3d1", "beige": "#e3d3b3",
    "nude": "#e6c3ab", "skin": "#e8bf9f", "taupe": "#8b7d6b", "khaki": "#b5a36a", "tan": "#d2a679",
    "camel": "#c19a6b", "brown": "#7b4b2a", "chocolate": "#4e2a14", "coffee": "#5a3d2b", "mushroom": "#b8a99a",
    "bronze": "#b5773a", "copper": "#b8734a", "gold": "#d4af37", "golden": "#d4af37", "mustard": "#d8a522",
    "yellow": "#f7d417", "lemon": "#f9ea57", "orange": "#f28a1e", "rust": "#b3471d", "peach": "#ffc9a3",
    "coral": "#ff7f66", "salmon": "#fa9080", "red": "#d1232a", "maroon": "#7a1126", "burgundy": "#6d1029",
    "wine": "#722f37", "rose": "#e26a86", "pink": "#f29bb9", "fuchsia": "#e3259c", "magenta": "#d6249f",
    "purple": "#7c3a9d", "violet": "#7f4fc9", "lavender": "#c6b7e6", "mauve": "#c9a0c9", "lilac": "#c8a2c8",
    "indigo": "#3f3a8c", "navy": "#1c2b52", "blue": "#2a62c4", "denim": "#3f5f8a", "sky": "#87c4ee",
    "aqua": "#4fd1d9", "cyan": "#22c3d6", "turquoise": "#34c9bd", "teal": "#137d7a", "sea": "#3fae93",
    "mint": "#a8e0c4", "green": "#3a9147", "olive": "#7c7a2c", "lime": "#a8d626", "fluorescent": "#c9f53b",
    "steel": "#71808d", "metallic": "#9aa2a8", "sage": "#9caf88", "sand": "#d8c7a4", "terracotta": "#b8583a",
}  # fmt: skip
_MANY = {"multicolor", "multicolour", "multicolored", "multicoloured", "multi", "assorted", "rainbow"}
RAINBOW = "conic-gradient(#d1232a, #f7d417, #3a9147, #2a62c4, #7c3a9d, #d1232a)"
_FAINT = {"light", "pale", "pastel", "soft", "baby"}
_DEEP = {"dark", "deep"}
_WORD = re.compile(r"[a-z]+")


def swatch(name: str) -> str | None:
    """Give the color of a name as CSS has it, ``#RRGGBB`` for one shade; None when it names no shade we know.

    "Navy Blue" is navy: of two shades the first is the finer word. "Light" and "dark" move the shade.
    """
    words = _WORD.findall(name.lower().replace("off white", "offwhite").replace("off-white", "offwhite"))[:8]
    if _MANY & set(words):
        return RAINBOW
    shades = [_SHADES[word] for word in words if word in _SHADES]
    if not shades:
        return None
    target = 255 if _FAINT & set(words) else 0 if _DEEP & set(words) else None
    return shades[0] if target is None else _blended(shades[0], target)


def _blended(shade: str, target: int) -> str:
    """Move a shade 45 % of the way to white (255) or black (0)."""
    parts = [int(shade[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (target - part) * 0.45):02x}" for part in parts)
