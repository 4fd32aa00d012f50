"""Telling how far an import is and how long it still takes."""

import time
from collections import deque

from core.progress import Progress

WINDOW_SECONDS = 20.0


class ImportProgress:
    """Reports products done, with the time left at the pace of the last 20 seconds.

    Only the recent pace counts: an import that goes on from where it was cancelled passes the known files at once.
    """

    def __init__(self, progress: Progress, *, total: int | None) -> None:
        self._progress, self._total = progress, total
        self._marks: deque[tuple[float, int]] = deque()

    def report(self, done: int) -> None:
        """Report products done.

        Raises:
            Cancelled: The user asked to stop.
        """
        now = time.monotonic()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > WINDOW_SECONDS:
            self._marks.popleft()
        self._progress.report(done, self._total, f"importing {done:,}{self._rest(done)}")

    def _rest(self, done: int) -> str:
        if self._total is None:
            return " products"
        (began, before), (now, _done) = self._marks[0], self._marks[-1]
        text = f" of {self._total:,} products"
        if done == before or done >= self._total:
            return text
        return f"{text}, {time_left((now - began) / (done - before) * (self._total - done))} left"


def time_left(seconds: float) -> str:
    """Say a duration roughly: "about 40 s", "about 3 min", "about 2 h"."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    return f"about {round(seconds / 3600)} h"
