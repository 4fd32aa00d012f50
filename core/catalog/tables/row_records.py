"""Rows of a table made into products, field by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

from core.catalog.currencies import UNKNOWN_CURRENCY, currency_of, is_currency
from core.catalog.folder_source import SPLIT_FOLDERS
from core.catalog.money import to_major_units
from core.catalog.prices import HIGHEST_ATTRIBUTE, WAS_ATTRIBUTE, PriceStyle, guess_style, parse_price
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from core.catalog.tables.category_cells import category_levels, guess_separator
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
from core.catalog.tables.specifications import specifications
from core.errors import CatalogError

LONGEST = {"product_id": 300, "title": 5_000, "brand": 1_000, "color": 1_000}
"""Characters a field may have; a row with more is skipped."""

MOST_ATTRIBUTES = 500


@dataclass(frozen=True)
class ColumnStyles:
    """How the columns of a table are written, found from their first rows.

    Attributes:
        price: Decimal mark of the price.
        was_price: Decimal mark of the price before a discount.
        separator: Sign between the levels of a category.
        currency: Currency of prices that name none.
    """

    price: PriceStyle
    was_price: PriceStyle
    separator: str | None
    currency: str | None


def column_styles(
    mapping: Mapping[str, MappedColumn], rows: Sequence[Mapping[str, Any]], *, currency: str | None
) -> ColumnStyles:
    """Find out how columns are written.

    Args:
        mapping: The columns of each field.
        rows: The first rows.
        currency: What the user said, or None: then a price column's name may say it, as in "price_eur".
    """

    def cells(field: str) -> list[Any]:
        chosen = mapping.get(field)
        return [row.get(chosen.columns[0]) for row in rows] if chosen else []

    levels = mapping.get("category")
    separator = guess_separator(cells("category")) if levels and len(levels.columns) == 1 else None
    return ColumnStyles(
        guess_style(cells("price")),
        guess_style(cells(WAS_PRICE)),
        separator,
        currency or _named_currency(mapping.get("price")) or _of_schema(mapping),
    )


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
        self._measured = tuple((self._first[name], most) for name, most in LONGEST.items() if name in self._first)
        self._identity = tuple(
            column for field in ("title", "picture", "brand", "category") for column in self._columns.get(field, ())
        )
        self._read_price = lru_cache(maxsize=2**16)(partial(parse_price, style=styles.price))

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

    def content(self, row: Mapping[str, Any], *, without: Sequence[str] = ()) -> str:
        """Name a row by all it holds, but for some columns."""
        return f"row-{_digest((name, cell) for name, cell in row.items() if name not in without)}"

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


def check_currency(code: str | None) -> str | None:
    """Check the currency a user named.

    Raises:
        CatalogError: It is no code of ISO 4217.
    """
    if code is not None and not is_currency(code):
        raise CatalogError(f"{code[:20]!r} is no currency: expected three letters of ISO 4217 such as EUR, USD or INR")
    return code.upper() if code else None


def _named_currency(price: MappedColumn | None) -> str | None:
    """Find a currency in the name of the price column."""
    if price is None:
        return None
    words = re.findall(r"[A-Za-z]+|[^\w\s()\[\]]", price.columns[0])
    found = {currency_of(word) for word in words if len(word) == 3 or not word.isalpha()} - {None}
    return found.pop() if len(found) == 1 else None


def _of_schema(mapping: Mapping[str, MappedColumn]) -> str | None:
    """Know the currency of a schema that is recognized whole: Flipkart sells in rupees."""
    chosen = {field: each.columns for field, each in mapping.items()}
    is_flipkart = chosen.get("product_id") == ("uniq_id",) and chosen.get("category") == ("product_category_tree",)
    return "INR" if is_flipkart else None


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
