"""Pictures made to wear out whoever opens them are refused before they are decoded."""

import io
import os
import struct
import unicodedata
import zlib

import pytest
from PIL import Image

from core.catalog.folder_source import FolderSource
from core.catalog.picture_formats import read_head
from core.catalog.picture_structure import check_scans
from core.catalog.pictures import read_picture
from core.errors import PictureError


def saved(kind, **options):
    file = io.BytesIO()
    Image.new("L", (64, 64), 128).save(file, kind, **options)
    return file.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def progressive(width, height, scans):
    """A progressive JPEG whose further scans hold next to nothing."""
    data = bytearray(saved("JPEG", progressive=True))
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    head = bytes(data[: data.index(b"\xff\xda")])
    further = (segment(0xDA, b"\1\1\0\1\x3f\0") + b"\0") * scans
    return head + segment(0xDA, b"\1\1\0\0\0\1") + b"\0" + further + b"\xff\xd9"


def strips(count):
    """A TIFF of 8 x 8 pixels that lists very many strips."""
    tags = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (278, 4, 1, 1)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in [*tags, (273, 4, count, 200)])
    return (b"II*\0" + struct.pack("<IH", 8, len(tags) + 1) + entries).ljust(200, b"\0") + b"\x08\0\0\0" * count


JPEG, PNG = saved("JPEG"), saved("PNG")


@pytest.mark.parametrize(
    "data",
    [
        PNG[:33] + chunk(b"teXt", b"") * 100_001 + PNG[33:],
        PNG[:33] + chunk(b"teXt", bytes(2**20)) * 65 + PNG[33:],
        JPEG[:2] + segment(0xE1, b"Exif\0\0" + bytes(65_500)) * 1100 + JPEG[2:],
        JPEG[:2] + b"\xff" * 100_001 + JPEG[2:],
        progressive(8000, 8000, 64),
        strips(100_001),
    ],
    ids=["png chunks", "png text", "jpeg exif", "jpeg filling", "jpeg scans", "tiff strips"],
)
def test_a_file_that_asks_for_hours_of_work_is_refused(data):
    with pytest.raises(PictureError, match="save it again") as refused:
        read_picture(data)
    assert refused.value.reason == "too_large"


def test_pictures_with_usual_metadata_and_scans_are_read():
    assert read_picture(PNG[:33] + chunk(b"teXt", bytes(2**20)) * 10 + PNG[33:]).shape == (64, 64, 3)
    assert read_picture(JPEG[:2] + segment(0xE2, bytes(65_500)) * 100 + JPEG[2:]).shape == (64, 64, 3)
    assert read_picture(saved("JPEG", progressive=True)).shape == (64, 64, 3)
    assert read_picture(saved("TIFF")).shape == (64, 64, 3)
    check_scans(progressive(64, 64, 1000), pixels=64 * 64, name="many scans of a small picture")


def test_many_spellings_of_one_name_are_numbered_quickly(tmp_path):
    letters = "åéîöü"
    for number in range(32):
        name = "".join(
            unicodedata.normalize("NFD" if number >> place & 1 else "NFC", each) for place, each in enumerate(letters)
        )
        (tmp_path / f"{name}.png").write_bytes(PNG)
    keys = FolderSource(tmp_path).keys()
    assert keys == {f"{letters}.png", *(f"{letters}.png#{number}" for number in range(2, 33))}


def test_looking_at_a_file_that_has_nothing_to_give_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert read_head(tmp_path / "pipe") == b""
