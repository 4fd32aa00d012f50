"""Recorded events: what shoppers do in the Storefront, appended to a set of histories of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from core.access.actor import Actor, Role, acting
from core.catalog.catalogs import Catalog
from core.catalog.database import write
from core.catalog.histories import HistoryEvent, add_history, history_sets
from core.catalog.log_change import insert_rows
from core.catalog.schema import histories, history_events
from core.home import Home

RECORDED = "storefront"
"""The set's name; renamed or deleted, the next event begins another."""

MOST_AT_ONCE = 1000


def recorded_event(user: str, product_id: str, event: str) -> HistoryEvent:
    """Make the event of this moment."""
    return HistoryEvent(user, product_id, event, datetime.now(UTC).isoformat(timespec="seconds"))


def append_events(home: Home, catalog: Catalog, events: Sequence[HistoryEvent], *, actor: str) -> None:
    """Append events to the recorded set, all or none.

    Making the set is a change of the log, and so is deleting it; the events themselves are a log already.

    Args:
        home: The home.
        catalog: The catalog.
        events: In the order they happened; only the last :data:`MOST_AT_ONCE` are kept.
        actor: Who lets the events be recorded.
    """
    if not events:
        return
    history_id = _recorded_set(home, catalog, actor=actor)
    with write(home) as connection:
        # Whoever appends holds the set's row, so that two never take the same place.
        connection.execute(select(histories.c.history_id).where(histories.c.history_id == history_id).with_for_update())
        mine = history_events.c.history_id == history_id
        last = connection.execute(select(func.max(history_events.c.sequence)).where(mine)).scalar()
        first = 0 if last is None else last + 1
        rows = [
            {"history_id": history_id, "sequence": first + place, **vars(event)}
            for place, event in enumerate(events[-MOST_AT_ONCE:])
        ]
        insert_rows(connection, history_events, rows)


def _recorded_set(home: Home, catalog: Catalog, *, actor: str) -> int:
    for history in history_sets(home, catalog):
        if history.name == RECORDED:
            return history.history_id
    with acting(Actor(actor, Role.EDITOR)):  # whoever may look may shop, and the first of them makes the set
        return add_history(home, catalog, RECORDED, events=(), actor=actor)
