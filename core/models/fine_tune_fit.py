"""The training loop of `fine-tune`: epochs over cached activations, with a checkpoint after each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.models.epochs import CheckpointPlace, EpochState, run_epochs
from core.models.fine_tune_graph import TrainableGraph
from core.models.fine_tune_settings import FineTuneSettings
from core.models.learning import Arrays
from core.progress import Progress

if TYPE_CHECKING:
    import keras

CHECKPOINT_NAME = "fine-tune-checkpoint.npz"
_EVALUATION_ROWS = 128
_REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class FitData:
    """What the loop reads.

    Attributes:
        train: Float16 (V views, pictures, H, W, C) activations, memory-mapped.
        train_places: Int64 (N,): picture of each row to learn from.
        train_labels: Int64 (N,).
        train_features: Float32 (N, D) of the frozen network, for phase 1.
        validation: Float16 (1, pictures, H, W, C).
        validation_places: Int64 (M,).
        validation_labels: Int64 (M,).
        validation_features: Float32 (M, D) of the frozen network.
        class_count: Number of classes, C.
    """

    train: np.ndarray
    train_places: np.ndarray
    train_labels: np.ndarray
    train_features: np.ndarray
    validation: np.ndarray
    validation_places: np.ndarray
    validation_labels: np.ndarray
    validation_features: np.ndarray
    class_count: int


class Fit:
    """Upper blocks and head under training.

    Args:
        upper: Trainable graph from activations to features.
        data: What to learn from.
        settings: How.
        seed: Of order, views and dropout.
    """

    def __init__(self, upper: keras.Model, data: FitData, *, settings: FineTuneSettings, seed: int) -> None:
        self._upper, self._data, self._settings, self._seed = upper, data, settings, seed
        self.feature_dimensions = int(upper.output_shape[-1])
        self._steps_an_epoch = settings.steps_an_epoch(len(data.train_labels))
        self._graph = TrainableGraph(upper, data.class_count, settings, steps=self._steps_an_epoch * settings.epochs)
        self._state = EpochState(self._graph.averaged_values())
        self.trained = int(sum(np.prod(variable.shape) for variable in self._graph.variables))

    def run(self, progress: Progress, *, belongs_to: str) -> None:
        """Run all epochs that are missing, then take the best weights."""
        total = self._settings.head_epochs + self._settings.epochs
        checkpoint = CheckpointPlace(CHECKPOINT_NAME, belongs_to)
        patience = self._settings.patience
        self._state = run_epochs(self, total=total, patience=patience, checkpoint=checkpoint, progress=progress)
        self._graph.set_values(self._state.best)
        progress.report(total, total, "trained")

    @property
    def history(self) -> list[dict[str, Any]]:
        """One row an epoch."""
        return self._state.history

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest validation loss."""
        return self._state.best_epoch

    def kept_values(self) -> list[np.ndarray]:
        """Copy the weights that are kept should this epoch be the best."""
        return self._graph.averaged_values()

    def state_values(self) -> list[np.ndarray]:
        """Copy everything an epoch changes."""
        return self._graph.state_values()

    def set_state_values(self, values: list[np.ndarray]) -> None:
        """Put back what `state_values` gave."""
        self._graph.set_state_values(values)

    def features(self, activations: np.ndarray) -> np.ndarray:
        """Compute features, float32 (B, D), of float16 activations (B, H, W, C) with the weights as they are."""
        return np.asarray(self._graph.features(activations.astype(np.float32)), dtype=np.float32)

    def head_arrays(self) -> Arrays:
        """Give the output layer as the predictor of a linear head reads it."""
        weights, bias = self._graph.head_values()
        return {"weights": weights, "bias": bias, "feature_power": np.array(1.0, dtype=np.float32)}

    def epoch(self, number: int, total: int, progress: Progress) -> dict[str, Any]:
        """Learn from every picture, few ones several times; see `core.models.epochs.Learner`."""
        epoch = number
        in_phase_1 = epoch <= self._settings.head_epochs
        started = told = time.monotonic()
        chance = np.random.default_rng((self._seed, epoch))
        losses, right, seen = 0.0, 0, 0
        for step, rows in enumerate(epoch_batches(len(self._data.train_labels), self._settings, chance)):
            loss, hits = self._head_step(rows, epoch) if in_phase_1 else self._step(rows, chance, epoch, step)
            losses, right, seen = losses + loss * len(rows), right + hits, seen + len(rows)
            now = time.monotonic()
            if now - told >= _REPORT_SECONDS:
                told = now
                share = (epoch - 1) + (step + 1) / self._steps_an_epoch
                message = f"epoch {epoch} of {total}, {seen / (now - started):.0f} pictures/s"
                progress.report(round(1000 * share), 1000 * total, message)
        loss, accuracy = self._judge(in_phase_1)
        return {
            "epoch": epoch,
            "train_loss": losses / seen,
            "train_accuracy": right / seen,
            "validation_loss": loss,
            "validation_accuracy": accuracy,
            "phase": 1 if in_phase_1 else 2,
            "learning_rate": self._graph.learning_rate(),
            "pictures_per_second": seen / (time.monotonic() - started),
        }

    def _step(self, rows: np.ndarray, chance: np.random.Generator, epoch: int, step: int) -> tuple[float, int]:
        views = chance.integers(0, self._data.train.shape[0], len(rows))
        activations = self._data.train[views, self._data.train_places[rows]].astype(np.float32)
        targets = self._targets(self._data.train_labels[rows])
        labels = self._data.train_labels[rows]
        if self._settings.mixing:
            share = chance.beta(self._settings.mixing, self._settings.mixing, len(rows)).astype(np.float32)
            share = np.maximum(share, 1 - share)
            other = chance.permutation(len(rows))
            wide = share[:, None, None, None]
            activations = wide * activations + (1 - wide) * activations[other]
            targets = share[:, None] * targets + (1 - share[:, None]) * targets[other]
        seed = np.array([self._seed % 2**31, epoch * self._steps_an_epoch + step], dtype=np.int32)
        return self._graph.step(activations, targets, labels, seed)

    def _head_step(self, rows: np.ndarray, epoch: int) -> tuple[float, int]:
        labels = self._data.train_labels[rows]
        return self._graph.head_step(self._data.train_features[rows], self._targets(labels), labels)

    def _targets(self, labels: np.ndarray) -> np.ndarray:
        """Smoothed one-hot rows, weighted by class."""
        smooth, count = self._settings.label_smoothing, self._data.class_count
        targets = np.full((len(labels), count), smooth / count, dtype=np.float32)
        targets[np.arange(len(labels)), labels] += 1 - smooth
        return targets * self._class_weights()[labels][:, None]

    def _class_weights(self) -> np.ndarray:
        counts = np.maximum(np.bincount(self._data.train_labels, minlength=self._data.class_count), 1)
        weights = (len(self._data.train_labels) / counts) ** self._settings.class_weights
        return np.asarray(weights / weights[self._data.train_labels].mean(), dtype=np.float32)

    def _judge(self, in_phase_1: bool) -> tuple[float, float]:
        """Mean loss and accuracy on validation, with the averaged weights."""
        data, losses, right = self._data, 0.0, 0
        with self._graph.averaged():
            for start in range(0, len(data.validation_labels), _EVALUATION_ROWS):
                block = slice(start, start + _EVALUATION_ROWS)
                labels = data.validation_labels[block]
                features = data.validation_features[block]
                if not in_phase_1:
                    features = self.features(data.validation[0, data.validation_places[block]])
                chances = self._graph.probabilities(features)
                losses -= float(np.log(np.maximum(chances[np.arange(len(labels)), labels], 1e-12)).sum())
                right += int((chances.argmax(axis=1) == labels).sum())
        count = max(len(data.validation_labels), 1)
        return losses / count, right / count


def epoch_batches(pictures: int, settings: FineTuneSettings, chance: np.random.Generator) -> list[np.ndarray]:
    """Draw the batches of an epoch, int64 (B,) each: all pictures in random order, few ones several times."""
    steps, size = settings.steps_an_epoch(pictures), min(settings.batch_size, pictures)
    times = -(-steps * size // pictures)
    order = np.concatenate([chance.permutation(pictures) for _ in range(times)])
    return [order[step * size : (step + 1) * size] for step in range(steps)]
