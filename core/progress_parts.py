"""One progress for work in several parts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.progress import Progress

STEPS = 1000


class PartProgress:
    """The progress of one part, told as a share of the whole.

    Args:
        whole: Progress of all parts; counts to 1000.
        name: The part's name; its checkpoints get a folder of that name.
        start: Where the part begins, 0..1 of the whole.
        end: Where it ends.
    """

    def __init__(self, whole: Progress, name: str, *, start: float, end: float) -> None:
        self._whole, self._start, self._end = whole, start, end
        self._share = 0.0
        self.folder: Path | None = None
        if whole.folder is not None:
            self.folder = whole.folder / name
            self.folder.mkdir(parents=True, exist_ok=True)

    def report(self, done: int, total: int | None, message: str) -> None:
        """Pass on how far the part is. A part of several stages counts again from 0; the whole never goes back."""
        if total:
            self._share = max(self._share, min(done / total, 1.0))
        share = self._start + (self._end - self._start) * self._share
        self._whole.report(round(STEPS * share), STEPS, message)

    def record(self, kind: str, values: dict[str, Any]) -> None:
        """Pass figures on."""
        self._whole.record(kind, values)


def in_parts(whole: Progress, weights: Mapping[str, float]) -> dict[str, PartProgress]:
    """Divide a progress into parts, one after the other.

    Args:
        whole: The progress to divide.
        weights: Name of each part, in order, and how much of the time it takes; only proportions matter.
    """
    total = sum(weights.values())
    parts, start = {}, 0.0
    for name, weight in weights.items():
        parts[name] = PartProgress(whole, name, start=start / total, end=(start + weight) / total)
        start += weight
    return parts
