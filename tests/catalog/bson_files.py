"""Small BSON files for tests, written element by element where the library would refuse to."""

import io
import struct
from pathlib import Path

import bson
from PIL import Image


def jpeg(color=(200, 30, 30), *, size=(24, 16)) -> bytes:
    """Draw a picture of one color."""
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "JPEG")
    return buffer.getvalue()


def product(number, *, category=1, pictures=1) -> dict:
    """Make a document as the Cdiscount challenge has them, with pictures found in no other."""
    colors = [(number % 256, number // 256 % 256, place * 40) for place in range(pictures)]
    return {"_id": number, "category_id": category, "imgs": [{"picture": jpeg(color)} for color in colors]}


def write_bson(path: Path, documents, *, tail=b"") -> Path:
    """Write documents one after the other; bytes are written as they are."""
    data = [each if isinstance(each, bytes) else bson.encode(each) for each in documents]
    path.write_bytes(b"".join(data) + tail)
    return path


def write_names(path: Path, rows) -> Path:
    """Write a file of category names: number, then levels."""
    lines = ["category_id,category_level1,category_level2,category_level3"]
    lines += [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def raw_document(*elements: bytes) -> bytes:
    """Put elements into a document with a true length."""
    body = b"".join(elements) + b"\0"
    return struct.pack("<i", len(body) + 4) + body


def int32(name: str, value: int) -> bytes:
    """Write an element of type int32."""
    return b"\x10" + name.encode() + b"\0" + struct.pack("<i", value)
