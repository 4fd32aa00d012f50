"""Files that hold tables: found, checked and told apart by how they begin."""

import os
import stat
from pathlib import Path

from core.catalog.picture_formats import printable
from core.errors import CatalogError

HEAD_BYTES = 4096

_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR"}
_FOREIGN = {
    b"%PDF": "a PDF",
    b"SQLite format 3": "a SQLite database",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def checked_file(text: str) -> Path:
    """Return the file of a table, links resolved.

    Raises:
        CatalogError: It is not there, is no ordinary file, or may not be read.
    """
    shown = printable(text)
    try:
        path = Path(text).expanduser().resolve(strict=True)
        status = path.stat()
    except (OSError, RuntimeError, ValueError) as error:
        raise CatalogError(f"{shown} is not there: expected a table's file; check the path") from error
    if stat.S_ISDIR(status.st_mode):
        raise CatalogError(f"{shown} is a folder: expected a table's file; name the file, or use --format folder")
    if not stat.S_ISREG(status.st_mode):
        raise CatalogError(f"{shown} is no ordinary file: expected a table's file")
    if not os.access(path, os.R_OK):
        raise CatalogError(f"{shown} may not be read: ask its owner for the permission")
    if status.st_size == 0:
        raise CatalogError(f"{shown} is empty: expected a table with a row of column names; save it again")
    return path


def table_kind(path: Path) -> str:
    """Tell how a table's file is built: "parquet", "workbook", "json" or "text". Names may lie, beginnings rarely.

    Raises:
        CatalogError: It is packed, or surely no table.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    shown = printable(path.name)
    if not head.strip(b"\0"):
        raise CatalogError(f"{shown} begins with nothing but zero bytes: it was never fully written; copy it again")
    for mark, name in _PACKED.items():
        if head.startswith(mark):
            raise CatalogError(f"{shown} is packed with {name}: unpack it and import the table that is in it")
    for mark, name in _FOREIGN.items():
        if head.startswith(mark):
            raise CatalogError(f"{shown} is {name}, no table: expected CSV, TSV, JSON lines, Parquet or a workbook")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return "workbook"
    begin = (
        head.removeprefix(b"\xef\xbb\xbf")
        .replace(b"\0", b"")
        .removeprefix(b"\xff\xfe")
        .removeprefix(b"\xfe\xff")
        .lstrip()
    )
    if begin[:1] == b"<":
        raise CatalogError(f"{shown} is a page or XML, no table: open it in a spreadsheet and save it as CSV")
    _check_ending(path, shown)
    is_json = begin[:1] == b"{" or (begin[:1] == b"[" and begin[1:].lstrip()[:1] in (b"{", b"]"))
    return "json" if is_json or path.suffix.lower() in (".json", ".jsonl", ".ndjson") else "text"


def _check_ending(path: Path, shown: str) -> None:
    """Refuse what is named as a format that has a mark and lacks it; an ".xls" that is text is common and read."""
    expected = {".parquet": "a Parquet file", ".xlsx": "a workbook", ".ods": "a workbook"}.get(path.suffix.lower())
    if expected:
        raise CatalogError(f"{shown} does not begin like {expected}: it is damaged or named wrongly; save it again")
