"""Workbooks of Excel and LibreOffice: .xlsx, .xlsm, .xlsb, .xls and .ods."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile
from core.catalog.tables.columns import column_names, has_header
from core.errors import CatalogError

MOST_PARTS = 10_000
MOST_UNPACKED_BYTES = 2**30
MOST_RATIO = 200
"""How many times larger than packed a large part may be; the rows of real sheets reach about 30."""

_LARGE_BYTES = 2**26
_SAMPLE_ROWS = 50
_PROCESS = Path(__file__).with_name("sheet_process.py")
_WRONG = {
    "password": "is protected by a password: save a copy without one",
    "no_rows": "holds no row: expected a sheet with a row of column names",
    "damaged": "cannot be read as a workbook ({}): open it in a spreadsheet and save it again",
}


class WorkbookReader:
    """Rows of one sheet, read by a process of its own whose memory is limited.

    Formulas count as the value that was saved with them. Dates become texts such as "2026-11-21".

    Args:
        path: The file.
        sheet: Name of the sheet; None takes the first that holds rows.

    Raises:
        CatalogError: It cannot be read, unpacks to too much, or has no such sheet.
    """

    def __init__(self, path: Path, *, sheet: str | None = None) -> None:
        self._path = path
        self._sheet = sheet
        self._skipped: list[SkippedFile] = []
        _check_unpacked(path)
        with closing(self._lines()) as lines:
            first = [row for row in islice(lines, _SAMPLE_ROWS) if isinstance(row, list)]
        if not first:
            raise CatalogError(f"{printable(path.name)} {_WRONG['no_rows']}")
        self._has_header = has_header(first)
        width = max(len(row) for row in first)
        header = first[0] + [None] * (width - len(first[0])) if self._has_header else [None] * width
        self.columns = column_names(header)

    @property
    def description(self) -> str:
        """The absolute path of the file, and the sheet where one was named."""
        return printable(str(self._path) + (f" [{self._sheet}]" if self._sheet else ""))

    def count(self) -> int | None:
        """Return None: a workbook does not say how many of its rows hold anything."""
        return None

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each row's number and its cells: texts, numbers, booleans."""
        self._skipped = []
        width = len(self.columns)
        with closing(self._lines()) as lines:
            for number, cells in enumerate(islice(lines, int(self._has_header), None), start=1):
                if not isinstance(cells, list):
                    self._skip(number, "unreadable_row", "longer than 4,194,304 characters")
                elif len(cells) > width:
                    self._skip(number, "ragged_row", f"{len(cells)} cells where the table has {width} columns")
                else:
                    yield number, dict(zip(self.columns, cells + [None] * (width - len(cells)), strict=True))

    def skipped(self) -> list[SkippedFile]:
        """Return the rows that could not be read so far."""
        return list(self._skipped)

    def _skip(self, number: int, reason: str, detail: str) -> None:
        self._skipped.append(SkippedFile(f"row {number}", reason, detail))

    def _lines(self) -> Generator[Any, None, None]:
        """Yield what the reading process prints: lists of cells, or a dict for a row that is too long."""
        command = [sys.executable, "-I", str(_PROCESS), str(self._path), *([self._sheet] if self._sheet else [])]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        stream = process.stdout
        try:
            ended = False
            for line in stream or ():
                value = json.loads(line)
                if isinstance(value, list) or "long" in value:
                    yield value
                elif "error" in value:
                    raise self._fault(value["error"], printable(str(value["detail"])))
                ended = "end" in value if isinstance(value, dict) else False
            if not ended:
                raise self._fault("damaged", "it asks for more memory than is given, or ends its reader")
        finally:
            process.kill()
            if stream:
                stream.close()
            process.wait()

    def _fault(self, code: str, detail: str) -> CatalogError:
        name = printable(self._path.name)
        if code == "no_sheet":
            return CatalogError(f"{name} has no sheet {printable(self._sheet or '')!r}: it has {detail}")
        return CatalogError(f"{name} {_WRONG[code].format(detail)}")


def _check_unpacked(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than it packs; old ones (.xls) are not packed.

    Raises:
        CatalogError: It does, or its list of parts is damaged.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return
    name = printable(path.name)
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise CatalogError(
            f"{name} cannot be read as a workbook ({printable(str(error))}): open it in a spreadsheet and save it again"
        ) from error
    total = sum(part.file_size for part in parts)
    swollen = [
        part for part in parts if part.file_size > _LARGE_BYTES and part.file_size > MOST_RATIO * part.compress_size
    ]
    if len(parts) > MOST_PARTS or total > MOST_UNPACKED_BYTES or swollen:
        raise CatalogError(
            f"{name} unpacks to {total:,} bytes in {len(parts):,} parts: at most {MOST_UNPACKED_BYTES:,} bytes and "
            f"{MOST_RATIO} times its size are read; save it as CSV"
        )
