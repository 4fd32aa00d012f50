"""Where the training of a linear head stands, and the checkpoint it goes on from."""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.files import write_whole

CHECKPOINT_NAME = "linear-checkpoint.npz"
_ARRAYS = ("weights", "momentum", "best_weights")


@dataclass
class LinearState:
    """Everything an epoch changes. S strengths of regularization are trained side by side.

    Attributes:
        weights: Float32 (D + 1 inputs, S * C); the last row is the bias.
        momentum: Running sum of the gradients, same shape.
        best_weights: Float32 (D + 1, C): the head with the lowest validation loss so far.
        best_loss: Its validation loss; infinity before the first epoch.
        best_epoch: Its epoch, from 1; 0 before the first.
        best_strength: Its place among the strengths.
        epoch: Finished epochs.
        history: One list of epochs per strength.
    """

    weights: np.ndarray
    momentum: np.ndarray
    best_weights: np.ndarray
    best_loss: float
    best_epoch: int
    best_strength: int
    epoch: int
    history: list[list[dict[str, Any]]]


def fresh_state(inputs: int, *, strengths: int, classes: int) -> LinearState:
    """Start at zero: the problem is convex, so that no draw is needed."""
    shape = (inputs, strengths * classes)
    return LinearState(
        weights=np.zeros(shape, dtype=np.float32),
        momentum=np.zeros(shape, dtype=np.float32),
        best_weights=np.zeros((inputs, classes), dtype=np.float32),
        best_loss=float("inf"),
        best_epoch=0,
        best_strength=0,
        epoch=0,
        history=[[] for _ in range(strengths)],
    )


def fingerprint(*parts: object) -> str:
    """Name what a checkpoint belongs to, so that it is never continued with other data or settings."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def save_state(folder: Path, state: LinearState, *, belongs_to: str) -> None:
    """Keep a state as one file that appears whole."""
    notes = {
        "belongs_to": belongs_to,
        "best_loss": state.best_loss,
        "best_epoch": state.best_epoch,
        "best_strength": state.best_strength,
        "epoch": state.epoch,
        "history": state.history,
    }
    buffer = io.BytesIO()
    arrays = {name: getattr(state, name) for name in _ARRAYS}
    np.savez(buffer, notes=np.frombuffer(json.dumps(notes).encode(), dtype=np.uint8), **arrays)
    write_whole(folder / CHECKPOINT_NAME, buffer.getvalue())


def load_state(folder: Path, *, belongs_to: str) -> LinearState | None:
    """Read the state kept in a folder; None when there is none or it belongs to another training."""
    path = folder / CHECKPOINT_NAME
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as file:
        notes = json.loads(file["notes"].tobytes())
        if notes.pop("belongs_to") != belongs_to:
            return None
        return LinearState(**{name: file[name] for name in _ARRAYS}, **notes)
