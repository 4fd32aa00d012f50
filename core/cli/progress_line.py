"""The progress of a job on a terminal: one line, written over; elsewhere a line every ten seconds."""

import shutil
import time
import unicodedata
from typing import TextIO

from core.jobs import Report

_SECONDS_A_LINE = 10.0


class ProgressLine:
    """Shows reports on a stream.

    Args:
        stream: Standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tty = stream.isatty()
        self._shown = 0
        self._last = 0.0

    def show(self, report: Report) -> None:
        """Show how far the work is. A stream that is gone is no reason to stop it."""
        try:
            self._write(progress_words(report))
        except OSError:
            self._tty = False

    def close(self) -> None:
        """Clear the line, so that what is printed next starts on a clean one."""
        if self._tty and self._shown:
            self._stream.write("\r" + " " * self._shown + "\r")
            self._stream.flush()

    def _write(self, words: str) -> None:
        if not self._tty:
            now = time.monotonic()
            if now - self._last >= _SECONDS_A_LINE:
                self._last = now
                print(words, file=self._stream, flush=True)
            return
        words = words[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + words.ljust(self._shown))
        self._stream.flush()
        self._shown = len(words)


def progress_words(report: Report) -> str:
    """Say how far a job is: `` 42 %  Embedding pictures, 12 s left``."""
    share = f"{100 * report.done / report.total:3.0f} %" if report.total else f"{report.done:,}"
    left = "" if report.seconds_left is None else f", {duration_words(report.seconds_left)} left"
    return f"{share}  {printable(report.message)}{left}"


def duration_words(seconds: float) -> str:
    """Say how long: ``8 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def printable_lines(text: str) -> str:
    """Make each line of a text printable; the lines themselves stay."""
    return "\n".join(printable(line) for line in text.split("\n"))


def printable(text: str) -> str:
    """Replace what could move a terminal's cursor or forge a line: control, format and unpaired characters."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(each) in ("Cc", "Cs", "Cf") else each for each in text
    )
