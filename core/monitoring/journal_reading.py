"""Reading the journal: what happened under an id, and the last errors."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.files import read_ordinary
from core.monitoring.journal import FOLDER
from core.monitoring.journal_file import MOST_BYTES, journal_files

Event = dict[str, Any]


def read_journal(root: Path, *, quoted: str | None = None, errors_only: bool = False, limit: int = 50) -> list[Event]:
    """Read events, the newest first.

    Args:
        root: The home's folder.
        quoted: Only those with this error id or job id.
        errors_only: Only those that have an error id.
        limit: At most so many.

    Returns:
        Events as written: time, level, event, message and whatever else is known of each.
    """
    found: list[Event] = []
    for event in _newest_first(root, must_hold=quoted or ('"error_id"' if errors_only else None)):
        if len(found) >= limit:
            break
        wanted = quoted is None or quoted in (event.get("error_id"), event.get("job"))
        if wanted and (not errors_only or "error_id" in event):
            found.append(event)
    return found


def last_errors(root: Path, *, limit: int = 10) -> list[dict[str, str]]:
    """Tell of the last errors what can be shown to everybody: no message, for that could name a product.

    Returns:
        For each error_id, at, where and error (the kind of exception), and job ("" when it was none); newest first.
    """
    return [
        {
            "error_id": str(event["error_id"]),
            "at": str(event.get("time", "")),
            "where": str(event.get("event", "")).removesuffix("_fault"),
            "error": str(event.get("error", "")),
            "job": str(event.get("job", "")),
        }
        for event in read_journal(root, errors_only=True, limit=limit)
    ]


def _newest_first(root: Path, *, must_hold: str | None) -> Iterator[Event]:
    """Give events; lines that are torn, no object or of a stranger's making are passed over."""
    needle = None if must_hold is None else must_hold.encode()
    for path in journal_files(root / FOLDER):
        try:
            lines = read_ordinary(path, most_bytes=4 * MOST_BYTES).splitlines()
        except (OSError, ValueError):  # not there, or no ordinary file
            continue
        for line in reversed(lines):
            if needle is None or needle in line:
                event = _parsed(line)
                if event is not None:
                    yield event


def _parsed(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None
