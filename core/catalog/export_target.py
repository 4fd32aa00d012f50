"""Where an export goes: a folder or zip file that appears whole or not at all, never in place of something else."""

import errno
import os
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.catalog.export_manifest import MANIFEST, is_export
from core.catalog.picture_formats import printable
from core.errors import CatalogError

_SPARE_BYTES = 50 * 2**20
_COPY_BYTES = 2**20


class ExportTarget:
    """An export under way, in a temporary folder beside its target.

    Args:
        work: The temporary folder.
        archive: The zip file being written; None for a folder.
    """

    def __init__(self, work: Path, archive: zipfile.ZipFile | None) -> None:
        self.work, self._archive = work, archive

    def add_table(self, name: str) -> None:
        """Take in a finished file of the temporary folder."""
        if self._archive is not None:
            self._archive.write(self.work / name, name, compress_type=zipfile.ZIP_DEFLATED)
            (self.work / name).unlink()

    def add_picture(self, source: Path, name: str) -> None:
        """Copy a picture to its place, ``pictures/ab/abc....jpg``."""
        if self._archive is not None:
            self._archive.write(source, name)  # pictures are compressed already
            return
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as read, path.open("xb") as written:
            shutil.copyfileobj(read, written, _COPY_BYTES)

    def add_manifest(self, text: str) -> None:
        """Write the manifest, the last thing of all."""
        if self._archive is not None:
            self._archive.writestr(MANIFEST, text, compress_type=zipfile.ZIP_DEFLATED)
        else:
            (self.work / MANIFEST).write_text(text, encoding="utf-8")


def check_target(path: Path, *, replace: bool) -> None:
    """Refuse a target that would overwrite something.

    Args:
        path: A folder, or a file that ends in ``.zip``.
        replace: An earlier export there may go; anything else never.

    Raises:
        CatalogError: Something is there already, or there is no folder to write in.
    """
    shown = printable(str(path))
    if not path.parent.is_dir():
        raise CatalogError(f"there is no folder {printable(str(path.parent))} to export into: make it first")
    if not os.path.lexists(path) or _is_empty_folder(path):
        return
    if not replace:
        raise CatalogError(f"{shown} exists already: choose another name, or replace an earlier export with --replace")
    if not _is_ours(path):
        raise CatalogError(f"{shown} is no export of ShelfLens and is not replaced: choose another name")


@contextmanager
def export_target(path: Path, *, needed_bytes: int, replace: bool) -> Iterator[ExportTarget]:
    """Write an export beside its target and put it there once it is whole.

    Args:
        path: A folder, or a file that ends in ``.zip``.
        needed_bytes: About how large it becomes; refused at once when the disk has less.
        replace: An earlier export there may go.

    Raises:
        CatalogError: The target is taken, cannot be written or the disk is full; nothing of the export stays.
    """
    check_target(path, replace=replace)
    with _writing(path, needed_bytes):
        _check_room(path, needed_bytes)
        work = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
        try:
            work.mkdir()
            if is_zip(path):
                with zipfile.ZipFile(work / "export.zip", "w", zipfile.ZIP_STORED) as archive:
                    yield ExportTarget(work, archive)
                _flush([work / "export.zip"])
                check_target(path, replace=replace)
                os.replace(work / "export.zip", path)  # noqa: PTH105 - what the fault tests make fail
                shutil.rmtree(work)
            else:
                yield ExportTarget(work, None)
                _flush(each for each in work.rglob("*") if each.is_file())
                check_target(path, replace=replace)
                _put_folder(work, path)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise


def is_zip(path: Path) -> bool:
    """Tell whether a target is to be a zip file."""
    return path.suffix.lower() == ".zip"


def _put_folder(work: Path, path: Path) -> None:
    """Give the finished folder its name; an earlier export steps aside first and comes back if that fails."""
    aside = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.old")
    if path.exists():
        path.rename(aside)
    try:
        work.rename(path)
    except BaseException:
        if aside.exists():
            aside.rename(path)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _is_empty_folder(path: Path) -> bool:
    return not is_zip(path) and path.is_dir() and not path.is_symlink() and not any(path.iterdir())


def _is_ours(path: Path) -> bool:
    if path.is_symlink():
        return False
    if not is_zip(path):
        return path.is_dir() and is_export(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _check_room(path: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < needed_bytes + _SPARE_BYTES:
        raise CatalogError(
            f"the disk of {printable(str(path.parent))} has {free / 2**20:,.0f} MiB left, the export needs about "
            f"{needed_bytes / 2**20:,.0f}: free some space or export elsewhere"
        )


@contextmanager
def _writing(path: Path, needed_bytes: int) -> Iterator[None]:
    """Turn a refusal of the disk into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CatalogError(
                f"the disk is full: the export to {printable(str(path))} needs about {needed_bytes / 2**20:,.0f} MiB; "
                "nothing of it was kept"
            ) from error
        reason = error.strerror or error
        raise CatalogError(f"cannot export to {printable(str(path))}: {reason}; check its permissions") from error


def _flush(paths: Iterator[Path] | list[Path]) -> None:
    """Have every file on the disk before the rename, so that the name never outruns the content."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
