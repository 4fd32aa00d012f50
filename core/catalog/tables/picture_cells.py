"""Cells that name pictures: file names, addresses, lists of either, or the bytes themselves."""

import json
import re
from typing import Any

from core.catalog.tables.cells import cell_text, is_empty

MOST_PICTURES = 100

SUFFIXES = r"\.(?:jpe?g|jpe|jfif|png|apng|webp|gif|bmp|dib|tiff?|avif|avifs|mpo)"
_AFTER_SUFFIX = re.compile(rf"({SUFFIXES})\s*(?:[,;|\n]+\s*|\s+)(?=\S)", re.IGNORECASE)
_BEFORE_ADDRESS = re.compile(r"[\s,;|]+(?=https?://|//)", re.IGNORECASE)
_PICTURE = re.compile(rf".*{SUFFIXES}(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_MARK = "\x00"


def picture_names(cell: Any) -> list[str | bytes]:
    """Read the pictures of a cell.

    Args:
        cell: A file name, an address, a JSON list of either as text or as list, several parted by commas, semicolons,
            pipes, line ends or blanks, or what data sets keep in Parquet: bytes, or an object with "bytes" or "path".

    Returns:
        At most 100 names, addresses or bytes, in order, none of them twice.
    """
    names: dict[str | bytes, None] = {}
    for each in _found(cell):
        if each and len(names) < MOST_PICTURES:
            names[each] = None
    return list(names)


def is_address(name: str) -> bool:
    """Tell an address from the name of a file; of whatever kind: "file://" is one too."""
    return "://" in name[:40] or name.startswith("//") or name[:5].lower() == "data:"


def looks_like_pictures(cell: Any) -> bool:
    """Tell whether a cell surely names a picture: by its ending, or by holding bytes."""
    names = picture_names(cell)
    return bool(names) and all(isinstance(name, bytes) or _PICTURE.fullmatch(name) for name in names)


def _found(cell: Any) -> list[str | bytes]:
    if isinstance(cell, bytes | bytearray):
        return [bytes(cell)]
    if isinstance(cell, dict):
        return _of_object(cell)
    if isinstance(cell, list | tuple):
        return [name for each in cell[:MOST_PICTURES] if not isinstance(each, list | tuple) for name in _single(each)]
    text = cell_text(cell)
    if is_empty(text):
        return []
    return _listed(text) if text[0] == "[" and text[-1] == "]" else list(_parted(text))


def _single(entry: Any) -> list[str | bytes]:
    """Read an entry of a list; its text is one name, blanks and commas included."""
    if isinstance(entry, dict):
        return _of_object(entry)
    if isinstance(entry, bytes | bytearray):
        return [bytes(entry)]
    text = cell_text(entry)
    return [] if is_empty(text) else [text]


def _of_object(entry: dict[Any, Any]) -> list[str | bytes]:
    for name in ("bytes", "url", "src", "link", "path", "file", "filename"):
        value = entry.get(name)
        if isinstance(value, str | bytes) and value:
            return [cell_text(value) if isinstance(value, str) else value]
    return []


def _listed(text: str) -> list[str | bytes]:
    """Read a list written as text; Python's quotes are taken as well as those of JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        quoted = [(single or double).strip() for single, double in _QUOTED.findall(text)]
        return [*quoted] if quoted else list(_parted(text[1:-1].strip()))
    return _found(value) if isinstance(value, list) else []


def _parted(text: str) -> list[str]:
    """Part several names. File names may hold blanks and commas, so these part only behind a picture's ending."""
    if is_address(text):
        parts = [part.strip(" ,;|") for part in _BEFORE_ADDRESS.split(text)]
    elif _AFTER_SUFFIX.search(text):
        parts = _AFTER_SUFFIX.sub(rf"\1{_MARK}", text).split(_MARK)
    else:
        parts = re.split(r"[|;\n]", text)
    return [part.strip() for part in parts]
