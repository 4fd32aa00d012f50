"""What is known of fetched files: a small SQLite file that survives being killed and may be lost without harm."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS files(
    key TEXT PRIMARY KEY, size_bytes INTEGER, digest TEXT, etag TEXT, last_modified TEXT, run TEXT,
    confirmed REAL, used REAL, is_kept INTEGER);
CREATE INDEX IF NOT EXISTS files_by_use ON files(is_kept, used);
CREATE TABLE IF NOT EXISTS halves(key TEXT PRIMARY KEY, validator TEXT, begun REAL);
CREATE TABLE IF NOT EXISTS runs(source TEXT PRIMARY KEY, run TEXT, begun REAL);
"""


@dataclass(frozen=True)
class Entry:
    """What is known of a finished file.

    Attributes:
        key: Hash of its address.
        size_bytes: Its size.
        digest: sha256 of its bytes.
        etag: How the host calls this version; "" when it does not.
        last_modified: When the host changed it, as it says; "" when it does not.
        run: The run in which it was last confirmed.
        confirmed: When that was, seconds since 1970.
        used: When it was last asked for.
        is_kept: Whether its file is in the cache; else it may be among the pictures of the home.
    """

    key: str
    size_bytes: int = -1
    digest: str = ""
    etag: str = ""
    last_modified: str = ""
    run: str = ""
    confirmed: float = 0.0
    used: float = 0.0
    is_kept: bool = False


class Journal:
    """The journal; whoever calls it from several threads holds a lock.

    Args:
        path: Its file, begun anew when it is damaged.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            self._database = _opened(path)

    def open_run(self, source: str, *, now: float) -> tuple[str, float]:
        """Give the run of a source that did not come to its end, else a new one, and when it began."""
        row = self._database.execute("SELECT run, begun FROM runs WHERE source = ?", (source,)).fetchone()
        if row is not None:
            return str(row[0]), float(row[1])
        run = uuid.uuid4().hex
        self._database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", (source, run, now))
        return run, now

    def end_run(self, source: str) -> None:
        """Note that a source was read to its end."""
        self._database.execute("DELETE FROM runs WHERE source = ?", (source,))

    def find(self, key: str) -> Entry | None:
        """Find what is known of a file."""
        row = self._database.execute("SELECT * FROM files WHERE key = ?", (key,)).fetchone()
        return None if row is None else Entry(*row)

    def put(self, entry: Entry) -> None:
        """Note a finished file; what is known of its half is forgotten."""
        with self._database:
            self._database.execute("BEGIN")
            self._database.execute("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?,?,?)", astuple(entry))
            self._database.execute("DELETE FROM halves WHERE key = ?", (entry.key,))

    def confirm(self, key: str, *, run: str, now: float) -> None:
        """Note that a file is the host's newest."""
        self._database.execute("UPDATE files SET run = ?, confirmed = ? WHERE key = ?", (run, now, key))

    def used(self, key: str, *, now: float) -> None:
        """Note that a file was asked for."""
        self._database.execute("UPDATE files SET used = ? WHERE key = ?", (now, key))

    def let_go(self, key: str) -> None:
        """Note that a file is not in the cache any more."""
        self._database.execute("UPDATE files SET is_kept = 0 WHERE key = ?", (key,))

    def half(self, key: str) -> str:
        """Give what the half of a file belongs to; "" when it cannot be continued."""
        row = self._database.execute("SELECT validator FROM halves WHERE key = ?", (key,)).fetchone()
        return "" if row is None else str(row[0])

    def begin_half(self, key: str, validator: str, *, now: float) -> None:
        """Note what a file that is being written belongs to; "" forgets it."""
        if validator:
            self._database.execute("INSERT OR REPLACE INTO halves VALUES (?, ?, ?)", (key, validator, now))
        else:
            self._database.execute("DELETE FROM halves WHERE key = ?", (key,))

    def kept_bytes(self) -> int:
        """Give how many bytes all kept files have together."""
        return int(self._database.execute("SELECT COALESCE(SUM(size_bytes), 0) FROM files WHERE is_kept").fetchone()[0])

    def by_use(self) -> Iterator[Entry]:
        """Yield kept files, the one used longest ago first."""
        rows = self._database.execute("SELECT * FROM files WHERE is_kept ORDER BY used LIMIT 20000").fetchall()
        return (Entry(*row) for row in rows)

    def forget(self, before: float) -> None:
        """Forget files nobody asked for since, and halves as old."""
        long_ago = before - 90 * 24 * 3600
        self._database.execute("DELETE FROM files WHERE is_kept = 0 AND used < ?", (long_ago,))
        self._database.execute("DELETE FROM halves WHERE begun < ?", (before,))
        self._database.execute("DELETE FROM runs WHERE begun < ?", (before,))

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._database.close()


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last lines, not the file
        database.executescript(_TABLES)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
