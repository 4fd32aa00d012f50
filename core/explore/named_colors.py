"""Colors that points of a map have by the name of a color, as shops write it."""

import pandas as pd

_NAMED_COLORS = {
    "lightblue": "#9cc4ea", "darkblue": "#1b3f7a", "lightgrey": "#c3c7ca", "sage": "#9caf88", "khaki": "#a59b6a",
    "black": "#1a1a1a", "white": "#f4f4f0", "gray": "#8c8f92", "grey": "#8c8f92", "silver": "#b9bec4",
    "red": "#c62828", "burgundy": "#6d1a2d", "maroon": "#6d1a2d", "pink": "#ec88b0", "orange": "#ef7f1a",
    "coral": "#f4796b", "yellow": "#f2c81e", "mustard": "#cf9a12", "gold": "#c9a227", "beige": "#d8c7a4",
    "cream": "#efe6cf", "brown": "#6f4a2e", "tan": "#b98e5f", "camel": "#b98e5f", "green": "#2e8b45",
    "olive": "#7a7b2d", "teal": "#0f7f7c", "turquoise": "#37b7b0", "blue": "#2563b8", "navy": "#1b2a57",
    "sky": "#7cc0ea", "purple": "#7b3fa0", "lilac": "#b59ad6", "lavender": "#b59ad6", "violet": "#7b3fa0",
    "sand": "#d8c7a4", "mint": "#9fd8c0", "rose": "#d9798f", "charcoal": "#3b4044", "terracotta": "#b8583a",
    "rust": "#a9491f",
}  # fmt: skip


def own_colors(kinds: pd.Series) -> dict[str, str]:
    """Give color names their own color, as far as they are known: ``navy blue`` is drawn as navy."""
    found = {}
    for kind in kinds.unique():
        words = str(kind).casefold().replace("-", " ").split()
        words.insert(0, "".join(words))  # "light blue" before "blue"
        match = next((_NAMED_COLORS[word] for word in words if word in _NAMED_COLORS), None)
        if match:
            found[kind] = match
    return found
