"""JSON lines, and JSON files that hold one array of objects, read object by object."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile
from core.catalog.tables.columns import LONGEST_NAME, MOST_COLUMNS
from core.catalog.tables.encodings import check_encoding, detect_encoding
from core.errors import CatalogError

MOST_ROW_CHARACTERS = 2**23

_CHUNK_CHARACTERS = 2**18
_SAMPLE_ROWS = 1000
_SMALL_BYTES = 4 * 2**20
_ARRAY_INSIDE = re.compile(r'\A\s*\{[^\[\]]{0,60000}?"[^"]{0,200}"\s*:\s*(?=\[\s*\{)')
_BLANK = re.compile(r"[\s,\ufeff]*")


class JsonReader:
    """Rows of a JSON file: a line each, or the objects of its array, in constant memory.

    Objects within a row become columns of their own, "price.amount". What is no object is skipped.

    Args:
        path: The file.
        encoding: Its encoding; None finds out.

    Raises:
        CatalogError: It cannot be read or holds no row.
    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self._path = path
        self._skipped: list[SkippedFile] = []
        try:
            self.encoding = check_encoding(encoding) if encoding else detect_encoding(path)
        except OSError as error:
            raise CatalogError(f"{printable(path.name)} cannot be read: {error}") from error
        names: dict[str, None] = {}
        for _, row in islice(self.rows(), _SAMPLE_ROWS):
            names |= dict.fromkeys(row)
        if not names:
            why = f" ({self._skipped[0].name}: {self._skipped[0].detail})" if self._skipped else ""
            raise CatalogError(
                f"{printable(path.name)} holds no row: expected an object a line, or an array of objects{why}"
            )
        self.columns = tuple(names)

    @property
    def description(self) -> str:
        """The absolute path of the file, printable."""
        return printable(str(self._path))

    def count(self) -> int | None:
        """Return the number of rows of a small file; None of one that would take long to read."""
        return sum(1 for _ in self.rows()) if self._path.stat().st_size <= _SMALL_BYTES else None

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each row's number and its cells: texts, numbers, lists."""
        self._skipped = []
        try:
            with self._path.open("r", encoding=self.encoding, errors="replace") as file:
                number = 0
                for number, value in enumerate(_values(file), start=1):
                    row = _flat(value) if isinstance(value, dict) else None
                    if row is not None and len(row) <= MOST_COLUMNS:
                        yield number, row
                    else:
                        self._skipped.append(_skipped_row(number, value))
        except (OSError, UnicodeError) as error:
            raise CatalogError(f"{printable(self._path.name)} cannot be read further: {error}") from error

    def skipped(self) -> list[SkippedFile]:
        """Return the rows that could not be read so far."""
        return list(self._skipped)


class _Unreadable:
    """Stands for a row that is no JSON."""

    def __init__(self, why: str) -> None:
        self.why = why


def _skipped_row(number: int, value: Any) -> SkippedFile:
    why = value.why if isinstance(value, _Unreadable) else "no object, or one with too many names"
    return SkippedFile(f"row {number}", "unreadable_row", why)


def _values(file: TextIO) -> Iterator[Any]:
    """Yield what a file holds, line by line where its first line is whole, else object by object."""
    head = file.read(_CHUNK_CHARACTERS)
    file.seek(0)
    begin = head.lstrip("\ufeff \t\r\n")
    first_line, _, rest = begin.partition("\n")
    is_one = not rest.strip() and len(head) < _CHUNK_CHARACTERS  # an object alone that holds a list of objects
    if begin.startswith("[") or (_ARRAY_INSIDE.match(begin) and (is_one or not _is_whole(first_line))):
        yield from _objects(file, inside=not begin.startswith("["))
    elif begin.startswith("{") and not _is_whole(first_line) and "\n" in begin and not first_line.strip()[1:]:
        yield from _objects(file, inside=False)
    else:
        yield from _lines(file)


def _is_whole(line: str) -> bool:
    return isinstance(_loaded(line), dict)


def _lines(file: TextIO) -> Iterator[Any]:
    while line := file.readline(MOST_ROW_CHARACTERS + 1):
        if len(line) > MOST_ROW_CHARACTERS:
            while line and not line.endswith("\n"):
                line = file.readline(MOST_ROW_CHARACTERS)
            yield _Unreadable(f"longer than {MOST_ROW_CHARACTERS:,} characters")
        elif line.strip("\ufeff \t\r\n\0"):
            yield _loaded(line.strip("\ufeff \t\r\n\0"))


def _loaded(text: str) -> Any:
    """Read a JSON text; numbers that are none, such as NaN, become None."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        return _Unreadable("nested too deeply")
    except ValueError as error:
        return _Unreadable(printable(str(error)[:200]))


def _no_number(name: str) -> None:
    return None


def _objects(file: TextIO, *, inside: bool) -> Iterator[Any]:
    """Yield the values of an array, or values one after the other, reading a piece at a time.

    A value that is broken ends the reading: where the next one begins cannot be known.
    """
    decoder = json.JSONDecoder(parse_constant=_no_number)
    text = file.read(_CHUNK_CHARACTERS)
    place = 0
    if inside and (found := _ARRAY_INSIDE.match(text.lstrip("\ufeff \t\r\n"))):
        place = len(text) - len(text.lstrip("\ufeff \t\r\n")) + found.end()
    place = _skip_blank(text, place)
    is_array = text[place : place + 1] == "["
    place += is_array
    piece = _CHUNK_CHARACTERS
    while True:
        place = _skip_blank(text, place)
        if is_array and text[place : place + 1] == "]":
            return
        try:
            value, place = decoder.raw_decode(text, place)
            yield value
            piece = _CHUNK_CHARACTERS
            continue
        except RecursionError:
            yield _Unreadable("nested too deeply; what follows is not read")
            return
        except ValueError as error:
            why = str(error)
        text, place = text[place:], 0
        more = file.read(piece) if len(text) <= MOST_ROW_CHARACTERS else ""
        if not more:
            if text.strip() or is_array:
                yield _Unreadable(f"{printable(why[:200])}; what follows is not read")
            return
        text += more
        piece *= 2  # so that a large value is not begun again too often


def _skip_blank(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Write objects within a row as columns "outer.inner"; deeper ones stay what they are."""
    cells: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value and not {"bytes", "path", "url", "src"} & value.keys():
            for inner, cell in value.items():
                cells[_name(f"{name}.{inner}")] = cell
        else:
            cells[_name(name)] = value
    return cells


def _name(name: str) -> str:
    return (
        name
        if name.isprintable() and len(name) <= LONGEST_NAME and name
        else printable(name)[:LONGEST_NAME] or "unnamed"
    )
