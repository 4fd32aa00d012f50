"""The part of the audit log that no change of the database tells: jobs, logins, settings, backups.

One file in the home, one JSON line an entry, only ever appended to. Each line carries the SHA-256 of the one before,
so that a line that was changed or taken out later is noticed. Changes of products, runs and documents are in the change
log, in the same transaction as the change; :mod:`core.catalog.audit_log` reads both as one.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.access.actor import current_actor
from core.errors import HomeError
from core.files import open_appending
from core.home import Home

FIRST = "0" * 64
"""What the first line carries instead of a hash."""

_LOCK_SECONDS = 10.0
_LONGEST_LINE = 16_384
_LONGEST_TEXT = 500
_LOG = logging.getLogger("shelflens.audit")


@dataclass(frozen=True)
class Recorded:
    """One line of the file.

    Attributes:
        at: UTC time, ISO 8601.
        actor: Who did it.
        role: Their role then; empty for somebody without one.
        kind: What was done, one word: ``job``, ``login``, ``settings`` ...
        summary: What was done, one sentence.
        whole: Whether the line is as it was written and follows the one before it.
    """

    at: str
    actor: str
    role: str
    kind: str
    summary: str
    whole: bool


def audit_file(home: Home) -> Path:
    """Where the lines are; a backup takes the folder along."""
    return home.root / "audit" / "log.jsonl"


def record(home: Home, kind: str, summary: str, *, actor: str | None = None) -> None:
    """Append who does what now.

    Args:
        home: The home.
        kind: One word.
        summary: One sentence; names from outside may be in it, passwords never.
        actor: Under which name; None takes that of whoever acts.

    Raises:
        HomeError: The line cannot be written; whatever was about to be done must not be.
    """
    acting = current_actor()
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "actor": (actor or acting.name)[:_LONGEST_TEXT],
        "role": acting.role.word if acting.role else "",
        "kind": kind,
        "summary": summary[:_LONGEST_TEXT],
    }
    path = audit_file(home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name("log.lock"), timeout=_LOCK_SECONDS, thread_local=False):
            _append(path, entry)
    except (OSError, Timeout) as error:
        reason = getattr(error, "strerror", None) or error
        raise HomeError(
            f"the audit log {path} cannot be written ({reason}), so nothing was done: "
            "free some space or mend its permissions"
        ) from error


def record_if_possible(home: Home, kind: str, summary: str, *, actor: str | None = None) -> None:
    """Append what happens in any case, such as a login; where that fails, the server's log says so."""
    try:
        record(home, kind, summary, actor=actor)
    except HomeError as error:
        _LOG.error("%s; lost: %s %s", error, kind, summary)


def read_recorded(home: Home) -> Iterator[Recorded]:
    """Read the lines, oldest first, in bounded memory; a torn or strange line is told as such, never skipped."""
    try:
        descriptor = os.open(
            audit_file(home), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        )
    except FileNotFoundError:
        return
    except OSError as error:
        raise HomeError(f"the audit log of {home.root} cannot be read: {error.strerror or error}") from error
    before = FIRST
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        while line := file.readline(_LONGEST_LINE):
            yield _read_line(line, before)
            before = _digest(line)


def _append(path: Path, entry: dict[str, str]) -> None:
    last, torn = _last_line(path)
    # Of a line that a full disk or a sudden end tore only its end is mended; it stays, and reads as damaged.
    with open_appending(path) as file:
        if torn:
            file.write(b"\n")
            last += b"\n"
        line = json.dumps({**entry, "before": _digest(last) if last else FIRST})  # ASCII: a line stays one line
        file.write(line.encode() + b"\n")
        os.fsync(file.fileno())


def _last_line(path: Path) -> tuple[bytes, bool]:
    """Give the last line with its end, and whether it has none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 2 * _LONGEST_LINE, 0))
            tail = file.read()
    except FileNotFoundError:
        return b"", False
    lines = tail.splitlines(keepends=True)
    last = lines[-1] if lines else b""
    return last, bool(last) and not last.endswith(b"\n")


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _read_line(line: bytes, before: str) -> Recorded:
    try:
        found: dict[str, Any] = json.loads(line)
        texts = {name: found[name] for name in ("at", "actor", "role", "kind", "summary")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise ValueError("no text")
        return Recorded(**texts, whole=found.get("before") == before)
    except (ValueError, KeyError, TypeError, RecursionError):
        shown = line.decode("utf-8", "replace").strip()[:_LONGEST_TEXT]
        return Recorded("", "", "", "damaged", f"a line that cannot be read: {shown}", whole=False)
