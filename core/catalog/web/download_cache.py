"""Fetched files and the journal of what is known of them, so that nothing is fetched twice in vain.

A file is written beside its place and moved there when it is whole: whatever stands under its name is finished,
after ``kill -9`` as well. The journal, a small SQLite file, knows by what a host recognizes its version of a file
(ETag, Last-Modified), in which run it was last confirmed, and what half a file belongs to. Names are hashes of
addresses. Everything here can be made again; a damaged journal is begun anew.
"""

import hashlib
import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from core.catalog.web.cache_journal import Entry, Journal
from core.home import Home

CURRENT_SECONDS = 24 * 3600.0
"""A file confirmed longer ago is asked for again, even in the run it belongs to."""


@dataclass(frozen=True)
class Kept:
    """A finished file and what is known of it; `is_current` says that the host need not be asked."""

    path: Path
    etag: str
    last_modified: str
    is_current: bool


class DownloadCache:
    """The files fetched for one home. Its methods may be called from any thread.

    Args:
        home: Whose pictures; the files are in its cache.
        source: What is imported. Its run lasts until an import of it comes to its end: an import that was killed is
            continued, and one that begins anew asks the hosts whether anything changed.
        most_bytes: The files used longest ago are removed when all together have more.
        keep_days: Files nobody asked for in so many days are removed.
    """

    def __init__(self, home: Home, *, source: str, most_bytes: int, keep_days: float) -> None:
        self._home, self._most_bytes = home, most_bytes
        self._folder = home.cache / "fetched"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._pinned: Counter[str] = Counter()
        self._arrived: set[str] = set()
        self._alone = FileLock(self._folder / "lock")
        self._own_parts = "" if self._is_alone() else f".{uuid.uuid4().hex}"
        self._journal = Journal(self._folder / "journal.db")
        self._bytes = self._journal.kept_bytes()
        self._source = key_of(source)
        self._remove_old(time.time() - keep_days * 24 * 3600)
        self._run, self._run_began = self._journal.open_run(self._source, now=time.time())

    def find(self, key: str) -> Kept | None:
        """Find a finished file, here or among the pictures of the home."""
        with self._lock:
            entry = self._journal.find(key)
            found: Path | None = self._path(key)
            size_bytes = _size(self._path(key))
            if size_bytes > 0 and (entry is None or entry.size_bytes != size_bytes):
                entry = self._note_unnoted(key)
            elif entry is not None and entry.size_bytes != size_bytes:
                found = self._stored_path(entry)
            if entry is None or found is None:
                return None
            self._journal.used(key, now=time.time())
            self._arrived.add(key)
            is_current = entry.run == self._run and 0 <= time.time() - entry.confirmed < CURRENT_SECONDS
            return Kept(found, entry.etag, entry.last_modified, is_current)

    def confirm(self, key: str) -> None:
        """Note that the host has nothing newer."""
        with self._lock:
            self._journal.confirm(key, run=self._run, now=time.time())

    def part(self, key: str) -> Path:
        """Give the file to write into while fetching."""
        return self._path(key).with_suffix(f"{self._own_parts}.part")

    def half(self, key: str) -> tuple[int, str]:
        """Give how many bytes of a file are there and by what the host recognizes it; 0 and "" for none."""
        size_bytes = _size(self.part(key))
        if size_bytes <= 0:
            return 0, ""
        with self._lock:
            validator = self._journal.half(key)
        return (size_bytes, validator) if validator else (0, "")

    def begin_half(self, key: str, validator: str) -> None:
        """Note what the file now written into belongs to; "" when it cannot be continued."""
        self.part(key).parent.mkdir(exist_ok=True)
        with self._lock:
            self._journal.begin_half(key, validator, now=time.time())

    def drop_half(self, key: str) -> None:
        """Forget a file that is not whole."""
        self.part(key).unlink(missing_ok=True)
        with self._lock:
            self._journal.begin_half(key, "", now=time.time())

    def finish(self, key: str, *, etag: str, last_modified: str) -> Path:
        """Move a whole file to its place, then note it.

        Raises:
            OSError: The disk refused.
        """
        path = self._path(key)
        with self._lock:
            os.replace(self.part(key), path)  # noqa: PTH105 - os.replace is what the fault tests make fail
            self._note(key, path, etag=etag, last_modified=last_modified)
            self._arrived.add(key)
            if self._bytes > self._most_bytes:
                self._make_room()
        return path

    def pin(self, keys: Sequence[str]) -> None:
        """Keep files that somebody is going to read; those that arrived are kept until then."""
        with self._lock:
            self._pinned.update(keys)
            self._arrived.difference_update(keys)

    def unpin(self, keys: Sequence[str]) -> None:
        """Let files go that were read."""
        with self._lock:
            self._pinned.subtract(keys)
            for key in keys:
                if self._pinned[key] <= 0:
                    del self._pinned[key]

    def end_run(self) -> None:
        """Note that the import came to its end: the next one asks whether anything changed."""
        with self._lock:
            self._journal.end_run(self._source)

    def close(self) -> None:
        """Close the journal."""
        with self._lock:
            self._journal.close()
        self._alone.release()

    def _is_alone(self) -> bool:
        """Whether no other import fetches into this home now: two must not write into the same half file."""
        try:
            self._alone.acquire(timeout=0)
        except (Timeout, OSError):
            return False
        return True

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def _note_unnoted(self, key: str) -> Entry | None:
        """Note a file that was finished in this run, just before whoever fetched it was killed."""
        path = self._path(key)
        return self._note(key, path) if path.stat().st_mtime >= self._run_began else None

    def _note(self, key: str, path: Path, *, etag: str = "", last_modified: str = "") -> Entry:
        """Note a file that stands in its place."""
        before, now = self._journal.find(key), time.time()
        size_bytes = path.stat().st_size
        self._bytes += size_bytes - (before.size_bytes if before and before.is_kept else 0)
        entry = Entry(
            key,
            size_bytes,
            _file_digest(path),
            etag,
            last_modified,
            run=self._run,
            confirmed=now,
            used=now,
            is_kept=True,
        )
        self._journal.put(entry)
        return entry

    def _stored_path(self, entry: Entry) -> Path | None:
        """Find the picture in the home that was made of a file no longer kept."""
        folder = self._home.pictures / entry.digest[:2]
        return next((each for each in folder.glob(f"{entry.digest}.*") if _size(each) == entry.size_bytes), None)

    def _make_room(self) -> None:
        """Remove the files used longest ago, but none that is pinned, until a quarter is free."""
        for entry in self._journal.by_use():
            if self._bytes <= self._most_bytes * 3 // 4:
                return
            if self._pinned[entry.key] <= 0 and entry.key not in self._arrived:
                self._path(entry.key).unlink(missing_ok=True)
                self._journal.let_go(entry.key)
                self._bytes -= entry.size_bytes

    def _remove_old(self, before: float) -> None:
        for entry in self._journal.by_use():
            if entry.used >= before:
                break
            self._path(entry.key).unlink(missing_ok=True)
            self._journal.let_go(entry.key)
            self._bytes -= entry.size_bytes
        self._journal.forget(before)
        for part in self._folder.glob("*/*.part"):
            with suppress(OSError):
                if part.stat().st_mtime < before:
                    part.unlink()


def key_of(text: str) -> str:
    """Give the name of what an address leads to: 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
