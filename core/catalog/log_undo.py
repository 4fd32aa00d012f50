"""Putting the rows of a change back as they were, unless later changes build on it."""

import json
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, null, or_, select

from core.catalog.log_change import MARKED, NEVER_PUT_BACK, ROWS_A_QUERY, Change, Row, matches_any
from core.catalog.schema import changed_rows, events, metadata
from core.errors import UndoError

RECORDS_AT_ONCE = 5000


def restore_rows(undoing: Change, event_id: int, *, kind: str) -> None:
    """Put every row of an event back as it was before.

    Args:
        undoing: The change that does it.
        event_id: The event.
        kind: Its kind: an "undo" took rows out that come back first, everything else added rows that leave last.
    """
    if kind == "undo":
        undoing.bring_back(event_id)
    _restore_records(undoing, event_id)
    if kind != "undo":
        undoing.take_out(event_id)


def refuse_overtaken(connection: Connection, event_id: int, *, kind: str) -> None:
    """Refuse when a later change that still stands touched one of the same rows.

    Raises:
        UndoError: One did; the message names it.
    """
    checks = (_later_records, _missing_again, _there_again) if kind == "undo" else (_later_records, _later_on_marked)
    for check in checks:
        found = check(connection, event_id, kind)
        if found is not None:
            raise UndoError(f"change {found[0]} ({found[1]}) came later and touches the same rows: undo it first")


def _later_records(connection: Connection, event_id: int, kind: str) -> tuple[int, str] | None:
    """Find the newest later change with a record of one of the same rows."""
    standing = (events.c.event_id > event_id, events.c.undone_by.is_(None), _overtakes(event_id, kind))
    if connection.execute(select(events.c.event_id).where(*standing).limit(1)).first() is None:
        return None
    mine = changed_rows.alias()
    query = (
        select(events.c.event_id, events.c.summary)
        .join(changed_rows, changed_rows.c.event_id == events.c.event_id)
        .join(mine, and_(mine.c.table_name == changed_rows.c.table_name, mine.c.row_key == changed_rows.c.row_key))
        .where(mine.c.event_id == event_id, *standing)
    )
    return _first(connection, query.order_by(events.c.event_id.desc()).limit(1))


def _later_on_marked(connection: Connection, event_id: int, kind: str) -> tuple[int, str] | None:
    """Find the newest later change of a row that the event added."""
    query = (
        select(events.c.event_id, events.c.summary)
        .join(changed_rows, changed_rows.c.event_id == events.c.event_id)
        .where(events.c.event_id > event_id, events.c.undone_by.is_(None), _overtakes(event_id, kind))
        .where(changed_rows.c.table_name.in_(MARKED))
        .where(changed_rows.c.row_before["added_by"].as_integer() == event_id)
    )
    return _first(connection, query.order_by(events.c.event_id.desc()).limit(1))


def _missing_again(connection: Connection, event_id: int, _kind: str) -> tuple[int, str] | None:
    """Find the undoing of what had added one of the rows: there is nothing to change while they are out."""
    adding, undoing = events.alias(), events.alias()
    query = (
        select(undoing.c.event_id, undoing.c.summary)
        .select_from(changed_rows)
        .join(adding, adding.c.event_id == changed_rows.c.row_before["added_by"].as_integer())
        .join(undoing, undoing.c.event_id == adding.c.undone_by)
        .where(changed_rows.c.event_id == event_id, changed_rows.c.table_name.in_(MARKED))
    )
    return _first(connection, query.limit(1))


def _there_again(connection: Connection, event_id: int, _kind: str) -> tuple[int, str] | None:
    """Find the change that added rows of the same names since they were taken out."""
    for table, removed in MARKED.values():
        same = and_(*(column == removed.c[column.name] for column in table.primary_key))
        query = select(events.c.event_id, events.c.summary).select_from(removed).join(table, same)
        query = query.join(events, events.c.event_id == table.c.added_by).where(removed.c.event_id == event_id)
        found = _first(connection, query.limit(1))
        if found is not None:
            return found
    return None


def _first(connection: Connection, query: Any) -> tuple[int, str] | None:
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])


def _overtakes(event_id: int, kind: str) -> ColumnElement[bool]:
    """Tell which later entries stand in the way.

    Undoing and redoing only put rows back: whether a row's change stands is said at the change itself. But a change
    cannot be done again while one it was built on is undone, such as the import that brought the row.
    """
    changes = events.c.kind.not_in(("undo", "redo"))
    if kind != "undo":
        return changes
    undone = events.alias()
    older = exists().where(undone.c.undone_by == events.c.event_id, undone.c.event_id < event_id)
    return or_(changes, and_(events.c.kind == "undo", older))


def _restore_records(undoing: Change, event_id: int) -> None:
    """Put rows back by their records, newest first, a bounded number at a time."""
    below: int | None = None
    while True:
        query = select(changed_rows).where(changed_rows.c.event_id == event_id)
        if below is not None:
            query = query.where(changed_rows.c.sequence < below)
        query = query.order_by(changed_rows.c.sequence.desc()).limit(RECORDS_AT_ONCE)
        records = undoing.connection.execute(query).mappings().all()
        # Runs of added rows go in bulk.
        for (name, added), run in groupby(records, key=lambda each: (each["table_name"], each["row_before"] is None)):
            _restore_run(undoing, metadata.tables[name], list(run), added=added)
        if len(records) < RECORDS_AT_ONCE:
            return
        below = records[-1]["sequence"]


def _restore_run(undoing: Change, table: Table, run: list[Any], *, added: bool) -> None:
    keys = [json.loads(record["row_key"]) for record in run]
    if added:
        undoing.delete(table, keys)
        return
    # A row changed twice is met newest first: what it was before the older change counts.
    befores: dict[tuple[Any, ...], Row] = {}
    names = [column.name for column in table.primary_key]
    for key, record in zip(keys, run, strict=True):
        values = tuple(key[name] for name in names)
        befores[values] = {**befores[values], **record["row_before"]} if values in befores else record["row_before"]
    present = _present(undoing.connection, table, list(befores))
    undoing.put_back(table, [before for key, before in befores.items() if key not in present], recorded=True)
    kept = {*names, *NEVER_PUT_BACK.get(table.name, ())}
    changes = []
    for key, added_by in present.items():
        # The mark only differs where a row made room for another of its name.
        stays = kept | {"added_by"} if befores[key].get("added_by") == added_by else kept
        changes.append(({name: value for name, value in befores[key].items() if name not in stays}, key))
    undoing.update_many(table, [(dict(zip(names, key, strict=True)), values) for values, key in changes if values])


def _present(connection: Connection, table: Table, keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], int | None]:
    """Find which rows are there by their keys' values, each with the event that added it where rows bear that."""
    primary = list(table.primary_key)
    names = [column.name for column in primary]
    columns = [*primary, table.c.added_by if table.name in MARKED else null()]
    found: dict[tuple[Any, ...], int | None] = {}
    for start in range(0, len(keys), ROWS_A_QUERY):
        chunk = [dict(zip(names, key, strict=True)) for key in keys[start : start + ROWS_A_QUERY]]
        query = select(*columns).where(matches_any(table, chunk))
        found.update((tuple(row[:-1]), row[-1]) for row in connection.execute(query))
    return found
