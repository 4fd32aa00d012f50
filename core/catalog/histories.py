"""Histories: which user looked at, wished for or bought which product, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from core.catalog.catalogs import Catalog, check_name
from core.catalog.database import read
from core.catalog.log import change
from core.catalog.schema import histories, history_events
from core.errors import CatalogError
from core.home import Home


@dataclass(frozen=True)
class HistoryEvent:
    """One thing a user did.

    Attributes:
        user: Who.
        product_id: With which product.
        event: ``view``, ``wish`` or ``buy``.
        at: When, ISO 8601; empty when the source does not say.
    """

    user: str
    product_id: str
    event: str
    at: str


@dataclass(frozen=True)
class History:
    """An imported set of histories.

    Attributes:
        history_id: Its number.
        name: What people call it.
        created: UTC time, ISO 8601.
        users: How many users it has.
        events: How many events it has.
    """

    history_id: int
    name: str
    created: str
    users: int
    events: int


@dataclass(frozen=True)
class HistorySet:
    """A set of histories as it is found at once, however many events it has.

    Attributes:
        history_id: Its number.
        name: What people call it.
        events: How many events it has.
    """

    history_id: int
    name: str
    events: int


def history_sets(home: Home, catalog: Catalog) -> list[HistorySet]:
    """List the sets of histories of a catalog, oldest first, without counting users."""
    mine = history_events.c.history_id == histories.c.history_id
    last = select(func.max(history_events.c.sequence)).where(mine).scalar_subquery()
    query = select(histories.c.history_id, histories.c.name, last.label("last"))
    query = query.where(histories.c.catalog_id == catalog.catalog_id, histories.c.deleted.is_(None))
    with read(home) as connection:
        rows = connection.execute(query.order_by(histories.c.history_id)).all()
    return [HistorySet(row.history_id, row.name, 0 if row.last is None else row.last + 1) for row in rows]


def list_histories(home: Home, catalog: Catalog) -> list[History]:
    """List the histories of a catalog, oldest first."""
    mine = history_events.c.history_id == histories.c.history_id
    users = select(func.count(func.distinct(history_events.c.user))).where(mine).scalar_subquery()
    events = select(func.count()).select_from(history_events).where(mine).scalar_subquery()
    query = (
        select(
            histories.c.history_id, histories.c.name, histories.c.created, users.label("users"), events.label("events")
        )
        .where(histories.c.catalog_id == catalog.catalog_id, histories.c.deleted.is_(None))
        .order_by(histories.c.history_id)
    )
    with read(home) as connection:
        return [History(**row) for row in connection.execute(query).mappings()]


def find_history(home: Home, catalog: Catalog, name: str) -> History:
    """Find a set of histories by its name.

    Raises:
        CatalogError: The catalog has none of that name.
    """
    found = list_histories(home, catalog)
    for history in found:
        if history.name == name:
            return history
    names = ", ".join(history.name for history in found) or "none"
    raise CatalogError(f"catalog {catalog.name!r} has no history {name[:100]!r}; it has {names}")


def add_history(home: Home, catalog: Catalog, name: str, *, events: Iterable[HistoryEvent], actor: str) -> int:
    """Keep a set of histories, whole or not at all; gives its number.

    Raises:
        CatalogError: The name is taken.
    """
    if any(history.name == name for history in history_sets(home, catalog)):
        raise CatalogError(f"catalog {catalog.name!r} has a history {name!r} already; delete or rename it first")
    summary = f"Imported the history {name}"
    with change(
        home, actor=actor, kind="import", summary=summary, catalog_id=catalog.catalog_id, contents=False
    ) as adding:
        row = {"catalog_id": catalog.catalog_id, "name": name, "created": _now()}
        history_id = int(adding.insert(histories, [row])[0]["history_id"])
        rows: list[dict[str, Any]] = [
            {"history_id": history_id, "sequence": number, **vars(event)} for number, event in enumerate(events)
        ]
        # The events hang on the row above: undoing it hides them, so they need no records of their own.
        if rows:
            adding.connection.execute(insert(history_events), rows)
    return history_id


def rename_history(home: Home, catalog: Catalog, name: str, new_name: str, *, actor: str) -> int:
    """Give a set of histories another name; gives the number of the change, for undoing."""
    history = find_history(home, catalog, name)
    if not new_name.strip() or any(other.name == new_name for other in history_sets(home, catalog)):
        raise CatalogError(f"the name {new_name!r} is empty or taken; choose another")
    summary = f"Renamed the history {name} to {new_name}"
    with change(
        home, actor=actor, kind="rename", summary=summary, catalog_id=catalog.catalog_id, contents=False
    ) as renaming:
        renaming.update(histories, {"history_id": history.history_id}, {"name": new_name})
        return renaming.event_id


def delete_history(home: Home, catalog: Catalog, name: str, *, actor: str) -> int:
    """Take a set of histories out of sight; undoing the change brings it back."""
    history = find_history(home, catalog, name)
    summary = f"Deleted the history {name} ({history.events} events)"
    with change(
        home, actor=actor, kind="delete", summary=summary, catalog_id=catalog.catalog_id, contents=False
    ) as deleting:
        deleting.update(histories, {"history_id": history.history_id}, {"deleted": _now()})
        return deleting.event_id


def check_free_name(home: Home, catalog: Catalog, name: str) -> str:
    """Give a name back when a new set of histories can have it.

    Raises:
        CatalogError: It is no name, or taken.
    """
    check_name(name)
    if any(history.name == name for history in history_sets(home, catalog)):
        raise CatalogError(f"catalog {catalog.name!r} has a history {name!r} already; delete or rename it first")
    return name


def read_history(home: Home, history_id: int) -> list[HistoryEvent]:
    """Read a set of histories in the order it was imported."""
    table = history_events
    query = select(table.c.user, table.c.product_id, table.c.event, table.c.at).where(table.c.history_id == history_id)
    with read(home) as connection:
        return [HistoryEvent(**row) for row in connection.execute(query.order_by(table.c.sequence)).mappings()]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
