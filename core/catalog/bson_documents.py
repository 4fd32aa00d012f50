"""The documents of a BSON file, one at a time: each begins with its length, so that none but one is in memory."""

import hashlib
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile
from core.errors import CatalogError
from core.progress import Progress

MOST_DOCUMENT_BYTES = 64 * 2**20
"""Databases refuse documents above 16 MiB; a longer one is a damaged length."""

MOST_DOCUMENTS = 20_000_000
MOST_SKIPPED = 10_000
"""So many unreadable documents are listed; more are no file of products."""

LONGEST_ID = 500

_LEAST_DOCUMENT_BYTES = 5  # a length and the closing zero
_HEAD_BYTES = 256
_DOCUMENTS_A_REPORT = 20_000

# Bytes of a value by its type; what is missing here has a length of its own. Source: bsonspec.org, version 1.1.
_FIXED = {0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}
_LENGTH_COUNTS_ITSELF = (0x03, 0x04, 0x0F)  # document, array, code with scope
_LENGTH_THEN_BYTES = {0x02: 0, 0x0D: 0, 0x0E: 0, 0x05: 1, 0x0C: 12}  # text, code, symbol, binary, pointer: extra bytes


@dataclass(frozen=True)
class BsonIndex:
    """What one quick pass over lengths and ids finds.

    Attributes:
        documents: How many documents have an id of their own.
        repeated: 64-bit digests of the ids that come more than once.
    """

    documents: int
    repeated: frozenset[int]


class BsonFile:
    """A file of BSON documents, as `mongodump` and the Cdiscount challenge write them.

    Everything before a damaged length is read; the damage ends the reading and is listed with its byte.

    Args:
        path: The file.
        progress: Hears of the pass over a large file, and may cancel it.

    Raises:
        CatalogError: There is no such file, or it is empty.
    """

    def __init__(self, path: Path, *, progress: Progress) -> None:
        self.path = _checked(path)
        self.skipped: dict[int, SkippedFile] = {}
        self._progress = progress

    def documents(self) -> Iterator[tuple[int, bytes]]:
        """Yield the place of each document, in bytes, and its bytes.

        Raises:
            CatalogError: The file cannot be read, or holds next to nothing that can.
        """
        for offset, length, file in self._spans():
            data = file.read(length)
            if len(data) < length:  # it was cut while being read
                self.skip(offset, "the document is cut short")
                return
            yield offset, data

    def ids(self) -> Iterator[str]:
        """Yield the id of every document that has one, reading lengths and ids only."""
        number = 0
        for offset, length, file in self._spans():
            number += 1
            if number % _DOCUMENTS_A_REPORT == 0:
                self._progress.report(number, None, f"counting documents: {number:,}")
            found = self._id(file, length)
            if found is None:
                self.skip(offset, "the document has no usable _id")
                continue
            yield found

    def index(self) -> BsonIndex:
        """Count the documents and find ids that come twice, at 8 bytes of memory a document."""
        import numpy as np

        digests = array("Q", (id_digest(each) for each in self.ids()))
        if not digests:
            return BsonIndex(0, frozenset())
        distinct, counts = np.unique(np.frombuffer(digests, dtype=np.uint64), return_counts=True)
        return BsonIndex(len(distinct), frozenset(int(digest) for digest in distinct[counts > 1]))

    def skip(self, offset: int, detail: str, *, reason: str = "unreadable") -> None:
        """List a document that is left out; the same one is listed once however often the file is read.

        Raises:
            CatalogError: There are more than anybody would read.
        """
        if len(self.skipped) >= MOST_SKIPPED and offset not in self.skipped:
            raise CatalogError(
                f"{printable(str(self.path))} holds more than {MOST_SKIPPED:,} documents that cannot be read: "
                "expected BSON with one product a document; check the file"
            )
        self.skipped[offset] = SkippedFile(f"{printable(self.path.name)}, byte {offset}", reason, detail)

    def _id(self, file: BinaryIO, length: int) -> str | None:
        """Read the id of the document a file stands at; nearly always its first bytes are enough."""
        head = file.read(min(length, _HEAD_BYTES))
        if len(head) == length or _first_element_ends(head):
            return document_id(head)
        return document_id(head + file.read(length - len(head)))

    def _spans(self) -> Iterator[tuple[int, int, BinaryIO]]:
        """Yield each document's place and length, with the file standing at its start."""
        try:
            size = self.path.stat().st_size
            with self.path.open("rb") as file:
                offset = documents = 0
                while offset < size:
                    length = self._length(file, offset, size)
                    if length is None:
                        return
                    documents += 1
                    if documents > MOST_DOCUMENTS:
                        raise CatalogError(f"{printable(str(self.path))} holds more than {MOST_DOCUMENTS:,} documents")
                    file.seek(offset)
                    yield offset, length, file
                    offset += length
                    file.seek(offset)
        except OSError as error:
            raise CatalogError(f"{printable(str(self.path))} cannot be read: {error.strerror or error}") from error

    def _length(self, file: BinaryIO, offset: int, size: int) -> int | None:
        """Read a document's length; one that cannot be is listed, and None ends the reading."""
        first = file.read(4)
        length = int.from_bytes(first, "little", signed=True)
        left = size - offset
        if len(first) == 4 and _LEAST_DOCUMENT_BYTES <= length <= min(left, MOST_DOCUMENT_BYTES):
            return length
        if _LEAST_DOCUMENT_BYTES <= length <= MOST_DOCUMENT_BYTES or len(first) < 4:
            detail = f"the file ends within a document: {left:,} bytes are left; everything before is read"
        else:
            detail = f"no document begins here (length {length:,}); the {left:,} bytes from here on are not read"
        self.skip(offset, detail)
        return None


def document_id(data: bytes) -> str | None:
    """Give the `_id` of a document as text, without decoding anything else; None when it has no usable one.

    Args:
        data: The document, or its beginning as far as the end of its id.
    """
    found = _find_element(data, b"_id")
    if found is None:
        return None
    kind, start, end = found
    if kind in (0x10, 0x12):
        return str(int.from_bytes(data[start:end], "little", signed=True))
    value = _decoded_value(data[start:end], kind)
    text = printable("" if value is None else str(value)).strip()
    return text if 0 < len(text) <= LONGEST_ID else None


def id_digest(product_id: str) -> int:
    """Shorten an id to 64 bits."""
    digest = hashlib.blake2b(product_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def decode_document(data: bytes) -> dict[str, Any]:
    """Decode a document; dates out of Python's range stay numbers, undecodable text is marked.

    Raises:
        ValueError: It is damaged.
    """
    import bson
    from bson.codec_options import CodecOptions, DatetimeConversion
    from bson.errors import BSONError

    options: CodecOptions = CodecOptions(
        unicode_decode_error_handler="replace", datetime_conversion=DatetimeConversion.DATETIME_AUTO
    )
    try:
        return dict(bson.decode(data, options))
    except (BSONError, ValueError, TypeError, OverflowError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"the document is damaged: {printable(str(error))[:200]}") from error


def _decoded_value(value: bytes, kind: int) -> Any:
    """Decode one value by making a document of it."""
    body = bytes([kind]) + b"v\0" + value + b"\0"
    try:
        return decode_document(struct.pack("<i", len(body) + 4) + body)["v"]
    except (ValueError, KeyError):
        return None


def _first_element_ends(head: bytes) -> bool:
    """Tell whether the beginning of a document holds its `_id` whole."""
    return _find_element(head, b"_id") is not None


def _find_element(data: bytes, name: bytes) -> tuple[int, int, int] | None:
    """Find an element at the top of a document: its type, where its value begins and where it ends."""
    place = 4
    while place < len(data) and data[place]:
        kind = data[place]
        stop = data.find(b"\0", place + 1)
        if stop < 0:
            return None
        end = _value_end(data, kind, stop + 1)
        if end is None or end > len(data):
            return None
        if data[place + 1 : stop] == name:
            return kind, stop + 1, end
        place = end
    return None


def _value_end(data: bytes, kind: int, start: int) -> int | None:
    """Find where a value ends; None when that cannot be told."""
    if kind in _FIXED:
        return start + _FIXED[kind]
    if kind == 0x0B:  # a regular expression: two texts that end with zero
        middle = data.find(b"\0", start)
        last = data.find(b"\0", middle + 1) if middle >= 0 else -1
        return last + 1 if last >= 0 else None
    length = int.from_bytes(data[start : start + 4], "little", signed=True)
    if len(data) < start + 4 or length < 0:
        return None
    if kind in _LENGTH_COUNTS_ITSELF:
        return start + length if length >= 4 else None
    return start + 4 + length + _LENGTH_THEN_BYTES[kind] if kind in _LENGTH_THEN_BYTES else None


def _checked(path: Path) -> Path:
    """Return the file, links resolved."""
    shown = printable(str(path))
    try:
        real = path.expanduser().resolve(strict=True)
        if not real.is_file():
            raise CatalogError(f"{shown} is no file: expected a file of BSON documents; name the file itself")
        if real.stat().st_size == 0:
            raise CatalogError(f"{shown} is empty: copy the file again")
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error))
        raise CatalogError(f"{shown} cannot be read: {reason}; check the path") from error
    return real
