"""What recipes that learn from pictures themselves are given, and what they give back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.home import Home
from core.models.learning import Arrays
from core.progress import Progress
from core.vision.backbones import Backbone
from core.vision.engine import PictureFile


@dataclass(frozen=True)
class PictureData:
    """Pictures to learn from.

    Attributes:
        home: Where the recipe may cache what it computes.
        backbone: The pretrained network to start from.
        files: P pictures; the same picture may occur for several products.
        features: Float32 (P, D): features of the frozen backbone.
        labels: Int64 (P,): class of each picture, 0..C-1.
        sides: Uint8 (P,): 0 train, 1 validation, 2 test.
        class_count: Number of classes, C.
        product_ids: P ids: the product each picture shows; empty where nobody needs them.
        label_sets: Uint8 (P, C): 1 where a picture has a label; None where each has one class.
    """

    home: Home
    backbone: Backbone
    files: Sequence[PictureFile]
    features: np.ndarray
    labels: np.ndarray
    sides: np.ndarray
    class_count: int
    product_ids: Sequence[str] = ()
    label_sets: np.ndarray | None = None


@dataclass(frozen=True)
class TrainedNetwork:
    """A network of its own, and the head on top of it.

    Attributes:
        arrays: The head, as the recipe's predictor reads it.
        features: Float32 (P, D): what the new network makes of the pictures, in their order.
        history: One row an epoch, see `TrainedHead`.
        choices: What was chosen on validation, such as the best epoch.
        backbone: What the new network is like: its title, side, number of features and preprocessing.
        write: Writes the network into a folder; gives notes for the manifest.
    """

    arrays: Arrays
    features: np.ndarray
    history: list[dict[str, Any]]
    choices: dict[str, Any]
    backbone: Backbone
    write: Callable[[Path], dict[str, Any]]


class PictureTrainer(Protocol):
    """Trains a network; never looks at the labels of test."""

    def __call__(self, data: PictureData, *, settings: Any, seed: int, progress: Progress) -> TrainedNetwork:
        """Train.

        Raises:
            Cancelled: Someone asked to stop; the checkpoint stays.
        """
