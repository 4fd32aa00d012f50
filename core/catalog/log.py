"""The log: every change to a home is one transaction that says who did what, and can be undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.access.actor import Role, require
from core.catalog.database import read, write
from core.catalog.log_change import MARKED, Change, Row, key_text, matches_any
from core.catalog.log_undo import refuse_overtaken, restore_rows
from core.catalog.schema import catalogs, changed_rows, events
from core.errors import UndoError
from core.home import Home

__all__ = ["Change", "Event", "Row", "change", "list_events", "row_events", "undo"]


_ASKED = {
    "delete": "delete what is kept",
    "create": "make a catalog",
    "import": "import",
    "edit": "correct what is kept",
    "clean": "clean a catalog",
    "review": "write corrections",
    "train": "train",
}
"""What the kinds of changes are called when somebody's role does not allow them."""


@dataclass(frozen=True)
class Event:
    """One entry of the log.

    Attributes:
        event_id: Number of the entry; later entries have higher ones.
        at: UTC time, ISO 8601.
        actor: Who did it.
        kind: What was done, one word: ``import``, ``edit``, ``rename`` ...
        summary: What was done, one sentence.
        catalog_id: The catalog it touched, if one.
        undone: Whether a later entry undid it.
    """

    event_id: int
    at: str
    actor: str
    kind: str
    summary: str
    catalog_id: int | None
    undone: bool


@contextmanager
def change(
    home: Home,
    *,
    actor: str,
    kind: str,
    summary: str,
    catalog_id: int | None = None,
    event_id: int | None = None,
    contents: bool = True,
) -> Iterator[Change]:
    """Change the database in one transaction together with its entry in the log.

    Args:
        home: The home.
        actor: Who does it.
        kind: What is done, one word.
        summary: What is done, one sentence.
        catalog_id: The catalog it touches; its version rises by one.
        event_id: An entry to go on with, for long work in several transactions; None begins one.
        contents: Whether products or pictures may change; False leaves the version, so that nothing is computed anew.

    Yields:
        The change to write through. An error drops it whole, the log's entry included.

    Raises:
        AccessError: The role of whoever acts does not allow it: deleting takes an admin, everything else an editor.
    """
    require(_least_role(kind), _ASKED.get(kind, "change what is kept"))
    with write(home) as connection:
        if event_id is None:
            values = {"at": _now(), "actor": actor, "kind": kind, "summary": summary, "catalog_id": catalog_id}
            key = connection.execute(insert(events).values(**values)).inserted_primary_key
            event_id, sequence = int(key[0]) if key else 0, 0
        else:
            last = select(func.max(changed_rows.c.sequence)).where(changed_rows.c.event_id == event_id)
            found = connection.execute(last).scalar()
            sequence = 0 if found is None else found + 1
        yield Change(connection, event_id=event_id, sequence=sequence)
        if catalog_id is not None and contents:
            _raise_version(connection, catalog_id)


def undo(home: Home, event_id: int, *, actor: str) -> int:
    """Put every row of one change back as it was. Undoing the undoing does it again.

    Args:
        home: The home.
        event_id: The change.
        actor: Who undoes it.

    Returns:
        The number of the new entry.

    Raises:
        UndoError: There is no such change, it is undone already, or later changes build on it.
        AccessError: It takes back a deletion, or deletes again, and whoever acts is no admin.
    """
    event = _find_event(home, event_id)
    require(_least_role(_first_kind(home, event)), "take back a deletion, or delete again")
    kind, summary = ("redo", "Did again") if event.kind == "undo" else ("undo", "Undid")
    try:
        with change(
            home,
            actor=actor,
            kind=kind,
            summary=f"{summary}: {event.summary.removeprefix('Undid: ')}",
            catalog_id=event.catalog_id,
        ) as undoing:
            refuse_overtaken(undoing.connection, event_id, kind=event.kind)
            restore_rows(undoing, event_id, kind=event.kind)
            _mark_undone(undoing, event_id)
            return undoing.event_id
    except IntegrityError as error:
        raise UndoError(
            f"change {event_id} ({event.summary}) has later changes built on it: undo those first"
        ) from error


def _mark_undone(undoing: Change, event_id: int) -> None:
    standing = and_(events.c.event_id == event_id, events.c.undone_by.is_(None))
    marked = undoing.connection.execute(update(events).where(standing).values(undone_by=undoing.event_id))
    if marked.rowcount != 1:
        raise UndoError(f"change {event_id} was undone by somebody else a moment ago; nothing was changed")
    # Where the undone entry was itself an undoing, what it had undone stands again.
    undoing.connection.execute(update(events).where(events.c.undone_by == event_id).values(undone_by=None))
    mine = events.c.event_id == undoing.event_id
    undoing.connection.execute(update(events).where(mine).values(undoes=event_id))


def _least_role(kind: str) -> Role:
    return Role.ADMIN if kind == "delete" else Role.EDITOR


def _first_kind(home: Home, event: Event) -> str:
    """Give the kind of what an undoing reverses, or what that reverses: a deletion stays one however often undone."""
    kind, event_id = event.kind, event.event_id
    with read(home) as connection:
        while kind in ("undo", "redo"):
            query = select(events.c.undoes).where(events.c.event_id == event_id)
            undone = connection.execute(query).scalar()
            row = connection.execute(select(events.c.kind).where(events.c.event_id == undone)).first()
            if undone is None or undone >= event_id or row is None:  # the first version kept no such number
                return "delete"
            kind, event_id = row.kind, undone
    return str(kind)


def list_events(home: Home, *, catalog_id: int | None = None, limit: int = 50) -> list[Event]:
    """List the log, newest first.

    Args:
        home: The home.
        catalog_id: Only changes of this catalog; None lists all.
        limit: At most so many.
    """
    query = select(events).order_by(events.c.event_id.desc()).limit(limit)
    if catalog_id is not None:
        query = query.where(events.c.catalog_id == catalog_id)
    with read(home) as connection:
        return [_event(row) for row in connection.execute(query).mappings()]


def row_events(home: Home, table: Table, key: Row, *, limit: int = 50) -> list[Event]:
    """List the changes that touched one row, newest first."""
    with read(home) as connection:
        touched = _recorded_events(connection, table, key) | _marking_events(connection, table, key)
        # Whoever reversed one of them, and whoever reversed that, touched the row too.
        for _again in range(2):
            touched |= set(connection.execute(select(events.c.event_id).where(events.c.undoes.in_(touched))).scalars())
        query = select(events).where(events.c.event_id.in_(touched)).order_by(events.c.event_id.desc()).limit(limit)
        return [_event(row) for row in connection.execute(query).mappings()]


def _recorded_events(connection: Connection, table: Table, key: Row) -> set[int]:
    recorded = select(changed_rows.c.event_id).where(
        changed_rows.c.table_name == table.name, changed_rows.c.row_key == key_text(key)
    )
    return set(connection.execute(recorded.distinct()).scalars())


def _marking_events(connection: Connection, table: Table, key: Row) -> set[int]:
    """The event that added a row, the one that took it out, and those of earlier rows of the same name."""
    if table.name not in MARKED:
        return set()
    table, removed = MARKED[table.name]
    same = [removed.c[name] == value for name, value in key.items()]
    found = set(connection.execute(select(table.c.added_by).where(matches_any(table, [key]))).scalars())
    for row in connection.execute(select(removed.c.event_id, removed.c.added_by).where(*same)):
        found |= {row.event_id, row.added_by}
    return {event_id for event_id in found if event_id is not None}


def _find_event(home: Home, event_id: int) -> Event:
    with read(home) as connection:
        row = connection.execute(select(events).where(events.c.event_id == event_id)).mappings().first()
    if row is None:
        raise UndoError(f"there is no change {event_id}; list them with the command `events`")
    event = _event(row)
    if event.undone:
        raise UndoError(f"change {event_id} ({event.summary}) is undone already")
    if event.kind == "redo":
        raise UndoError(f"change {event_id} did an earlier change again: undo that earlier change instead")
    return event


def _raise_version(connection: Connection, catalog_id: int) -> None:
    query = update(catalogs).where(catalogs.c.catalog_id == catalog_id)
    connection.execute(query.values(version=catalogs.c.version + 1))


def _event(row: Any) -> Event:
    named = {name: row[name] for name in ("event_id", "at", "actor", "kind", "summary", "catalog_id")}
    return Event(**named, undone=row["undone_by"] is not None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
