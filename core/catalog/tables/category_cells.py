"""Cells that hold a category: paths written with some sign between their levels, or lists of levels."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from core.catalog.tables.cells import cell_text, field_text, one_line

MOST_LEVELS = 20
LONGEST_LEVEL = 300

# In this order: what stands for a path in nearly every case, then what may also be part of a name.
SURE_SIGNS = (">>", ">", "»", "›", "→", "::", "|")
DOUBTFUL_SIGNS = ("/", "\\")
_LEAST_SHARE = 0.5


def guess_separator(cells: Iterable[Any]) -> str | None:
    """Find out which sign parts the levels of a column's paths.

    Args:
        cells: Some cells of the column.

    Returns:
        The sign, or None when each cell is one level. A slash counts only where at least half of the cells have one:
        a single "TV/Video" is a name.
    """
    texts = [entry for cell in cells for entry in _entries(cell)[:1]]
    for sign in SURE_SIGNS:
        if any(sign in text for text in texts):
            return sign
    for sign in DOUBTFUL_SIGNS:
        if texts and sum(sign in text.strip(sign) for text in texts) >= _LEAST_SHARE * len(texts):
            return sign
    return None


def category_levels(cell: Any, separator: str | None) -> tuple[str, ...]:
    """Read the levels of a category, from the broadest down.

    Args:
        cell: A text such as "A > B", a JSON list of levels or of paths (the first path counts), or such a list itself.
        separator: The sign between levels, see :func:`guess_separator`.
    """
    if isinstance(cell, str):
        return _text_levels(cell, separator)
    return _levels(_entries(cell), separator)


@lru_cache(maxsize=2**16)
def _text_levels(cell: str, separator: str | None) -> tuple[str, ...]:
    return _levels(_entries(cell), separator)


def _levels(entries: list[str], separator: str | None) -> tuple[str, ...]:
    if separator and any(separator in entry for entry in entries):
        entries = entries[0].split(separator)
    levels = (one_line(entry.strip(" >|/\\")) for entry in entries[:MOST_LEVELS])
    return tuple(level[:LONGEST_LEVEL] for level in levels if level)


def _entries(cell: Any) -> list[str]:
    """Return the texts of a cell: one, or those of its list; of a list of lists the first."""
    if isinstance(cell, str):
        text = cell.strip()
        if text[:1] != "[" or text[-1:] != "]":
            plain = field_text(cell)
            return [plain] if plain else []
        try:
            return _entries(json.loads(text))
        except (ValueError, RecursionError):
            inner = text[1:-1].strip()
            return _entries([part.strip(" '\"") for part in inner.split("', '")] if inner else [])
    if isinstance(cell, list | tuple):
        if cell and isinstance(cell[0], list | tuple):
            cell = cell[0]
        return [text for each in cell[:MOST_LEVELS] if not isinstance(each, list | dict) and (text := cell_text(each))]
    plain = field_text(cell)
    return [plain] if plain else []
