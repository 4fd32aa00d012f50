"""Filter expressions such as ``category = 'Shoes' AND price < 50``, turned into safe SQLAlchemy conditions.

The text is parsed, never run: only the comparisons below exist, only the fields of a product, and every value
travels as a bound parameter.
"""

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlalchemy import ColumnElement, Float, and_, case, cast, false, not_, or_
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.catalog.attribute_numbers import AttributeNumber
from core.catalog.money import MINOR_DIGITS
from core.catalog.schema import products
from core.errors import CatalogError

_COLUMNS = ("product_id", "title", "category", "currency", "brand", "color", "description", "split")
_HELP = (
    f"fields: price, attribute.NAME, {', '.join(_COLUMNS)}; "
    "operators: = != < <= > >= LIKE IN BETWEEN IS NULL AND OR NOT"
)

_MOST_CHARACTERS = 10_000
_MOST_VALUES = 500  # SQLite refuses a condition of more than 1,000 parts
_LARGEST_WHOLE = 2**53  # larger ones stay floating-point, which every database can compare

_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    exp.EQ: lambda field, value: field == value,
    exp.NEQ: lambda field, value: field != value,
    exp.LT: lambda field, value: field < value,
    exp.LTE: lambda field, value: field <= value,
    exp.GT: lambda field, value: field > value,
    exp.GTE: lambda field, value: field >= value,
    exp.Like: lambda field, value: field.ilike(value),  # as SQLite compares; PostgreSQL would tell A from a
    exp.ILike: lambda field, value: field.ilike(value),
}


def parse_where(expression: str) -> ColumnElement[bool]:
    """Turn a filter expression into a condition on the table of products.

    Args:
        expression: For example ``split = 'test' AND (price < 50 OR brand IN ('Alma', 'Nord'))``.
            Prices are in major units (euros, not cents). Text in single or double quotes.

    Raises:
        CatalogError: It cannot be read, is longer than 10,000 characters or 500 values, or names a field or an
            operator that does not exist.
    """
    if len(expression) > _MOST_CHARACTERS:
        raise CatalogError(f"a filter has at most {_MOST_CHARACTERS:,} characters, not {len(expression):,}; shorten it")
    try:
        # This dialect reads 'text' and "text" alike, as people type them in a shell.
        tree = sqlglot.parse_one(expression, dialect="bigquery")
    except (SqlglotError, RecursionError) as error:
        raise CatalogError(f"cannot read the filter {expression[:200]!r}{_place(error)}; {_HELP}") from error
    try:
        values = sum(1 for _ in tree.find_all(exp.Literal))
        if values > _MOST_VALUES:
            raise CatalogError(f"a filter compares with at most {_MOST_VALUES} values, not {values:,}; split it up")
        return _condition(tree)
    except RecursionError as error:
        raise CatalogError(f"the filter is nested too deeply ({len(expression)} characters); {_HELP}") from error


def _condition(node: exp.Expr) -> ColumnElement[bool]:
    if isinstance(node, exp.Paren):
        return _condition(node.this)
    if isinstance(node, exp.And):
        return and_(_condition(node.left), _condition(node.right))
    if isinstance(node, exp.Or):
        return or_(_condition(node.left), _condition(node.right))
    if isinstance(node, exp.Not):
        return not_(_condition(node.this))
    return _comparison(node)


def _comparison(node: exp.Expr) -> ColumnElement[bool]:
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return _field(node.this, None).is_(None)
    if isinstance(node, exp.In) and node.expressions:
        values = [_fitting(node.this, _value(value)) for value in node.expressions]
        return or_(false(), *(_field(node.this, value) == value for value in values))
    if isinstance(node, exp.Between):
        low, high = (_fitting(node.this, _value(node.args[end])) for end in ("low", "high"))
        return _field(node.this, low).between(low, high)
    compare = _COMPARISONS.get(type(node))
    if compare is None:
        raise CatalogError(f"the filter cannot use {node.sql()[:100]!r}; {_HELP}")
    value = _fitting(node.this, _value(node.expression))
    return compare(_field(node.this, value), value)


def _fitting(node: exp.Expr, value: str | int | float) -> str | int | float:
    """Give a value the type of its field: PostgreSQL does not compare texts with numbers, SQLite does it like this."""
    name = _name(node) if isinstance(node, exp.Column) else ""
    if name in _COLUMNS:
        return str(value)
    if name != "price" or not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError as error:
        raise CatalogError(f"a price is compared with a number, not {value[:100]!r}; {_HELP}") from error


def _name(column: exp.Column) -> str:
    return ".".join(part.name for part in column.parts)


def _field(node: exp.Expr, value: Any) -> Any:
    """The column a name stands for; an attribute is compared as a number when the value is one."""
    if not isinstance(node, exp.Column):
        raise CatalogError(f"expected a field on the left, found {node.sql()[:100]!r}; {_HELP}")
    name = _name(node)
    if name == "price":
        return _major_price()
    if name.startswith("attribute."):
        entry = products.c.attributes[name.removeprefix("attribute.")]
        return AttributeNumber(entry) if isinstance(value, int | float) else entry.as_string()
    if name not in _COLUMNS:
        raise CatalogError(f"products have no field {name[:100]!r}; {_HELP}")
    return products.c[name]


def _major_price() -> Any:
    """The price in major units, whose size depends on the currency."""
    factors = ((products.c.currency == code, 10.0**digits) for code, digits in MINOR_DIGITS.items())
    return cast(products.c.price_minor_units, Float) / case(*factors, else_=100.0)


def _value(node: exp.Expr) -> str | int | float:
    sign = 1
    while isinstance(node, exp.Neg | exp.Paren):
        sign, node = (-sign if isinstance(node, exp.Neg) else sign), node.this
    if not isinstance(node, exp.Literal):
        raise CatalogError(f"expected a number or a text in quotes, found {node.sql()[:100]!r}; {_HELP}")
    if node.is_string:
        return str(node.this)
    try:
        number = float(node.this) * sign
    except ValueError as error:  # "1e" is a number to the parser
        raise CatalogError(f"expected a number, found {node.sql()[:100]!r}; {_HELP}") from error
    return int(number) if number.is_integer() and abs(number) <= _LARGEST_WHOLE else number


def _place(error: Exception) -> str:
    """Say where a filter stops making sense, as far as the parser knows; its own words are about its insides."""
    found = getattr(error, "errors", None) or [{}]
    column = found[0].get("col")
    return f": it stops making sense at character {column}" if column else ": a quote or a bracket may be missing"
