"""Copies of homes that other tests have open."""

import shutil
import sqlite3
from pathlib import Path


def copy_home(source: Path, to: Path, *left_out: str) -> None:
    """Copy a home but for files of some patterns.

    The database is copied by SQLite: the files beside it come and go while somebody has it open.
    """
    shutil.copytree(source, to, symlinks=True, ignore=shutil.ignore_patterns("shelflens.db*", *left_out))
    reader, writer = sqlite3.connect(source / "shelflens.db"), sqlite3.connect(to / "shelflens.db")
    with writer:
        reader.backup(writer)
    reader.close()
    writer.close()
