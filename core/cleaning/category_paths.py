"""Category paths taken apart and put together."""

from collections.abc import Iterable

from core.catalog.import_values import CATEGORY_SEPARATOR


def path_levels(path: str) -> tuple[str, ...]:
    """Part "Clothing > Shirts" into its levels; levels without a name fall away."""
    return tuple(level for part in path.split(CATEGORY_SEPARATOR) if (level := part.strip()))


def join_levels(levels: Iterable[str]) -> str | None:
    """Join levels to a path; None without any."""
    return CATEGORY_SEPARATOR.join(levels) or None


def top_levels(path: str, count: int) -> str | None:
    """Cut a path to its first levels; 0 keeps all, and so does a path that has no more."""
    levels = path_levels(path)
    return path if count == 0 or len(levels) <= count else join_levels(levels[:count])
