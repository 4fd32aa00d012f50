"""The file the journal is written to: one JSON line an event, by several processes at once, bounded in size."""

import json
import logging
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from core.files import open_appending
from core.monitoring.redaction import redact

MOST_BYTES = 4 * 2**20
OLDER_KEPT = 4
"""With these two a home's journal never takes more than about 20 MiB."""

_LONGEST_TEXT = 2_000
_LONGEST_STACK = 12_000
_MOST_FACTS = 20


def journal_files(folder: Path) -> list[Path]:
    """Name the files of a journal, the newest first, whether they are there or not."""
    return [folder / "journal.jsonl", *(folder / f"journal.{number}.jsonl" for number in range(1, OLDER_KEPT + 1))]


class JsonLine(logging.Formatter):
    """Writes a log record as one line of JSON without secrets.

    Args:
        fields: Said in every line, such as the job a worker does.
        words: Words known to be secret.
    """

    def __init__(self, *, fields: Mapping[str, str], words: Sequence[str]) -> None:
        super().__init__()
        self._fields, self._words = dict(fields), tuple(words)

    def format(self, record: logging.LogRecord) -> str:
        """Write time (UTC), level, event, message, process, what is known of it, and the stack of an exception."""
        facts = {**self._fields, **getattr(record, "about", {}), **getattr(record, "facts", {})}
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", record.name),
            "message": record.getMessage(),
            "process": record.process,
            **{name: value for name, value in list(facts.items())[:_MOST_FACTS] if value is not None},
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = type(error).__name__
            line["stack"] = "".join(traceback.format_exception(error))
        return json.dumps({name: self._plain(name, value) for name, value in line.items()})

    def _plain(self, name: str, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = redact(str(value), words=self._words)
        longest = _LONGEST_STACK if name == "stack" else _LONGEST_TEXT
        if len(text) <= longest:
            return text
        half = longest // 2  # both ends of a stack tell: where it came from and what broke
        return f"{text[:half]} ... {text[-half:]}"


class PlainLine(logging.Formatter):
    """Writes a log record for people, as a server's error stream and a worker's log have it, without secrets.

    Args:
        words: Words known to be secret.
    """

    def __init__(self, words: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._words = tuple(words)

    def format(self, record: logging.LogRecord) -> str:
        """Write time, level, logger, message and stack."""
        return redact(super().format(record), words=self._words)

    def formatException(self, ei: Any) -> str:
        """Write the stack afresh, past what another formatter may have kept of it."""
        return redact("".join(traceback.format_exception(ei[1])), words=self._words).rstrip()


class ErrorStream(logging.Handler):
    """Prints records to whatever standard error is now; those that were told to the caller already are skipped."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        if getattr(record, "told", False):
            return
        try:
            print(self.format(record), file=sys.stderr)
        except (OSError, ValueError):  # a closed terminal must not end the work
            return


class JournalFile(logging.Handler):
    """Appends records to the journal in a folder.

    Each line is one write to a file opened for it, so that several processes share it and none holds an old one.

    Args:
        folder: Where the files are; made when missing.
        most_bytes: Size at which a new file is begun.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        super().__init__()
        self.folder, self._most_bytes = folder, most_bytes

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; a disk that refuses loses the line, never the work that told it."""
        try:
            line = f"{self.format(record)}\n".encode()
            if self.folder.is_symlink():  # a home may come from strangers
                return
            self.folder.mkdir(mode=0o700, exist_ok=True)
            path = journal_files(self.folder)[0]
            with open_appending(path) as file:
                file.write(line)
            if path.stat().st_size > self._most_bytes:
                self._begin_another(path)
        except OSError:
            return

    def _begin_another(self, path: Path) -> None:
        try:
            with FileLock(self.folder / "journal.lock", timeout=0):
                if path.stat().st_size <= self._most_bytes:
                    return  # another process was first
                files = journal_files(self.folder)
                for newer, older in zip(files[-2::-1], files[:0:-1], strict=True):
                    if newer.exists():
                        newer.replace(older)
        except Timeout:
            return  # another process does it now
