"""Room on the disk: work is refused with one message before the disk is full, not broken off when it is.

Two limits hold. ``SHELFLENS_LEAST_FREE`` is what stays free on the disk of the home: 1 GiB, or 2 % of a disk that is
smaller than 50 GiB. ``SHELFLENS_MOST_DISK`` is the most the home itself may take; without it there is no such limit.
Both are sizes such as ``500 MB`` or ``20 GiB``.
"""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import JobError, SettingsError, ShelfLensError
from core.home import Home
from core.monitoring.folder_size import folder_bytes

LEAST_FREE = "SHELFLENS_LEAST_FREE"
MOST_DISK = "SHELFLENS_MOST_DISK"

_GIB = 2**30
_LEAST_FREE_BYTES, _LEAST_FREE_SHARE = _GIB, 0.02
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*(|[KMGT]|[KMGT]B|[KMGT]iB|B)", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}

_FLOAT_BYTES = 4
_DEMO_BYTES = 80 * 2**20
_THUMBNAIL_SHARE = 1.1
"""A thumbnail takes about a tenth of a shop's picture."""


@dataclass(frozen=True)
class DiskRoom:
    """What a disk has and may have.

    Attributes:
        free_bytes: Free on the disk of the home.
        least_free_bytes: What has to stay free.
        used_bytes: What the home takes; None where no limit asks for it, because counting reads every folder.
        most_bytes: What it may take; None for no limit.
    """

    free_bytes: int
    least_free_bytes: int
    used_bytes: int | None
    most_bytes: int | None

    @property
    def room_bytes(self) -> int:
        """What new work may take, 0 or more."""
        room = self.free_bytes - self.least_free_bytes
        if self.most_bytes is not None and self.used_bytes is not None:
            room = min(room, self.most_bytes - self.used_bytes)
        return max(room, 0)


def disk_room(home: Home, *, count: bool = True) -> DiskRoom:
    """Look how much room there is.

    Args:
        home: The home.
        count: Whether the home is counted where it has a limit.

    Raises:
        SettingsError: A limit is no size.
    """
    disk = shutil.disk_usage(home.root)
    least = _size_setting(LEAST_FREE)
    if least is None:
        least = min(_LEAST_FREE_BYTES, int(disk.total * _LEAST_FREE_SHARE))
    most = _size_setting(MOST_DISK)
    used = folder_bytes(home.root) if count and most is not None else None
    return DiskRoom(disk.free, least, used, most)


def check_room(home: Home, need_bytes: int = 0, *, count: bool = True) -> None:
    """Refuse work for which the disk has no room.

    Args:
        home: The home.
        need_bytes: What the work is estimated to need; 0 when that is not known.
        count: Whether the home is counted where it has a limit; a page that only starts a job leaves that to the job.

    Raises:
        JobError: There is no room; nothing was begun. The message names what is needed and the way out.
        SettingsError: A limit is no size.
    """
    room = disk_room(home, count=count)
    least = f"{shown_size(room.least_free_bytes)} have to stay free ({LEAST_FREE})"
    needs = f"this work needs about {shown_size(need_bytes)}, and " if need_bytes else ""
    if room.free_bytes - need_bytes < room.least_free_bytes:
        raise JobError(
            f"the disk of {home.root} has {shown_size(room.free_bytes)} free: {needs}{least}; "
            "nothing was begun, free some space and try again"
        )
    if room.most_bytes is None or room.used_bytes is None:
        return
    if room.used_bytes + need_bytes > room.most_bytes:
        raise JobError(
            f"{home.root} takes {shown_size(room.used_bytes)} on the disk: {needs}{shown_size(room.most_bytes)} is its "
            f"limit ({MOST_DISK}); nothing was begun, delete what is not needed or have the limit raised"
        )


def needed_bytes(home: Home, kind: str, arguments: Any) -> int:
    """Estimate what a job will add to the home; 0 where nobody can know before it is done.

    Args:
        home: The home.
        kind: The job's kind.
        arguments: Its arguments, checked.
    """
    try:
        if kind == "import":
            return _import_bytes(home, arguments.catalog, arguments.source)
        if kind == "embed":
            return _feature_bytes(home, arguments.catalog, arguments.backbone)
    except (ShelfLensError, OSError, ValueError):
        return 0  # the work itself says what is wrong
    return _DEMO_BYTES if kind == "demo" and not (home.cache / "demo").exists() else 0


def _import_bytes(home: Home, catalog_name: str, source: str) -> int:
    """Pictures are copied, each with a thumbnail. A catalog that is there knows most of its source already."""
    from core.catalog.catalogs import list_catalogs

    if any(catalog.name == catalog_name for catalog in list_catalogs(home)):
        return 0
    path = Path(source)
    if path.is_dir():
        return int(folder_bytes(path) * _THUMBNAIL_SHARE)
    if not path.is_file():
        return 0  # an address
    # An archive is unpacked into the cache before its pictures are copied.
    unpacked = 2 if path.name.lower().endswith((".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")) else 1
    return int(path.stat().st_size * unpacked * _THUMBNAIL_SHARE)


def _feature_bytes(home: Home, catalog_name: str, backbone: str) -> int:
    """One row of numbers a picture, less what is there of it."""
    from core.catalog.catalogs import find_catalog
    from core.vision.backbones import find_backbone

    dimensions = find_backbone(backbone).feature_dimensions
    whole = find_catalog(home, catalog_name).pictures * dimensions * _FLOAT_BYTES
    return max(whole - folder_bytes(home.features), 0)


def shown_size(size_bytes: int) -> str:
    """Write a size for people."""
    if size_bytes >= _GIB:
        return f"{size_bytes / _GIB:,.1f} GiB"
    return f"{size_bytes / 2**20:,.0f} MiB"


def _size_setting(name: str) -> int | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    found = _SIZE.fullmatch(text)
    if found is None:
        raise SettingsError(f"{name} is {text[:40]!r}: expected a size such as 500 MB or 20 GiB")
    unit = found[2].upper()
    base = 1000 if unit.endswith("B") and not unit.endswith("IB") else 1024
    return int(float(found[1]) * base ** _POWERS[unit.rstrip("B").rstrip("I")])
