"""Step `colors`: every word for a color becomes the one name of that color."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.catalog.catalogs import Catalog
from core.catalog.color_names import BY_NAME, BY_WORD, NO_COLOR_WORDS
from core.cleaning.folding import fold_name, frequent_forms
from core.cleaning.named_values import NamedValues, plan_named_values
from core.cleaning.step import Plan
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress

ATTRIBUTES = (
    *("color", "colour", "base color", "base colour", "basecolor", "basecolour", "primary color", "primary colour"),
    *("color name", "brand color", "shade", "farbe", "couleur"),
)
"""Names of attributes that hold a color, folded, the best first."""

_PARTS = re.compile(r"\s*(?:[,/|;+&]|\band\b|\bwith\b)\s*", flags=re.IGNORECASE)
_MOST_CHARACTERS = 200
_LEAST_TYPO_LETTERS = 5
_TWO_SLIPS_LETTERS = 9
_LONG_WORDS = tuple(word for word in BY_WORD if len(word) >= _LEAST_TYPO_LETTERS and " " not in word)


@dataclass(frozen=True)
class ColorSettings:
    """Settings of the step `colors`."""

    several: str = setting(
        "first",
        help="What becomes of several colors, as in 'Blue, White': the first, Multicolor, or they stay as they are.",
        choices=("first", "multicolor", "keep"),
    )
    from_attributes: bool = setting(
        True, help="Products without a color take it from an attribute called color, colour, shade ..."
    )

    def __post_init__(self) -> None:
        """Check the choices."""
        check_settings(self)


def plan_colors(home: Home, catalog: Catalog, settings: ColorSettings, _progress: Progress) -> Plan:
    """Name every color as the table of color names does."""
    naming = NamedValues(
        field="color",
        noun="color",
        attributes=ATTRIBUTES if settings.from_attributes else (),
        names=lambda counts: color_names(counts, several=settings.several),
    )
    return plan_named_values(home, catalog, naming)


def color_names(counts: Mapping[str, int], *, several: str = "first") -> dict[str, str | None]:
    """Choose the name of every color text.

    Args:
        counts: Products by text.
        several: What becomes of several colors: ``first``, ``multicolor`` or ``keep``.

    Returns:
        The chosen name of every text; None where it says that there is no color. Texts without any color word keep
        the most frequent of their spellings.
    """
    named = {text: named_color(text, several=several) for text in counts}
    unknown = {text: count for text, count in counts.items() if named[text] == ""}
    spelled = frequent_forms(unknown, key=fold_name)
    return {text: spelled[text] if name == "" else name for text, name in named.items()}


def named_color(text: str, *, several: str = "first") -> str | None:
    """Find the name of a color text: None for "no color", an empty text where no color word is found."""
    text = text[:_MOST_CHARACTERS]
    whole = fold_name(text)
    if not whole or whole in NO_COLOR_WORDS:
        return None
    if text in BY_NAME:
        return text
    if whole in BY_WORD:
        return BY_WORD[whole].name
    parts = [part for part in _PARTS.split(text) if part.strip()]
    if len(parts) < 2:
        return _one_color(whole)
    found = [name for part in parts if (name := _one_color(fold_name(part)))]
    distinct = list(dict.fromkeys(found))
    if not distinct or len(distinct) == 1:
        return distinct[0] if distinct else ""
    return {"first": distinct[0], "multicolor": "Multicolor"}.get(several, text)


def _one_color(words: str) -> str:
    """Find one color: the words themselves, a slip of the pen, or the longest known color among them."""
    if words in BY_WORD:
        return BY_WORD[words].name
    if len(words) >= _LEAST_TYPO_LETTERS and " " not in words:
        return _slip(words)
    parts = words.split()
    for length in range(min(len(parts) - 1, 3), 0, -1):
        # From the right: in "light steel blue" and "sporty red" the last words say the color.
        for start in range(len(parts) - length, -1, -1):
            found = BY_WORD.get(" ".join(parts[start : start + length]))
            if found:
                return found.name
    return ""


def _slip(word: str) -> str:
    """Find the color a misspelled word means; an empty text when none is near."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    slips = 1 if len(word) < _TWO_SLIPS_LETTERS else 2
    near = process.extractOne(word, _LONG_WORDS, scorer=DamerauLevenshtein.distance, score_cutoff=slips)
    return BY_WORD[near[0]].name if near else ""
