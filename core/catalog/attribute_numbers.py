"""Attributes compared as numbers, whatever else stands in some of them.

Attributes are what people wrote: one product weighs 250, another "about 300 g". SQLite reads as much of a number as a
text begins with; PostgreSQL would refuse the whole query for one such text, so there a text that is no number has none.
"""

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

# No more digits than a float holds with that exponent: what is out of its range would be refused.
_NUMBER = r"^\s*[-+]?([0-9]{1,200}[.]?[0-9]{0,200}|[.][0-9]{1,200})([eE][-+]?[0-9]{1,2})?\s*$"


class AttributeNumber(FunctionElement[float]):
    """The number in an attribute.

    Args:
        entry: The attribute, an element of a JSON column.
    """

    type = Float()
    name = "attribute_number"
    inherit_cache = True

    def __init__(self, entry: Any) -> None:
        super().__init__(entry.as_string(), entry.as_float())


@compiles(AttributeNumber)
def _as_it_is(element: AttributeNumber, compiler: Any, **settings: Any) -> str:
    _words, number = list(element.clauses)
    return str(compiler.process(number, **settings))


@compiles(AttributeNumber, "postgresql")
def _where_it_is_one(element: AttributeNumber, compiler: Any, **settings: Any) -> str:
    words = compiler.process(next(iter(element.clauses)), **settings)
    return f"CASE WHEN ({words}) ~ '{_NUMBER}' THEN CAST(({words}) AS DOUBLE PRECISION) END"
