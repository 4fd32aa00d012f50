"""Cells of CSV files that no spreadsheet takes for a formula, and reading them back exactly."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "'"
"""Put before a text that could be a formula, and before one that begins with the mark itself."""

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
    """Write rows of cells that are safe already as lines of CSV."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
