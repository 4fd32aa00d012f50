"""The training loop of networks from random weights: epochs over decoded pictures."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.models.augmentation import alters_nothing
from core.models.learning import Arrays
from core.models.scratch_networks import NETWORKS
from core.models.scratch_objectives import make_objective
from core.models.scratch_settings import ScratchSettings
from core.models.splits import TRAIN, VALIDATION
from core.progress import Progress
from core.vision.networks import preprocessed
from core.vision.quiet_tensorflow import import_keras, import_tensorflow
from core.vision.views import make_view

_EVALUATION_ROWS = 64
_REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class ScratchData:
    """What the loop reads.

    Attributes:
        squares: Uint8 (distinct pictures, S, S, 3), memory-mapped.
        places: Int64 (P,): where each picture is in `squares`.
        labels: Int64 (P,).
        sides: Uint8 (P,).
        class_count: Number of classes, C.
        label_sets: Uint8 (P, C): 1 where a picture has a label; None where each has one class.
    """

    squares: np.ndarray
    places: np.ndarray
    labels: np.ndarray
    sides: np.ndarray
    class_count: int
    label_sets: np.ndarray | None = None


class ScratchFit:
    """A network and its last layer under training; a `core.models.epochs.Learner`.

    Args:
        data: What to learn from.
        settings: Which network, and how.
        seed: Of first weights, order, views and dropout.
    """

    def __init__(self, data: ScratchData, *, settings: ScratchSettings, seed: int) -> None:
        keras = import_keras()
        self._data, self._settings, self._seed = data, settings, seed
        self._network = NETWORKS[type(settings)]
        self.graph = self._network.build(settings, seed)
        initializer = keras.initializers.GlorotUniform(seed=seed % 2**20)
        self._head = keras.layers.Dense(data.class_count, kernel_initializer=initializer, name="head")
        self._head.build((None, int(self.graph.output_shape[-1])))
        self._train = np.flatnonzero(data.sides == TRAIN)
        self._validation = np.flatnonzero(data.sides == VALIDATION)
        self._objective = make_objective(
            data.labels,
            data.label_sets,
            self._train,
            class_count=data.class_count,
            weight_power=settings.class_weights,
        )
        self._learned = [*self.graph.trainable_variables, *self._head.trainable_variables]
        self._optimizer = self._adam()
        self._optimizer.build(self._learned)
        self.weight_count = int(sum(np.prod(variable.shape) for variable in self._learned))
        self._compile()

    def epoch(self, number: int, total: int, progress: Progress) -> dict[str, Any]:
        """Learn from every picture once; see `core.models.epochs.Learner`."""
        started = told = time.monotonic()
        chance = np.random.default_rng((self._seed, number))
        losses, right, seen, count = 0.0, 0, 0, len(self._train)
        order = chance.permutation(self._train)
        for start in range(0, count, self._settings.batch_size):
            rows = order[start : start + self._settings.batch_size]
            loss, logits = self._step(self._pixels(self._views(rows, number)), self._objective.targets(rows))
            losses, seen = losses + float(loss) * len(rows), seen + len(rows)
            right += self._objective.judge(rows, logits.numpy())[1]
            now = time.monotonic()
            if now - told >= _REPORT_SECONDS:
                told = now
                message = f"epoch {number} of {total}, {seen / (now - started):.0f} pictures/s"
                progress.report(round(1000 * (number - 1 + seen / count)), 1000 * total, message)
        speed = seen / (time.monotonic() - started)
        loss, accuracy = self._judge()
        return {
            "epoch": number,
            "train_loss": losses / seen,
            "train_accuracy": right / seen,
            "validation_loss": loss,
            "validation_accuracy": accuracy,
            "learning_rate": float(np.asarray(self._optimizer.learning_rate)),
            "pictures_per_second": speed,
        }

    def kept_values(self) -> list[np.ndarray]:
        """Copy the weights and the figures of normalisation."""
        return [variable.numpy() for variable in self._kept()]

    def state_values(self) -> list[np.ndarray]:
        """Copy everything an epoch changes, with the state of dropout's draws."""
        return [variable.numpy() for variable in self._state()]

    def set_state_values(self, values: list[np.ndarray]) -> None:
        """Put back what `state_values` gave."""
        for variable, value in zip(self._state(), values, strict=True):
            variable.assign(value)

    def take(self, values: list[np.ndarray]) -> None:
        """Take over what `kept_values` gave."""
        for variable, value in zip(self._kept(), values, strict=True):
            variable.assign(value)

    def features(self, rows: np.ndarray) -> np.ndarray:
        """Compute what the network makes of pictures, float32 (rows, D)."""
        found = np.empty((len(rows), int(self.graph.output_shape[-1])), dtype=np.float32)
        for start in range(0, len(rows), _EVALUATION_ROWS):
            block = rows[start : start + _EVALUATION_ROWS]
            found[start : start + len(block)] = self._features(self._pixels(self._squares(block)))
        return found

    def head_arrays(self) -> Arrays:
        """Give the last layer as the predictor of a linear head reads it."""
        weights, bias = self._head.get_weights()
        return {"weights": weights, "bias": bias, "feature_power": np.array(1.0, dtype=np.float32)}

    def _judge(self) -> tuple[float, float]:
        """Mean loss and accuracy on validation."""
        head, count = self.head_arrays(), max(len(self._validation), 1)
        logits = self.features(self._validation) @ head["weights"] + head["bias"]
        loss, right = self._objective.judge(self._validation, logits)
        return loss / count, right / count

    def _squares(self, rows: np.ndarray) -> np.ndarray:
        return self._data.squares[self._data.places[rows]]

    def _views(self, rows: np.ndarray, epoch: int) -> np.ndarray:
        """Draw a new view of every picture; warping the decoded square costs far less than a step."""
        squares, views = self._squares(rows), self._settings.view_settings
        if alters_nothing(views):
            return squares
        for place, row in enumerate(rows):
            own = (self._seed, int(row))
            squares[place] = make_view(
                squares[place], epoch, settings=views, side_px=self._settings.side_px, fit="resize", seed=own
            )
        return squares

    def _pixels(self, squares: np.ndarray) -> np.ndarray:
        return preprocessed(squares, self._network.preprocessing)

    def _adam(self) -> Any:
        keras, rate = import_keras(), self._settings.learning_rate
        if not self._network.decays:
            return keras.optimizers.Adam(rate)
        schedule = keras.optimizers.schedules.InverseTimeDecay(
            rate, decay_steps=1, decay_rate=rate / self._settings.epochs
        )
        return keras.optimizers.Adam(schedule)

    def _compile(self) -> None:
        """Trace the functions once; shapes vary only in the number of pictures."""
        tf, side = import_tensorflow(), self._settings.side_px
        pixels = tf.TensorSpec((None, side, side, 3), tf.float32)
        signature = [pixels, self._objective.signature()]
        self._step = tf.function(self._one_step, input_signature=signature, autograph=False)
        self._features = tf.function(lambda values: self.graph(values, training=False), input_signature=[pixels])

    def _one_step(self, pixels: Any, targets: Any) -> tuple[Any, Any]:
        tf = import_tensorflow()
        with tf.GradientTape() as tape:
            logits = self._head(self.graph(pixels, training=True))
            loss = self._objective.loss(targets, logits)
        self._optimizer.apply(tape.gradient(loss, [variable.value for variable in self._learned]))
        return loss, logits

    def _kept(self) -> list[Any]:
        return [*self.graph.weights, *self._head.weights]

    def _state(self) -> list[Any]:
        draws = [variable for variable in self.graph.variables if "seed_generator" in variable.path]
        return [*self._kept(), *draws, *self._optimizer.variables]
