"""How a text table parts and quotes its cells, found from its beginning."""

import csv
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from core.errors import SettingsError

SAMPLE_CHARACTERS = 256 * 1024

_SAMPLE_LINES = 300
_CANDIDATES = (",", ";", "\t", "|", "\x1f", "\x01", "^", "~", ":")
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_DECLARED = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and quoted.

    Attributes:
        delimiter: The character between two cells.
        quote: The character around a cell that holds delimiters or line ends.
        escape: The character before a quote inside a quoted cell; None where quotes are doubled instead.
        is_declared: Whether the first line is Excel's "sep=;", which is no row.
    """

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    is_declared: bool = False

    def csv_settings(self) -> dict[str, Any]:
        """Give the settings that Python's csv reader takes."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote,
            "escapechar": self.escape,
            "doublequote": self.escape is None,
        }


def detect_dialect(sample: str, *, suffix: str, delimiter: str | None = None) -> Dialect:
    """Find out how a table is written.

    Args:
        sample: Its beginning.
        suffix: Ending of its name, such as ".tsv".
        delimiter: What a user says parts the cells; None finds out.

    Raises:
        SettingsError: The delimiter is no single character.
    """
    declared = _DECLARED.match(sample)
    body = sample[declared.end() :] if declared else sample
    given = _checked_delimiter(delimiter) if delimiter else declared[1] if declared else None
    parting = given or _likeliest(body, suffix)
    quote = "'" if _is_single_quoted(body, parting) else '"'
    escape = "\\" if _is_escaped(body, parting, quote) else None
    return Dialect(parting, quote, escape, is_declared=declared is not None)


def _checked_delimiter(delimiter: str) -> str:
    character = _NAMED.get(delimiter.lower(), delimiter)
    if len(character) != 1 or character in '\r\n\0"':
        raise SettingsError(
            f"a delimiter is one character such as ';', or one of {', '.join(_NAMED)}, not {delimiter[:20]!r}"
        )
    return character


def _likeliest(sample: str, suffix: str) -> str:
    """Choose the delimiter that parts the most rows into the same number of cells, and into many."""
    lines = sample.splitlines(keepends=True)[:_SAMPLE_LINES]
    if len(lines) > 1 and len(sample) == SAMPLE_CHARACTERS:
        lines.pop()  # cut in the middle
    scores = {each: _score(lines, each) for each in _CANDIDATES}
    if suffix == ".tsv" and scores["\t"]:
        return "\t"
    best = max(scores, key=lambda each: scores[each])
    return best if scores[best] else ("\t" if suffix == ".tsv" else ",")


def _score(lines: list[str], delimiter: str) -> float:
    csv.field_size_limit(2**20)
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    width, count = Counter(widths).most_common(1)[0]
    if width < 2:
        width, count = max(widths), 1  # a title, then rows
        if width < 2:
            return 0.0
    fits_header = 1.0 if widths[0] == width else 0.5
    return fits_header * (count / len(widths)) * math.log2(width + 1)


def _is_escaped(sample: str, delimiter: str, quote: str) -> bool:
    """Tell whether quotes inside cells stand behind a backslash, as MySQL writes them, and are not doubled.

    A backslash before a quote that ends its cell is the last character of the cell; and "" may be an empty cell.
    """
    inside = rf"[^{re.escape(delimiter)}\r\n]"
    doubled = re.search(rf"(?!\\){inside}{quote}{quote}{inside}", sample)
    return doubled is None and re.search(rf"\\{quote}(?!{quote}){inside}", sample) is not None


def _is_single_quoted(sample: str, delimiter: str) -> bool:
    part = re.escape(delimiter)
    quoted = re.findall(rf"(?:^|{part})'[^'\r\n]{{0,1000}}'(?={part}|\r?$)", sample[:65536], re.MULTILINE)
    return '"' not in sample and len(quoted) > sample[:65536].count("\n") // 2 and len(quoted) > 1
