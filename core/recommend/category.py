"""Category similarity: how much of two category paths is shared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVEL_SEPARATOR = " > "


def path_levels(category: str | None) -> tuple[str, ...]:
    """Split a category path into its levels; no category has none."""
    return tuple(category.split(LEVEL_SEPARATOR)) if category else ()


@dataclass(frozen=True)
class CategoryPaths:
    """The C distinct category paths of N products, L levels at most.

    Attributes:
        paths: C paths in the order of their first product.
        codes: intp (N,), which path a product has; C = no category.
        prefixes: int32 (C, L), a number for the path down to each level, the same for two paths exactly when they
            agree down to there; -1 below the end of a path.
        numbers: the number of each path and of everything above it, by its levels.
    """

    paths: tuple[str, ...]
    codes: np.ndarray
    prefixes: np.ndarray
    numbers: dict[tuple[str, ...], int]

    def similarities(self, category: str | None) -> np.ndarray:
        """Compare one path with every path: levels shared from the top / levels of the longer path.

        Args:
            category: a path, which need not be among `paths`; None = no category.

        Returns:
            float32 (C + 1,), a table to look `codes` up in: 0..1, 1 = the same path; NaN where either has no category.
        """
        table = np.full(len(self.paths) + 1, np.nan, np.float32)
        levels = path_levels(category)
        if not levels or not self.paths:
            return table
        own = np.full(self.prefixes.shape[1], -2, np.int32)  # -2 equals no number, not even the -1 below a path's end
        for depth in range(min(len(levels), len(own))):
            own[depth] = self.numbers.get(levels[: depth + 1], -2)
        shared = (self.prefixes == own).sum(axis=1)
        depths = (self.prefixes >= 0).sum(axis=1)
        table[:-1] = shared / np.maximum(depths, len(levels))
        return table


def category_paths(categories: Sequence[str | None]) -> CategoryPaths:
    """Number the category paths of N products.

    Args:
        categories: one path a product, levels separated by " > "; None or "" = no category.

    Returns:
        The paths, ready to be compared with any path.
    """
    paths = tuple(dict.fromkeys(category for category in categories if category))
    place_of_path: dict[str | None, int] = {path: place for place, path in enumerate(paths)}
    codes = np.fromiter((place_of_path.get(category, len(paths)) for category in categories), np.intp)
    levels = [path_levels(path) for path in paths]
    prefixes = np.full((len(paths), max(map(len, levels), default=0)), -1, np.int32)
    numbers: dict[tuple[str, ...], int] = {}
    for place, path in enumerate(levels):
        for depth in range(len(path)):
            prefixes[place, depth] = numbers.setdefault(path[: depth + 1], len(numbers))
    return CategoryPaths(paths, codes, prefixes, numbers)
