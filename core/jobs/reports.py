"""What running work writes down about itself, and reading it back while it is still being written."""

import json
import logging
import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Cancelled, JobError
from core.files import open_appending, read_ordinary
from core.jobs.folder import JobFolder
from core.jobs.json_values import to_json_value
from core.jobs.remaining import RemainingTime

logger = logging.getLogger(__name__)

WRITE_SECONDS = 0.2
EPOCH = "epoch"
"""Kind of the records that training leaves after each checkpoint."""
_TAIL_BYTES = 65_536
_REPORTS_BEFORE_THINNING = 1000
_LONGEST_WRITE_SECONDS = 2.0


@dataclass(frozen=True)
class Report:
    """How far a job was at a moment.

    Attributes:
        at: The moment, seconds since 1970.
        done: Finished steps.
        total: All steps; None while unknown.
        message: What was being done.
        seconds_left: Estimated remaining seconds at that moment; None while unknown.
    """

    at: float
    done: int
    total: int | None
    message: str
    seconds_left: float | None = None


class StopRequest:
    """Whether this process was asked to stop. Plain attributes, so that a signal handler may set them.

    Attributes:
        asked: Stop at the next report.
        pausing: It stopped, or stops, because somebody asked it to pause.
        beyond: The limit of jobs that it passed, in words; None while it is within them.
    """

    def __init__(self) -> None:
        self.asked = False
        self.pausing = False
        self.beyond: str | None = None


class JobProgress:
    """The progress handed to the work of a job; a context manager.

    ``report`` only notes and returns. A thread writes the newest note to ``progress.jsonl``, at most five times a
    second and less often in long jobs, and nothing when nothing was noted. ``record`` writes at once.

    Args:
        folder: The job's folder.
        stop: Set by a signal handler to cancel.
        on_report: Called with every report that is written, from the writing thread.
    """

    def __init__(
        self, folder: JobFolder, *, stop: StopRequest, on_report: Callable[[Report], None] | None = None
    ) -> None:
        self.folder: Path | None = folder.checkpoints
        self._job = folder
        self._stop = stop
        self._on_report = on_report
        self._remaining = RemainingTime()
        self._began = time.monotonic()
        self._looked = 0.0
        self._has_epochs = False
        self._noted: tuple[int, int | None, str] | None = None
        self._closed = False
        self._wake = threading.Condition()
        self._file_lock = threading.Lock()
        self._thread = threading.Thread(target=self._write_notes, name="job-progress", daemon=True)

    def __enter__(self) -> "JobProgress":
        self._job.checkpoints.mkdir(exist_ok=True)
        # A killed worker may have left half a line: the newline closes it, and readers skip it.
        self._file = open_appending(self._job.progress)
        self._torn = _ends_torn(self._job)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        self._thread.join()
        self._file.close()

    def report(self, done: int, total: int | None, message: str) -> None:
        """Note how far the work is.

        Raises:
            Cancelled: Somebody asked the job to stop.
            JobError: It went beyond its limits, see :mod:`core.jobs.limits`.
        """
        self._check_stop()
        with self._wake:
            self._remaining.observe(time.monotonic(), done)
            self._noted = (int(done), None if total is None else int(total), str(message))
            self._wake.notify_all()

    def record(self, kind: str, values: dict[str, Any]) -> None:
        """Append a line of figures: ``{"kind", "at", "values"}``; NaN and infinity become null.

        Raises:
            Cancelled: It was an epoch, whose checkpoint is written by then, and somebody asked the job to pause.
        """
        self._append({"kind": kind, "at": round(time.time(), 3), "values": values})
        if kind == EPOCH:
            self._has_epochs = True
            self._stop_for_pause()

    def _check_stop(self) -> None:
        if self._stop.beyond is not None:
            raise JobError(self._stop.beyond)
        now = time.monotonic()
        if not self._stop.asked and now - self._looked >= WRITE_SECONDS:
            self._looked = now
            self._stop.asked = self._job.cancel_flag.exists()
            if not self._stop.asked and not self._has_epochs:
                self._stop_for_pause()
        if self._stop.asked:
            raise Cancelled("stopped on request")

    def _stop_for_pause(self) -> None:
        """Stop when asked to pause; before the first epoch at any report, as what comes before is kept as it comes."""
        if self._job.pause_flag.exists():
            self._stop.pausing = True
            raise Cancelled("paused on request")

    def _write_notes(self) -> None:
        written = 0
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._noted is not None or self._closed)
                noted, self._noted = self._noted, None
                if noted is None:
                    return
                done, total, message = noted
                left = self._remaining.seconds_left(time.monotonic(), done=done, total=total)
            self._write_report(Report(time.time(), done, total, message, left))
            written += 1
            with self._wake:
                self._wake.wait_for(lambda: self._closed, timeout=self._pause_seconds(written))

    def _pause_seconds(self, written: int) -> float:
        """The pause after a report: longer and longer in long jobs, so that the file stays readable in one go."""
        if written < _REPORTS_BEFORE_THINNING:
            return WRITE_SECONDS
        elapsed = time.monotonic() - self._began
        return min(max(elapsed / _REPORTS_BEFORE_THINNING, WRITE_SECONDS), _LONGEST_WRITE_SECONDS)

    def _write_report(self, report: Report) -> None:
        line = {
            "kind": "report",
            "at": round(report.at, 3),
            "done": report.done,
            "total": report.total,
            "message": report.message,
            "seconds_left": None if report.seconds_left is None else round(report.seconds_left, 1),
        }
        self._append(line)
        if self._on_report is not None:
            self._on_report(report)

    def _append(self, line: dict[str, Any]) -> None:
        """Append a line. A full disk costs the line, not the work: the next one starts afresh."""
        data = json.dumps(to_json_value(line), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        with self._file_lock:
            if self._torn:
                data = b"\n" + data
            try:
                self._torn = os.write(self._file.fileno(), data) != len(data)
            except OSError as error:
                self._torn = True
                logger.warning("a line of progress was lost: %s", error)


def read_lines(folder: JobFolder) -> list[dict[str, Any]]:
    """Read every whole line of ``progress.jsonl``, oldest first; torn lines are left out."""
    try:
        return _parse(read_ordinary(folder.progress))
    except (OSError, ValueError):  # ValueError: a pipe or the like in its place
        return []


def last_report(folder: JobFolder) -> Report | None:
    """Read the newest report without reading the whole file; None when there is none."""
    if not folder.progress.is_file():
        return None
    try:
        with folder.progress.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _TAIL_BYTES, 0))
            data = file.read(_TAIL_BYTES)
    except OSError:
        return None
    for line in reversed(_parse(data)):
        if line.get("kind") == "report":
            return _report(line)
    return None


def _report(line: dict[str, Any]) -> Report | None:
    try:
        total, left = line.get("total"), line.get("seconds_left")
        return Report(
            _finite(line["at"]),
            int(line["done"]),
            None if total is None else int(total),
            str(line["message"]),
            None if left is None else _finite(left),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("no moment and no duration is infinite")
    return number


def _parse(data: bytes) -> list[dict[str, Any]]:
    lines = []
    for raw in data.split(b"\n"):
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):  # half a line, the first one of a tail, or nothing we wrote
            continue
        if isinstance(value, dict):
            lines.append(value)
    return lines


def _ends_torn(folder: JobFolder) -> bool:
    with folder.progress.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"
