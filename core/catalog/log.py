"""The log: every change to a home is one transaction that says who did what, and can be undone."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from core.catalog.database import read, write
from core.catalog.schema import catalogs, changed_rows, events, metadata
from core.errors import UndoError
from core.home import Home

Row = dict[str, Any]

_ROWS_A_QUERY = 200  # SQLite takes a bounded number of parameters in one statement

# A catalog's version only rises: put back, a number would name two different contents to every cache.
_NEVER_PUT_BACK = {"catalogs": frozenset({"version"})}


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


class Change:
    """One open transaction whose rows are recorded as they were before."""

    def __init__(self, connection: Connection, *, event_id: int, sequence: int) -> None:
        self.connection = connection
        self.event_id = event_id
        self._sequence = sequence

    def insert(self, table: Table, rows: Sequence[Row]) -> list[Row]:
        """Add rows; gives their keys, numbers the database chose included."""
        rows = [dict(row) for row in rows]
        if not rows:
            return []
        names = [column.name for column in table.primary_key]
        if all(name in row for row in rows for name in names):
            self.connection.execute(insert(table), rows)
            keys = [{name: row[name] for name in names} for row in rows]
        else:
            keys = [self._insert_one(table, row) for row in rows]
        self._record(table, [(key, None) for key in keys])
        return keys

    def update(self, table: Table, key: Row, values: Row) -> None:
        """Set columns of one row, named by its whole key.

        Raises:
            KeyError: There is no such row.
        """
        self._record(table, [(key, self._row(table, key))])
        self.connection.execute(update(table).where(_matches_any(table, [key])).values(**values))

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        """Remove rows, each named by its whole key.

        Raises:
            KeyError: One of the rows is not there.
        """
        for start in range(0, len(keys), _ROWS_A_QUERY):
            chunk = keys[start : start + _ROWS_A_QUERY]
            matching = _matches_any(table, chunk)
            found = [dict(row) for row in self.connection.execute(select(table).where(matching)).mappings()]
            if len(found) != len(chunk):
                raise KeyError(f"{table.name} has {len(found)} of the {len(chunk)} rows {chunk[0]} ...")
            names = [column.name for column in table.primary_key]
            self._record(table, [({name: row[name] for name in names}, row) for row in found])
            self.connection.execute(delete(table).where(matching))

    def summarize(self, summary: str) -> None:
        """Replace the sentence the log shows, once more is known than at the start."""
        self.connection.execute(update(events).where(events.c.event_id == self.event_id).values(summary=summary))

    def _insert_one(self, table: Table, row: Row) -> Row:
        key = self.connection.execute(insert(table).values(**row)).inserted_primary_key
        return dict(zip([column.name for column in table.primary_key], key or (), strict=True))

    def _row(self, table: Table, key: Row) -> Row:
        row = self.connection.execute(select(table).where(_matches_any(table, [key]))).mappings().first()
        if row is None:
            raise KeyError(f"{table.name} has no row {key}")
        return dict(row)

    def _record(self, table: Table, before: Sequence[tuple[Row, Row | None]]) -> None:
        rows = [
            {
                "event_id": self.event_id,
                "sequence": self._sequence + offset,
                "table_name": table.name,
                "row_key": _key_text(key),
                "row_before": row,
            }
            for offset, (key, row) in enumerate(before)
        ]
        self.connection.execute(insert(changed_rows), rows)
        self._sequence += len(rows)


@contextmanager
def change(
    home: Home, *, actor: str, kind: str, summary: str, catalog_id: int | None = None, event_id: int | None = None
) -> Iterator[Change]:
    """Change the database in one transaction together with its entry in the log.

    Args:
        home: The home.
        actor: Who does it.
        kind: What is done, one word.
        summary: What is done, one sentence.
        catalog_id: The catalog it touches; its version rises by one.
        event_id: An entry to go on with, for long work in several transactions; None begins one.

    Yields:
        The change to write through. An error drops it whole, the log's entry included.
    """
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
        if catalog_id is not None:
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
    """
    event = _find_event(home, event_id)
    kind, summary = ("redo", "Did again") if event.kind == "undo" else ("undo", "Undid")
    try:
        with change(
            home,
            actor=actor,
            kind=kind,
            summary=f"{summary}: {event.summary.removeprefix('Undid: ')}",
            catalog_id=event.catalog_id,
        ) as undoing:
            _refuse_overtaken(undoing.connection, event)
            _restore_rows(undoing, event_id)
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
    touched = select(changed_rows.c.event_id).where(
        changed_rows.c.table_name == table.name, changed_rows.c.row_key == _key_text(key)
    )
    query = select(events).where(events.c.event_id.in_(touched)).order_by(events.c.event_id.desc()).limit(limit)
    with read(home) as connection:
        return [_event(row) for row in connection.execute(query).mappings()]


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


def _refuse_overtaken(connection: Connection, event: Event) -> None:
    """Refuse when a later change that still stands touched one of the same rows."""
    mine = changed_rows.alias()
    query = (
        select(events.c.event_id, events.c.summary)
        .join(changed_rows, changed_rows.c.event_id == events.c.event_id)
        .join(mine, and_(mine.c.table_name == changed_rows.c.table_name, mine.c.row_key == changed_rows.c.row_key))
        .where(mine.c.event_id == event.event_id, events.c.event_id > event.event_id, events.c.undone_by.is_(None))
        .where(_overtakes(event))
        .order_by(events.c.event_id.desc())
        .limit(1)
    )
    later = connection.execute(query).first()
    if later is not None:
        raise UndoError(
            f"change {later.event_id} ({later.summary}) came later and touches the same rows: undo it first"
        )


def _overtakes(event: Event) -> ColumnElement[bool]:
    """Tell which later entries stand in the way.

    Undoing and redoing only put rows back: whether a row's change stands is said at the change itself. But a change
    cannot be done again while one it was built on is undone, such as the import that brought the row.
    """
    changes = events.c.kind.not_in(("undo", "redo"))
    if event.kind != "undo":
        return changes
    undone = events.alias()
    older = exists().where(undone.c.undone_by == events.c.event_id, undone.c.event_id < event.event_id)
    return or_(changes, and_(events.c.kind == "undo", older))


def _restore_rows(undoing: Change, event_id: int) -> None:
    query = select(changed_rows).where(changed_rows.c.event_id == event_id).order_by(changed_rows.c.sequence.desc())
    records = undoing.connection.execute(query).mappings().all()
    # Runs of added rows go in bulk: undoing an import of 100,000 products is mostly that.
    for (name, added), run in groupby(records, key=lambda record: (record["table_name"], record["row_before"] is None)):
        table, group = metadata.tables[name], list(run)
        keys = [json.loads(record["row_key"]) for record in group]
        if added:
            undoing.delete(table, keys)
        else:
            # A row changed twice is met newest first: what it was before the older change counts.
            _restore_group(
                undoing, table, dict(zip(map(_key_text, keys), [record["row_before"] for record in group], strict=True))
            )


def _restore_group(undoing: Change, table: Table, befores: dict[str, Row]) -> None:
    present = _present_keys(undoing.connection, table, [json.loads(text) for text in befores])
    undoing.insert(table, [before for text, before in befores.items() if text not in present])
    for text in present:
        key = json.loads(text)
        kept = key.keys() | _NEVER_PUT_BACK.get(table.name, frozenset())
        undoing.update(table, key, {name: value for name, value in befores[text].items() if name not in kept})


def _present_keys(connection: Connection, table: Table, keys: Sequence[Row]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), _ROWS_A_QUERY):
        query = select(*table.primary_key).where(_matches_any(table, keys[start : start + _ROWS_A_QUERY]))
        found.update(_key_text(dict(row)) for row in connection.execute(query).mappings())
    return found


def _raise_version(connection: Connection, catalog_id: int) -> None:
    query = update(catalogs).where(catalogs.c.catalog_id == catalog_id)
    connection.execute(query.values(version=catalogs.c.version + 1))


def _matches_any(table: Table, keys: Sequence[Row]) -> Any:
    names = [column.name for column in table.primary_key]
    if len(names) == 1:
        return table.c[names[0]].in_([key[names[0]] for key in keys])
    return tuple_(*(table.c[name] for name in names)).in_([tuple(key[name] for name in names) for key in keys])


def _key_text(key: Row) -> str:
    return json.dumps(key, sort_keys=True, ensure_ascii=False)


def _event(row: Any) -> Event:
    named = {name: row[name] for name in ("event_id", "at", "actor", "kind", "summary", "catalog_id")}
    return Event(**named, undone=row["undone_by"] is not None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
