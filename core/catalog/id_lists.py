"""Conditions on many product ids at once: they travel as one JSON text, so that no number of values is too large."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class AmongIds(FunctionElement[bool]):
    """Whether a column's value is one of some ids.

    Args:
        column: A column of texts.
        ids: The ids.
    """

    type = Boolean()
    name = "among_ids"
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], ids: Sequence[str]) -> None:
        super().__init__(column, bindparam(None, json.dumps(list(ids))))


@compiles(AmongIds)
def _in_sqlite(element: AmongIds, compiler: Any, **settings: Any) -> str:
    column, ids = (compiler.process(each, **settings) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(AmongIds, "postgresql")
def _in_postgresql(element: AmongIds, compiler: Any, **settings: Any) -> str:
    column, ids = (compiler.process(each, **settings) for each in element.clauses)
    return f"{column} IN (SELECT jsonb_array_elements_text(CAST({ids} AS jsonb)))"
