"""A class map: which name of a catalog means which class of a run, as people wrote it down."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.catalog.export_cells import plain_cell
from core.errors import RunError
from core.files import read_ordinary

_MOST_BYTES = 4 * 2**20
_MOST_LINES = 50_000
_LONGEST_NAME = 1000
_HEADER = ("from", "to")


def read_class_map(path: Path) -> dict[str, str]:
    """Read a CSV file of two columns, ``from`` (the catalog's name) and ``to`` (the run's class).

    An empty ``to`` leaves the name out. The first line may be the header; delimiters are commas, semicolons or tabs.

    Raises:
        RunError: The file cannot be read, has other columns, or says two things about one name.
    """
    try:
        text = read_ordinary(path, most_bytes=_MOST_BYTES).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError(f"the class map {path} cannot be read: {reason}; expected a CSV file: from,to") from error
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text)) if any(map(str.strip, row))]
    except csv.Error as error:
        raise RunError(f"the class map {path} is no CSV file: {error}; expected two columns: from,to") from error
    if rows and tuple(cell.strip().casefold() for cell in rows[0]) == _HEADER:
        rows = rows[1:]
    if not rows or len(rows) > _MOST_LINES:
        raise RunError(f"the class map {path} has {len(rows):,} lines: expected 1 to {_MOST_LINES:,}, each from,to")
    return _pairs(rows, path)


def check_class_map(mapping: Mapping[str, str], run_classes: Sequence[str]) -> None:
    """Check that everything a map leads to is a class of the run.

    Raises:
        RunError: Something is not; the message names what the run knows.
    """
    known = set(run_classes)
    strange = sorted({to for to in mapping.values() if to and to not in known})
    if strange:
        named = ", ".join(repr(name[:80]) for name in list(run_classes)[:12])
        more = " ..." if len(run_classes) > 12 else ""
        raise RunError(
            f"the class map leads to {strange[0][:120]!r}, which the run does not know: it knows {named}{more}"
        )


def _pairs(rows: Sequence[Sequence[str]], path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        if len(row) != 2 or not row[0].strip() or max(map(len, row)) > _LONGEST_NAME:
            raise RunError(f"line {number} of the class map {path} has {len(row)} cells: expected two, from,to")
        name, to = (plain_cell(cell.strip()) for cell in row)
        if found.setdefault(name, to) != to:
            raise RunError(
                f"the class map {path} leads {name[:120]!r} to {found[name]!r} and to {to[:120]!r}: keep one"
            )
    return found


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)
