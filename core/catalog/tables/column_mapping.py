"""Which column of a table is which field of a product: guessed from names and cells, corrected by the user."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalog.picture_formats import printable
from core.catalog.source_settings import ATTRIBUTE, MAPPED_FIELDS
from core.catalog.tables.column_evidence import ColumnEvidence, column_evidence
from core.catalog.tables.column_names import (
    FIELD_NAMES,
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
        field: One of ``MAPPED_FIELDS``, ``attribute.NAME``, "price_was" or "specifications".
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
        if found:
            mapping[found.field] = found
    order = {name: place for place, name in enumerate((*MAPPED_FIELDS, WAS_PRICE, SPECIFICATIONS))}
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
        score, reason = _score(field, plain_name(name), cells)
        if score > 0.25 and (best is None or score > best[0]):
            best = (score, name, reason)
    if best is None:
        return None
    chosen = (best[1], *_further_pictures(best[1], evidence)) if field == "picture" else (best[1],)
    return MappedColumn(field, chosen, round(best[0], 2), best[2])


def _score(field: str, plain: str, cells: ColumnEvidence) -> tuple[float, str]:
    """Score a column for a field, 0..1, by its name and by its cells."""
    fit, seen = _FITS[field](cells) if cells.cells else (0.5, "it holds nothing in the first rows")
    names = FIELD_NAMES[field]
    is_known = (
        plain in names
        or (field == "price" and _names_price(plain))
        or (field == "picture" and is_further_picture(plain))
    )
    if is_known:
        place = names.index(plain) / len(names) if plain in names else 0.5
        return fit * (1.0 - 0.35 * place), f"called {cells.name!r}; {seen}"
    if field not in _BY_CELLS or not cells.cells or any(plain in each for each in FIELD_NAMES.values()):
        return 0.0, seen  # a column called "price" whose cells are no prices is no title either
    return _BY_CELLS[field](cells), seen


def _names_price(plain: str) -> bool:
    return plain.startswith("price") or plain.endswith(("price", "preis"))


def _id_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fits = cells.usual_length <= 100 and cells.addresses < 0.5
    return (0.5 + 0.5 * cells.distinct) * fits, f"{cells.distinct:.0%} of its values differ"


def _price_fit(cells: ColumnEvidence) -> tuple[float, str]:
    return cells.prices if cells.prices >= 0.5 else 0.0, f"{cells.prices:.0%} of its values are prices"


def _picture_fit(cells: ColumnEvidence) -> tuple[float, str]:
    share = max(cells.pictures, 0.9 * cells.addresses)
    if share < 0.5 and cells.numbers < 0.5 and cells.usual_length < 100 and cells.spaced < 0.2:
        share = 0.35  # names without an ending, as some tables write them
    return (
        share if share >= 0.35 else 0.0,
        f"{max(cells.pictures, cells.addresses):.0%} of its values name pictures or addresses",
    )


def _text_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fits = cells.numbers < 0.5 and cells.pictures < 0.5 and cells.addresses < 0.5
    return float(fits), f"texts of {cells.usual_length:.0f} characters"


def _title_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fit, seen = _text_fit(cells)
    return fit * (0.6 + 0.4 * cells.distinct) * (cells.usual_length <= 400), seen


def _short_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fit, seen = _text_fit(cells)
    return fit * (cells.usual_length <= 100), seen


def _category_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fits = cells.pictures < 0.5 and cells.addresses < 0.5 and cells.usual_length <= 400
    seen = f"{cells.paths:.0%} of its values are paths" if cells.paths else f"{len(set(cells.texts)):,} values"
    return float(fits), seen


def _split_fit(cells: ColumnEvidence) -> tuple[float, str]:
    return float(cells.splits >= 0.9), f"{cells.splits:.0%} of its values are splits"


def _currency_fit(cells: ColumnEvidence) -> tuple[float, str]:
    return float(cells.currencies >= 0.8), f"{cells.currencies:.0%} of its values are currencies"


_FITS: dict[str, Callable[[ColumnEvidence], tuple[float, str]]] = {
    "product_id": _id_fit,
    "title": _title_fit,
    "category": _category_fit,
    "price": _price_fit,
    "currency": _currency_fit,
    "picture": _picture_fit,
    "brand": _short_fit,
    "color": _short_fit,
    "description": _text_fit,
    "split": _split_fit,
}


def _id_by_cells(cells: ColumnEvidence) -> float:
    """Take a column that nobody named for the ids where each value is another, short and one word."""
    whole = cells.numbers == 0 or all(text.isdigit() for text in cells.texts)
    sure = cells.rows >= 3 and cells.filled == cells.distinct == 1 and cells.usual_length <= 40 and cells.spaced == 0
    return 0.4 * (sure and whole and cells.pictures == 0 and cells.addresses == 0 and cells.signed_prices == 0)


def _title_by_cells(cells: ColumnEvidence) -> float:
    fits = 6 <= cells.usual_length <= 200 and cells.spaced >= 0.5 and cells.distinct >= 0.5
    return 0.4 * (fits and _text_fit(cells)[0] > 0 and cells.paths < 0.5 and cells.ruby == 0)


_BY_CELLS: dict[str, Callable[[ColumnEvidence], float]] = {
    "product_id": _id_by_cells,
    "title": _title_by_cells,
    "category": lambda cells: 0.5 * (cells.paths >= 0.5 and cells.addresses == 0 and cells.usual_length < 300),
    "price": lambda cells: 0.5 * (cells.signed_prices >= 0.8),
    "currency": lambda cells: 0.5 * (cells.currencies >= 0.95 and len(cells.cells) >= 3),
    "picture": lambda cells: 0.6 * (cells.pictures >= 0.8),
    "split": lambda cells: 0.5 * (cells.splits >= 0.95 and len(cells.cells) >= 3),
}


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
    return [name for name in others if not evidence[name].cells or _picture_fit(evidence[name])[0] >= 0.5]


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
