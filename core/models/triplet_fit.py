"""The training loop of `triplet`: epochs of mined batches, judged by the neighbors of validation pictures."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import TrainingError
from core.models.learning import Arrays
from core.models.linear_inputs import blocks
from core.models.neighbor_precision import Placed, neighbor_precision
from core.models.splits import TRAIN, VALIDATION
from core.models.triplet_batches import PairedBatches
from core.models.triplet_inputs import category_directions, triplet_inputs
from core.models.triplet_loss import triplet_loss
from core.models.triplet_network import Adam, fresh_adam, fresh_layers, point_gradients, points_of
from core.models.triplet_settings import TripletSettings
from core.progress import Progress
from core.vision.pca import unit_rows

_MOST_QUERIES = 2000
_LOSS_BATCHES = 8
_REPORT_SECONDS = 0.3


@dataclass(frozen=True)
class TripletData:
    """What the loop reads.

    Attributes:
        features: Float32 (P, D) of the frozen network.
        labels: Int64 (P,).
        sides: Uint8 (P,).
        products: Int64 (P,): number of each picture's product.
        class_count: Number of classes, C.
    """

    features: np.ndarray
    labels: np.ndarray
    sides: np.ndarray
    products: np.ndarray
    class_count: int


class TripletFit:
    """Dense layers under training; see `core.models.epochs.Learner`.

    Args:
        data: What to learn from; test is placed by the finished layers only.
        settings: How.
        seed: Of first weights, batches and dropout.

    Raises:
        TrainingError: Too few categories have two pictures.
    """

    def __init__(self, data: TripletData, *, settings: TripletSettings, seed: int) -> None:
        self._data, self._settings, self._seed = data, settings, seed
        self._train, self._validation = (np.flatnonzero(data.sides == side) for side in (TRAIN, VALIDATION))
        size = {"classes": settings.classes_per_batch, "pictures": settings.pictures_per_class}
        self._batches = PairedBatches(data.labels, self._train, **size)
        self._judging = _batches_to_judge(data.labels, self._validation, self._train, **size)
        self._inputs = triplet_inputs(
            data.features, data.labels, data.sides, class_count=data.class_count, settings=settings
        )
        self._layers = self._first_layers()
        self._adam: Adam = fresh_adam(self._layers)

    @property
    def layers(self) -> Arrays:
        """The layers as they are, for inputs."""
        return self._layers

    def _first_layers(self) -> Arrays:
        settings, random = self._settings, np.random.default_rng(self._seed)
        width = self._inputs.made.shape[1]
        if settings.start == "random" or settings.hidden_layer:
            return fresh_layers(width, settings.hidden_layer, settings.dimensions, random=random)
        first = category_directions(
            self._inputs.made,
            self._data.labels,
            self._train,
            class_count=self._data.class_count,
            dimensions=min(settings.dimensions, width - 1),
        )
        return {"last_weights": first}

    def epoch(self, number: int, total: int, progress: Progress) -> dict[str, Any]:
        """Learn from as many pictures as train has, then look at validation."""
        random = np.random.default_rng((self._seed, number))
        losses, active, told, rate = [], [], 0.0, 0.0
        progress.report(1000 * (number - 1), 1000 * total, f"epoch {number}")
        for step, rows in enumerate(self._batches.draw(random)):
            share = number - 1 + step / self._batches.steps
            if time.monotonic() - told >= _REPORT_SECONDS:
                told = time.monotonic()
                progress.report(round(1000 * share), 1000 * total, f"epoch {number} of {total}")
            rate = self._rate(share / total)
            loss, on = self._step(rows, random, rate=rate)
            losses.append(loss)
            active.append(on)
        return {
            "epoch": number,
            "train_loss": float(np.mean(losses)),
            "train_active": float(np.mean(active)),
            "learning_rate": rate,
            **self._judge(),
        }

    def _rate(self, done: float) -> float:
        settings = self._settings
        return settings.learning_rate * (0.5 * (1 + float(np.cos(np.pi * done))) if settings.decay else 1.0)

    def _step(self, rows: np.ndarray, random: np.random.Generator, *, rate: float) -> tuple[float, float]:
        inputs, dropout = self._inputs.made[rows], self._settings.dropout
        if dropout:
            kept = random.random(inputs.shape, dtype=np.float32) >= dropout
            kept[:, -1] = True
            inputs[:, :-1] /= np.float32(1 - dropout)
            inputs *= kept
        found = self._loss(points_of(self._layers, inputs), rows)
        self._adam.move(self._layers, point_gradients(self._layers, inputs, found.gradient), rate=rate)
        return found.mean, found.active

    def _loss(self, points: np.ndarray, rows: np.ndarray) -> Any:
        settings = self._settings
        return triplet_loss(
            points,
            self._data.labels[rows],
            mining=settings.mining,
            margin=settings.margin,
            soft_margin=settings.soft_margin,
        )

    def _judge(self) -> dict[str, Any]:
        """Look at validation: loss on fixed batches, nearest centers, and the neighbors among train and validation."""
        data, seen = self._data, np.concatenate((self._train, self._validation))
        placed = Placed(self.points(seen), data.labels[seen], data.products[seen])
        train, validation = placed.take(np.arange(len(self._train))), np.arange(len(self._train), len(seen))
        centers = centers_of(train.points, train.labels, class_count=data.class_count)
        chosen = validation
        if len(validation) > _MOST_QUERIES:
            chosen = np.sort(np.random.default_rng(self._seed).choice(validation, _MOST_QUERIES, replace=False))
        found, _ = neighbor_precision(placed.take(chosen), placed)
        losses = [self._loss(self.points(rows), rows).mean for rows in self._judging]
        right = (placed.points @ centers.T).argmax(axis=1) == placed.labels
        return {
            "train_accuracy": float(right[: len(self._train)].mean()),
            "validation_loss": float(np.mean(losses)),
            "validation_accuracy": float(right[len(self._train) :].mean()),
            "validation_precision": float(np.nanmean(found)),
        }

    def points(self, rows: np.ndarray) -> np.ndarray:
        """Place pictures with the layers as they are, float32 (N, d), rows of length 1."""
        parts = [points_of(self._layers, self._inputs.made[block]) for block in blocks(rows)]
        return np.concatenate(parts) if parts else np.zeros((0, self._layers["last_weights"].shape[1]), np.float32)

    def take(self, values: list[np.ndarray]) -> None:
        """Take the layers of an epoch, as `kept_values` gave them."""
        self._layers = dict(zip(self._layers, (value.copy() for value in values), strict=True))

    def folded(self) -> Arrays:
        """Give the layers for features: ``feature_power``, and weights and bias of ``hidden`` (if any) and ``last``."""
        first = "hidden" if "hidden_weights" in self._layers else "last"
        weights, bias = self._inputs.fold(self._layers[f"{first}_weights"])
        power = np.float32(self._inputs.power)
        folded = {**self._layers, f"{first}_weights": weights, f"{first}_bias": bias}
        return {"feature_power": np.asarray(power), **folded}

    def kept_values(self) -> list[np.ndarray]:
        """Copy the layers."""
        return [array.copy() for array in self._layers.values()]

    def state_values(self) -> list[np.ndarray]:
        """Copy everything an epoch changes."""
        groups = (self._layers, self._adam.means, self._adam.squares)
        return [*(array.copy() for group in groups for array in group.values()), np.array(self._adam.steps)]

    def set_state_values(self, values: list[np.ndarray]) -> None:
        """Put back what `state_values` gave."""
        names, count = list(self._layers), len(self._layers)
        groups = (dict(zip(names, values[start : start + count], strict=True)) for start in range(0, 3 * count, count))
        self._layers, means, squares = groups
        self._adam = Adam(means, squares, int(values[-1]))


def centers_of(points: np.ndarray, labels: np.ndarray, *, class_count: int) -> np.ndarray:
    """Compute the center of each category, float32 (C, d), of length 1; 0 for a category without pictures."""
    sums = np.zeros((class_count, points.shape[1]))
    np.add.at(sums, labels, points)
    return unit_rows(sums.astype(np.float32))


def _batches_to_judge(
    labels: np.ndarray, validation: np.ndarray, train: np.ndarray, *, classes: int, pictures: int
) -> list[np.ndarray]:
    """Draw the batches the validation loss is measured on, the same for every epoch.

    Where too few categories have two validation pictures, pictures of train complete them.
    """
    try:
        batches = PairedBatches(labels, validation, classes=classes, pictures=pictures)
    except TrainingError:
        batches = PairedBatches(labels, np.concatenate((validation, train)), classes=classes, pictures=pictures)
    return list(batches.draw(np.random.default_rng(0), steps=_LOSS_BATCHES))
