"""Aligned tables and short texts for people."""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.cli.progress_line import duration_words, printable
from core.errors import SettingsError

_WIDEST = 60


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, empty: str) -> str:
    """Lay out rows in aligned columns: numbers to the right, everything else to the left.

    Args:
        rows: What to show.
        columns: Key of a row, and the heading of its column.
        empty: What to say when there are no rows.
    """
    if not rows:
        return empty
    cells = [[cell(row.get(key)) for key in columns] for row in rows]
    headings = list(columns.values())
    rights = [all(_is_number(row.get(key)) for row in rows) for key in columns]
    widths = [
        max(width(text) for text in (heading, *column))
        for heading, column in zip(headings, zip(*cells, strict=True), strict=True)
    ]
    lines = [headings, *cells]
    return "\n".join(
        "  ".join(
            _fill(text, room, right=right) for text, room, right in zip(line, widths, rights, strict=True)
        ).rstrip()
        for line in lines
    )


def facts(values: Mapping[str, Any]) -> str:
    """Lay out names and values, one a line, values aligned."""
    room = max(width(name) for name in values)
    return "\n".join(f"{_fill(name, room)}  {cell(value, widest=None)}" for name, value in values.items())


def cell(value: Any, *, widest: int | None = _WIDEST) -> str:
    """Write a value: thousands grouped, 3 digits behind the point, nothing for None, texts cut at the widest."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.3f}"
    text = printable(str(value))
    return text if widest is None or len(text) <= widest else text[: widest - 1] + "…"


def seconds_cell(seconds: float | None) -> str:
    """Write a duration, nothing for None."""
    return "" if seconds is None else duration_words(seconds)


def percent_cell(share: float | None) -> str:
    """Write a share 0..1 as percent, nothing for None."""
    return "" if share is None else f"{100 * share:.0f} %"


def width(text: str) -> int:
    """Count the terminal columns a text takes: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def _fill(text: str, room: int, *, right: bool = False) -> str:
    blanks = " " * (room - width(text))
    return blanks + text if right else text + blanks


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def write_table(path: Path, frame: Any) -> None:
    """Write a table as CSV, whole.

    Raises:
        SettingsError: It cannot be written there.
    """
    from core.catalog.export_cells import frame_csv
    from core.files import write_whole

    try:
        write_whole(path, frame_csv(frame).encode(errors="replace"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror or error}): name another --out") from error
