"""Events of a file on their way into a home: matched with a catalog, counted and sorted on the disk, not in memory."""

import sqlite3
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType

from core.catalog.histories import HistoryEvent
from core.errors import CatalogError
from core.progress import Progress

ROWS_A_BATCH = 10_000
_EXAMPLES = 5

_TABLES = """
CREATE TABLE events (user TEXT, product TEXT, event TEXT, at TEXT, place INTEGER,
                     PRIMARY KEY (user, product, event, at)) WITHOUT ROWID;
CREATE TABLE strangers (product TEXT PRIMARY KEY) WITHOUT ROWID;
"""
# A file repeats an event when it says it twice with the same time; without times the last place counts.
_ADD_EVENT = """INSERT INTO events VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET place = excluded.place WHERE at = ''"""
_ADD_STRANGER = "INSERT OR IGNORE INTO strangers VALUES (?)"
_IN_ORDER = "SELECT user, product, event, at FROM events ORDER BY user, at, place"


class StagedHistory:
    """The events of one file in a database of their own; gone when the block ends.

    Args:
        folder: Where the database may be; made when missing.

    Attributes:
        read: Events of the file.
        unmatched_events: Those of products that the catalog does not have.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"history-{uuid.uuid4().hex}.db"
        self.read = 0
        self.unmatched_events = 0

    def __enter__(self) -> "StagedHistory":
        with _speaking():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            # Whatever happens, the file is made anew: nothing in it needs to outlive a crash.
            self._connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN; {_TABLES}")
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()
        self._path.unlink(missing_ok=True)

    def add(self, events: Iterable[HistoryEvent], *, product_ids: Collection[str], progress: Progress) -> None:
        """Read events to their end.

        Args:
            events: In the order of their file.
            product_ids: Those of the catalog; events of other products are only counted.
            progress: Told how many events were read; may cancel.
        """
        rest = iter(events)
        while batch := list(islice(rest, ROWS_A_BATCH)):
            known = [
                (each.user, each.product_id, each.event, each.at, self.read + place)
                for place, each in enumerate(batch)
                if each.product_id in product_ids
            ]
            strangers = {(each.product_id,) for each in batch if each.product_id not in product_ids}
            with _speaking():
                self._connection.executemany(_ADD_EVENT, known)
                self._connection.executemany(_ADD_STRANGER, sorted(strangers))
            self.read += len(batch)
            self.unmatched_events += len(batch) - len(known)
            progress.report(self.read, None, f"Reading events: {self.read:,}")

    @property
    def events(self) -> int:
        """How many distinct events are of products of the catalog."""
        return self._count("SELECT count(*) FROM events")

    @property
    def users(self) -> int:
        """How many users these events have."""
        return self._count("SELECT count(DISTINCT user) FROM events")

    @property
    def unmatched(self) -> int:
        """How many distinct product ids the catalog does not have."""
        return self._count("SELECT count(*) FROM strangers")

    def unmatched_examples(self) -> list[str]:
        """Give the first few product ids that the catalog does not have."""
        with _speaking():
            found = self._connection.execute(f"SELECT product FROM strangers ORDER BY product LIMIT {_EXAMPLES}")
            return [row[0] for row in found]

    def in_order(self) -> Iterator[list[tuple[str, str, str, str]]]:
        """Yield (user, product id, event, time) in batches, user by user, oldest first."""
        with _speaking():
            rows = self._connection.execute(_IN_ORDER)
            while batch := rows.fetchmany(ROWS_A_BATCH):
                yield batch

    def _count(self, query: str) -> int:
        with _speaking():
            return int(self._connection.execute(query).fetchone()[0])


@contextmanager
def _speaking() -> Iterator[None]:
    """Turn a refusal of the disk into an error that says what to do."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise CatalogError(f"the events cannot be sorted on the disk ({error}): make room and import again") from error
    except UnicodeEncodeError as error:
        raise CatalogError(f"an event holds no whole characters ({error}): write the file in UTF-8") from error
