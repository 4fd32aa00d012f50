"""Recipe `head`: two dense layers and a softmax on cached features of a frozen backbone, in numpy alone."""

import time

import numpy as np

from core.models.checkpoints import fingerprint
from core.models.head_parts import class_weights, few_threads, pace, softmax, training_marks
from core.models.head_settings import HeadSettings
from core.models.head_state import HeadState, fresh_head, load_head, save_head
from core.models.learning import Arrays, LearningData, TrainedHead
from core.models.linear_inputs import blocks, raise_to
from core.models.scores import SMALLEST_PROBABILITY
from core.models.splits import TRAIN, VALIDATION
from core.progress import Progress

_MEAN_MEMORY, _SQUARE_MEMORY, _EPSILON = 0.9, 0.999, 1e-7
"""Adam as in its paper: Kingma and Ba, "Adam: a method for stochastic optimization" (2015); epsilon as Keras has it."""


def train_head(data: LearningData, *, settings: HeadSettings, seed: int, progress: Progress) -> TrainedHead:
    """Fit a head of two dense layers with Adam; the epoch with the lowest validation loss is kept.

    For two classes the softmax over two outputs is the sigmoid of their difference: the same family of functions as the
    single sigmoid of the report. Losses in the history are plain cross-entropy, without the penalty on the weights;
    those of train are met on the way, with dropout. Memory is bounded by a batch and the weights.

    Args:
        data: Features, labels and sides; train and validation are used, test never is.
        settings: The recipe's settings.
        seed: Seed of the first weights, the order of the pictures, and dropout.
        progress: Told about every step; its folder keeps the checkpoint.

    Returns:
        The head, its history, and the best epoch.

    Raises:
        Cancelled: Someone asked to stop between two steps; finished epochs are kept.
    """
    name = fingerprint("head", settings, seed, data.class_count, *training_marks(data))
    state = load_head(progress.folder, belongs_to=name) if progress.folder else None
    if state is None:
        widths = (data.features.shape[1], settings.first_layer, settings.second_layer, data.class_count)
        state = fresh_head(widths, seed=seed)
    with few_threads(max(settings.first_layer, settings.second_layer, data.class_count)):
        progress.report(state.epoch, settings.epochs, "measuring the features")
        fit = _Fit(data, settings, seed=seed)
        while state.epoch < settings.epochs and state.epoch - state.best_epoch < settings.patience:
            started = time.perf_counter()
            fit.run_epoch(state, progress)
            if progress.folder:
                save_head(progress.folder, state, belongs_to=name)
            learned = int((data.sides == TRAIN).sum())
            progress.record(
                "epoch", state.history[-1] | pace(learned, time.perf_counter() - started, settings.learning_rate)
            )
    progress.report(settings.epochs, settings.epochs, "trained")
    arrays = {**state.best, **fit.inputs}
    return TrainedHead(arrays=arrays, history=state.history, choices={"best_epoch": state.best_epoch})


def predict_head(head: Arrays, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all classes.

    Args:
        head: Arrays ``NAME_weights`` and ``NAME_bias`` of the layers first, second and last, and ``mean`` (D,),
            ``scale`` (D,) and ``feature_power`` () of the inputs.
        features: Float32 array of shape (N pictures, D dimensions).

    Returns:
        Float32 array of shape (N, C), rows sum to 1.
    """
    return softmax(_forward(head, _inputs(head, features))[-1])


def _inputs(head: Arrays, features: np.ndarray) -> np.ndarray:
    return (raise_to(features, float(head["feature_power"])) - head["mean"]) * head["scale"]


def _forward(layers: Arrays, inputs: np.ndarray, kept: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    """Give the outputs of the two hidden layers, and the logits.

    Args:
        layers: Arrays of the layers.
        inputs: Float32 (B, D).
        kept: Float32 (B, first layer): what the first layer's outputs are multiplied by (dropout); None for 1.
    """
    first = np.maximum(inputs @ layers["first_weights"] + layers["first_bias"], 0)
    if kept is not None:
        first *= kept
    second = np.maximum(first @ layers["second_weights"] + layers["second_bias"], 0)
    return first, second, second @ layers["last_weights"] + layers["last_bias"]


class _Fit:
    """Runs epochs on a state."""

    def __init__(self, data: LearningData, settings: HeadSettings, *, seed: int) -> None:
        self._train, self._validation = np.flatnonzero(data.sides == TRAIN), np.flatnonzero(data.sides == VALIDATION)
        self._features, self._labels, self._settings, self._seed = data.features, data.labels, settings, seed
        self._class_weights = class_weights(data.labels[self._train], data.class_count, settings.class_weights)
        self._steps = -(-len(self._train) // settings.batch_size)
        self.inputs = _measure_inputs(data.features, self._train, settings)

    def run_epoch(self, state: HeadState, progress: Progress) -> None:
        """Pass over train once, look at validation, and note what was found."""
        random = np.random.default_rng((self._seed, state.epoch, 1))
        order, size = random.permutation(self._train), self._settings.batch_size
        found = np.zeros(2)
        for step in range(self._steps):
            progress.report(state.epoch, self._settings.epochs, f"epoch {state.epoch + 1}")
            # Ascending rows read a memory-mapped file front to back.
            batch = np.sort(order[step * size : (step + 1) * size])
            found += self._step(state, batch, random, number=state.epoch * self._steps + step + 1)
        train, validation = found / max(len(self._train), 1), self._look_at_validation(state)
        state.epoch += 1
        names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
        values = dict(zip(names, map(float, (*train, *validation)), strict=True))
        state.history.append({"epoch": state.epoch, **values})
        state.keep_if_best(values["validation_loss"])

    def _step(self, state: HeadState, rows: np.ndarray, random: np.random.Generator, *, number: int) -> np.ndarray:
        inputs, labels, layers = _inputs(self.inputs, self._features[rows]), self._labels[rows], state.layers
        kept_share = np.float32(1 - self._settings.dropout)
        drawn = random.random((len(rows), self._settings.first_layer), dtype=np.float32)
        kept = (drawn < kept_share) / kept_share
        first, second, logits = _forward(layers, inputs, kept)
        errors = softmax(logits)
        found = _loss_and_right(errors, labels)
        errors[np.arange(len(rows)), labels] -= 1
        errors *= (self._class_weights[labels] / len(rows))[:, None]
        gradients = {"last_weights": second.T @ errors, "last_bias": errors.sum(axis=0)}
        errors = (errors @ layers["last_weights"].T) * (second > 0)
        penalty = np.float32(2 * self._settings.weight_penalty) * layers["second_weights"]
        gradients |= {"second_weights": first.T @ errors + penalty, "second_bias": errors.sum(axis=0)}
        errors = (errors @ layers["second_weights"].T) * kept * (first > 0)
        gradients |= {"first_weights": inputs.T @ errors, "first_bias": errors.sum(axis=0)}
        self._move(state, gradients, number)
        return found

    def _move(self, state: HeadState, gradients: Arrays, number: int) -> None:
        rate = self._settings.learning_rate * np.sqrt(1 - _SQUARE_MEMORY**number) / (1 - _MEAN_MEMORY**number)
        for name, gradient in gradients.items():
            mean, square = state.means[name], state.squares[name]
            mean += np.float32(1 - _MEAN_MEMORY) * (gradient - mean)
            square += np.float32(1 - _SQUARE_MEMORY) * (gradient * gradient - square)
            state.layers[name] -= np.float32(rate) * mean / (np.sqrt(square) + np.float32(_EPSILON))

    def _look_at_validation(self, state: HeadState) -> np.ndarray:
        found = np.zeros(2)
        for block in blocks(self._validation):
            chances = predict_head({**state.layers, **self.inputs}, self._features[block])
            found += _loss_and_right(chances, self._labels[block])
        return found / max(len(self._validation), 1)


def _loss_and_right(chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Sum cross-entropy and right answers, float64 (2,)."""
    given = chances[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(given, SMALLEST_PROBABILITY)).sum(dtype=np.float64)
    return np.array([loss, (chances.argmax(axis=1) == labels).sum()])


def _measure_inputs(features: np.ndarray, rows: np.ndarray, settings: HeadSettings) -> Arrays:
    """Measure what brings features to mean 0 and spread 1 on train, block by block."""
    dimensions = features.shape[1]
    sums, squares = np.zeros(dimensions), np.zeros(dimensions)
    if settings.standardize:
        for block in blocks(rows):
            raised = raise_to(features[block], settings.feature_power)
            sums += raised.sum(axis=0, dtype=np.float64)
            squares += np.einsum("pd,pd->d", raised, raised, dtype=np.float64)
    mean = sums / max(len(rows), 1)
    spread = np.sqrt(np.maximum(squares / max(len(rows), 1) - mean**2, 0))
    # A feature that never changes tells nothing; dividing by its zero spread would turn rounding into signal.
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-5)
    if not settings.standardize:
        scale = np.ones(dimensions)
    power = np.float32(settings.feature_power)
    return {"mean": mean.astype(np.float32), "scale": scale.astype(np.float32), "feature_power": np.asarray(power)}
