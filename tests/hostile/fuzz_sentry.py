"""A sentry beside a parser: notes whatever it does outside its folder, and stops it when it takes too long."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

MOST_SECONDS = 20.0
"""Processor seconds one input may take; the slowest honest one takes a small part of one."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate"}
_NEVER = {
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "os.system", "os.exec",
    "os.posix_spawn", "os.fork", "pickle.find_class", "webbrowser.open", "urllib.Request",
}  # fmt: skip


class TooSlow(BaseException):
    """An input took more than :data:`MOST_SECONDS`; nothing may catch it."""


class Sentry:
    """Watches this process through an audit hook, which stays for as long as the process; once is enough.

    Attributes:
        noted: What was done that should not be.
    """

    def __init__(self) -> None:
        self.noted: list[str] = []
        self._folder: str | None = None
        self._may_start = False
        sys.addaudithook(self._hear)

    @contextmanager
    def watching(self, folder: Path, *, may_start: bool) -> Iterator[list[str]]:
        """Watch; only files below the folder may be written, and only where told may our own reader be started."""
        self.noted, self._may_start, self._folder = [], may_start, str(folder)
        before = signal.signal(signal.SIGPROF, _too_slow)
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        try:
            yield self.noted
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
            self._folder = None

    def _hear(self, event: str, arguments: tuple) -> None:
        if self._folder is None:
            return
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING and not self._is_inside(path):
                self.noted.append(f"opened {path!r} for writing")
        elif event in _CHANGES:
            for path in _paths(event, arguments):
                if not self._is_inside(path):
                    self.noted.append(f"{event} {path!r}")
        elif event in _NEVER or (event == "subprocess.Popen" and not self._is_own(arguments)):
            self.noted.append(f"{event} {str(arguments)[:200]}")

    def _is_inside(self, path: object) -> bool:
        if isinstance(path, int):  # open already
            return True
        text = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100
        # Python itself keeps compiled modules; the system's folder for passing files is nobody's.
        passing = f"{tempfile.gettempdir()}{os.sep}tmp"
        return f"{text}/".startswith((f"{self._folder}/", f"{os.devnull}/", passing)) or "__pycache__" in text

    def _is_own(self, arguments: tuple) -> bool:
        return self._may_start and arguments[0] == sys.executable


def _paths(event: str, arguments: tuple) -> list[str]:
    """Name what an event changes; names below an open folder are told with the folder's number."""
    if event in ("os.rename", "os.link"):
        return [_absolute(arguments[0], arguments[2]), _absolute(arguments[1], arguments[3])]
    place = 1 if event == "os.symlink" else 0
    folder = arguments[-1] if len(arguments) > 1 and isinstance(arguments[-1], int) and event != "os.truncate" else -1
    return [_absolute(arguments[place], folder)]


def _absolute(path: Any, folder: int) -> str:
    if isinstance(path, int):
        return os.devnull  # open already
    text = os.fsdecode(path)
    if folder >= 0 and not os.path.isabs(text):  # noqa: PTH117
        text = f"{os.readlink(f'/proc/self/fd/{folder}')}/{text}"  # noqa: PTH115
    return text


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow
