"""Where the training of a linear head stands, and the checkpoint it goes on from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.models.checkpoints import Checkpoint, read_checkpoint, write_checkpoint

CHECKPOINT_NAME = "linear-checkpoint.npz"
_ARRAYS = ("weights", "momentum", "squares", "best_weights")
_NOTES = ("best_loss", "best_epoch", "best_strength", "epoch", "history")


@dataclass
class LinearState:
    """Everything an epoch changes. S strengths of regularization are trained side by side.

    Attributes:
        weights: Float32 (D + 1 inputs, S * C); the last row is the bias.
        momentum: Running sum of the gradients, same shape; for Adam their running mean.
        squares: For Adam, the running mean of the squared gradients, same shape; otherwise empty.
        best_weights: Float32 (D + 1, C): the head with the lowest validation loss so far.
        best_loss: Its validation loss; infinity before the first epoch.
        best_epoch: Its epoch, from 1; 0 before the first.
        best_strength: Its place among the strengths.
        epoch: Finished epochs.
        history: One list of epochs per strength.
    """

    weights: np.ndarray
    momentum: np.ndarray
    squares: np.ndarray
    best_weights: np.ndarray
    best_loss: float
    best_epoch: int
    best_strength: int
    epoch: int
    history: list[list[dict[str, Any]]]


def fresh_state(inputs: int, *, strengths: int, classes: int, squares: bool = False) -> LinearState:
    """Start at zero: the problem is convex, so that no draw is needed. `squares` makes room for Adam's."""
    shape = (inputs, strengths * classes)
    return LinearState(
        weights=np.zeros(shape, dtype=np.float32),
        momentum=np.zeros(shape, dtype=np.float32),
        squares=np.zeros(shape if squares else (0,), dtype=np.float32),
        best_weights=np.zeros((inputs, classes), dtype=np.float32),
        best_loss=float("inf"),
        best_epoch=0,
        best_strength=0,
        epoch=0,
        history=[[] for _ in range(strengths)],
    )


def save_state(folder: Path, state: LinearState, *, belongs_to: str) -> None:
    """Keep a state as one file that appears whole."""
    notes = {name: getattr(state, name) for name in _NOTES}
    kept = Checkpoint(notes, {name: getattr(state, name) for name in _ARRAYS})
    write_checkpoint(folder / CHECKPOINT_NAME, kept, belongs_to=belongs_to)


def load_state(folder: Path, *, belongs_to: str) -> LinearState | None:
    """Read the state kept in a folder; None when there is none or it belongs to another training."""
    kept = read_checkpoint(folder / CHECKPOINT_NAME, belongs_to=belongs_to)
    if kept is None:
        return None
    fields: dict[str, Any] = {**kept.arrays, **kept.notes}
    return LinearState(**fields)
