"""Records whose pictures have addresses become records whose pictures have files."""

import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.catalog.picture_formats import printable
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from core.catalog.web.fetch_limits import FetchLimits
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

if TYPE_CHECKING:  # httpx comes with them, and most imports fetch nothing
    from core.catalog.web.download_cache import DownloadCache
    from core.catalog.web.fetch_thread import FetchThread

LIMITS = FetchLimits()
REPORT_SECONDS = 0.5

# The importer reads the files of a record up to a few hundred records after it was handed over.
RECORDS_IN_USE = 1000

LONGEST_NAME = 300


def fetched(
    home: Home,
    records: Iterable[SourceRecord],
    *,
    settings: SourceSettings,
    skipped: list[SkippedFile],
    progress: Progress,
    source: str = "",
    total: int | None = None,
    limits: FetchLimits | None = None,
) -> Iterator[SourceRecord]:
    """Fetch the pictures of records, ahead of whoever reads them.

    Pictures without an address pass as they are. What could not be fetched is left out of its record and listed.
    Files that were fetched before are not asked for again when an earlier import of the source was stopped; when it
    came to its end, the hosts are asked whether they changed.

    Args:
        home: Whose cache keeps the files.
        records: What a source yields.
        settings: Says which hosts on private networks may be asked.
        skipped: Takes what could not be fetched, named "<product_id>: <address>".
        progress: Hears how many pictures were fetched, twice a second while the reader waits, and may cancel.
        source: What is imported, to know a stopped import of it again.
        total: How many records there are, for the progress; None when that is not known.
        limits: How politely, how long and how much; None takes :data:`LIMITS`.

    Yields:
        The records in the given order.

    Raises:
        CatalogError: The disk is full.
        Cancelled: `progress` asked to stop.
    """
    running = _Fetching(home, settings, skipped, progress, source=source, total=total, limits=limits or LIMITS)
    try:
        yield from running.run(iter(records))
        running.finish()
    finally:
        running.close()


@dataclass
class _Waiting:
    """A record whose pictures are being fetched: a future for each picture that has an address."""

    record: SourceRecord
    files: "list[Future[Path] | None]"
    keys: list[str] = field(default_factory=list)


class _Fetching:
    """The fetching of one import."""

    def __init__(
        self,
        home: Home,
        settings: SourceSettings,
        skipped: list[SkippedFile],
        progress: Progress,
        *,
        source: str,
        total: int | None,
        limits: FetchLimits,
    ) -> None:
        self._home, self._settings, self._skipped, self._progress = home, settings, skipped, progress
        self._source, self._total, self._limits = source, total, limits
        self._cache: DownloadCache | None = None
        self._thread: FetchThread | None = None
        self._ahead: deque[_Waiting] = deque()
        self._pictures_ahead = self._done = 0
        self._in_use: deque[list[str]] = deque()
        self._reported = time.monotonic()

    def run(self, records: Iterator[SourceRecord]) -> Iterator[SourceRecord]:
        """Keep so many pictures asked for, and yield the records in order."""
        while True:
            while self._pictures_ahead < self._limits.ahead and len(self._ahead) < self._limits.ahead:
                record = next(records, None)
                if record is None:
                    break
                self._ask(record)
            if not self._ahead:
                return
            waiting = self._ahead.popleft()
            yield self._settle(waiting)
            self._done += 1

    def finish(self) -> None:
        """Note that everything was read."""
        if self._cache is not None:
            self._cache.end_run()

    def close(self) -> None:
        """Stop what is under way."""
        if self._thread is not None:
            self._thread.close()
        if self._cache is not None:
            self._cache.close()

    def _ask(self, record: SourceRecord) -> None:
        files = [None if picture.url is None else self._fetching().submit(picture.url) for picture in record.pictures]
        self._ahead.append(_Waiting(record, files))
        self._pictures_ahead += sum(file is not None for file in files)

    def _fetching(self) -> "FetchThread":
        """Begin to fetch with the first address."""
        if self._thread is None:
            from core.catalog.web.download_cache import DownloadCache
            from core.catalog.web.fetch_thread import FetchThread

            limits = self._limits
            self._cache = DownloadCache(
                self._home, source=self._source, most_bytes=limits.cache_bytes, keep_days=limits.keep_days
            )
            self._thread = FetchThread(self._cache, allowed_hosts=self._settings.allowed_hosts, limits=limits)
        return self._thread

    def _settle(self, waiting: _Waiting) -> SourceRecord:
        """Wait for the files of a record."""
        if not any(waiting.files):
            return waiting.record
        pictures = []
        for picture, file in zip(waiting.record.pictures, waiting.files, strict=True):
            if file is None:
                pictures.append(picture)
                continue
            settled = self._settled(waiting.record, picture, file)
            self._pictures_ahead -= 1
            if settled is not None:
                pictures.append(settled)
        self._keep_in_use([picture.path for picture in pictures if picture.path is not None])
        return replace(waiting.record, pictures=tuple(pictures))

    def _settled(self, record: SourceRecord, picture: SourcePicture, file: "Future[Path]") -> SourcePicture | None:
        from core.catalog.web.fetch_errors import FetchError

        self._report()
        while not wait([file], timeout=REPORT_SECONDS).done:
            self._report()
        try:
            return replace(picture, url=None, path=file.result())
        except FetchError as error:
            name = f"{record.product_id}: {shown_address(picture.url or '')}"
            self._skipped.append(SkippedFile(printable(name), error.reason, str(error)))
            return None
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise CatalogError(
                f"cannot keep fetched pictures in {self._home.cache}: {reason}; free some space and import "
                "again, it continues where it stopped"
            ) from error

    def _keep_in_use(self, paths: list[Path]) -> None:
        """Keep the files of the last thousand records: the importer may not have read them yet."""
        if self._cache is None:
            return
        keys = [path.name for path in paths]
        self._cache.pin(keys)
        self._in_use.append(keys)
        if len(self._in_use) > RECORDS_IN_USE:
            self._cache.unpin(self._in_use.popleft())

    def _report(self) -> None:
        now = time.monotonic()
        if now - self._reported < REPORT_SECONDS or self._thread is None:
            return
        self._reported = now
        failed = f", {self._thread.failed:,} could not be had" if self._thread.failed else ""
        self._progress.report(self._done, self._total, f"fetched {self._thread.fetched:,} pictures{failed}")


def shown_address(address: str) -> str:
    """Give an address as it may be shown and kept: short, and without a user name or password."""
    scheme, sign, rest = address.strip()[: LONGEST_NAME * 4].partition("://")
    if sign:
        host, slash, path = rest.partition("/")
        rest = f"{host.rpartition('@')[2]}{slash}{path}"
    text = printable(f"{scheme}{sign}{rest}")
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]} ..."
