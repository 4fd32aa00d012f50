"""Rows of a table made into products, field by field."""

from array import array
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

from core.catalog.currencies import UNKNOWN_CURRENCY, currency_of
from core.catalog.folder_source import SPLIT_FOLDERS
from core.catalog.money import to_major_units
from core.catalog.prices import HIGHEST_ATTRIBUTE, WAS_ATTRIBUTE, parse_price
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from core.catalog.tables.category_cells import category_levels
from core.catalog.tables.cells import (
    MOST_CHARACTERS,
    cell_text,
    field_text,
    is_empty,
    json_value,
    longest_cell,
    one_line,
)
from core.catalog.tables.column_mapping import SPECIFICATIONS, WAS_PRICE, MappedColumn, attribute_names
from core.catalog.tables.column_names import plain_name
from core.catalog.tables.column_styles import ColumnStyles
from core.catalog.tables.specifications import specifications
from core.errors import CatalogError

LONGEST = {"product_id": 300, "title": 5_000, "brand": 1_000, "color": 1_000}
"""Characters a field may have; a row with more is skipped."""

MOST_ATTRIBUTES = 500


class RowRecords:
    """Makes products of rows.

    Args:
        columns: Names of all columns.
        mapping: The columns of each field.
        styles: How they are written.
    """

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, MappedColumn], styles: ColumnStyles) -> None:
        self._columns = {field: each.columns for field, each in mapping.items()}
        self._first = {field: each.columns[0] for field, each in mapping.items()}
        self._styles = styles
        self._attributes = attribute_names(columns, mapping)
        self._columns_known = frozenset(columns)
        self._told_apart = tuple(column for column in columns if not self._is_of_pictures(column))
        self._measured = tuple((self._first[name], most) for name, most in LONGEST.items() if name in self._first)
        self._identity = tuple(
            column for field in ("title", "picture", "brand", "category") for column in self._columns.get(field, ())
        )
        self._read_price = lru_cache(maxsize=2**16)(partial(parse_price, style=styles.price))

    def _is_of_pictures(self, column: str) -> bool:
        """Tell whether a column names pictures or says something of them, such as "Image Position"."""
        return column in self.picture_columns or plain_name(column).startswith(("image", "picture", "photo"))

    @property
    def picture_columns(self) -> tuple[str, ...]:
        """The columns that name pictures."""
        return self._columns.get("picture", ())

    def trouble(self, row: Mapping[str, Any]) -> str | None:
        """Say why a row cannot be a product, None when it can."""
        for column, most in self._measured:
            cell = row.get(column)
            if cell is not None and len(cell if type(cell) is str else cell_text(cell)) > most:
                return f"{column} has more than {most:,} characters"
        if longest_cell(row) > MOST_CHARACTERS:
            return f"a cell has more than {MOST_CHARACTERS:,} characters"
        return None

    def given_id(self, row: Mapping[str, Any]) -> str | None:
        """Return the id a row gives its product; None where it gives none."""
        column = self._first.get("product_id")
        return (one_line(cell_text(row.get(column))) or None) if column else None

    def identity(self, row: Mapping[str, Any]) -> str:
        """Name a row without an id by what tells products apart: title, pictures, brand and category."""
        return f"row-{_digest(row.get(column) for column in self._identity or row)}"

    def content(self, row: Mapping[str, Any]) -> str:
        """Name a row by all it holds."""
        return f"row-{_digest(row.items())}"

    def marks(self, row: Mapping[str, Any]) -> "array[int]":
        """Give a number for each cell that is not about pictures, equal for equal cells and 0 for an empty one.

        They hold within this process only, and take a fraction of the memory of a row.
        """
        texts = [cell_text(row.get(column)) for column in self._told_apart]
        further = sorted((name, cell_text(row[name])) for name in row.keys() - self._columns_known)
        return array("q", [*(hash(text) if text else 0 for text in texts), hash(tuple(further)) if further else 0])

    def record(
        self,
        row: Mapping[str, Any],
        product_id: str,
        *,
        pictures: tuple[SourcePicture, ...],
        skipped: list[SkippedFile],
    ) -> SourceRecord:
        """Make the product of a row.

        Args:
            row: Its cells.
            product_id: Its id.
            pictures: Its pictures, found already.
            skipped: Gets what could not be used.
        """
        attributes = self._further(row)
        price, currency = self._price(row, product_id, attributes, skipped)
        category = self._category(row)
        title = one_line(cell_text(row.get(self._first["title"]))) if "title" in self._first else ""
        description = cell_text(row.get(self._first["description"])) if "description" in self._first else ""
        return SourceRecord(
            product_id=product_id,
            title=title if title and not is_empty(title) else (category[-1] if category else product_id),
            category=category,
            price_minor_units=price,
            currency=currency,
            brand=self._field(row, "brand") or _specified(attributes, "Brand"),
            color=self._field(row, "color") or _specified(attributes, "Color", "Colour"),
            description=None if is_empty(description) else description,
            split=SPLIT_FOLDERS.get((self._field(row, "split") or "").casefold()),
            attributes=attributes,
            pictures=pictures,
        )

    def _field(self, row: Mapping[str, Any], field: str) -> str | None:
        column = self._first.get(field)
        return field_text(row.get(column)) if column else None

    def _category(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        columns = self._columns.get("category", ())
        if len(columns) == 1:
            return category_levels(row.get(columns[0]), self._styles.separator)
        levels = [field_text(row.get(column)) for column in columns]
        return tuple(level[:300] for level in levels if level)

    def _further(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Collect what is in no field."""
        attributes: dict[str, Any] = {}
        for column, name in self._attributes.items():
            value = json_value(row.get(column))
            if value is not None:
                attributes[name] = value
        if not row.keys() <= self._columns_known:  # objects of JSON may have names that the first did not have
            further = {name: json_value(row[name]) for name in row.keys() - self._columns_known}
            attributes |= {name: value for name, value in sorted(further.items()) if value is not None}
        if SPECIFICATIONS in self._first:
            column = self._first[SPECIFICATIONS]
            found = specifications(cell_text(row.get(column)))
            attributes |= {column: row.get(column)} if found is None else found
        return dict(list(attributes.items())[:MOST_ATTRIBUTES]) if len(attributes) > MOST_ATTRIBUTES else attributes

    def _price(
        self, row: Mapping[str, Any], product_id: str, attributes: dict[str, Any], skipped: list[SkippedFile]
    ) -> tuple[int | None, str | None]:
        """Read the price; one that cannot be read stays among the attributes, where it can be mended."""
        column = self._first.get("price")
        cell = row.get(column) if column else None
        if column is None or cell is None or is_empty(text := cell_text(cell)):
            return None, None
        named = self._currency(row)
        try:
            price = self._read_price(cell if isinstance(cell, int | float | Decimal) else text, currency=named)
        except CatalogError as error:
            skipped.append(SkippedFile(product_id, "bad_price", str(error)))
            attributes.setdefault(column, json_value(cell))
            return None, None
        code = price.currency or UNKNOWN_CURRENCY
        was = price.was_minor_units or self._was(row, code)
        if was:
            attributes[WAS_ATTRIBUTE] = _shown(was, code)
        if price.highest_minor_units:
            attributes[HIGHEST_ATTRIBUTE] = _shown(price.highest_minor_units, code)
        return price.minor_units, code

    def _was(self, row: Mapping[str, Any], currency: str) -> int | None:
        column = self._first.get(WAS_PRICE)
        cell = row.get(column) if column else None
        if cell is None or cell == "":
            return None
        try:
            return parse_price(cell, currency=currency, style=self._styles.was_price).minor_units
        except CatalogError:
            return None

    def _currency(self, row: Mapping[str, Any]) -> str | None:
        named = self._field(row, "currency")
        return (currency_of(named, hint=self._styles.currency) if named else None) or self._styles.currency


def _digest(values: Any) -> str:
    return blake2b(repr(list(values)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _shown(minor_units: int, currency: str) -> int | float:
    amount = to_major_units(minor_units, currency)
    return int(amount) if amount.is_integer() else amount


def _specified(attributes: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str) and len(value) <= LONGEST["brand"]:
            return one_line(value)
    return None
