"""Copies of homes that other tests have open."""

import shutil
import sqlite3
from pathlib import Path


def copy_home(source: Path, to: Path, *left_out: str) -> None:
    """Copy a home but for files of some patterns."""
    shutil.copytree(source, to, symlinks=True, ignore=shutil.ignore_patterns("shelflens.db*", *left_out))
    copy_database(source, to)


def copy_database(source: Path, to: Path) -> None:
    """Copy a home's database into another folder.

    By SQLite: what was written last may still be in a file beside it, which comes and goes while somebody has it open.
    """
    reader, writer = sqlite3.connect(source / "shelflens.db"), sqlite3.connect(to / "shelflens.db")
    with writer:
        reader.backup(writer)
    reader.close()
    writer.close()
