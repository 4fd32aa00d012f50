"""Small picture files for tests. Every color gives other bytes, so every color is a picture of its own."""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from core.catalog.folder_source import FolderSource
from core.catalog.imports import import_source
from core.home import Home


def save_picture(path: Path, color=(200, 30, 30), *, size=(24, 16), **options) -> Path:
    """Write a picture of one color; the suffix says the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path, **options)
    return path


def two_halves(width=32, height=16, *, left=(255, 0, 0), right=(0, 0, 255)) -> Image.Image:
    """Make a picture whose sides are told apart by color, so that turning shows."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:, : width // 2] = left
    pixels[:, width // 2 :] = right
    return Image.fromarray(pixels)


def png_header(width: int, height: int) -> bytes:
    """Make a valid PNG start that claims a size and holds next to nothing: a decompression bomb's face."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64))


def import_folder(home: Home, folder: Path, *, catalog="shop", **choices):
    """Import a folder as the command does."""
    return import_source(home, FolderSource(folder), catalog_name=catalog, actor="tests", **choices)
