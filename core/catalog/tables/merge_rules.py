"""Rules that merge categories, read from a table of two columns: from, to."""

from core.catalog.source_settings import SourceSettings
from core.catalog.tables.cells import cell_text, one_line
from core.catalog.tables.column_names import plain_name
from core.catalog.tables.table_readers import open_table
from core.errors import CatalogError

MOST_RULES = 100_000

_FROM = frozenset(["from", "old", "source", "von", "category"])
_TO = frozenset(["to", "new", "target", "into", "nach", "mergedcategory"])


def read_merge_rules(text: str) -> dict[str, str]:
    """Read merge rules: category by the category it becomes part of.

    Args:
        text: Path of a table with the columns "from" and "to", or of two columns without names. Categories are written
            as paths, "Clothing > Shirts".

    Raises:
        CatalogError: It cannot be read, has no two such columns, or names a category twice with different aims.
    """
    reader = open_table(text, SourceSettings())
    columns = reader.columns
    origin = next((name for name in columns if plain_name(name) in _FROM), None)
    aim = next((name for name in columns if plain_name(name) in _TO), None)
    if (origin is None or aim is None) and len(columns) != 2:
        raise CatalogError(
            f"{reader.description} has the columns {', '.join(columns[:20])}: expected two, called from and to"
        )
    first, second = (origin, aim) if origin and aim else columns
    rules: dict[str, str] = {}
    if not (origin and aim) and not any(name.startswith("column ") for name in columns):
        _add_rule(rules, columns[0], columns[1], where="row 0")  # two columns whose first row is a rule already
    for number, row in reader.rows():
        _add_rule(rules, cell_text(row.get(first)), cell_text(row.get(second)), where=f"row {number}")
    if not rules:
        raise CatalogError(f"{reader.description} holds no rule: expected rows of two categories, from and to")
    return rules


def _add_rule(rules: dict[str, str], origin: str, aim: str, *, where: str) -> None:
    old, new = _path(origin), _path(aim)
    if not old:
        return
    if not new:
        raise CatalogError(
            f"{where} of the merge rules names nothing that {old[:100]!r} becomes: fill in the column to"
        )
    if rules.setdefault(old, new) != new:
        raise CatalogError(f"{where} of the merge rules sends {old[:100]!r} to {new[:100]!r} and {rules[old][:100]!r}")
    if len(rules) > MOST_RULES:
        raise CatalogError(f"there are more than {MOST_RULES:,} merge rules: merge at a broader level")


def _path(text: str) -> str:
    """Write a path with one blank around each sign between its levels."""
    return " > ".join(level for part in one_line(text).split(">") if (level := part.strip()))
