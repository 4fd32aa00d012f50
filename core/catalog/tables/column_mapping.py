"""Which column of a table is which field of a product: guessed from names and cells, corrected by the user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalog.picture_formats import printable
from core.catalog.source_settings import ATTRIBUTE, MAPPED_FIELDS
from core.catalog.tables.column_evidence import ColumnEvidence, column_evidence
from core.catalog.tables.column_fits import column_score, picture_fit
from core.catalog.tables.column_names import (
    OLD_PRICES,
    category_level,
    is_further_picture,
    plain_name,
)
from core.errors import CatalogError

WAS_PRICE = "price_was"
SPECIFICATIONS = "specifications"

LEVELS_SIGN = " > "
"""Between the columns of a field that has several, as in "masterCategory > subCategory"."""

# In this order fields choose among the columns: the surest first.
_ORDER = ("product_id", "picture", "price", "currency", "split", "category", "title", "brand", "color", "description")


@dataclass(frozen=True)
class MappedColumn:
    """A field of a product and the columns that give it.

    Attributes:
        field: One of ``MAPPED_FIELDS`` or ``attribute.NAME``.
        columns: The columns; several for the levels of a category or for one picture each.
        confidence: 0..1; 1 where the user said so.
        reason: Why, in a few words.
    """

    field: str
    columns: tuple[str, ...]
    confidence: float
    reason: str

    @property
    def column(self) -> str:
        """The columns as one text, as the user would write them."""
        return LEVELS_SIGN.join(self.columns)


def map_columns(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, given: Mapping[str, str], source: str
) -> dict[str, MappedColumn]:
    """Map the columns of a table.

    Args:
        columns: Their names.
        rows: The first rows.
        given: What the user said: column by field; an empty column leaves the field out.
        source: Name of the table, for messages.

    Returns:
        By field. Columns that are in none become attributes under their own name.

    Raises:
        CatalogError: A column the user named is not in the table.
    """
    mapping: dict[str, MappedColumn] = {}
    for field, text in given.items():
        if text.strip():
            chosen = _named_columns(text, columns, field=field, source=source)
            mapping[field] = MappedColumn(field, chosen, 1.0, "named by you")
    taken = {column for each in mapping.values() for column in each.columns}
    evidence = column_evidence([name for name in columns if name not in taken], rows)
    for field in _ORDER:
        if field in given:
            continue
        found = _guess(field, evidence)
        if found:
            mapping[field] = found
            for column in found.columns:
                evidence.pop(column)
    for found in (_old_price(evidence, mapping), _specifications(evidence)):
        if found and found.field not in given:
            mapping[found.field] = found
    order = {name: place for place, name in enumerate(MAPPED_FIELDS)}
    return dict(sorted(mapping.items(), key=lambda item: order.get(item[0], len(order))))


def _named_columns(text: str, columns: Sequence[str], *, field: str, source: str) -> tuple[str, ...]:
    """Find the columns a user names; several are parted by ">"."""
    if text in columns:
        return (text,)
    folded = {column.casefold().strip(): column for column in reversed(columns)}
    names = [part.strip() for part in text.split(">")] if field in ("category", "picture") else [text.strip()]
    found = [name if name in columns else folded.get(name.casefold()) for name in names]
    for name, column in zip(names, found, strict=True):
        if column is None:
            shown = ", ".join(columns[:30]) + (" ..." if len(columns) > 30 else "")
            raise CatalogError(
                f"column {printable(name[:100])!r} is not in {source}: found {shown}; name it with --map {field}=COLUMN"
            )
    return tuple(column for column in found if column is not None)


def _guess(field: str, evidence: Mapping[str, ColumnEvidence]) -> MappedColumn | None:
    """Choose the columns of a field among those that are left."""
    if field == "category" and (levels := _category_columns(evidence)):
        return levels
    best: tuple[float, str, str] | None = None
    for name, cells in evidence.items():
        score, reason = column_score(field, plain_name(name), cells)
        if score > 0.25 and (best is None or score > best[0]):
            best = (score, name, reason)
    if best is None:
        return None
    chosen = (best[1], *_further_pictures(best[1], evidence)) if field == "picture" else (best[1],)
    return MappedColumn(field, chosen, round(best[0], 2), best[2])


def _category_columns(evidence: Mapping[str, ColumnEvidence]) -> MappedColumn | None:
    """Find columns that are levels of one category, the broadest first, each value of one below mostly one above."""
    kinds: dict[str, list[tuple[int, str]]] = {}
    for name, cells in evidence.items():
        level = category_level(plain_name(name))
        if level and cells.cells and cells.addresses < 0.5 and cells.paths < 0.5:
            kinds.setdefault(level[0], []).append((level[1], name))
    for found in kinds.values():
        chosen: list[str] = []
        for _rank, name in sorted(found, key=lambda each: each[0]):
            if not chosen or _is_below(evidence[chosen[-1]], evidence[name]):
                chosen.append(name)
        if len(chosen) > 1:
            reason = f"{len(chosen)} columns whose values lie within one another"
            return MappedColumn("category", tuple(chosen), 0.9, reason)
    return None


def _is_below(above: ColumnEvidence, below: ColumnEvidence) -> bool:
    """Tell whether a column parts the values of another further."""
    if len(set(below.texts)) < len(set(above.texts)):
        return False
    if len(above.texts) != len(below.texts):
        return True
    parents: dict[str, dict[str, int]] = {}
    for parent, child in zip(above.texts, below.texts, strict=True):
        counts = parents.setdefault(child, {})
        counts[parent] = counts.get(parent, 0) + 1
    return sum(max(counts.values()) for counts in parents.values()) >= 0.8 * len(below.texts)


def _further_pictures(first: str, evidence: Mapping[str, ColumnEvidence]) -> list[str]:
    """Find columns that hold one more picture each."""
    others = [name for name in evidence if name != first and is_further_picture(plain_name(name))]
    return [name for name in others if not evidence[name].cells or picture_fit(evidence[name])[0] >= 0.5]


def _old_price(evidence: Mapping[str, ColumnEvidence], mapping: Mapping[str, MappedColumn]) -> MappedColumn | None:
    """Find a column with the price before a discount, beside one that has a price."""
    for name, cells in evidence.items():
        if "price" in mapping and plain_name(name) in OLD_PRICES and cells.prices >= 0.5:
            return MappedColumn(WAS_PRICE, (name,), 0.8, f"called {name!r}, beside a price of now")
    return None


def _specifications(evidence: Mapping[str, ColumnEvidence]) -> MappedColumn | None:
    """Find a column of Ruby hashes, whose entries become attributes."""
    for name, cells in evidence.items():
        if cells.ruby >= 0.5:
            return MappedColumn(
                SPECIFICATIONS, (name,), 0.9, "its values are Ruby hashes, whose entries become attributes"
            )
    return None


def attribute_names(columns: Sequence[str], mapping: Mapping[str, MappedColumn]) -> dict[str, str]:
    """Give the attribute each remaining column becomes, and those the user named: name of the attribute by column."""
    fields = {column for field, each in mapping.items() if not field.startswith(ATTRIBUTE) for column in each.columns}
    named = {
        each.columns[0]: field.removeprefix(ATTRIBUTE) for field, each in mapping.items() if field.startswith(ATTRIBUTE)
    }
    return {column: column for column in columns if column not in fields} | named
