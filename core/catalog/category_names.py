"""Names of numbered categories, and the order in which neighbours are alike."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from core.catalog.import_values import CATEGORY_SEPARATOR
from core.catalog.picture_formats import printable
from core.errors import CatalogError
from core.files import read_ordinary

NAMES_FILE = "category_names.csv"
ID_COLUMN = "category_id"
LEVEL_COLUMN = "category_level"

_MOST_BYTES = 64 * 2**20
_MOST_LEVELS = 20
_LONGEST_NAME = 500


def hierarchical_order(paths: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Put category paths in the order of their tree: a category before those below it, siblings side by side.

    The place of a path in this list is the number of its category, so that numbers that are close mean categories
    that are alike. Levels are compared one by one: sorting the joined texts would put "Art - Toys" between "Art" and
    "Art > Prints".

    Args:
        paths: Levels from the broadest down; a path that comes twice is listed once.
    """
    return sorted(set(paths))


def path_levels(path: str) -> tuple[str, ...]:
    """Part a joined path such as "Clothing > Shirts" into its levels: the key that sorts paths as the tree does."""
    return tuple(path.split(CATEGORY_SEPARATOR))


def names_file(source: Path, named: str | None) -> Path | None:
    """Find the file with the names of a source's categories.

    Args:
        source: File of the products.
        named: What the user named; None looks for `category_names.csv` beside the source.

    Raises:
        CatalogError: The user named a file that is not there.
    """
    if named is None:
        beside = source.parent / NAMES_FILE
        return beside if beside.is_file() else None
    path = Path(named).expanduser()
    if not path.is_file():
        raise CatalogError(
            f"{printable(named)} is not there: expected a CSV file with the columns {ID_COLUMN} and "
            f"{LEVEL_COLUMN}1 to {LEVEL_COLUMN}3; check --category-names"
        )
    return path


def read_category_names(path: Path) -> dict[str, tuple[str, ...]]:
    """Read the path of every category number.

    Args:
        path: A CSV file with the columns category_id, category_level1, category_level2 and so on, broadest first.

    Returns:
        Levels by number, in hierarchical order; empty levels are left out.

    Raises:
        CatalogError: The file cannot be read, lacks a column, or names one number twice with different paths.
    """
    shown = printable(str(path))
    names: dict[str, tuple[str, ...]] = {}
    try:
        rows = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
        levels = _level_columns(rows.fieldnames or [], shown)
        for row in rows:
            key = (row[ID_COLUMN] or "").strip()
            name = tuple(filter(None, (_plain(row[level] or "") for level in levels)))
            if not key or not name:
                continue
            if names.setdefault(key, name) != name:
                raise CatalogError(
                    f"{shown}, line {rows.line_num}: category {key[:50]!r} has another name further up; keep one line"
                )
    except csv.Error as error:
        raise CatalogError(f"{shown} is no CSV file ({error}): save it as comma-separated UTF-8") from error
    if not names:
        raise CatalogError(f"{shown} names no category: expected lines below its header")
    return dict(sorted(names.items(), key=lambda each: each[1]))


def _text(path: Path) -> str:
    """Read the file as UTF-8, or in Windows' encoding where it is none."""
    try:
        data = read_ordinary(path, most_bytes=_MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error))
        raise CatalogError(f"{printable(str(path))} cannot be read: {reason}; check --category-names") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _level_columns(found: Iterable[str], shown: str) -> list[str]:
    columns = list(found)
    levels = [f"{LEVEL_COLUMN}{level}" for level in range(1, _MOST_LEVELS + 1) if f"{LEVEL_COLUMN}{level}" in columns]
    if ID_COLUMN not in columns or not levels:
        names = ", ".join(printable(name)[:40] for name in columns[:10]) or "nothing"
        raise CatalogError(
            f"{shown} lacks columns: expected {ID_COLUMN}, {LEVEL_COLUMN}1 to {LEVEL_COLUMN}3, found {names}"
        )
    return levels


def _plain(name: str) -> str:
    return printable(" ".join(name.split()))[:_LONGEST_NAME]
