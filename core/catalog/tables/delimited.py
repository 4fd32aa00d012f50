"""Text tables: CSV, TSV and their relatives, read row by row whatever is wrong in them."""

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile
from core.catalog.tables.columns import column_names, has_header
from core.catalog.tables.dialects import SAMPLE_CHARACTERS, Dialect, detect_dialect
from core.catalog.tables.encodings import check_encoding, detect_encoding
from core.errors import CatalogError

MOST_CELL_CHARACTERS = 2**20
MOST_ROW_CHARACTERS = 2**22
MOST_REWINDS = 20

_SAMPLE_ROWS = 50
_SMALL_BYTES = 4 * 2**20


class DelimitedReader:
    """Rows of a text table, in constant memory.

    A row with too few cells is padded with empty ones, and counted in `padded`. A row with too many, one with a single
    cell where three columns are expected, and one longer than 4 Mi characters are skipped. A quote that never ends
    costs its own row only: reading goes on in the line after it.

    Args:
        path: The file.
        encoding: Its encoding; None finds out.
        delimiter: What parts its cells; None finds out.

    Raises:
        CatalogError: It cannot be read or holds no row.
        SettingsError: There is no such encoding or delimiter.
    """

    def __init__(self, path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        self._path = path
        try:
            self.encoding = check_encoding(encoding) if encoding else detect_encoding(path)
            with self._open() as file:
                sample = file.read(SAMPLE_CHARACTERS)
        except (OSError, UnicodeError) as error:
            raise CatalogError(f"{printable(path.name)} cannot be read: {error}") from error
        self.dialect = detect_dialect(sample, suffix=path.suffix.lower(), delimiter=delimiter)
        first = self._first_rows()
        if not first:
            raise CatalogError(f"{printable(path.name)} holds no row: expected a table with a row of column names")
        self._has_header = has_header(first)
        width = max(len(row) for row in first)
        self.columns = column_names(first[0] if self._has_header else [""] * width)
        self.padded = 0
        self._skipped: list[SkippedFile] = []

    @property
    def description(self) -> str:
        """The absolute path of the file, printable."""
        return printable(str(self._path))

    def count(self) -> int | None:
        """Return the number of rows of a small file; None of one that would take long to read."""
        return sum(1 for _ in self.rows()) if self._path.stat().st_size <= _SMALL_BYTES else None

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each row's number and its cells, all of them texts."""
        self._skipped, self.padded = [], 0
        columns, width = self.columns, len(self.columns)
        try:
            with self._open() as file:
                for number, cells in self._numbered(file):
                    if len(cells) == width:
                        yield number, dict(zip(columns, cells, strict=True))
                    elif fitted := self._fitted(number, cells):
                        yield number, dict(zip(columns, fitted, strict=True))
        except (OSError, UnicodeError) as error:
            raise CatalogError(f"{printable(self._path.name)} cannot be read further: {error}") from error

    def skipped(self) -> list[SkippedFile]:
        """Return the rows that could not be read so far."""
        return list(self._skipped)

    def notes(self) -> list[str]:
        """Say what is worth knowing of the rows read so far."""
        return [f"{self.padded:,} rows have fewer cells than columns; the rest counts as empty"] if self.padded else []

    def _open(self) -> TextIO:
        return self._path.open("r", encoding=self.encoding, errors="replace", newline="")

    def _first_rows(self) -> list[list[str]]:
        """Read the first rows that hold anything."""
        rows: list[list[str]] = []
        with self._open() as file:
            for cells in _parsed(_Lines(file), self.dialect):
                if isinstance(cells, list) and any(cells):
                    rows.append(cells)
                if len(rows) == _SAMPLE_ROWS:
                    break
        return rows

    def _numbered(self, file: TextIO) -> Iterator[tuple[int, list[str]]]:
        """Number the rows of data; what is no row is listed as skipped."""
        lines = _Lines(file)
        number = -1 if self._has_header else 0
        width, recovering = len(self.columns), False
        for cells in _parsed(lines, self.dialect):
            if isinstance(cells, list):
                if not any(cells):
                    continue
                if recovering and len(cells) != width:
                    continue  # the rest of a row that is listed already
                recovering = False
                number += 1
                if number:
                    yield number, cells
            elif not (recovering and cells.is_torn):
                number += 1
                recovering = cells.is_torn
                self._skipped.append(SkippedFile(f"row {number}", "unreadable_row", cells.why))

    def _fitted(self, number: int, cells: list[str]) -> list[str] | None:
        """Bring a row of another width to that of the table; None when it cannot be trusted."""
        width = len(self.columns)
        if len(cells) > width:
            if not any(cells[width:]):
                return cells[:width]
            why = f"{len(cells)} cells where the table has {width} columns"
        elif len(cells) > 1 or width < 3:
            self.padded += 1
            return cells + [""] * (width - len(cells))
        else:
            why = f"one cell where the table has {width} columns"
        self._skipped.append(SkippedFile(f"row {number}", "ragged_row", why))
        return None


class _Broken(Exception):
    """A row that cannot be read; `is_torn` says that what follows may be the rest of it."""

    def __init__(self, why: str, *, is_torn: bool = True) -> None:
        super().__init__(why)
        self.why, self.is_torn = why, is_torn


class _Lines:
    """Lines of a file that know which of them belong to the present row, so that reading can go back to them."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._characters = 0
        self._rewinds = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._file.readline(MOST_ROW_CHARACTERS + 1)
        if not line:
            if self._row:
                raise _Broken("a quoted cell does not end")
            raise StopIteration
        self._characters += len(line)
        if len(line) > MOST_ROW_CHARACTERS:
            self._pass_line(line)
            raise _Broken(f"longer than {MOST_ROW_CHARACTERS:,} characters", is_torn=False)
        self._row.append(line)
        if self._characters > MOST_ROW_CHARACTERS:
            raise _Broken(f"a quoted cell does not end within {MOST_ROW_CHARACTERS:,} characters")
        return line

    def begin_row(self) -> None:
        """Forget the lines of the last row."""
        self._row = []
        self._characters = 0

    def rewind(self) -> None:
        """Go back to the second line of the present row; after twenty times no more, which would take forever."""
        if self._rewinds < MOST_REWINDS:
            self._again.extendleft(reversed(self._row[1:]))
        self._rewinds += 1
        self.begin_row()

    def _pass_line(self, line: str) -> None:
        """Read a line that is too long to its end and forget it, with what the row had before it."""
        while line and not line.endswith(("\n", "\r")):
            line = self._file.readline(MOST_ROW_CHARACTERS)
        self._row = []


def _parsed(lines: _Lines, dialect: Dialect) -> Iterator[list[str] | _Broken]:
    """Yield each row's cells, or what is wrong with it."""
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    reader = csv.reader(lines, **dialect.csv_settings())
    if dialect.is_declared:
        next(lines, None)  # Excel's first line "sep=;"
    while True:
        lines.begin_row()
        try:
            yield next(reader)
        except StopIteration:
            return
        except _Broken as broken:
            lines.rewind()
            yield broken
        except csv.Error:
            lines.rewind()
            yield _Broken(f"a cell is longer than {MOST_CELL_CHARACTERS:,} characters, or its quote never ends")
