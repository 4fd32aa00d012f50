"""Unpacked archives in the home's cache: found again by content, dropped when nobody has used them for a while."""

import hashlib
import os
import shutil
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from core.catalog.archive_limits import LIMITS, MIB, UnpackLimits
from core.catalog.archive_unpacking import unpack
from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile
from core.errors import CatalogError
from core.files import read_json, write_json_whole
from core.home import Home
from core.progress import Progress

UNUSED_SECONDS = 48 * 3600
UNFINISHED_SECONDS = 24 * 3600

_LAYOUT = 1
_CONTENT, _MANIFEST = "content", "manifest.json"
_CHUNK_BYTES = 4 * MIB


@dataclass(frozen=True)
class UnpackedArchive:
    """An archive's files in the cache.

    Attributes:
        folder: Holds them.
        refused: What was left out, each with its reason.
    """

    folder: Path
    refused: tuple[SkippedFile, ...]

    def touch(self) -> None:
        """Say that it is in use, so that nobody drops it."""
        os.utime(self.folder.parent)


def unpacked(home: Home, path: Path, *, progress: Progress, limits: UnpackLimits = LIMITS) -> UnpackedArchive:
    """Unpack an archive into the cache, or find it there; others unused for two days are dropped.

    Args:
        home: The home.
        path: The archive.
        progress: Hears how far it is, and may cancel it.
        limits: What unpacking may cost.

    Raises:
        CatalogError: It is no archive, a bomb, or there is no room for it; nothing of it is kept.
        Cancelled: The user asked to stop; nothing of it is kept.
    """
    cache = home.cache / "unpacked"
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / _content_hash(path, progress)
    _drop_unused(cache, keep=target)
    found = _reuse(target)
    if found is not None:
        return found
    temporary = cache / f".{target.name[:16]}.{uuid.uuid4().hex}.tmp"
    (temporary / _CONTENT).mkdir(parents=True)
    try:
        refused = unpack(path, temporary / _CONTENT, progress=progress, limits=limits)
        files, size = _measure(temporary / _CONTENT)
        manifest = {"layout": _LAYOUT, "files": files, "bytes": size, "refused": [asdict(each) for each in refused]}
        write_json_whole(temporary / _MANIFEST, manifest)
        _place(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return UnpackedArchive(target / _CONTENT, tuple(refused))


def _place(temporary: Path, target: Path) -> None:
    """Give the finished folder its name; somebody else may have finished the same archive first."""
    try:
        temporary.rename(target)
    except OSError:
        if _reuse(target) is None:
            raise


def _reuse(target: Path) -> UnpackedArchive | None:
    """Find an archive that is unpacked whole; a folder that is not as it was written is dropped."""
    if not target.exists():
        return None
    try:
        manifest = read_json(target / _MANIFEST)
        refused = tuple(SkippedFile(**each) for each in manifest["refused"])
        told = (manifest["layout"], manifest["files"], manifest["bytes"])
        sound = all(isinstance(text, str) for each in refused for text in vars(each).values())
    except (OSError, ValueError, TypeError, KeyError):
        told, sound, refused = None, False, ()
    if not sound or told != (_LAYOUT, *_measure(target / _CONTENT)):
        shutil.rmtree(target, ignore_errors=True)
        return None
    found = UnpackedArchive(target / _CONTENT, refused)
    found.touch()
    return found


def _measure(folder: Path) -> tuple[int, int]:
    """Count the files below a folder and their bytes, following no link."""
    files = size = 0
    for parent, _folders, names in os.walk(folder):
        for name in names:
            files += 1
            size += os.lstat(Path(parent, name)).st_size
    return files, size


def _content_hash(path: Path, progress: Progress) -> str:
    """Hash an archive's bytes: the same bytes are unpacked once, whatever they are called.

    Raises:
        CatalogError: It cannot be read.
    """
    shown = printable(str(path))
    try:
        if not path.is_file():
            raise CatalogError(f"{shown} is no file: expected a zip or tar archive; check the path")
        digest, done, size = hashlib.sha256(), 0, path.stat().st_size
        if size == 0:
            raise CatalogError(f"{shown} is empty: copy the archive again")
        with path.open("rb") as file:
            while data := file.read(_CHUNK_BYTES):
                digest.update(data)
                done += len(data)
                progress.report(done // MIB, size // MIB, "reading the archive")
    except OSError as error:
        raise CatalogError(f"{shown} cannot be read: {error.strerror or error}; check the path") from error
    return digest.hexdigest()


def _drop_unused(cache: Path, *, keep: Path) -> None:
    """Drop what no import has touched for two days, and what a killed one left half unpacked."""
    now = time.time()
    for entry in cache.iterdir():
        limit = UNFINISHED_SECONDS if entry.name.startswith(".") else UNUSED_SECONDS
        if entry != keep and now - entry.lstat().st_mtime > limit:
            shutil.rmtree(entry, ignore_errors=True)
