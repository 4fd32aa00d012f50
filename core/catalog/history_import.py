"""Importing a file of histories: whole or not at all, and undone in one step."""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read, write
from core.catalog.histories import check_free_name, history_sets
from core.catalog.history_file import HistoryFile
from core.catalog.history_staging import StagedHistory
from core.catalog.log import change
from core.catalog.log_change import insert_rows
from core.catalog.schema import histories, history_events, products
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress, SilentProgress

_UNFINISHED = "unfinished "
"""What `histories.deleted` begins with while events come in: the set is out of sight until it is whole."""

_LEFT_BEHIND = timedelta(days=1)


@dataclass(frozen=True)
class HistoryReport:
    """What an import of histories did.

    Attributes:
        catalog: The catalog.
        history: What the set is called.
        users: Users with at least one event.
        events: Distinct events of products of the catalog.
        unmatched: Distinct product ids that the catalog does not have.
        unmatched_events: Their events, which were left out.
        unmatched_examples: The first of these ids.
        repeated: Events that the file says again.
        skipped: What else was left out or doubted: {"reason", "count", "examples"}.
        seconds: Wall time.
        event: Number of the change, for undoing.
    """

    catalog: str
    history: str
    users: int
    events: int
    unmatched: int
    unmatched_events: int
    unmatched_examples: list[str]
    repeated: int
    skipped: list[dict[str, Any]]
    seconds: float
    event: str

    def to_json(self) -> dict[str, Any]:
        """Give the report as JSON values."""
        return asdict(self)


def import_history(
    home: Home, catalog: Catalog, file: HistoryFile, *, name: str = "", actor: str, progress: Progress | None = None
) -> HistoryReport:
    """Import the events of a file that are of products of the catalog.

    Args:
        home: The home.
        catalog: The catalog.
        file: The file.
        name: What to call the set; empty makes one up from the day.
        actor: Who imports.
        progress: Told of every step; may cancel.

    Raises:
        CatalogError: The name is taken, or no event is of a product of the catalog; nothing is kept.
        Cancelled: `progress` asked to stop; nothing is kept.
    """
    began = time.monotonic()
    told = progress or SilentProgress()
    chosen = check_free_name(home, catalog, name) if name else _free_name(home, catalog)
    with StagedHistory(home.cache) as staged:
        staged.add(file.events(), product_ids=_product_ids(home, catalog), progress=told)
        events, users, unmatched = staged.events, staged.users, staged.unmatched
        examples = staged.unmatched_examples()
        if not events:
            raise _nothing_matches(catalog, file, staged)
        change_id = _keep(home, catalog, staged, name=chosen, actor=actor, progress=told, events=events)
        return HistoryReport(
            catalog=catalog.name,
            history=chosen,
            users=users,
            events=events,
            unmatched=unmatched,
            unmatched_events=staged.unmatched_events,
            unmatched_examples=examples,
            repeated=staged.read - staged.unmatched_events - events,
            skipped=file.skips.to_json(),
            seconds=round(time.monotonic() - began, 3),
            event=str(change_id),
        )


def _product_ids(home: Home, catalog: Catalog) -> frozenset[str]:
    """Read the ids of all products, those that cleaning left out as well: they may come back."""
    with read(home) as connection:
        query = select(products.c.product_id).where(products.c.catalog_id == catalog.catalog_id)
        return frozenset(connection.execute(query).scalars())


def _nothing_matches(catalog: Catalog, file: HistoryFile, staged: StagedHistory) -> CatalogError:
    if not staged.read:
        reasons = ", ".join(f"{each['count']} {each['reason']}" for each in file.skips.to_json()) or "no event in it"
        return CatalogError(f"{file.description} holds no event that can be used ({reasons}); see docs/histories.md")
    shown = ", ".join(repr(each[:60]) for each in staged.unmatched_examples())
    return CatalogError(
        f"none of the {staged.unmatched:,} product ids of {file.description} is in catalog {catalog.name!r}: it says "
        f"{shown}; name the column of the ids with --map product=COLUMN, or choose another catalog"
    )


def _keep(
    home: Home, catalog: Catalog, staged: StagedHistory, *, name: str, actor: str, progress: Progress, events: int
) -> int:
    """Write the events under a set that nobody sees yet, then show it; gives the number of the change."""
    _drop_left_behind(home)
    history_id = _hidden_set(home, catalog, name)
    try:
        written = 0
        for batch in staged.in_order():
            rows = [
                {"history_id": history_id, "sequence": written + place, "user": user, "product_id": product_id}
                | {"event": event, "at": at}
                for place, (user, product_id, event, at) in enumerate(batch)
            ]
            with write(home) as connection:
                insert_rows(connection, history_events, rows)
            written += len(rows)
            progress.report(written, events, "Keeping events")
        check_free_name(home, catalog, name)
        summary = f"Imported the history {name}: {events:,} events"
        with change(
            home, actor=actor, kind="import", summary=summary, catalog_id=catalog.catalog_id, contents=False
        ) as showing:
            showing.update(histories, {"history_id": history_id}, {"deleted": None})
            return showing.event_id
    except BaseException:
        _drop(home, history_id)
        raise


def _hidden_set(home: Home, catalog: Catalog, name: str) -> int:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    row = {"catalog_id": catalog.catalog_id, "name": name, "created": now, "deleted": f"{_UNFINISHED}{now[:19]}"}
    with write(home) as connection:
        key = connection.execute(insert(histories).values(**row)).inserted_primary_key
    return int(key[0]) if key else 0


def _drop_left_behind(home: Home) -> None:
    """Drop sets that a stopped import left unfinished long ago."""
    with read(home) as connection:
        query = select(histories.c.history_id, histories.c.deleted).where(histories.c.deleted.startswith(_UNFINISHED))
        rows = connection.execute(query).all()
    oldest = (datetime.now(UTC) - _LEFT_BEHIND).isoformat(timespec="seconds")
    for row in rows:
        if row.deleted.removeprefix(_UNFINISHED) < oldest and not _was_shown(home, row.history_id):
            _drop(home, row.history_id)


def _was_shown(home: Home, history_id: int) -> bool:
    """Tell whether a set was whole once: undoing its import puts the mark back."""
    from core.catalog.log import row_events

    return bool(row_events(home, histories, {"history_id": history_id}, limit=1))


def _drop(home: Home, history_id: int) -> None:
    with write(home) as connection:
        connection.execute(delete(history_events).where(history_events.c.history_id == history_id))
        connection.execute(delete(histories).where(histories.c.history_id == history_id))


def _free_name(home: Home, catalog: Catalog) -> str:
    """Make up a name: ``histories``, then ``histories-2`` ..."""
    taken = {history.name for history in history_sets(home, catalog)}
    names = ("histories" if number == 1 else f"histories-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
