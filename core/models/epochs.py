"""Epochs one after another, with a checkpoint after each: what every recipe that trains a network shares."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.models.checkpoints import Checkpoint, read_checkpoint, write_checkpoint
from core.progress import Progress

_NOTES = ("history", "best_epoch", "best_loss")


@dataclass
class EpochState:
    """Where a training stands.

    Attributes:
        best: Weights of the epoch with the lowest validation loss (or other measure) so far.
        best_epoch: That epoch, from 1; 0 before the first that counts.
        best_loss: Its validation loss or other measure; infinity before.
        history: One row an epoch.
    """

    best: list[np.ndarray]
    best_epoch: int = 0
    best_loss: float = float("inf")
    history: list[dict[str, Any]] = field(default_factory=list)


class Learner(Protocol):
    """What learns in epochs."""

    def epoch(self, number: int, total: int, progress: Progress) -> dict[str, Any]:
        """Learn from every picture once; gives a row with `validation_loss`, and `phase` where there are two."""

    def kept_values(self) -> list[np.ndarray]:
        """Copy the weights that are kept should this epoch be the best."""

    def state_values(self) -> list[np.ndarray]:
        """Copy everything an epoch changes."""

    def set_state_values(self, values: list[np.ndarray]) -> None:
        """Put back what `state_values` gave."""


@dataclass(frozen=True)
class CheckpointPlace:
    """Where a training is kept between epochs.

    Attributes:
        name: Of the file in the progress folder.
        belongs_to: Fingerprint of data and settings; a file of another training is left alone.
    """

    name: str
    belongs_to: str


def _validation_loss(row: dict[str, Any]) -> float:
    return float(row["validation_loss"])


def run_epochs(
    learner: Learner,
    *,
    total: int,
    patience: int,
    checkpoint: CheckpointPlace,
    progress: Progress,
    measure: Callable[[dict[str, Any]], float] = _validation_loss,
) -> EpochState:
    """Run all epochs that are missing.

    Args:
        learner: What learns; with a checkpoint it continues from there.
        total: Most epochs.
        patience: Stop when validation has not improved for so many.
        checkpoint: Where it is kept.
        progress: Told of every epoch; without a folder nothing is kept.
        measure: What of an epoch's row is to be low, on validation.

    Raises:
        Cancelled: Someone asked to stop; finished epochs are kept.
    """
    state = _loaded(learner, checkpoint, progress.folder) or EpochState(learner.kept_values())
    while len(state.history) < total and not _has_stalled(state, patience):
        number = len(state.history) + 1
        started = time.perf_counter()
        row = learner.epoch(number, total, progress)
        state.history.append(row)
        if row.get("phase", 2) == 2 and measure(row) < state.best_loss:
            state.best_loss, state.best_epoch, state.best = measure(row), number, learner.kept_values()
        if progress.folder is not None:
            _save(learner, state, checkpoint, progress.folder)
        # Only for those who watch: the history is the same on every machine.
        progress.record("epoch", {"seconds": time.perf_counter() - started, **row})
    return state


def _has_stalled(state: EpochState, patience: int) -> bool:
    return bool(state.best_epoch) and len(state.history) - state.best_epoch >= patience


def _save(learner: Learner, state: EpochState, place: CheckpointPlace, folder: Path) -> None:
    notes = {name: getattr(state, name) for name in _NOTES}
    groups = {"state": learner.state_values(), "best": state.best}
    arrays = {f"{name}.{number}": array for name, group in groups.items() for number, array in enumerate(group)}
    write_checkpoint(folder / place.name, Checkpoint(notes, arrays), belongs_to=place.belongs_to)


def _loaded(learner: Learner, place: CheckpointPlace, folder: Path | None) -> EpochState | None:
    kept = None if folder is None else read_checkpoint(folder / place.name, belongs_to=place.belongs_to)
    if kept is None:
        return None
    learner.set_state_values(list(kept.group("state").values()))
    return EpochState(best=list(kept.group("best").values()), **kept.notes)
