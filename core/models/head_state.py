"""Where the training of a dense head stands, and the checkpoint it goes on from."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.models.checkpoints import Checkpoint, read_checkpoint, write_checkpoint
from core.models.learning import Arrays

CHECKPOINT_NAME = "head-checkpoint.npz"
LAYERS = ("first", "second", "last")
_GROUPS = ("layers", "means", "squares", "best")
_NOTES = ("best_loss", "best_epoch", "epoch", "history")


@dataclass
class HeadState:
    """Everything an epoch changes.

    Attributes:
        layers: Float32 arrays ``NAME_weights`` (inputs, outputs) and ``NAME_bias`` (outputs,) of each layer.
        means: Adam's running means of the gradients, one array a layer array.
        squares: Adam's running means of their squares.
        best: The layers with the lowest validation loss so far.
        best_loss: Their validation loss; infinity before the first epoch.
        best_epoch: Their epoch, from 1; 0 before the first.
        epoch: Finished epochs.
        history: One row an epoch.
    """

    layers: Arrays
    means: Arrays
    squares: Arrays
    best: Arrays
    best_loss: float = float("inf")
    best_epoch: int = 0
    epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    def keep_if_best(self, loss: float) -> None:
        """Remember the layers when no epoch before had so low a loss."""
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, self.epoch
            self.best = {name: array.copy() for name, array in self.layers.items()}


def fresh_head(widths: tuple[int, ...], *, seed: int) -> HeadState:
    """Draw the weights of the layers.

    Args:
        widths: Inputs of the first layer, then the outputs of each. Source of the spread (Keras' default, as in the
            report): Glorot and Bengio, "Understanding the difficulty of training deep feedforward networks" (2010).
        seed: Seed of the draw.
    """
    random = np.random.default_rng(seed)
    layers: Arrays = {}
    for name, inputs, outputs in zip(LAYERS, widths[:-1], widths[1:], strict=True):
        reach = np.sqrt(6 / (inputs + outputs))
        layers[f"{name}_weights"] = random.uniform(-reach, reach, size=(inputs, outputs)).astype(np.float32)
        layers[f"{name}_bias"] = np.zeros(outputs, dtype=np.float32)
    means, squares = ({name: np.zeros_like(array) for name, array in layers.items()} for _ in range(2))
    return HeadState(layers=layers, means=means, squares=squares, best=dict(layers))


def save_head(folder: Path, state: HeadState, *, belongs_to: str) -> None:
    """Keep a state as one file that appears whole."""
    notes = {name: getattr(state, name) for name in _NOTES}
    arrays = {f"{group}.{name}": array for group in _GROUPS for name, array in getattr(state, group).items()}
    write_checkpoint(folder / CHECKPOINT_NAME, Checkpoint(notes, arrays), belongs_to=belongs_to)


def load_head(folder: Path, *, belongs_to: str) -> HeadState | None:
    """Read the state kept in a folder; None when there is none or it belongs to another training."""
    kept = read_checkpoint(folder / CHECKPOINT_NAME, belongs_to=belongs_to)
    if kept is None:
        return None
    groups: dict[str, Any] = {group: kept.group(group) for group in _GROUPS}
    return HeadState(**groups, **kept.notes)
