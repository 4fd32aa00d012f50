"""What unpacking may cost. An archive that would cost more is refused whole."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from core.catalog.sources import SkippedFile
from core.errors import CatalogError

MIB = 2**20
GIB = 2**30


@dataclass(frozen=True)
class UnpackLimits:
    """Limits for one archive.

    Attributes:
        members: Files and folders it may list.
        member_bytes: Unpacked size of one file.
        total_bytes: Unpacked size of all.
        ratio: Unpacked size over the archive's own; deflate reaches 1,032 with nothing but zeros.
        ratio_from_bytes: Below this unpacked size the ratio is of no account.
        refused: So many refused files are listed; more make the archive suspicious as a whole.
        free_bytes: So much of the disk stays free.
    """

    members: int = 500_000
    member_bytes: int = 20 * GIB
    total_bytes: int = 100 * GIB
    ratio: int = 200
    ratio_from_bytes: int = 64 * MIB
    refused: int = 10_000
    free_bytes: int = 512 * MIB


LIMITS = UnpackLimits()
_BYTES_A_LOOK = 64 * MIB


@dataclass
class UnpackBudget:
    """What unpacking one archive has cost so far.

    Attributes:
        shown: The archive's name, printable.
        archive_bytes: Size of the archive.
        folder: Where it is unpacked; its disk is watched.
        limits: What it may cost.
    """

    shown: str
    archive_bytes: int
    folder: Path
    limits: UnpackLimits = LIMITS
    members: int = 0
    total: int = 0
    refused: list[SkippedFile] = field(default_factory=list)
    _looked: int = 0

    def add_member(self) -> None:
        """Count one more file or folder.

        Raises:
            CatalogError: They are too many.
        """
        self.members += 1
        self.check_members(self.members)

    def check_members(self, members: int) -> None:
        """Refuse an archive that lists too many files; raises as :meth:`add_member`."""
        if members > self.limits.members:
            raise self.bomb(f"it lists more than {self.limits.members:,} files")

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            CatalogError: They are too many, or the disk is nearly full.
        """
        self.total += count
        self.check_total(self.total)
        if self.total - self._looked >= _BYTES_A_LOOK:
            self._looked = self.total
            self.check_disk(0)

    def check_total(self, total: int) -> None:
        """Refuse a total size that is too large, in itself or for so small an archive; raises as :meth:`spend`."""
        if total > self.limits.total_bytes:
            raise self.bomb(f"it unpacks to more than {self.limits.total_bytes / GIB:,.4g} GiB")
        if total > self.limits.ratio_from_bytes and total > self.limits.ratio * max(self.archive_bytes, 1):
            raise self.bomb(f"it unpacks to more than {self.limits.ratio} times its own size")

    def check_member(self, name: str, size: int) -> None:
        """Refuse an archive for one file that is too large; raises as :meth:`spend`."""
        if size > self.limits.member_bytes:
            raise self.bomb(f"{name[:200]} unpacks to more than {self.limits.member_bytes / GIB:,.4g} GiB")

    def check_disk(self, needed: int) -> None:
        """Refuse to fill the disk; raises as :meth:`spend`."""
        free = shutil.disk_usage(self.folder).free
        if free < needed + self.limits.free_bytes:
            raise CatalogError(
                f"{self.shown} needs {needed / MIB:,.0f} MiB to be unpacked beside {self.limits.free_bytes / MIB:,.0f} "
                f"MiB that stay free, and the disk of {self.folder} has {free / MIB:,.0f} MiB: free some space"
            )

    def refuse(self, name: str, reason: str, detail: str = "") -> None:
        """List a file that is left out.

        Raises:
            CatalogError: They are more than anybody would read.
        """
        self.refused.append(SkippedFile(name[:500], reason, detail))
        if len(self.refused) > self.limits.refused:
            raise self.bomb(f"more than {self.limits.refused:,} of its files cannot be taken")

    def bomb(self, why: str) -> CatalogError:
        """Say why an archive is refused whole."""
        return CatalogError(
            f"{self.shown} was not unpacked: {why}. Nothing of it was kept; if you trust it, unpack it yourself and "
            "import the folder"
        )
