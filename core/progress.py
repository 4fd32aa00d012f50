"""How long work tells what it does and learns that it should stop."""

from pathlib import Path
from typing import Any, Protocol


class Progress(Protocol):
    """What long work is handed so that it can report, record and keep checkpoints.

    Attributes:
        folder: Where checkpoints may be kept; None keeps none.
    """

    folder: Path | None

    def report(self, done: int, total: int | None, message: str) -> None:
        """Say how far the work is.

        Args:
            done: Finished steps, from 0.
            total: All steps, or None while unknown.
            message: What is being done, in a few words.

        Raises:
            Cancelled: Someone asked the work to stop.
        """

    def record(self, kind: str, values: dict[str, Any]) -> None:
        """Keep one line of figures, such as the losses of an epoch, for whoever watches."""


class SilentProgress:
    """Progress that nobody watches."""

    folder: Path | None = None

    def report(self, done: int, total: int | None, message: str) -> None:
        """Do nothing."""

    def record(self, kind: str, values: dict[str, Any]) -> None:
        """Do nothing."""
