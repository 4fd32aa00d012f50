"""Names of colors as shops use them, with the color each stands for and other words for it.

The names are the fashion trade's base colors and the plain words of furniture and electronics; the colors are those of
the CSS names where one exists (W3C, CSS Color Module Level 4, "named colors"), else of the usual paint of that name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ColorName:
    """One color.

    Attributes:
        name: As products bear it.
        rgb: Red, green, blue, 0..255; None for what is no single color, such as "Multicolor".
        synonyms: Other words for it, lower case, without punctuation.
    """

    name: str
    rgb: tuple[int, int, int] | None
    synonyms: tuple[str, ...] = ()


_MANY_COLORS = (
    *("multi", "multicolour", "multicolored", "multicoloured", "multi color", "multi colour", "multi colored"),
    *("multi coloured", "assorted", "mixed", "mix", "rainbow", "various", "colorful", "colourful"),
)

COLOR_NAMES: tuple[ColorName, ...] = (
    ColorName("Black", (0, 0, 0), ("blk", "jet black", "jet", "ebony", "noir", "schwarz", "onyx", "matte black")),
    ColorName("White", (255, 255, 255), ("wht", "snow", "snow white", "pure white", "blanc", "weiss", "bright white")),
    ColorName(
        "Off White", (250, 249, 240), ("offwhite", "off white", "ivory", "eggshell", "pearl white", "milk white")
    ),
    ColorName("Cream", (255, 253, 208), ("creme", "vanilla", "ecru")),
    ColorName("Beige", (232, 216, 184), ("oatmeal", "biscuit")),
    ColorName("Grey", (128, 128, 128), ("gray", "gry", "grau", "gris", "mid grey", "medium grey")),
    ColorName("Light Grey", (211, 211, 211), ("light gray", "lightgrey", "lightgray", "ash grey", "pale grey")),
    ColorName("Dark Grey", (84, 84, 84), ("dark gray", "darkgrey", "darkgray", "slate grey", "slate gray", "slate")),
    ColorName("Grey Melange", (158, 158, 158), ("gray melange", "grey marl", "gray marl", "heather grey", "heather")),
    ColorName("Charcoal", (54, 69, 79), ("anthracite", "graphite", "charcoal grey", "charcoal gray")),
    ColorName("Silver", (192, 192, 192), ("chrome", "nickel", "stainless steel", "steel", "platinum", "argent")),
    ColorName("Gold", (212, 175, 55), ("golden", "gld", "yellow gold", "gold plated")),
    ColorName("Rose Gold", (183, 110, 121), ("rosegold", "pink gold", "rosy gold")),
    ColorName("Bronze", (176, 115, 52), ("antique bronze",)),
    ColorName("Copper", (184, 115, 51), ("antique copper",)),
    ColorName("Brass", (181, 166, 66), ("antique brass",)),
    ColorName("Metallic", (170, 169, 173), ("metal",)),
    ColorName("Brown", (139, 69, 19), ("brwn", "braun", "marron", "medium brown", "walnut", "wood", "wooden")),
    ColorName("Dark Brown", (84, 43, 20), ("darkbrown", "espresso", "wenge", "mocha", "chestnut brown")),
    ColorName("Coffee Brown", (111, 78, 55), ("coffee", "coffe brown", "chocolate", "chocolate brown", "cocoa")),
    ColorName("Tan", (210, 180, 140), ("cognac", "camel brown", "saddle", "light brown", "lightbrown")),
    ColorName("Camel", (193, 154, 107), ("camel beige",)),
    ColorName("Khaki", (195, 176, 145), ("kahki", "sand khaki")),
    ColorName("Sand", (226, 202, 158), ("stone", "desert sand", "sand beige")),
    ColorName("Taupe", (139, 125, 107), ("greige", "mushroom", "mushroom brown")),
    ColorName("Nude", (227, 188, 154), ("skin", "flesh", "blush nude")),
    ColorName("Rust", (183, 65, 14), ("rusty", "terracotta", "terra cotta", "brick")),
    ColorName("Copper Brown", (140, 80, 45), ("cinnamon",)),
    ColorName("Red", (220, 20, 30), ("rd", "bright red", "rot", "rouge", "cherry", "cherry red", "scarlet", "crimson")),
    ColorName("Dark Red", (139, 0, 0), ("darkred", "blood red", "deep red")),
    ColorName("Maroon", (128, 0, 32), ("marroon", "oxblood")),
    ColorName("Burgundy", (109, 7, 26), ("wine", "bordeaux", "wine red", "claret", "merlot")),
    ColorName("Coral", (255, 127, 80), ("coral red", "salmon coral")),
    ColorName("Salmon", (250, 128, 114), ("salmon pink",)),
    ColorName("Peach", (255, 218, 185), ("apricot", "peach pink")),
    ColorName("Orange", (255, 140, 0), ("orng", "tangerine", "bright orange", "pumpkin")),
    ColorName("Mustard", (219, 172, 52), ("mustard yellow", "ochre", "ocher")),
    ColorName("Yellow", (255, 221, 0), ("ylw", "yello", "gelb", "jaune", "sunflower", "bright yellow")),
    ColorName("Lemon", (253, 242, 100), ("lemon yellow", "light yellow", "pale yellow")),
    ColorName("Fluorescent Green", (57, 255, 20), ("neon green", "neon", "neon yellow", "fluorescent")),
    ColorName("Lime Green", (140, 210, 40), ("lime", "limegreen", "chartreuse")),
    ColorName(
        "Green", (34, 139, 34), ("grn", "bright green", "vert", "gruen", "kelly green", "emerald", "emerald green")
    ),
    ColorName("Light Green", (144, 238, 144), ("lightgreen", "pale green")),
    ColorName("Dark Green", (0, 80, 40), ("darkgreen", "bottle green", "forest green", "forest", "hunter green")),
    ColorName("Olive", (107, 112, 51), ("olive green", "army green", "military green", "moss", "moss green", "army")),
    ColorName("Sage", (154, 171, 137), ("sage green",)),
    ColorName("Mint", (170, 240, 209), ("mint green",)),
    ColorName("Sea Green", (46, 139, 87), ("seagreen", "jade")),
    ColorName("Teal", (0, 128, 128), ("petrol", "petrol blue", "peacock", "teal blue", "teal green")),
    ColorName("Turquoise Blue", (64, 224, 208), ("turquoise", "turquise", "turquiose", "aqua", "aquamarine", "cyan")),
    ColorName(
        "Blue", (30, 80, 200), ("blu", "blau", "bleu", "medium blue", "ocean blue", "ocean", "denim", "denim blue")
    ),
    ColorName("Light Blue", (173, 216, 230), ("lightblue", "pale blue", "baby blue", "powder blue", "ice blue")),
    ColorName("Sky Blue", (135, 206, 235), ("skyblue", "sky", "azure")),
    ColorName("Royal Blue", (65, 105, 225), ("royalblue", "cobalt", "cobalt blue", "electric blue", "sapphire")),
    ColorName("Dark Blue", (0, 30, 110), ("darkblue", "deep blue", "midnight blue", "midnight", "ink blue", "ink")),
    ColorName("Navy Blue", (0, 0, 128), ("navy", "navyblue", "dark navy", "marine", "marine blue", "nvy")),
    ColorName("Indigo", (75, 0, 130), ("indigo blue",)),
    ColorName("Lavender", (200, 180, 230), ("lavendar", "lilac", "light purple", "wisteria")),
    ColorName("Purple", (128, 0, 128), ("violet", "prpl", "lila", "grape", "plum", "aubergine", "eggplant")),
    ColorName("Mauve", (184, 142, 160), ("dusty purple",)),
    ColorName("Magenta", (214, 0, 140), ("fuchsia", "fuschia", "fuchsia pink", "hot pink", "raspberry")),
    ColorName(
        "Pink", (255, 160, 185), ("pnk", "rosa", "bright pink", "bubblegum", "light pink", "baby pink", "pale pink")
    ),
    ColorName("Rose", (235, 110, 140), ("rose pink", "dusty rose", "blush", "blush pink", "old rose", "dusty pink")),
    ColorName("Transparent", None, ("clear", "crystal", "crystal clear", "see through", "glass")),
    ColorName("Multicolor", None, _MANY_COLORS),
)

NO_COLOR_WORDS = frozenset(
    {"na", "n a", "none", "null", "nan", "not applicable", "not specified", "unknown", "no color", "no colour", "other"}
)
"""What cells say where there is no color, lower case, without punctuation."""

BY_NAME = {color.name: color for color in COLOR_NAMES}
BY_WORD = {word: color for color in COLOR_NAMES for word in (color.name.lower(), *color.synonyms)}
"""A color by its name or any other word for it, lower case, without punctuation."""


def color_rgb(name: str | None) -> tuple[int, int, int] | None:
    """Give the color a name stands for, in any case and by any of its words; None when it is not known."""
    found = BY_WORD.get(" ".join((name or "").lower().replace("-", " ").split()))
    return found.rgb if found else None
