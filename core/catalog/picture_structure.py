"""Looking at how a picture file is built before a decoder does: small files may ask for hours of work."""

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Literal

from core.errors import PictureError

MOST_PARTS = 100_000
MOST_METADATA_BYTES = 32 * 2**20
SCANS_ALWAYS_READ = 64
MOST_SCAN_PIXELS = 2_000_000_000

_STRIP_TAGS = (273, 324)  # where the strips, the tiles of a TIFF are
_JPEG = b"\xff\xd8"
_START_OF_SCAN = b"\xff\xda"


def check_metadata(data: bytes, *, name: str) -> None:
    """Refuse a file with too many parts, or too much that is not picture, before anything else reads it.

    Decoders handle every part, so millions of empty ones take minutes, and join what belongs together piece by piece.

    Args:
        data: The whole file.
        name: For the message.

    Raises:
        PictureError: With reason "too_large".
    """
    walk = next((walk for start, walk in _WALKS.items() if data.startswith(start)), None)
    metadata_bytes = 0
    for number, size in enumerate(walk(data) if walk else ()):
        metadata_bytes += size
        if number >= MOST_PARTS or metadata_bytes > MOST_METADATA_BYTES:
            raise PictureError(f"{name} is mostly not picture: save it again without metadata", reason="too_large")


def check_scans(data: bytes, *, pixels: int, name: str) -> None:
    """Refuse a JPEG whose scans together go over too many pixels.

    Every scan of a progressive JPEG goes over all of them, even one of a few bytes: a thousand scans take as long as
    a thousand pictures.

    Args:
        data: The whole file.
        pixels: Width times height.
        name: For the message.

    Raises:
        PictureError: With reason "too_large".
    """
    if not data.startswith(_JPEG):
        return
    scans = data.count(_START_OF_SCAN)
    if scans > SCANS_ALWAYS_READ and scans * pixels > MOST_SCAN_PIXELS:
        raise PictureError(f"{name} has {scans:,} scans: save it again as a plain JPEG", reason="too_large")


def _png_chunks(data: bytes) -> Iterator[int]:
    """Yield a size for every chunk; that of the pixels counts as nothing."""
    place = 8
    while place + 8 <= len(data):
        size = int.from_bytes(data[place : place + 4])
        yield 0 if data[place + 4 : place + 8] in (b"IDAT", b"fdAT") else size
        place += size + 12


def _jpeg_segments(data: bytes) -> Iterator[int]:
    """Yield the size of every segment before the first scan; bytes that fill or do not belong count each."""
    place = 2
    while place + 4 <= len(data) and data[place : place + 2] != _START_OF_SCAN:
        if data[place] != 0xFF or data[place + 1] in (0x00, 0xFF):
            place += 1
            yield 0
        elif data[place + 1] == 0x01 or 0xD0 <= data[place + 1] <= 0xD9:
            place += 2
            yield 0
        else:
            size = int.from_bytes(data[place + 2 : place + 4])
            yield size
            place += 2 + size


def _tiff_strips(data: bytes) -> Iterator[int]:
    """Yield once for every entry of the first directory and for every strip or tile of the first picture."""
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    big = 43 in (data[2], data[3])
    word, step = (8, 20) if big else (4, 12)

    def number(place: int, size: int) -> int:
        return int.from_bytes(data[place : place + size], order)

    start = number(8 if big else 4, word)
    head = 8 if big else 2
    for entry in range(min(number(start, head), MOST_PARTS)):
        yield 0
        place = start + head + entry * step
        if number(place, 2) in _STRIP_TAGS:
            yield from repeat(0, min(number(place + 4, word), MOST_PARTS))


_WALKS: dict[bytes, Callable[[bytes], Iterator[int]]] = {
    b"\x89PNG": _png_chunks,
    _JPEG: _jpeg_segments,
    b"II": _tiff_strips,
    b"MM": _tiff_strips,
}
