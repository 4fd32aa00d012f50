"""A progress that is a share of a larger one."""

from pathlib import Path
from typing import Any

from core.progress import Progress

STEPS = 1000


class ShareOfProgress:
    """Counts one part of a work as a share of the whole, which counts to 1000.

    Args:
        whole: Progress of the whole work.
        start: Where the part begins, 0..1 of the whole.
        end: Where it ends.
    """

    def __init__(self, whole: Progress, *, start: float, end: float) -> None:
        self._whole, self._start, self._end = whole, start, end
        self.folder: Path | None = whole.folder
        self._part = 0.0

    def report(self, done: int, total: int | None, message: str) -> None:
        """Pass on how far the part is; a part of several stages never makes the whole go back."""
        if total:
            self._part = max(self._part, min(done / total, 1.0))
        share = self._start + (self._end - self._start) * self._part
        self._whole.report(round(STEPS * share), STEPS, message)

    def record(self, kind: str, values: dict[str, Any]) -> None:
        """Pass figures on."""
        self._whole.record(kind, values)
