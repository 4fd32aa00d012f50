"""The audit log: who did what and when, out of the change log and of the file beside it, as one.

Changes of products, runs and documents are entries of the change log, written in the same transaction as the change;
everything else is a line of :mod:`core.access.audit_file`. Neither is ever changed or deleted by the application.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.access.actor import Role, require
from core.access.audit_file import read_recorded
from core.catalog.database import read
from core.catalog.export_cells import csv_lines, safe_cell
from core.catalog.schema import catalogs, events
from core.errors import SettingsError
from core.home import Home

COLUMNS = ("at", "actor", "role", "kind", "catalog", "summary", "event", "whole")


@dataclass(frozen=True)
class AuditEntry:
    """One entry.

    Attributes:
        at: UTC time, ISO 8601.
        actor: Who did it.
        role: Their role then; empty for changes, which only say who.
        kind: What was done, one word.
        catalog: The catalog it touched; empty when none.
        summary: What was done, one sentence.
        event: Number in the change log; None for what is no change.
        whole: Whether the entry is as it was written, as far as the file can tell.
    """

    at: str
    actor: str
    role: str
    kind: str
    catalog: str
    summary: str
    event: int | None
    whole: bool

    def to_json(self) -> dict[str, Any]:
        """Give the entry as JSON; the number of a change is a string, as every id."""
        return {**vars(self), "event": None if self.event is None else str(self.event)}


def read_audit_log(home: Home, *, since: str = "", actor: str = "", limit: int | None = None) -> list[AuditEntry]:
    """Read the audit log, newest first.

    Args:
        home: The home.
        since: Only entries from this day or time on, ISO 8601 in UTC; empty takes all.
        actor: Only what this one did.
        limit: At most so many; None gives all.

    Raises:
        AccessError: Whoever acts is no admin.
        SettingsError: `since` is no time.
        HomeError: A part of it cannot be read.
    """
    require(Role.ADMIN, "read the audit log")
    _check_time(since)
    kept = (entry for entry in _entries(home) if entry.at >= since and actor in ("", entry.actor))
    if limit is None:
        return sorted(kept, key=_when, reverse=True)
    return heapq.nlargest(max(limit, 0), kept, key=_when)  # of a long log only so many are held


def count_damaged(entries: Sequence[AuditEntry]) -> int:
    """Count the entries that were changed, torn, or follow one that was taken out."""
    return sum(not entry.whole for entry in entries)


def audit_csv(entries: Sequence[AuditEntry]) -> str:
    """Write entries as CSV that is safe to open in a spreadsheet."""
    rows = [COLUMNS, *([_cell(getattr(entry, name)) for name in COLUMNS] for entry in entries)]
    return csv_lines(rows)


def _cell(value: object) -> str:
    return "" if value is None else safe_cell(str(value))


def _when(entry: AuditEntry) -> tuple[str, int]:
    return entry.at, entry.event or 0


def _entries(home: Home) -> Iterator[AuditEntry]:
    last = ""
    for line in read_recorded(home):
        last = line.at or last  # a line that cannot be read stays where it stands
        yield AuditEntry(last, line.actor, line.role, line.kind, "", line.summary, None, line.whole)
    query = (
        select(events.c.event_id, events.c.at, events.c.actor, events.c.kind, events.c.summary, catalogs.c.name)
        .select_from(events)
        .outerjoin(catalogs, catalogs.c.catalog_id == events.c.catalog_id)
        .order_by(events.c.event_id)
    )
    with read(home) as connection:
        for row in connection.execution_options(yield_per=1000).execute(query):
            yield AuditEntry(row.at, row.actor, "", row.kind, row.name or "", row.summary, row.event_id, whole=True)


def _check_time(since: str) -> None:
    try:
        if since:
            datetime.fromisoformat(since)
    except ValueError as error:
        raise SettingsError(f"{since[:80]!r} is no day or time: expected one such as 2026-11-21") from error
