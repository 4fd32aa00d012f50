"""Commands that keep a home safe: backup, restore, verify, move-database."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.cli.parser import Commands
from core.cli.progress_line import ProgressLine
from core.cli.session import Session
from core.cli.tables import facts, table
from core.home import DEFAULT_HOME
from core.jobs import Report
from core.jobs.remaining import RemainingTime
from core.progress import Progress, SilentProgress

_MIB = 2**20


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    backup = commands.add("backup", make, show=show_backup, summary="write everything of a home into one file")
    backup.add_argument("file", metavar="FILE", help="the ZIP file to write")
    restore = commands.add("restore", bring_back, show=show_restore, summary="make a home from a backup")
    restore.add_argument("file", metavar="FILE", help="the ZIP file that `backup` wrote")
    verify = commands.add("verify", check, show=show_verification, summary="read every file of a home and check it")
    verify.add_argument(
        "--mend",
        action="store_true",
        help="take away damaged files that can be made again, and what stopped processes left half written",
    )
    move = commands.add(
        "move-database", move_it, show=show_move, summary="copy the database into an empty one elsewhere"
    )
    move.add_argument(
        "--to", metavar="ADDRESS", required=True, help="SQLAlchemy address, such as postgresql+pg8000://user@host/name"
    )


def make(session: Session) -> dict[str, Any]:
    """Write a backup."""
    from core.backup.snapshot import make_backup

    with _progress(session) as progress:
        return make_backup(session.home, Path(session.arguments.file), progress=progress).to_json()


def bring_back(session: Session) -> dict[str, Any]:
    """Make a home from a backup; the home is not opened before, for it must not be there yet."""
    from core.backup.restoring import restore_backup

    root = Path(session.arguments.home or os.environ.get("SHELFLENS_HOME") or DEFAULT_HOME)
    with _progress(session) as progress:
        return restore_backup(Path(session.arguments.file), root, progress=progress).to_json()


def check(session: Session) -> dict[str, Any]:
    """Check every file."""
    from core.backup.verification import verify_home

    with _progress(session) as progress:
        return verify_home(session.home, mend=session.arguments.mend, progress=progress).to_json()


def move_it(session: Session) -> dict[str, Any]:
    """Copy the database elsewhere."""
    from core.backup.database_copy import move_database

    with _progress(session) as progress:
        return {"rows": move_database(session.home, session.arguments.to, progress=progress)}


@contextmanager
def _progress(session: Session) -> Iterator[Progress]:
    with session.progress() as line:
        yield _Shown(line)


class _Shown(SilentProgress):
    """Shows reports on the terminal, with the time that is left."""

    def __init__(self, line: ProgressLine) -> None:
        self._line, self._left = line, RemainingTime()

    def report(self, done: int, total: int | None, message: str) -> None:
        """Show how far the work is."""
        now = time.monotonic()
        self._left.observe(now, done)
        left = self._left.seconds_left(now, done=done, total=total)
        self._line.show(Report(time.time(), done, total, message, left))


def show_backup(result: dict[str, Any]) -> str:
    """Show what a backup holds."""
    return facts({"file": result["file"], **_amount(result), "rows of the database": result["rows"]})


def show_restore(result: dict[str, Any]) -> str:
    """Show what was restored."""
    return facts({"home": result["home"], **_amount(result), "backup made": result["created"]})


def _amount(result: dict[str, Any]) -> dict[str, Any]:
    return {"files": result["files"], "MiB": round(result["bytes"] / _MIB, 1), "seconds": result["seconds"]}


def show_verification(result: dict[str, Any]) -> str:
    """Show what is wrong with a home."""
    looked = f"{result['files']:,} files, {result['bytes'] / _MIB:,.1f} MiB, {result['seconds']:.1f} s"
    if not result["problems"]:
        return f"everything is as it should be: {looked}"
    columns = {"path": "FILE", "problem": "PROBLEM", "mend": "HOW TO MEND IT", "mended": "MENDED"}
    rows = [{**each, "mended": "yes" if each["mended"] else "no"} for each in result["problems"]]
    return f"{table(rows, columns, empty='')}\n\n{looked}"


def show_move(result: dict[str, Any]) -> str:
    """Show how to go on."""
    return f"{result['rows']:,} rows copied; set SHELFLENS_DATABASE to the new address to work with it"
