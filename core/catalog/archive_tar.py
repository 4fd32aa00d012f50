"""The files of a tar archive, plain or packed with gzip, bzip2 or xz, read from front to back."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from core.catalog.archive_limits import UnpackBudget
from core.catalog.archive_names import shown_name
from core.catalog.archive_zip import ArchiveMember
from core.errors import CatalogError

BROKEN = (tarfile.TarError, EOFError, ValueError, zlib.error, lzma.LZMAError, RecursionError, OverflowError)
"""What reading a damaged tar raises."""

_LONGEST_NAME_HEADER = 2**20
_XZ_MEMORY_BYTES = 256 * 2**20
_CHUNK_BYTES = 64 * 1024
_HEADERS_OF_NAMES = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)


class TarReader:
    """A tar archive.

    Args:
        path: The file.
        budget: Hears of every member and of every unpacked byte, those of skipped members too.
    """

    def __init__(self, path: Path, budget: UnpackBudget) -> None:
        self._path, self._budget = path, budget
        self._archive: tarfile.TarFile | None = None

    def members(self) -> Generator[ArchiveMember, None, None]:
        """Yield every file, in the order of the archive; one that is cut short is listed as refused.

        Raises:
            CatalogError: It is no tar archive, or a bomb.
        """
        seen = 0
        try:
            with self._path.open("rb") as file, _unpacked(file) as unpacked:
                stream = cast("IO[bytes]", _Metered(unpacked, self._budget))
                with tarfile.open(
                    fileobj=stream, mode="r|", tarinfo=_StrictTarInfo, encoding="utf-8", errors="surrogateescape"
                ) as self._archive:
                    while (info := self._archive.next()) is not None:
                        # The module keeps every header it has met; only the one at hand is needed.
                        cast("Any", self._archive).members = []
                        seen += 1
                        self._budget.add_member()
                        if not info.isdir():
                            self._budget.check_member(shown_name(info.name), info.size)
                            yield ArchiveMember(info.name, info.size, _reason(info), info)
        except BROKEN as error:
            if not seen:
                raise CatalogError(
                    f"{self._budget.shown} is cut short or no tar archive: pack or copy it again"
                ) from error
            detail = f"the archive is damaged or cut short after {seen:,} files; everything before is read"
            self._budget.refuse(self._path.name, "unreadable", detail)

    def open(self, member: ArchiveMember) -> IO[bytes]:
        """Open a file for reading, while `members` stands at it."""
        if self._archive is None or not isinstance(member.handle, tarfile.TarInfo):
            raise ValueError("no member of this archive")
        opened = self._archive.extractfile(member.handle)
        if opened is None:
            raise ValueError("the member holds no bytes")
        return opened


class _StrictTarInfo(tarfile.TarInfo):
    """A header that is damaged is an error, not the silent end of the archive; names have a bounded length."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_StrictTarInfo":
        """Read a header.

        Raises:
            tarfile.ReadError: It is damaged.
        """
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            kind = type(error).__name__
            if kind in ("TruncatedHeaderError", "InvalidHeaderError"):
                raise tarfile.ReadError(f"damaged header: {error}") from error
            raise

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        # The module reads such a header into memory whole, whatever length it claims.
        if self.type in _HEADERS_OF_NAMES and self.size > _LONGEST_NAME_HEADER:
            raise tarfile.ReadError(f"a name or note of {self.size:,} bytes")
        return cast("tarfile.TarInfo", cast("Any", super())._proc_member(archive))


class _Metered:
    """Bytes as they come out of the decompressor, each counted: skipped members cost time too."""

    def __init__(self, file: BinaryIO, budget: UnpackBudget) -> None:
        self._file, self._budget = file, budget

    def read(self, size: int = -1) -> bytes:
        """Read at most so many bytes, 64 KiB at a time."""
        parts: list[bytes] = []
        left = size
        while left:
            try:
                data = self._file.read(min(left, _CHUNK_BYTES) if left > 0 else _CHUNK_BYTES)
            except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
                raise tarfile.ReadError(f"damaged or cut short: {error}") from error
            if not data:
                break
            self._budget.spend(len(data))
            parts.append(data)
            left -= len(data)
        return b"".join(parts)


class _XzFile(io.RawIOBase):
    """What an xz file unpacks to; unlike the lzma module's own reader with a bound on memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decompressor = self._fresh()

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Unpack as much as the buffer takes; 0 at the end."""
        while True:
            packed = b""
            if self._decompressor.eof or self._decompressor.needs_input:
                rest = self._decompressor.unused_data if self._decompressor.eof else b""
                packed = rest or self._file.read(_CHUNK_BYTES)
                if self._decompressor.eof:
                    packed = packed.lstrip(b"\0")  # padding between streams
                    if not packed:
                        return 0
                    self._decompressor = self._fresh()
                elif not packed:
                    raise EOFError("the xz stream is cut short")
            data = self._decompressor.decompress(packed, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)

    @staticmethod
    def _fresh() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)


def _unpacked(file: BinaryIO) -> BinaryIO:
    """Open what is packed, told by its first bytes and not by its name."""
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.open(file, "rb"))
    if head.startswith(b"BZh"):
        return cast("BinaryIO", bz2.open(file, "rb"))
    if head.startswith(b"\xfd7zXZ\0"):
        return cast("BinaryIO", io.BufferedReader(_XzFile(file)))
    return file


def _reason(info: tarfile.TarInfo) -> str:
    """Tell why a file cannot be taken; empty when it can."""
    if info.issym() or info.islnk():
        return "link"
    if not info.isreg() or info.issparse():
        return "special_file"
    return ""
