"""Epochs one after another, with a checkpoint after each: what every recipe that trains a network shares."""

import io
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.files import write_whole
from core.progress import Progress


@dataclass
class EpochState:
    """Where a training stands.

    Attributes:
        best: Weights of the epoch with the lowest validation loss so far.
        best_epoch: That epoch, from 1; 0 before the first that counts.
        best_loss: Its validation loss; infinity before.
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
class Checkpoint:
    """Where a training is kept between epochs.

    Attributes:
        name: Of the file in the progress folder.
        belongs_to: Fingerprint of data and settings; a file of another training is left alone.
    """

    name: str
    belongs_to: str


def run_epochs(
    learner: Learner, *, total: int, patience: int, checkpoint: Checkpoint, progress: Progress
) -> EpochState:
    """Run all epochs that are missing.

    Args:
        learner: What learns; with a checkpoint it continues from there.
        total: Most epochs.
        patience: Stop when validation has not improved for so many.
        checkpoint: Where it is kept.
        progress: Told of every epoch; without a folder nothing is kept.

    Raises:
        Cancelled: Someone asked to stop; finished epochs are kept.
    """
    state = _loaded(learner, checkpoint, progress.folder) or EpochState(learner.kept_values())
    while len(state.history) < total and not _has_stalled(state, patience):
        number = len(state.history) + 1
        row = learner.epoch(number, total, progress)
        state.history.append(row)
        if row.get("phase", 2) == 2 and row["validation_loss"] < state.best_loss:
            state.best_loss, state.best_epoch, state.best = row["validation_loss"], number, learner.kept_values()
        if progress.folder is not None:
            _save(learner, state, checkpoint, progress.folder)
        progress.record("epoch", row)
    return state


def _has_stalled(state: EpochState, patience: int) -> bool:
    return bool(state.best_epoch) and len(state.history) - state.best_epoch >= patience


def _save(learner: Learner, state: EpochState, checkpoint: Checkpoint, folder: Path) -> None:
    notes = {
        "belongs_to": checkpoint.belongs_to,
        "history": state.history,
        "best_epoch": state.best_epoch,
        "best_loss": state.best_loss if math.isfinite(state.best_loss) else None,
    }
    groups = {"state": learner.state_values(), "best": state.best}
    arrays: dict[str, Any] = {
        f"{name}_{place}": array for name, group in groups.items() for place, array in enumerate(group)
    }
    buffer = io.BytesIO()
    np.savez(buffer, notes=np.frombuffer(json.dumps(notes).encode(), dtype=np.uint8), **arrays)
    write_whole(folder / checkpoint.name, buffer.getvalue())


def _loaded(learner: Learner, checkpoint: Checkpoint, folder: Path | None) -> EpochState | None:
    path = None if folder is None else folder / checkpoint.name
    if path is None or not path.exists():
        return None
    with np.load(path, allow_pickle=False) as file:
        notes = json.loads(file["notes"].tobytes())
        if notes["belongs_to"] != checkpoint.belongs_to:
            return None
        values, best = (_group(file, name) for name in ("state", "best"))
    learner.set_state_values(values)
    best_loss = float("inf") if notes["best_loss"] is None else notes["best_loss"]
    return EpochState(best, notes["best_epoch"], best_loss, notes["history"])


def _group(file: Any, name: str) -> list[np.ndarray]:
    """Read arrays `name_0`, `name_1` ... in order."""
    count = sum(key.startswith(f"{name}_") for key in file.files)
    return [file[f"{name}_{place}"] for place in range(count)]
