"""Stored pictures decoded quickly: a plain, complete JPEG through OpenCV, in half the time and to the same pixels.

Everything else is left to `core.catalog.pictures.read_picture`, which knows every format and says what is wrong.
"""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np

from core.catalog.picture_formats import read_picture_file
from core.catalog.pictures import MAX_PIXELS, read_picture

_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xDA)}
# Baseline, extended and progressive frames with Huffman coding: those that every decoder knows.
_FRAMES = {0xC0, 0xC1, 0xC2}
_REDUCED = ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4), (2, cv2.IMREAD_REDUCED_COLOR_2))


def read_quickly(path: Path, *, enough_px: int) -> np.ndarray:
    """Read a picture that passed the checks of the import.

    Args:
        path: The stored file.
        enough_px: Neither side needs to be longer; see `read_picture`.

    Returns:
        uint8 (H, W, 3), RGB, upright.

    Raises:
        PictureError: The file is gone, damaged or cut short.
    """
    data = read_picture_file(path)
    decoded = decode_plain_jpeg(data, enough_px=enough_px)
    return read_picture(path, enough_px=enough_px) if decoded is None else decoded


def decode_plain_jpeg(data: bytes, *, enough_px: int) -> np.ndarray | None:
    """Decode a complete JPEG of 8 bits and three channels, upright as its EXIF says.

    Args:
        data: The whole file.
        enough_px: A larger picture is decoded at a half, a quarter or an eighth, both sides at least this long.

    Returns:
        uint8 (H, W, 3), RGB; None for any other file, also for one that is cut short.
    """
    size = _plain_size(data)
    # OpenCV fills what is missing with gray and says nothing, so the end must be there.
    if size is None or not data.rstrip(b"\0").endswith(_END) or size[0] * size[1] > MAX_PIXELS:
        return None
    flag = next((flag for factor, flag in _REDUCED if min(size) >= factor * enough_px), cv2.IMREAD_COLOR)
    decoded = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flag)
    return None if decoded is None else cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB, dst=decoded)


def _plain_size(data: bytes) -> tuple[int, int] | None:
    """Read height and width from the header of a plain JPEG; None when it is none or its header is damaged."""
    if not data.startswith(_START):
        return None
    place = len(_START)
    while place + 10 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _WITHOUT_LENGTH or marker == 0xFF:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            bits, height, width, channels = struct.unpack_from(">BHHB", data, place + 4)
            return (height, width) if (bits, channels) == (8, 3) and height and width else None
        if marker == _SCAN or (0xC3 <= marker <= 0xCF and marker != 0xC4):
            return None
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None
