"""How the columns of a table are written: decimal marks, signs between levels, the currency."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalog.currencies import currency_of, is_currency
from core.catalog.prices import PriceStyle, guess_style
from core.catalog.tables.category_cells import guess_separator
from core.catalog.tables.column_mapping import WAS_PRICE, MappedColumn
from core.errors import CatalogError


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
