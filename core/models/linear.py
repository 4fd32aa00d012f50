"""Recipe `linear`: softmax regression on cached features of a frozen backbone, in numpy alone."""

import time

import numpy as np

from core.models.checkpoints import fingerprint
from core.models.head_parts import class_weights, few_threads, pace, softmax, training_marks
from core.models.learning import Arrays, LearningData, TrainedHead
from core.models.linear_inputs import InputAxes, blocks, make_inputs, measure_axes, plain_axes, raise_to
from core.models.linear_outputs import FlatOutputs, LinearOutputs
from core.models.linear_settings import LinearSettings
from core.models.linear_state import LinearState, fresh_state, load_state, save_state
from core.models.linear_steps import descend, learning_rate, step_of_adam
from core.models.splits import TRAIN, VALIDATION
from core.progress import Progress


def train_linear(data: LearningData, *, settings: LinearSettings, seed: int, progress: Progress) -> TrainedHead:
    """Fit softmax regression by gradient descent with momentum, for several strengths of regularization at once.

    Inputs are whitened within categories first, see :class:`core.models.linear_inputs.InputAxes`: the descent then
    moves in all directions at the same pace, and its early steps are those of discriminant analysis. One matrix product
    a step serves all strengths. With the optimizer `adam` inputs stay as they are, as in the reports. The head that is
    kept is that of the strength and epoch with the lowest loss on validation. Memory is bounded by a few blocks of
    features and the weights, not by the pictures.

    Args:
        data: Features, labels and sides; train and validation are used, test never is.
        settings: The recipe's settings.
        seed: Seed of the order of the pictures.
        progress: Told about every epoch; its folder keeps the checkpoint.

    Returns:
        The head, the history of the strength that was chosen, and what was chosen.

    Raises:
        Cancelled: Someone asked to stop between two epochs.
    """
    name = fingerprint(settings, seed, data.class_count, *training_marks(data))
    outputs = FlatOutputs(data.class_count)
    return fit_linear(data, outputs, settings=settings, seed=seed, progress=progress, belongs_to=name)


def fit_linear(
    data: LearningData,
    outputs: LinearOutputs,
    *,
    settings: LinearSettings,
    seed: int,
    progress: Progress,
    belongs_to: str,
) -> TrainedHead:
    """Run the descent of :func:`train_linear` for any reading of the outputs.

    Args:
        data: Features, labels and sides.
        outputs: What the numbers of the head mean.
        settings: Of the descent.
        seed: Seed of the order of the pictures.
        progress: Told about every epoch; its folder keeps the checkpoint.
        belongs_to: Fingerprint of data and settings, for the checkpoint.

    Returns:
        The head with one column for each of the outputs', its history, and what was chosen.
    """
    state = load_state(progress.folder, belongs_to=belongs_to) if progress.folder else None
    state = state or fresh_state(
        data.features.shape[1] + 1,
        strengths=len(settings.shrinkage),
        classes=outputs.columns,
        squares=settings.optimizer == "adam",
    )
    with few_threads(outputs.columns * len(settings.shrinkage)):
        progress.report(state.epoch, settings.epochs, "measuring the features")
        fit = _Fit(data, outputs, settings, seed=seed)
        while state.epoch < settings.epochs and state.epoch - state.best_epoch < settings.patience:
            progress.report(state.epoch, settings.epochs, f"epoch {state.epoch + 1}")
            started = time.perf_counter()
            fit.run_epoch(state)
            if progress.folder:
                save_state(progress.folder, state, belongs_to=belongs_to)
            row = min(state.history, key=lambda epochs: epochs[-1]["validation_loss"])[-1]
            rate = learning_rate(settings, (state.epoch - 1) / settings.epochs)
            progress.record("epoch", row | pace(fit.train_pictures, time.perf_counter() - started, rate))
        head = fit.axes.fold(state.best_weights)
    progress.report(settings.epochs, settings.epochs, "trained")
    choices = {"shrinkage": settings.shrinkage[state.best_strength], "best_epoch": state.best_epoch}
    return TrainedHead(arrays=head, history=state.history[state.best_strength], choices=choices)


def predict_linear(head: Arrays, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all classes.

    Args:
        head: Arrays ``weights`` (D, C), ``bias`` (C,) and ``feature_power`` ().
        features: Float32 array of shape (N pictures, D dimensions).

    Returns:
        Float32 array of shape (N, C), rows sum to 1.
    """
    logits = raise_to(features, float(head["feature_power"])) @ head["weights"]
    return softmax(logits + head["bias"])


class _Fit:
    """Runs epochs on a state."""

    def __init__(self, data: LearningData, outputs: LinearOutputs, settings: LinearSettings, *, seed: int) -> None:
        self._train, self._validation = np.flatnonzero(data.sides == TRAIN), np.flatnonzero(data.sides == VALIDATION)
        self._labels, self._outputs, self._settings, self._seed = data.labels, outputs, settings, seed
        self.axes: InputAxes = (
            plain_axes(data.features.shape[1], power=settings.feature_power)
            if settings.optimizer == "adam"
            else measure_axes(
                data.features, data.labels, self._train, class_count=data.class_count, power=settings.feature_power
            )
        )
        self._inputs = make_inputs(data.features, self.axes)
        gains = [self.axes.gains(strength) for strength in settings.shrinkage]
        # (D + 1, S * K): the same gains for every output of a strength.
        self._gains = np.repeat(np.stack(gains, axis=1), outputs.columns, axis=1)
        self._class_weights = class_weights(data.labels[self._train], data.class_count, settings.class_weights)
        self._steps = -(-len(self._train) // settings.batch_size)

    @property
    def train_pictures(self) -> int:
        """How many pictures an epoch learns from."""
        return len(self._train)

    def run_epoch(self, state: LinearState) -> None:
        """Pass over train once, look at validation, and note what was found."""
        order = np.random.default_rng((self._seed, state.epoch)).permutation(self._train)
        tally = _Tally(len(self._settings.shrinkage))
        for step in range(self._steps):
            batch = order[step * self._settings.batch_size : (step + 1) * self._settings.batch_size]
            # Ascending rows read a memory-mapped file front to back.
            self._step(state, np.sort(batch), tally, step=state.epoch * self._steps + step)
        state.epoch += 1
        scores = np.stack((*tally.means(), *self._look_at_validation(state)), axis=1)
        names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
        for strength, epochs in enumerate(state.history):
            values = dict(zip(names, map(float, scores[strength]), strict=True))
            epochs.append({"epoch": state.epoch, **values, "shrinkage": self._settings.shrinkage[strength]})
        self._keep_best(state, scores[:, 2])

    def _step(self, state: LinearState, rows: np.ndarray, tally: "_Tally", *, step: int) -> None:
        inputs, labels = self._inputs[rows], self._labels[rows]
        if self._settings.dropout:
            self._leave_out(inputs, step=step)
        chances = self._chances(inputs, state.weights)
        tally.add(*self._outputs.judge(chances, labels))
        errors = self._outputs.subtract_truth(chances, labels)
        errors *= (self._class_weights[labels] / len(rows))[:, None, None]
        gradient = inputs.T @ errors.reshape(len(rows), -1)
        rate = learning_rate(self._settings, step / (self._steps * self._settings.epochs))
        if self._settings.optimizer == "adam":
            step_of_adam(state, gradient, number=step + 1, rate=rate)
        else:
            descend(state, gradient, self._gains, rate=rate)

    def _leave_out(self, inputs: np.ndarray, *, step: int) -> None:
        """Set a share of the features to zero and raise the others, in place; the last column is the bias."""
        kept = 1 - self._settings.dropout
        drawn = np.random.default_rng((self._seed, 2, step)).random((len(inputs), inputs.shape[1] - 1))
        inputs[:, :-1] *= (drawn < kept).astype(np.float32) / np.float32(kept)

    def _look_at_validation(self, state: LinearState) -> tuple[np.ndarray, np.ndarray]:
        tally = _Tally(len(self._settings.shrinkage))
        for block in blocks(self._validation):
            chances = self._chances(self._inputs[block], state.weights)
            tally.add(*self._outputs.judge(chances, self._labels[block]))
        return tally.means()

    def _chances(self, inputs: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Float32 (B pictures, S strengths, K outputs)."""
        return self._outputs.chances((inputs @ weights).reshape(len(inputs), -1, self._outputs.columns))

    def _keep_best(self, state: LinearState, losses: np.ndarray) -> None:
        strength = int(losses.argmin())
        if losses[strength] < state.best_loss:
            columns = slice(strength * self._outputs.columns, (strength + 1) * self._outputs.columns)
            state.best_weights = state.weights[:, columns].copy()
            state.best_loss, state.best_epoch, state.best_strength = float(losses[strength]), state.epoch, strength


class _Tally:
    """Sums losses and right answers of every strength over batches."""

    def __init__(self, strengths: int) -> None:
        self._loss, self._right, self._rows = np.zeros(strengths), np.zeros(strengths), 0

    def add(self, given: np.ndarray, right: np.ndarray) -> None:
        self._loss -= np.log(np.maximum(given, 1e-12)).sum(axis=0, dtype=np.float64)
        self._right += right.sum(axis=0)
        self._rows += len(given)

    def means(self) -> tuple[np.ndarray, np.ndarray]:
        return self._loss / max(self._rows, 1), self._right / max(self._rows, 1)
