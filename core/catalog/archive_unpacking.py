"""Unpacking an archive into an empty folder: only ordinary files, only below it, only so many."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import IO, Protocol

from core.catalog.archive_limits import LIMITS, MIB, UnpackBudget, UnpackLimits
from core.catalog.archive_names import collision_key, safe_parts, shown_name
from core.catalog.archive_tar import BROKEN as BROKEN_TAR
from core.catalog.archive_tar import TarReader
from core.catalog.archive_zip import BROKEN as BROKEN_ZIP
from core.catalog.archive_zip import ArchiveMember, ZipReader
from core.catalog.folder_source import SYSTEM_NAMES
from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile
from core.errors import CatalogError
from core.progress import Progress

NESTED_SUFFIXES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".tbz2", ".txz", ".7z", ".rar", ".zst", ".jar", ".cab")

_CHUNK_BYTES = 1 * MIB
_BYTES_A_REPORT = 4 * MIB


class _Reader(Protocol):
    def members(self) -> Generator[ArchiveMember, None, None]: ...

    def open(self, member: ArchiveMember) -> IO[bytes]: ...


def unpack(path: Path, folder: Path, *, progress: Progress, limits: UnpackLimits = LIMITS) -> list[SkippedFile]:
    """Unpack a zip or tar archive.

    Args:
        path: The archive.
        folder: Where its files go: empty, and nobody else's.
        progress: Hears how far it is, in MiB, and may cancel it.
        limits: What it may cost.

    Returns:
        The files that were left out, each with its reason.

    Raises:
        CatalogError: It is no archive, a bomb, or there is no room for it. The folder is the caller's to remove.
        Cancelled: The user asked to stop.
    """
    try:
        budget = UnpackBudget(printable(str(path)), path.stat().st_size, folder, limits)
        budget.check_disk(0)
        reader = _reader(path, budget)
        unpacking = _Unpacking(reader, budget, folder=folder, counts=isinstance(reader, ZipReader), progress=progress)
        with closing(reader.members()) as members:
            for member in members:
                unpacking.take(member)
    except OSError as error:
        raise CatalogError(f"{printable(str(path))} cannot be unpacked: {error.strerror or error}") from error
    return budget.refused


def _reader(path: Path, budget: UnpackBudget) -> ZipReader | TarReader:
    """Choose by the first bytes; a zip may have anything before it, so that its name counts too."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((b"PK\3\4", b"PK\5\6")) or path.name.lower().endswith(".zip"):
        return ZipReader(path, budget)
    return TarReader(path, budget)


class _Unpacking:
    """One archive being unpacked."""

    def __init__(
        self, reader: _Reader, budget: UnpackBudget, *, folder: Path, counts: bool, progress: Progress
    ) -> None:
        self._reader, self._budget, self._folder = reader, budget, folder
        self._counts, self._progress = counts, progress
        self._taken: set[str] = set()
        self._written = self._told = 0

    def take(self, member: ArchiveMember) -> None:
        """Write a file into the folder, or list why not."""
        shown = shown_name(member.name)
        try:
            parts = safe_parts(member.name)
        except ValueError as error:
            self._budget.refuse(shown, "unsafe_name", str(error))
            return
        if any(part.startswith(".") or part.casefold() in SYSTEM_NAMES for part in parts):
            return  # what systems leave behind; in folders it is passed over too
        if member.reason:
            self._budget.refuse(shown, member.reason)
        elif parts[-1].lower().endswith(NESTED_SUFFIXES):
            self._budget.refuse(shown, "nested_archive")
        elif collision_key(parts) in self._taken:
            self._budget.refuse(shown, "repeated", "another file of the archive has this name, but for case at most")
        else:
            self._taken.add(collision_key(parts))
            self._write(member, self._folder.joinpath(*parts), shown)

    def _write(self, member: ArchiveMember, target: Path, shown: str) -> None:
        """Write a file whole, or remove what there is of it."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = target.open("xb")
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            self._budget.refuse(shown, "repeated", "another file or folder of the archive has this name")
            return
        try:
            with file:
                self._copy(member, file, shown)
        except (*BROKEN_ZIP, *BROKEN_TAR) as error:
            target.unlink()
            self._budget.refuse(shown, "unreadable", f"damaged in the archive: {printable(str(error))[:200]}")

    def _copy(self, member: ArchiveMember, file: IO[bytes], shown: str) -> None:
        size = 0
        with self._reader.open(member) as packed:
            while data := packed.read(_CHUNK_BYTES):
                size += len(data)
                self._budget.check_member(shown, size)
                if self._counts:
                    self._budget.spend(len(data))
                file.write(data)
                self._tell(len(data))

    def _tell(self, count: int) -> None:
        self._written += count
        if self._written - self._told >= _BYTES_A_REPORT:
            self._told = self._written
            self._progress.report(self._written // MIB, None, f"unpacking: {self._written // MIB:,} MiB")
