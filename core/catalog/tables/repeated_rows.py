"""Rows that share an id: which of them are one product, and which contradict one another."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.catalog.sources import SkippedFile
from core.catalog.tables.picture_cells import picture_names
from core.catalog.tables.row_records import RowRecords


@dataclass
class RepeatedRows:
    """What became of rows whose id comes more than once.

    Attributes:
        pictures: Pictures that later rows add to a product, by id.
        merged: How many rows said nothing new or only named another picture.
        conflicts: Rows that say something else of a product than its first row.
        ids: Ids of rows that gave none and whose title, picture, brand and category come more than once.
        ambiguous: Those names that stand for several products, which are therefore known by all they hold.
    """

    pictures: dict[str, list[str | bytes]] = field(default_factory=dict)
    merged: int = 0
    conflicts: list[SkippedFile] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    ambiguous: set[str] = field(default_factory=set)


def gather_repeated(
    rows: Iterable[tuple[int, Mapping[str, Any]]], records: RowRecords, *, repeated: set[str]
) -> RepeatedRows:
    """Look once more at the rows whose id is repeated.

    A row that says nothing else than the first of its id is merged with it: its cells are equal or empty, and its
    pictures are added. Any other contradicts the first, which counts; so a later price never silently replaces an
    earlier one.

    Args:
        rows: All usable rows.
        records: Knows their ids.
        repeated: The ids that come more than once, given ones and those made of a row's content.
    """
    found = RepeatedRows()
    first: dict[str, array[int]] = {}
    alike: dict[str, set[str]] = {}
    for number, row in rows:
        given = records.given_id(row)
        if given is None:
            identity = records.identity(row)
            if identity in repeated:
                contents = alike.setdefault(identity, set())
                found.merged += (content := records.content(row)) in contents
                contents.add(content)
            continue
        if given not in repeated:
            continue
        marks = records.marks(row)
        if any(mine and mine != other for mine, other in zip(marks, first.setdefault(given, marks), strict=True)):
            found.conflicts.append(
                SkippedFile(f"row {number} ({given[:100]})", "duplicate_id", "differs from the first row of this id")
            )
            continue
        names = [name for column in records.picture_columns for name in picture_names(row.get(column))]
        known = found.pictures.get(given)
        if known is None:
            found.pictures[given] = names
            continue
        found.merged += 1
        known += [name for name in names if name not in known]
    found.ambiguous = {identity for identity, contents in alike.items() if len(contents) > 1}
    for identity, contents in alike.items():
        found.ids |= contents if identity in found.ambiguous else {identity}
    return found
