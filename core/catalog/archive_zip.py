"""The files of a zip archive, looked at before any is unpacked."""

import stat
import struct
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from core.catalog.archive_limits import UnpackBudget
from core.catalog.archive_names import shown_name
from core.errors import CatalogError

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_READ_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER_BYTES = 30
_END_BYTES, _END64_BYTES, _LOCATOR_BYTES = 22, 56, 20
_MOST_COMMENT_BYTES = 65_535
_MOST_DIRECTORY_BYTES = 128 * 2**20

BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, struct.error)
"""What reading a damaged zip raises, beside zlib.error and OSError."""


@dataclass(frozen=True)
class ArchiveMember:
    """A file of an archive.

    Attributes:
        name: As the archive has it.
        size: Unpacked bytes, as the archive claims.
        reason: Why it is left out, a key of `SKIP_REASONS`; empty when it can be unpacked.
        handle: What its reader opens it by.
    """

    name: str
    size: int
    reason: str
    handle: object


class ZipReader:
    """A zip archive.

    Args:
        path: The file.
        budget: Hears of every member, and refuses bombs before anything is unpacked.
    """

    def __init__(self, path: Path, budget: UnpackBudget) -> None:
        self._path, self._budget = path, budget
        self._archive: zipfile.ZipFile | None = None

    def members(self) -> Generator[ArchiveMember, None, None]:
        """Yield every file, in the order of the archive's own list.

        Raises:
            CatalogError: It is no zip archive, or a bomb.
        """
        with self._path.open("rb") as file:
            _check_directory(file, self._budget)
            with self._opened(file) as archive:
                infos = archive.infolist()
                self._check(infos, archive.start_dir)
                for info in infos:
                    self._budget.add_member()
                    if not info.is_dir():
                        yield ArchiveMember(info.filename, info.file_size, _reason(info), info)

    def open(self, member: ArchiveMember) -> IO[bytes]:
        """Open a file for reading, while `members` stands at it."""
        if self._archive is None or not isinstance(member.handle, zipfile.ZipInfo):
            raise ValueError("no member of this archive")
        return self._archive.open(member.handle)

    @contextmanager
    def _opened(self, file: BinaryIO) -> Iterator[zipfile.ZipFile]:
        try:
            self._archive = zipfile.ZipFile(file)
        except (*BROKEN, OSError) as error:
            raise CatalogError(f"{self._budget.shown} is cut short or no zip archive: pack or copy it again") from error
        with self._archive:
            yield self._archive

    def _check(self, infos: list[zipfile.ZipInfo], directory_start: int) -> None:
        """Refuse bombs by what the archive says of itself; what it hides is met while unpacking."""
        self._budget.check_members(len(infos))
        end = directory_start
        for info in sorted(infos, key=lambda each: each.header_offset, reverse=True):
            # Files that share their packed bytes: a few kilobytes would unpack to petabytes.
            if info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size > end:
                raise self._budget.bomb("files in it overlap one another")
            end = info.header_offset
        for info in infos:
            self._budget.check_member(shown_name(info.filename), info.file_size)
        total = sum(info.file_size for info in infos)
        self._budget.check_total(total)
        self._budget.check_disk(total)


def _reason(info: zipfile.ZipInfo) -> str:
    """Tell why a file cannot be taken; empty when it can."""
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode == stat.S_IFLNK:
        return "link"
    if mode not in (0, stat.S_IFREG):
        return "special_file"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    return "" if info.compress_type in _READ_PACKINGS else "unknown_packing"


def _check_directory(file: BinaryIO, budget: UnpackBudget) -> None:
    """Refuse a list of files that would fill the memory while it is read.

    The end record is found as the zipfile module finds it: right at the end, or before a comment.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _MOST_COMMENT_BYTES - _LOCATOR_BYTES - _END64_BYTES))
    tail = file.read()
    place = len(tail) - _END_BYTES
    if not (place >= 0 and tail[place : place + 4] == b"PK\5\6" and tail.endswith(b"\0\0")):
        place = tail.rfind(b"PK\5\6")
    file.seek(0)
    if place < 0 or len(tail) - place < _END_BYTES:
        return  # no zip archive: opening it says so
    claimed, directory_bytes = struct.unpack_from("<HL", tail, place + 10)
    end = size - len(tail) + place
    large = place - _LOCATOR_BYTES - _END64_BYTES
    if large >= 0 and tail[place - _LOCATOR_BYTES :].startswith(b"PK\6\7") and tail[large:].startswith(b"PK\6\6"):
        claimed, directory_bytes = struct.unpack_from("<QQ", tail, large + 32)
        end -= _LOCATOR_BYTES + _END64_BYTES
    budget.check_members(claimed)
    if directory_bytes > _MOST_DIRECTORY_BYTES:
        raise budget.bomb(f"its list of files has {directory_bytes:,} bytes")
    file.seek(max(0, end - directory_bytes))
    budget.check_members(file.read(directory_bytes).count(b"PK\1\2"))  # what it lists, whatever it claims
    file.seek(0)
