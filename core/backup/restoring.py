"""Restoring: a new home from a backup, every file checked before the home appears."""

import hashlib
import json
import os
import shutil
import time
import uuid
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from core.access.actor import Role, require
from core.backup.contents import DATABASE, MARKER
from core.backup.snapshot import FORMAT, LIST
from core.errors import HomeError
from core.home import HOME_FORMAT, Home, open_home
from core.progress import Progress

_BLOCK_BYTES = 1 << 20
_MOST_LIST_BYTES = 1 << 30
_MOST_NAME = 1024

# What the library raises for damage, for a way of packing it does not know, and for a file that asks for a password.
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError)


@dataclass(frozen=True)
class RestoreReport:
    """What was restored.

    Attributes:
        home: The folder.
        files: How many files.
        bytes: How large they are together.
        created: When the backup was made.
        seconds: How long it took.
    """

    home: str
    files: int
    bytes: int
    created: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Give the report as JSON values."""
        return {**vars(self), "seconds": round(self.seconds, 3)}


def restore_backup(path: Path, root: Path, *, progress: Progress) -> RestoreReport:
    """Make a home from a backup. It appears whole, every file as the backup lists it, or not at all.

    Args:
        path: The ZIP file that `make_backup` wrote; may come from strangers.
        root: The folder of the new home; must be missing or empty.
        progress: Told about every file.

    Raises:
        HomeError: The file is no backup, is damaged, was written by a newer version, or does not fit the disk; or the
            folder holds something.
        Cancelled: Someone asked to stop; nothing stays.
    """
    require(Role.ADMIN, "restore a backup")
    started = time.monotonic()
    root = root.expanduser().absolute()
    if os.environ.get("SHELFLENS_DATABASE"):
        raise HomeError(
            "SHELFLENS_DATABASE is set, and a backup brings its own database: unset it, restore, then take the "
            "database over with `move-database`"
        )
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise HomeError(f"{root} is not empty: name a new folder with --home DIR, nothing was changed")
    root.parent.mkdir(parents=True, exist_ok=True)
    temporary = root.with_name(f".{root.name[:40]}.{uuid.uuid4().hex}.tmp")
    try:
        with zipfile.ZipFile(path) as archive:
            about = _read_list(archive, path)
            _check_room(about["files"], root.parent)
            for place, (name, entry) in enumerate(about["files"].items()):
                progress.report(place, len(about["files"]), "restoring files")
                _restore(archive, name, entry, temporary)
        open_home(temporary)  # a damaged database, or one of a newer version, is told before anything appears
        _close(Home(temporary))
        if root.exists():
            root.rmdir()
        temporary.rename(root)
    except _BROKEN as error:
        raise HomeError(f"{path} is no backup, or is damaged: {error}; nothing was restored") from error
    except OSError as error:
        raise HomeError(f"{path} cannot be restored: {error.strerror or error}; nothing was restored") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    total = sum(entry["bytes"] for entry in about["files"].values())
    return RestoreReport(str(root), len(about["files"]), total, about["created"], time.monotonic() - started)


def _read_list(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        info = archive.getinfo(LIST)
        if info.file_size > _MOST_LIST_BYTES:
            raise ValueError("its list is too large")
        about = json.loads(archive.read(LIST))
        if about["format"] > FORMAT or about["home_format"] > HOME_FORMAT:
            raise HomeError(f"{path} was written by a newer ShelfLens: upgrade ShelfLens, then restore it")
        for name, entry in about["files"].items():
            _check_entry(name, entry)
        if not {DATABASE, MARKER} <= about["files"].keys():
            raise ValueError("it holds no database")
        return {"files": about["files"], "created": str(about["created"])[:40]}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise HomeError(f"{path} is no backup of ShelfLens, or is damaged: {error}; nothing was restored") from error


def _check_entry(name: str, entry: Any) -> None:
    parts = PurePosixPath(name).parts
    strange = any(part in ("..", ".") or "\\" in part or ":" in part or "\0" in part for part in parts)
    if not parts or strange or name.startswith("/") or len(name) > _MOST_NAME:
        raise ValueError(f"it holds a file named {name[:80]!r}")
    if (
        not isinstance(entry["bytes"], int)
        or entry["bytes"] < 0
        or len(entry["sha256"]) != hashlib.sha256().digest_size * 2
    ):
        raise ValueError(f"its list says nothing of use about {name[:80]!r}")


def _check_room(files: dict[str, Any], folder: Path) -> None:
    needed, free = sum(entry["bytes"] for entry in files.values()), shutil.disk_usage(folder).free
    if needed > free:
        raise HomeError(
            f"the backup needs {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free at {folder}: make room first"
        )


def _restore(archive: zipfile.ZipFile, name: str, entry: dict[str, Any], root: Path) -> None:
    target = root.joinpath(*PurePosixPath(name).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    if name not in archive.NameToInfo:
        raise HomeError(f"the backup is damaged: {name[:80]!r} stands in its list but is missing; nothing was restored")
    with archive.open(name) as source, target.open("xb") as file:
        while block := source.read(_BLOCK_BYTES):
            size += len(block)
            if size > entry["bytes"]:
                break
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if size != entry["bytes"] or digest.hexdigest() != entry["sha256"]:
        raise HomeError(f"the backup is damaged: {name[:80]!r} is not what its list says; nothing was restored")


def _close(home: Home) -> None:
    """Let go of the database before its folder is renamed."""
    from core.catalog.database import close_database

    close_database(home)
