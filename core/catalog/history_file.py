"""Files of histories: a table of user, product, event and time, or a line a user with products in order of time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.catalog.histories import HistoryEvent
from core.catalog.history_values import FIELDS, PLURALS, column_of, event_of, time_of
from core.catalog.picture_formats import printable
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import RowReader
from core.catalog.tables.cells import UNCLEAN, cell_text, is_empty
from core.catalog.tables.column_names import plain_name
from core.catalog.tables.encodings import detect_encoding
from core.catalog.tables.table_files import checked_file, table_kind
from core.catalog.tables.table_readers import open_table
from core.errors import CatalogError, SettingsError

LAYOUTS = ("auto", "table", "lines")
MOST_LINE_CHARACTERS = 2**24
MOST_ID_CHARACTERS = 500

_SAMPLE_CHARACTERS = 2**16
_SAMPLE_LINES = 200
_EXAMPLES = 5
_DELIMITERS = ("\t", ";", ",", "|")
_SPACES = re.compile(r"\s+")


@dataclass
class HistorySkips:
    """What was left out of a file, or taken with a doubt: how often and a few examples, by reason."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, example: str) -> None:
        """Count one."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < _EXAMPLES:
            shown.append(printable(example[:100]))

    def to_json(self) -> list[dict[str, Any]]:
        """Give them as JSON values, the most frequent first."""
        reasons = sorted(self.counts, key=lambda reason: -self.counts[reason])
        return [
            {"reason": reason, "count": self.counts[reason], "examples": self.examples[reason]} for reason in reasons
        ]


class HistoryFile:
    """The events of a file, read in constant memory.

    Args:
        text: Its path: CSV and the like, JSON lines, Parquet, a workbook, or text lines.
        columns: Column by field of :data:`core.catalog.history_values.FIELDS`, where the names do not tell.
        layout: "table", "lines", or "auto" to find out.

    Raises:
        CatalogError: It cannot be read, or its columns cannot be told.
        SettingsError: A field, column or layout is unknown.
    """

    def __init__(self, text: str, *, columns: Mapping[str, str] | None = None, layout: str = "auto") -> None:
        if layout not in LAYOUTS:
            raise SettingsError(f"there is no layout {layout[:40]!r}; choose one of {', '.join(LAYOUTS)}")
        self.skips = HistorySkips()
        self._path = checked_file(text)
        self._reader: RowReader | None = None
        self._columns: dict[str, str] = {}
        self._is_text = table_kind(self._path) == "text"
        if self._is_text:
            self._encoding = detect_encoding(self._path)
            first = _first_lines(self._path, self._encoding)
            self._delimiter = _delimiter(first[0])
            self._head = _split(first[0], self._delimiter)
            self._fields = {} if layout == "lines" else _fields_without_header(first, self._delimiter)
        self.layout = layout if layout != "auto" else self._found_layout(columns or {})
        if self.layout == "table" and not (self._is_text and self._fields and not columns):
            self._open_table(columns or {})

    @property
    def description(self) -> str:
        """The name of the file, printable."""
        return printable(self._path.name)

    def events(self) -> Iterator[HistoryEvent]:
        """Yield the events in the order of the file; `skips` tells what was left out."""
        self.skips.counts.clear()
        self.skips.examples.clear()
        if self._reader is not None:
            yield from self._table_events(self._reader)
        elif self.layout == "table":
            yield from self._bare_events()
        else:
            yield from self._line_events()

    def _found_layout(self, columns: Mapping[str, str]) -> str:
        if not self._is_text or columns or self._fields:
            return "table"
        names = tuple(self._head)
        found = {name: column_of(name, names) for name in ("user", "product")}
        if None in found.values() or plain_name(str(found["product"])) in PLURALS:
            return "lines"
        return "table"

    def _open_table(self, columns: Mapping[str, str]) -> None:
        reader = open_table(str(self._path), SourceSettings())
        for name, column in columns.items():
            if name not in FIELDS:
                raise SettingsError(f"an event has no field {name[:60]!r}; map one of {', '.join(FIELDS)}")
            if column and column not in reader.columns:
                raise SettingsError(f"there is no column {column[:100]!r}: found {', '.join(reader.columns)[:500]}")
        found = {name: columns.get(name, column_of(name, reader.columns)) for name in FIELDS}
        missing = [name for name in ("user", "product") if not found[name]]
        if missing:
            raise CatalogError(
                f"{self.description} has no column of the {' and the '.join(missing)}: found "
                f"{', '.join(reader.columns)[:300]}; name it with --map {missing[0]}=COLUMN"
            )
        self._reader, self._columns = reader, {name: column for name, column in found.items() if column}

    def _table_events(self, reader: RowReader) -> Iterator[HistoryEvent]:
        user, product = self._columns["user"], self._columns["product"]
        event, time = self._columns.get("event"), self._columns.get("time")
        for number, row in reader.rows():
            given = row.get(product)
            for each in given if isinstance(given, list) else [given]:
                cells = (row.get(user), each, row.get(event) if event else None, row.get(time) if time else None)
                found = self._event(f"row {number}", cells)
                if found is not None:
                    yield found
        for skipped in reader.skipped():
            self.skips.add(skipped.reason, f"{skipped.name}: {skipped.detail}")

    def _bare_events(self) -> Iterator[HistoryEvent]:
        """Read a table without a header."""
        for number, cells in self._lines():
            if len(cells) < 2:
                self.skips.add("unreadable_row", f"line {number}: {cells[0]}")
                continue
            values = {name: cells[place] if place < len(cells) else None for name, place in self._fields.items()}
            found = self._event(f"line {number}", tuple(values.get(name) for name in FIELDS))
            if found is not None:
                yield found

    def _line_events(self) -> Iterator[HistoryEvent]:
        for number, cells in self._lines():
            if number == 1 and column_of("user", tuple(cells[:1])) and column_of("product", tuple(cells[1:2])):
                continue
            if len(cells) < 2:
                self.skips.add("no_products", f"line {number}: {cells[0]}")
            for product_id in cells[1:]:
                found = self._event(f"line {number}", (cells[0], product_id, None, None))
                if found is not None:
                    yield found

    def _event(self, where: str, cells: tuple[Any, ...]) -> HistoryEvent | None:
        user, product_id = cell_text(cells[0]), cell_text(cells[1])
        for name, value in (("user", user), ("product", product_id)):
            if is_empty(value):
                self.skips.add(f"no_{name}", where)
                return None
            if len(value) > MOST_ID_CHARACTERS:
                self.skips.add("long_id", f"{where}: {value}")
                return None
        event, at = event_of(cells[2]), time_of(cells[3])
        if event is None:
            self.skips.add("other_event_taken_as_view", f"{where}: {cell_text(cells[2])}")
        if at is None:
            self.skips.add("unreadable_time_left_out", f"{where}: {cell_text(cells[3])}")
        return HistoryEvent(user, product_id, event or "view", at or "")

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each line's number and cells; one that is too long is passed by."""
        try:
            with self._path.open("r", encoding=self._encoding, errors="replace") as file:
                number = 0
                while line := file.readline(MOST_LINE_CHARACTERS + 1):
                    number += 1
                    if len(line) > MOST_LINE_CHARACTERS:
                        self.skips.add("long_line", f"line {number}: {line[:60]}")
                        while line and not line.endswith("\n"):
                            line = file.readline(MOST_LINE_CHARACTERS)
                    elif cells := _split(line, self._delimiter):
                        yield number, cells
        except (OSError, UnicodeError) as error:
            raise CatalogError(f"{self.description} cannot be read further: {error}") from error


def _first_lines(path: Path, encoding: str) -> list[str]:
    """Read the first lines that hold anything, and refuse what is no text."""
    try:
        with path.open("r", encoding=encoding, errors="replace") as file:
            sample = file.read(_SAMPLE_CHARACTERS)
    except (OSError, UnicodeError) as error:
        raise CatalogError(f"{printable(path.name)} cannot be read: {error}") from error
    strange = len(UNCLEAN.findall(sample)) + sample.count("�")
    if strange > len(sample) // 50:
        raise CatalogError(
            f"{printable(path.name)} is no text: expected a table of user, product, event and time, or a line a user"
        )
    lines = [line for line in sample.splitlines() if line.strip()]
    if not lines:
        raise CatalogError(f"{printable(path.name)} holds no line: expected a user and products in each")
    return lines[:-1][:_SAMPLE_LINES] if len(sample) == _SAMPLE_CHARACTERS and len(lines) > 1 else lines[:_SAMPLE_LINES]


def _delimiter(line: str) -> str | None:
    """Find what parts the cells of a line; None for white space."""
    return next((sign for sign in _DELIMITERS if sign in line), None)


def _split(line: str, delimiter: str | None) -> list[str]:
    line = line.strip("﻿ \r\n\0")
    cells = _SPACES.split(line) if delimiter is None else [cell.strip().strip('"') for cell in line.split(delimiter)]
    return [cell for cell in cells if cell] if delimiter is None or not any(cells) else cells


def _fields_without_header(lines: list[str], delimiter: str | None) -> dict[str, int]:
    """Tell a table without a header by a column of times or of events behind user and product, in every line.

    Returns:
        Place by field; empty when the lines are no such table.
    """
    rows = [_split(line, delimiter) for line in lines]
    width = len(rows[0])
    if not 3 <= width <= 6 or any(len(row) != width for row in rows):
        return {}
    found = {"user": 0, "product": 1}
    for place in range(2, width):
        column = [row[place] for row in rows]
        if "time" not in found and all(time_of(cell) for cell in column):
            found["time"] = place
        elif "event" not in found and all(cell and event_of(cell) for cell in column):
            found["event"] = place
    return found if len(found) > 2 else {}
