"""The names of a table's columns, and whether its first row holds them."""

import re
from collections.abc import Sequence
from typing import Any

from core.catalog.picture_formats import printable
from core.errors import CatalogError

MOST_COLUMNS = 2_000
LONGEST_NAME = 200

_DATA = re.compile(
    r"[-+]?[\d.,\s]*\d[\d.,\s]*%?|https?://.*|.*\.(jpe?g|png|webp|gif|bmp|tiff?|avif)|[\[{].*", re.I | re.S
)
_KNOWN = frozenset(
    [
        "id",
        "name",
        "title",
        "price",
        "category",
        "image",
        "picture",
        "brand",
        "color",
        "colour",
        "sku",
        "url",
        "description",
        "split",
    ]
)


def column_names(cells: Sequence[Any]) -> tuple[str, ...]:
    """Make names of a header's cells: unnamed columns are called "column 3", doubled ones "name#2".

    Raises:
        CatalogError: There are more columns than any table of products has.
    """
    if len(cells) > MOST_COLUMNS:
        raise CatalogError(
            f"the table has {len(cells):,} columns: at most {MOST_COLUMNS:,} are read; check the delimiter"
        )
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        plain = " ".join(printable("" if cell is None else str(cell)[: 4 * LONGEST_NAME].replace("\n", " ")).split())
        name = plain[:LONGEST_NAME] or f"column {place}"
        number = 2
        unique = name
        while unique in taken:
            unique = f"{name}#{number}"
            number += 1
        taken.add(unique)
        names.append(unique)
    return tuple(names)


def has_header(rows: Sequence[Sequence[Any]]) -> bool:
    """Tell whether the first row holds the names of the columns and not data.

    Numbers, addresses and names of pictures are data; so is a row that repeats a value of the rows below it in most
    columns. Without a sign for either the first row is a header, as in almost every table.

    Args:
        rows: The first rows of the table, the first of them the one in question.
    """
    if not rows:
        return False
    first = ["" if cell is None else str(cell).strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    words = {word for cell in named for word in re.split(r"[^a-z]+", cell.lower())}
    if not named:
        return False
    if words & _KNOWN and not any(_DATA.fullmatch(cell) for cell in named):
        return True
    if any(not isinstance(cell, str) and cell is not None for cell in rows[0]):
        return False
    data = sum(bool(_DATA.fullmatch(cell)) or len(cell) > LONGEST_NAME for cell in named)
    return data == 0 or (len(named) >= 4 and data <= len(named) // 4 and bool(words & _KNOWN))
