"""Variants: products that are one and the same but for color or size, so that a grid need not show all of them.

Two products are variants when brand and category are the same and their titles have the same words, left aside the
names of colors, sizes and numbers. A title of fewer than three other words says too little, and a group of more than
100 is no product but a kind of product: both are left alone.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core.catalog.color_names import COLOR_NAMES
from core.recommend.title_index import title_words

LEAST_WORDS = 3
LARGEST_GROUP = 100
_LETTERS = "xxs xs s m l xl xxl xxxl small medium large size uk us eu cm mm ml inch pack of free extra"
_SIZES = frozenset(_LETTERS.split(" "))


@lru_cache(maxsize=1)
def _color_words() -> frozenset[str]:
    names = [word for color in COLOR_NAMES for text in (color.name, *color.synonyms) for word in title_words(text)]
    return frozenset(names)


def variant_key(title: str | None, brand: str | None, category: str | None) -> tuple[str, ...] | None:
    """Give what all variants of a product share; None when its title says too little."""
    ignored = _color_words() | _SIZES
    kept = [word for word in title_words(title or "") if word not in ignored and not word.isdigit()]
    return ((brand or "").casefold(), category or "", *sorted(kept)) if len(kept) >= LEAST_WORDS else None


def variant_groups(
    titles: Sequence[str | None], brands: Sequence[str | None], categories: Sequence[str | None]
) -> np.ndarray:
    """Number the groups of variants among N products.

    Returns:
        int64 (N,): the row of the group's first product; a product without variants is a group of its own.
    """
    keys = [variant_key(*each) for each in zip(titles, brands, categories, strict=True)]
    sizes = Counter(key for key in keys if key is not None)
    first: dict[tuple[str, ...], int] = {}
    groups = np.arange(len(keys))
    for row, key in enumerate(keys):
        if key is not None and sizes[key] <= LARGEST_GROUP:
            groups[row] = first.setdefault(key, row)
    return groups
