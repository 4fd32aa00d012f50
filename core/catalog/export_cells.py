"""Cells of CSV files that no spreadsheet takes for a formula, and reading them back exactly."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MARK = "'"
"""Put before a text that could be a formula, and before one that begins with the mark itself."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
# Full-width signs are read as formulas by some spreadsheets in East Asian locales.
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


def safe_cell(text: str) -> str:
    """Mark a text that a spreadsheet could take for a formula; every other text stays as it is.

    Spreadsheets evaluate cells that begin with ``= + - @``, some after blanks, tabs or line breaks. The mark is what
    they themselves write before a text. Source: OWASP, CSV Injection.
    """
    first = text.lstrip(" \u00a0")[:1]
    return MARK + text if first in _FORMULA_STARTS or text.startswith(MARK) else text


def plain_cell(cell: str) -> str:
    """Give back the text of a cell that :func:`safe_cell` made."""
    return cell.removeprefix(MARK)


def optional_cell(value: str | None) -> str:
    """Write a text that may be missing: nothing for None, so an empty text is written as the mark alone."""
    return "" if value is None else safe_cell(value) or MARK


def optional_value(cell: str) -> str | None:
    """Read what :func:`optional_cell` wrote."""
    return plain_cell(cell) if cell else None


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as lines of CSV: the only place where ShelfLens does.

    Cells that are to be read back exactly come marked by :func:`safe_cell` or :func:`optional_cell`; whatever else
    could be a formula is marked here, so that no writer can forget it. Plain numbers below zero stay numbers.
    """
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows([[_marked(cell) for cell in row] for row in rows])
    return buffer.getvalue()


def frame_csv(frame: "pd.DataFrame") -> str:
    """Write a table as CSV with a line of its columns; missing values are empty."""
    rows = frame.astype(object).where(frame.notna(), "").to_numpy().tolist()
    return csv_lines([list(map(str, frame.columns)), *([str(cell) for cell in row] for row in rows)])


def _marked(cell: str) -> str:
    is_formula = cell.lstrip(" \u00a0")[:1] in _FORMULA_STARTS
    return MARK + cell if is_formula and not _NUMBER.fullmatch(cell) else cell
