"""What of a home is worth keeping, and in which order."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from core.home import Home

DATABASE = "shelflens.db"
MARKER = "home.json"

KEPT_FOLDERS = (
    "pictures",
    "runs",
    "searches",
    "weights",
    "features",
    "palettes",
    "embeddings",
    "maps",
    "thumbnails",
    "jobs",
)
"""The folders a backup holds by name, what cannot be made again first. Others that a later version adds follow."""

LEFT_OUT = frozenset({"cache", "damaged", "logs"})
"""Folders whose content is made again when it is missing, what a verification took away, and what this machine did."""

_PASSING = (".lock", ".tmp", "-wal", "-shm", "-journal")


def kept_files(home: Home) -> Iterator[tuple[str, Path]]:
    """List the files of a home beside its database, as they are now.

    Links are never followed: a home may have come from strangers.

    Yields:
        Path within the home, with ``/``, and the file.
    """
    yield MARKER, home.root / MARKER
    found = sorted(entry.name for entry in os.scandir(home.root) if entry.is_dir(follow_symlinks=False))
    others = [name for name in found if name not in KEPT_FOLDERS and name not in LEFT_OUT and not name.startswith(".")]
    for name in (*KEPT_FOLDERS, *others):
        if name in found:
            yield from _files_below(home.root / name, PurePosixPath(name))


def _files_below(folder: Path, name: PurePosixPath) -> Iterator[tuple[str, Path]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:  # an old version was tidied away meanwhile
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.endswith(_PASSING):
            continue  # half written, or held by a process
        if entry.is_dir(follow_symlinks=False):
            yield from _files_below(Path(entry.path), name / entry.name)
        elif entry.is_file(follow_symlinks=False):
            yield str(name / entry.name), Path(entry.path)
