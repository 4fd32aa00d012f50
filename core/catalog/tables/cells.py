"""Cells of rows as clean texts and JSON values: nothing in them may reach a terminal or a database as it came."""

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

MOST_CHARACTERS = 2**20
MOST_LEVELS = 20

UNCLEAN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of characters."""
_EMPTY = frozenset(["", "nan", "null", "nil", "n/a", "#n/a", "<na>", "\\n"])
_NOTHING = _EMPTY | {"none", "na", "-", "unknown", "undefined"}


def cell_text(cell: Any) -> str:
    """Write a cell as text on which nothing is left to strip; empty for nothing."""
    if type(cell) is str:
        text: str = cell
    elif cell is None:
        return ""
    else:
        text = _written(cell)
    text = text.strip()
    return text if text.isprintable() else clean_text(text)


def clean_text(text: str) -> str:
    """Take control characters and halves of characters out of a text; line ends and tabs stay."""
    return UNCLEAN.sub("", text).strip()


def is_empty(text: str) -> bool:
    """Tell whether a text is what programs write for no value."""
    return len(text) < 6 and text.lower() in _EMPTY


def field_text(cell: Any) -> str | None:
    """Write a cell of a field such as the brand on one line, where "None" and "unknown" say nothing either."""
    return _field_text(cell) if type(cell) is str and len(cell) < 200 else _field_text.__wrapped__(cell)


@lru_cache(maxsize=2**14)  # brands, colors and currencies come again and again
def _field_text(cell: Any) -> str | None:
    text = cell_text(cell)
    return None if len(text) < 10 and text.lower() in _NOTHING else one_line(text)


def one_line(text: str) -> str:
    """Put a text on one line."""
    return " ".join(text.split()) if "  " in text or not text.isprintable() else text


def longest_cell(row: Mapping[str, Any]) -> int:
    """Return the length of the longest text of a row, in characters."""
    try:
        return max(map(len, row.values()), default=0)  # most tables hold nothing but texts
    except TypeError:
        return max((len(cell) for cell in row.values() if isinstance(cell, str)), default=0)


def json_value(cell: Any, level: int = 0) -> Any:
    """Make a cell a JSON value for the attributes; None where it says nothing or is nested too deeply."""
    if isinstance(cell, str):
        text = cell_text(cell)
        return None if is_empty(text) else text
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, int):
        return cell if -(2**63) <= cell < 2**63 else str(cell)[:40]
    if isinstance(cell, float | Decimal):
        return _number(cell)
    if isinstance(cell, list | tuple | dict):
        return _collection(cell, level)
    return None if isinstance(cell, bytes | bytearray | memoryview) else cell_text(cell) or None


def _collection(cell: Any, level: int) -> Any:
    if level >= MOST_LEVELS:
        return None
    if isinstance(cell, dict):
        values = {clean_text(str(name))[:200]: json_value(value, level + 1) for name, value in cell.items()}
        return {name: value for name, value in values.items() if value is not None} or None
    return [value for each in cell if (value := json_value(each, level + 1)) is not None] or None


def _number(cell: float | Decimal) -> int | float | None:
    number = float(cell)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _written(cell: Any) -> str:
    """Write what is no text as one."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | Decimal):
        number = _number(cell)
        return "" if number is None else str(number)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, bytes | bytearray):
        return bytes(cell[:MOST_CHARACTERS]).decode("utf-8", errors="replace")
    if isinstance(cell, list | tuple | dict):
        value = json_value(cell)
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    return str(cell)
