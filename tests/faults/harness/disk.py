"""The layer through which a process touches its home: counted, delayed, refused, or the last thing it ever does.

A step is whatever changes the home: a file opened for writing, renamed or deleted, a folder made, a writing statement
or the end of a transaction. Steps are the same in every run of the same work, so a fault at step 17 can be had again.
"""

import errno
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_EVENTS = {"open": 0, "os.rename": 1, "os.remove": 0, "os.mkdir": 0, "os.rmdir": 0, "os.truncate": 0}
_STATEMENTS = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE", "CREATE")


@dataclass
class Disk:
    """What happens at the steps of this process; installed once, for life.

    Attributes:
        root: Only what is below counts.
        die_at: The step before which the process is killed, 1 and up; None never.
        die_with: Processes that are killed with it.
        refuse_from: The step from which on everything is refused; None never.
        refusal: ``ENOSPC`` or ``EROFS``.
        delay: Seconds a step takes longer, at most; drawn anew for each.
        at: Called once, at a step: (step, function).
    """

    root: Path
    die_at: int | None = None
    die_with: tuple[int, ...] = ()
    refuse_from: int | None = None
    refusal: int = errno.ENOSPC
    delay: float = 0.0
    at: tuple | None = None
    steps: int = field(default=0, init=False)

    def install(self):
        """Watch this process from now on."""
        from sqlalchemy import Engine, event

        self._prefix = str(self.root) + os.sep
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", lambda connection: self._step(None, connection))
        sys.addaudithook(self._audit)
        return self

    def _audit(self, name, arguments):
        place = _EVENTS.get(name)
        if place is None:
            return
        path = arguments[place]
        if name == "open" and not (isinstance(arguments[2], int) and arguments[2] & _WRITES):
            return
        text = path if isinstance(path, str) else os.fspath(path) if isinstance(path, os.PathLike) else ""
        if not text.startswith(self._prefix) or text.endswith(".lock"):
            return
        if name == "os.mkdir" and Path(text).is_dir():  # asked for by every lock that is looked at, and changes nothing
            return
        self._step(text, None)

    def _statement(self, connection, cursor, statement, *_):
        if self.refuse_from is not None and self.steps >= self.refuse_from:
            _refuse_database(cursor.connection if hasattr(cursor, "connection") else None, self.refusal)
        if statement.lstrip()[:16].upper().startswith(_STATEMENTS):
            self._step(None, connection)

    def _step(self, path, connection):
        self.steps += 1
        if self.at is not None and self.steps == self.at[0]:
            self.at[1]()
        if self.delay:
            time.sleep(self.delay * ((self.steps * 2_654_435_761) % 1000) / 1000)
        if self.die_at is not None and self.steps >= self.die_at:
            for pid in (*self.die_with, os.getpid()):
                os.kill(pid, signal.SIGKILL)
        if self.refuse_from is None or self.steps < self.refuse_from:
            return
        if connection is not None:
            _refuse_database(connection.connection.dbapi_connection, self.refusal)
        elif path is not None:
            raise OSError(self.refusal, os.strerror(self.refusal), path)


def _refuse_database(connection, refusal):
    """Let SQLite itself say that there is no room, or that it may not write."""
    if connection is not None:
        connection.execute("PRAGMA max_page_count=1" if refusal == errno.ENOSPC else "PRAGMA query_only=ON")
