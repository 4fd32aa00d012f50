"""What every recipe is given and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from core.progress import Progress

Arrays = dict[str, np.ndarray]

Predictor = Callable[[Arrays, np.ndarray], np.ndarray]
"""Takes the arrays of a head and float32 features (N, D); gives float32 probabilities (N, C).

Rows sum to 1 where each picture has one class; those of labels are independent of one another."""


@dataclass(frozen=True)
class LearningData:
    """Pictures as numbers.

    Attributes:
        features: Float32 array of shape (P pictures, D dimensions); may be memory-mapped.
        labels: Int64 array of shape (P,): class of each picture, 0..C-1.
        sides: Uint8 array of shape (P,): 0 train, 1 validation, 2 test.
        class_count: Number of classes, C.
        classes: Their names, for recipes that read something in them; empty where nobody does.
        label_sets: Uint8 array of shape (P, C): 1 where a picture has a label, for recipes that predict sets; `labels`
            then numbers the sets. None where each picture has one class.
    """

    features: np.ndarray
    labels: np.ndarray
    sides: np.ndarray
    class_count: int
    classes: tuple[str, ...] = ()
    label_sets: np.ndarray | None = None


@dataclass(frozen=True)
class TrainedHead:
    """What a recipe has learned.

    Attributes:
        arrays: The head, as its predictor reads it.
        history: One row an epoch: epoch (from 1), train_loss, train_accuracy, validation_loss, validation_accuracy.
        choices: What was chosen on validation, such as the best epoch.
    """

    arrays: Arrays
    history: list[dict[str, Any]]
    choices: dict[str, Any]


class Trainer(Protocol):
    """Learns a head; never looks at the labels of test."""

    def __call__(self, data: LearningData, *, settings: Any, seed: int, progress: Progress) -> TrainedHead:
        """Train.

        Args:
            data: Pictures, their classes and sides.
            settings: The recipe's settings.
            seed: Seed of everything that is drawn.
            progress: Told about every epoch; its folder keeps the checkpoint from which a later call goes on.

        Raises:
            Cancelled: Someone asked to stop; the checkpoint stays.
        """
