"""Backups: one ZIP file with everything of a home, made while the home is in use.

The database is copied first, at one moment. Every artifact appears whole and before the row that names it, and none is
written over, so whatever the copied rows name is there when the files are read afterwards; files that came later do no
harm. Each file's size and hash stand in the list at the end, so that a half backup is known as such.
"""

import hashlib
import json
import os
import tempfile
import time
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.access.actor import Role, require
from core.access.audit_file import record_if_possible
from core.backup.contents import DATABASE, kept_files
from core.backup.database_copy import snapshot_database
from core.catalog.database import SCHEMA_REVISION
from core.errors import HomeError
from core.home import HOME_FORMAT, Home
from core.progress import Progress, SilentProgress

LIST = "backup.json"
FORMAT = 1
_BLOCK_BYTES = 1 << 20
_TEXT = (".json", ".jsonl", ".log", ".csv", ".db", ".md", ".xml")
"""Worth compressing; pictures and arrays hardly shrink."""


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds.

    Attributes:
        file: The backup.
        files: How many files of the home it holds.
        bytes: How large they are together.
        rows: How many rows the database has.
        vanished: Files that were tidied away while it was made; nothing kept names them.
        seconds: How long it took.
    """

    file: str
    files: int
    bytes: int
    rows: int
    vanished: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Give the report as JSON values."""
        return {**vars(self), "seconds": round(self.seconds, 3)}


def make_backup(home: Home, path: Path, *, progress: Progress) -> BackupReport:
    """Write a backup of a home; it appears whole or not at all.

    Args:
        home: The home; others may go on working with it.
        path: The ZIP file to write; must not exist, and must not lie in the home.
        progress: Told about every file.

    Raises:
        HomeError: The file exists, lies in the home, or cannot be written.
        AccessError: Whoever acts is no admin.
        Cancelled: Someone asked to stop; nothing stays.
    """
    require(Role.ADMIN, "back a home up")
    started = time.monotonic()
    path = path.expanduser().absolute()
    _check_place(home, path)
    temporary = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".shelflens-backup-") as folder:
            progress.report(0, None, "copying the database")
            copy = Path(folder) / DATABASE
            rows = snapshot_database(home, copy, progress=_Quiet(progress))
            listed, vanished = _write(home, temporary, copy, progress)
        os.replace(temporary, path)  # noqa: PTH105 - as everything whole is written
    except OSError as error:
        raise HomeError(f"the backup {path} cannot be written: {error.strerror or error}; nothing was left") from error
    finally:
        temporary.unlink(missing_ok=True)
    record_if_possible(home, "backup", f"Backed the home up to {path.name}")
    total = sum(entry["bytes"] for entry in listed.values())
    return BackupReport(str(path), len(listed), total, rows, vanished, time.monotonic() - started)


def _check_place(home: Home, path: Path) -> None:
    if path.exists():
        raise HomeError(f"{path} exists already: name a new file for the backup")
    if path.resolve().is_relative_to(home.root.resolve()):
        raise HomeError(f"{path} lies in the home itself: name a file outside {home.root}")
    if not path.parent.is_dir():
        raise HomeError(f"there is no folder {path.parent}: make it first, or name another file")


def _write(home: Home, path: Path, database: Path, progress: Progress) -> tuple[dict[str, dict[str, Any]], int]:
    listed: dict[str, dict[str, Any]] = {}
    vanished = 0
    files = [(DATABASE, database), *kept_files(home)]
    with path.open("xb") as target, zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for place, (name, file) in enumerate(files):
            progress.report(place, len(files), "keeping files")
            try:
                listed[name] = _keep(archive, name, file)
            except FileNotFoundError:
                vanished += 1
        about = {
            "format": FORMAT,
            "home_format": HOME_FORMAT,
            "schema": SCHEMA_REVISION,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": listed,
        }
        archive.writestr(LIST, json.dumps(about, ensure_ascii=True, indent=1), zipfile.ZIP_DEFLATED)
        archive.close()
        target.flush()
        os.fsync(target.fileno())
    progress.report(len(files), len(files), "kept")
    return listed, vanished


def _keep(archive: zipfile.ZipFile, name: str, file: Path) -> dict[str, Any]:
    """Add one file; what is listed is what was read, whatever is appended to it meanwhile."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        info = zipfile.ZipInfo(name, date_time=time.localtime()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_TEXT) else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with archive.open(info, "w", force_zip64=True) as target:
            while block := source.read(_BLOCK_BYTES):
                digest.update(block)
                size += len(block)
                target.write(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


class _Quiet(SilentProgress):
    """Passes on only that somebody asked to stop."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def report(self, _done: int, _total: int | None, message: str) -> None:
        """Report without a share: how long the database takes says little about the files."""
        self._progress.report(0, None, message)
