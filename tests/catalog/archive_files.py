"""Archives for tests, honest and otherwise."""

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

from tests.catalog.bson_files import jpeg


def pictures(*names: str) -> dict[str, bytes]:
    """Give each name a picture of its own."""
    return {name: jpeg((number * 7 % 256, 90, 40)) for number, name in enumerate(names)}


def zip_of(path: Path, files: dict[str, bytes], *, packing=zipfile.ZIP_DEFLATED) -> Path:
    """Pack files as zip."""
    with zipfile.ZipFile(path, "w", packing, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tar_of(path: Path, files: dict[str, bytes], *, packing="", special: dict[str, dict] | None = None) -> Path:
    """Pack files as tar; `special` names members by their header's fields."""
    quick = {"": {}, "xz": {"preset": 0}}.get(packing, {"compresslevel": 1})
    with tarfile.open(path, f"w:{packing}", **quick) as archive:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
        for name, fields in (special or {}).items():
            header = tarfile.TarInfo(name)
            for field, value in fields.items():
                setattr(header, field, value)
            archive.addfile(header)
    return path


def zip_with_attributes(path: Path, name: str, mode: int, data=b"/etc/passwd") -> Path:
    """Pack one member with a Unix mode, such as that of a link, beside one picture."""
    with zipfile.ZipFile(path, "w") as archive:
        header = zipfile.ZipInfo(name)
        header.create_system, header.external_attr = 3, mode << 16
        archive.writestr(header, data)
        archive.writestr("good/1.jpg", jpeg())
    return path


def encrypted_zip(path: Path) -> Path:
    """Pack a picture and one that says of itself that it is locked."""
    zip_of(path, pictures("good/1.jpg", "locked/2.jpg"))
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):  # the last entry of each kind is the second file
        data[data.rindex(mark) + flags] |= 1
    path.write_bytes(bytes(data))
    return path


def overlapping_zip(path: Path, *, files=200, kernel_bytes=2**20) -> Path:
    """Make a zip whose files all unpack the same bytes: small to keep, large to unpack."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = bytes(kernel_bytes)
    packed = packer.compress(kernel) + packer.flush()
    crc = zlib.crc32(kernel)
    common = struct.pack("<HHHHHLLL", 20, 0, 8, 0, 0x21, crc, len(packed), len(kernel))
    local = b"PK\3\4" + common + struct.pack("<HH", 1, 0) + b"a" + packed
    directory = b""
    for number in range(files):
        name = f"{number}.jpg".encode()
        directory += (
            b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, 0) + name
        )
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, files, files, len(directory), len(local), 0)
    path.write_bytes(local + directory + end)
    return path


def crowded_zip(path: Path, *, claimed: int) -> Path:
    """Make an empty zip whose 64-bit end record claims a number of files."""
    end64 = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, claimed, claimed, 0, 0)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, 0, 1)
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(end64 + locator + end)
    return path


def wrong_crc_zip(path: Path) -> Path:
    """Pack a picture and one whose bytes changed after its checksum was written."""
    zip_of(path, pictures("good/1.jpg", "spoiled/2.jpg"), packing=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"spoiled/2.jpg") + 100] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


def long_name_tar(path: Path, length: int) -> Path:
    """Pack a member whose name fills megabytes."""
    with tarfile.open(path, "w:gz", format=tarfile.GNU_FORMAT) as archive:
        for name, data in {"good/1.jpg": jpeg(), "n" * length + ".jpg": jpeg()}.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return path
