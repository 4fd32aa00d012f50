"""What the cells of a column look like: the evidence beside its name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median_low
from typing import Any

from core.catalog.currencies import CURRENCY, currency_of
from core.catalog.folder_source import SPLIT_FOLDERS
from core.catalog.prices import parse_price
from core.catalog.tables.category_cells import SURE_SIGNS
from core.catalog.tables.cells import cell_text, is_empty
from core.catalog.tables.picture_cells import is_address, looks_like_pictures
from core.errors import CatalogError

_LONGEST = 4000
_CHECKED = 100
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*")
_CURRENCY_CELL = re.compile(r"[A-Za-z]{3}|[^\w\s]{1,2}|Rs\.?")


@dataclass(frozen=True)
class ColumnEvidence:
    """A column's cells in the first rows.

    Attributes:
        name: The column.
        cells: Its cells that hold anything, as they came.
        rows: How many rows were looked at.
    """

    name: str
    cells: tuple[Any, ...]
    rows: int

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The cells as texts, long ones cut."""
        return tuple(cell_text(cell)[:_LONGEST] for cell in self.cells)

    @cached_property
    def filled(self) -> float:
        """Share of the rows that hold anything here, 0..1."""
        return len(self.cells) / self.rows if self.rows else 0.0

    @cached_property
    def distinct(self) -> float:
        """Share of the cells that differ from all before them, 0..1."""
        return len(set(self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def usual_length(self) -> float:
        """Characters of the middle cell by length; a single huge one says nothing of a column."""
        return median_low(map(len, self.texts)) if self.texts else 0.0

    @cached_property
    def numbers(self) -> float:
        """Share of cells that are plain numbers, 0..1."""
        return self._share(bool(_NUMBER.fullmatch(text)) for text in self.texts)

    @cached_property
    def spaced(self) -> float:
        """Share of cells of several words, 0..1."""
        return self._share(" " in text for text in self.texts)

    @cached_property
    def prices(self) -> float:
        """Share of cells that can be read as a price; a price of 0 counts, it is just none that is known."""
        return self._share(_is_price(cell) for cell in self.cells[:_CHECKED])

    @cached_property
    def signed_prices(self) -> float:
        """Share of cells that are prices and name their currency, 0..1."""
        found = (CURRENCY.search(text.lower()) and _is_price(text) for text in self.texts[:_CHECKED])
        return self._share(bool(each) for each in found)

    @cached_property
    def pictures(self) -> float:
        """Share of cells that surely name pictures, 0..1."""
        return self._share(looks_like_pictures(cell) for cell in self.cells[:_CHECKED])

    @cached_property
    def addresses(self) -> float:
        """Share of cells that begin with an address, 0..1."""
        return self._share(is_address(text.lstrip("[\"' ")) for text in self.texts)

    @cached_property
    def paths(self) -> float:
        """Share of cells with a sign between levels, 0..1."""
        return self._share(any(sign in text for sign in SURE_SIGNS) for text in self.texts)

    @cached_property
    def splits(self) -> float:
        """Share of cells that name a split, 0..1."""
        return self._share(text.casefold() in SPLIT_FOLDERS for text in self.texts)

    @cached_property
    def currencies(self) -> float:
        """Share of cells that are nothing but a currency, 0..1."""
        return self._share(bool(_CURRENCY_CELL.fullmatch(text) and currency_of(text)) for text in self.texts)

    @cached_property
    def ruby(self) -> float:
        """Share of cells that look like Ruby hashes, 0..1."""
        return self._share(text.startswith("{") and "=>" in text for text in self.texts)

    @staticmethod
    def _share(found: Iterable[bool]) -> float:
        values = list(found)
        return sum(values) / len(values) if values else 0.0


def column_evidence(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, ColumnEvidence]:
    """Gather the cells of the first rows by column."""
    evidence = {}
    for name in columns:
        cells = tuple(cell for row in rows if (cell := row.get(name)) is not None and not is_empty(cell_text(cell)))
        evidence[name] = ColumnEvidence(name, cells, len(rows))
    return evidence


def _is_price(cell: Any) -> bool:
    if not isinstance(cell, str | int | float):
        return False
    try:
        parse_price(cell)
    except CatalogError:
        return cell_text(cell) in ("0", "0.0", "0.00")
    return True
