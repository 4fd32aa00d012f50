"""Verification: every file of a home read and checked, and what can be made again told from what cannot."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import make_url

from core.access.actor import Role, require
from core.backup.contents import kept_files
from core.backup.file_checks import file_problem
from core.backup.leftovers import leftovers, remove_leftover
from core.catalog.database import read
from core.catalog.schema import pictures, runs
from core.errors import HomeError
from core.home import Home
from core.progress import Progress

MENDS = {
    "thumbnails": "made again by `verify --mend`",
    "features": "taken away by `verify --mend`, then made again by `embed`",
    "palettes": "taken away by `verify --mend`, then made again by `embed`",
    "embeddings": "taken away by `verify --mend`, then made again by `embed`",
    "maps": "taken away by `verify --mend`, then made again by `map`",
    "pictures": "import its source again, or restore a backup",
    "runs": "restore a backup, or train again",
    "searches": "restore a backup, or search again",
    "weights": "add the file again with `add-weights` or `download-weights`",
    "jobs": "the job's record is lost; its results are kept elsewhere",
}
DERIVED = frozenset({"features", "palettes", "embeddings", "maps"})
"""Folders whose content is made again from pictures and settings."""


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be.

    Attributes:
        path: The file within the home, or ``shelflens.db``.
        problem: What is wrong with it.
        mend: How to mend it.
        mended: Whether this verification did.
    """

    path: str
    problem: str
    mend: str
    mended: bool = False


@dataclass(frozen=True)
class Verification:
    """What a verification found.

    Attributes:
        files: How many files were read.
        bytes: How large they are together.
        problems: What is wrong, worst first: database, pictures, runs, then what can be made again.
        seconds: How long it took.
    """

    files: int
    bytes: int
    problems: tuple[Problem, ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Give the findings as JSON values."""
        found = [asdict(problem) for problem in self.problems]
        return {"files": self.files, "bytes": self.bytes, "problems": found, "seconds": round(self.seconds, 3)}


def verify_home(home: Home, *, mend: bool = False, progress: Progress) -> Verification:
    """Read every file of a home and check it: hashes of pictures, arrays, tables, records, and what rows name.

    Args:
        home: The home; others may go on working with it.
        mend: Whether damaged files that can be made again are taken away, into ``damaged/``, and thumbnails are made
            again; what dead processes left half written is deleted.
        progress: Told about every file.

    Raises:
        HomeError: The database cannot be opened at all.
        Cancelled: Someone asked to stop.
    """
    require(Role.ADMIN if mend else Role.VIEWER, "mend a home")
    started = time.monotonic()
    progress.report(0, None, "checking the database")
    problems = list(_database_problems(home))
    files = list(kept_files(home))
    size = 0
    for place, (name, path) in enumerate(files):
        progress.report(place, len(files), "checking files")
        try:
            size += path.stat().st_size
            problem = file_problem(name, path)
        except FileNotFoundError:  # tidied away since it was listed
            continue
        if problem:
            problems.append(_problem(home, name, problem, mend=mend))
    problems += _missing(home, {name for name, _ in files}, mend=mend)
    problems += _left_over(home, mend=mend)
    progress.report(len(files), len(files), "checked")
    order = ["shelflens.db", "pictures", "runs"]
    problems.sort(key=lambda each: next((rank for rank, top in enumerate(order) if each.path.startswith(top)), 9))
    return Verification(len(files), size, tuple(problems), time.monotonic() - started)


def _database_problems(home: Home) -> Iterator[Problem]:
    """Let SQLite check its own pages and references; other databases look after theirs."""
    address = make_url(home.database_url)
    if address.get_backend_name() != "sqlite":
        return
    try:
        with closing(sqlite3.connect(str(address.database))) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    except sqlite3.Error as error:
        raise HomeError(f"the database of {home.root} cannot be read: {error}; restore a backup") from error
    found += [f"row {row[1]} of {row[0]} names a row of {row[2]} that is not there" for row in dangling]
    for words in found:
        yield Problem("shelflens.db", words[:300], "restore a backup")


def _problem(home: Home, name: str, problem: str, *, mend: bool) -> Problem:
    top = name.split("/", 1)[0]
    words = MENDS.get(top, "restore a backup")
    if not mend or top not in DERIVED | {"thumbnails"}:
        return Problem(name, problem, words)
    _take_away(home, name)
    if top == "thumbnails":
        return Problem(name, problem, words, mended=_redraw_thumbnail(home, Path(name).stem))
    return Problem(name, problem, words.split(", then ")[-1], mended=True)


def _take_away(home: Home, name: str) -> None:
    """Move a damaged file, and what only makes sense with it, out of the way; nothing is deleted."""
    parts = Path(name).parts
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    # An embedding and a map are folders of files that belong together; a shard is an array and its hashes.
    whole = Path(*parts[:-1]) if parts[0] in ("embeddings", "maps") and len(parts) > 3 else None
    moved = [whole] if whole else sorted(_shard_files(home, Path(name)))
    for each in moved:
        target = home.root / "damaged" / stamp / each
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(home.root / each, target)
    if parts[0] == "embeddings" and whole:
        (home.root / whole.parent / "current.json").unlink(missing_ok=True)


def _shard_files(home: Home, name: Path) -> set[Path]:
    stem = name.name.removesuffix(".npy").removesuffix(".hashes")
    names = {name, name.with_name(f"{stem}.npy"), name.with_name(f"{stem}.hashes.npy")}
    return {each for each in names if (home.root / each).is_file()}


def _missing(home: Home, there: set[str], *, mend: bool) -> Iterator[Problem]:
    """Find what rows of the database name and no file holds."""
    with read(home) as connection:
        rows = connection.execute(select(pictures.c.picture_hash, pictures.c.extension))
        for picture_hash, extension in rows.all():
            name = home.picture_path(picture_hash, extension).relative_to(home.root).as_posix()
            if name not in there:
                yield Problem(name, "is missing", MENDS["pictures"])
                continue
            small = home.thumbnail_path(picture_hash).relative_to(home.root).as_posix()
            if small not in there:
                done = mend and _redraw_thumbnail(home, picture_hash)
                yield Problem(small, "is missing", MENDS["thumbnails"], mended=done)
        for run_id in connection.execute(select(runs.c.run_id).where(runs.c.deleted.is_(None))).scalars().all():
            if f"runs/{run_id}/manifest.json" not in there:
                yield Problem(f"runs/{run_id}", "is missing", MENDS["runs"])


def _left_over(home: Home, *, mend: bool) -> Iterator[Problem]:
    """Find what processes that died left half written; whatever they wrote last was never part of the home."""
    for path in leftovers(home.root):
        name = path.relative_to(home.root).as_posix()
        mended = mend and remove_leftover(path)
        yield Problem(name, "was left by a process that died", "deleted by `verify --mend`", mended=mended)


def _redraw_thumbnail(home: Home, picture_hash: str) -> bool:
    """Make a thumbnail again from its picture; False when the picture cannot be read."""
    from PIL import Image

    from core.catalog.pictures import read_picture
    from core.catalog.thumbnails import encode_thumbnail
    from core.errors import PictureError
    from core.files import write_whole

    for path in home.pictures.glob(f"{picture_hash[:2]}/{picture_hash}.*"):
        try:
            drawn = encode_thumbnail(Image.fromarray(read_picture(path)))
        except PictureError:
            return False
        write_whole(home.thumbnail_path(picture_hash), drawn)
        return True
    return False
