"""Recipe `one-vs-all`: a yes-or-no model for each class, calibrated and put together into one prediction."""

import time
from typing import Any

import numpy as np

from core.models.calibration import Calibration, calibrate, combine, log_loss, score_blocks
from core.models.checkpoints import fingerprint
from core.models.even_negatives import draw_samples
from core.models.gathered_features import make_rows
from core.models.head_parts import few_threads, pace, training_marks
from core.models.learning import Arrays, LearningData, TrainedHead
from core.models.linear_inputs import make_inputs, measure_axes, raise_to
from core.models.linear_state import LinearState, fresh_state, load_state, save_state
from core.models.one_vs_all_settings import OneVsAllSettings
from core.models.splits import TRAIN, VALIDATION
from core.progress import Progress

_MOMENTUM = 0.9
_CELLS = 4 * 2**20
"""Pictures times models looked at in one go: 16 MiB a table."""


def train_one_vs_all(data: LearningData, *, settings: OneVsAllSettings, seed: int, progress: Progress) -> TrainedHead:
    """Fit one logistic regression a class, all of them as one matrix; then calibrate and combine them on validation.

    Each model learns from all train pictures of its class and from negatives drawn evenly from the other classes.
    Losses in the history are means over the models; accuracies are the share of pictures whose own model scores
    highest. Memory is bounded by blocks of pictures times models, and the weights.

    Args:
        data: Features, labels and sides; train and validation are used, test never is.
        settings: The recipe's settings.
        seed: Seed of the negatives and of the order of the pictures.
        progress: Told about every step; its folder keeps the checkpoint.

    Returns:
        The head, its history, and in ``choices`` the best epoch, what calibration changed, and each model's accuracy.

    Raises:
        Cancelled: Someone asked to stop between two steps; finished epochs are kept.
    """
    name = fingerprint("one-vs-all", settings, seed, data.class_count, *training_marks(data))
    state = load_state(progress.folder, belongs_to=name) if progress.folder else None
    state = state or fresh_state(data.features.shape[1] + 1, strengths=1, classes=data.class_count)
    with few_threads(data.class_count):
        progress.report(state.epoch, settings.epochs, "measuring the features")
        fit = _Fit(data, settings, seed=seed)
        while state.epoch < settings.epochs and state.epoch - state.best_epoch < settings.patience:
            started = time.perf_counter()
            fit.run_epoch(state, progress)
            if progress.folder:
                save_state(progress.folder, state, belongs_to=name)
            learned = int((data.sides == TRAIN).sum())
            rate = settings.learning_rate * 0.5 * (1 + np.cos(np.pi * (state.epoch - 1) / settings.epochs))
            progress.record("epoch", state.history[0][-1] | pace(learned, time.perf_counter() - started, rate))
        progress.report(settings.epochs, settings.epochs, "calibrating")
        calibration, choices = fit.calibrate(state.best_weights)
        weights = state.best_weights * calibration.slopes
        weights[-1] += calibration.biases
        head = {**fit.axes.fold(weights), "sharpness": np.asarray(np.float32(calibration.sharpness))}
    progress.report(settings.epochs, settings.epochs, "trained")
    return TrainedHead(head, state.history[0], {"best_epoch": state.best_epoch, **choices})


def predict_one_vs_all(head: Arrays, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all classes.

    Args:
        head: Arrays ``weights`` (D, C), ``bias`` (C,), ``feature_power`` () and ``sharpness`` ().
        features: Float32 array of shape (N pictures, D dimensions).

    Returns:
        Float32 array of shape (N, C), rows sum to 1.
    """
    log_odds = raise_to(features, float(head["feature_power"])) @ head["weights"] + head["bias"]
    return combine(log_odds, float(head["sharpness"]))


class _Fit:
    """Runs epochs on a state."""

    def __init__(self, data: LearningData, settings: OneVsAllSettings, *, seed: int) -> None:
        self._train, self._validation = np.flatnonzero(data.sides == TRAIN), np.flatnonzero(data.sides == VALIDATION)
        self._labels, self._classes, self._settings, self._seed = data.labels, data.class_count, settings, seed
        learned = data.labels[self._train]
        self._samples = draw_samples(
            learned, class_count=data.class_count, most=settings.negatives, balance=settings.balance, seed=seed
        )
        self._counts = np.bincount(learned, minlength=data.class_count)
        self.axes = measure_axes(
            data.features, data.labels, self._train, class_count=data.class_count, power=settings.feature_power
        )
        self._inputs = make_inputs(data.features, self.axes)
        self._gains = (self.axes.gains(settings.shrinkage) ** 2)[:, None]
        # A step holds about so many pictures of each model, however few of all pictures a model sees.
        seen = (len(self._samples.models) + len(self._train)) / data.class_count
        self._steps = max(1, round(min(seen, len(self._train)) / settings.batch_size))

    def run_epoch(self, state: LinearState, progress: Progress) -> None:
        """Pass over train once, look at validation, and note what was found."""
        order = np.random.default_rng((self._seed, state.epoch)).permutation(len(self._train))
        found = np.zeros(2)
        for step, batch in enumerate(np.array_split(order, self._steps)):
            progress.report(state.epoch, self._settings.epochs, f"epoch {state.epoch + 1}")
            # Ascending rows read a memory-mapped file front to back.
            found += self._step(state, np.sort(batch), step=state.epoch * self._steps + step)
        train = found / (self._classes, max(len(self._train), 1))
        validation = self._look_at_validation(state.weights)
        state.epoch += 1
        names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
        values = dict(zip(names, map(float, (*train, *validation)), strict=True))
        state.history[0].append({"epoch": state.epoch, **values})
        if values["validation_loss"] < state.best_loss:
            state.best_weights = state.weights.copy()
            state.best_loss, state.best_epoch = values["validation_loss"], state.epoch

    def _step(self, state: LinearState, batch: np.ndarray, *, step: int) -> np.ndarray:
        gradient, found = np.zeros_like(state.weights), np.zeros(2)
        size = max(1, min(4096, _CELLS // self._classes))
        for start in range(0, len(batch), size):
            part = batch[start : start + size]
            rows = self._train[part]
            inputs, labels = self._inputs[rows], self._labels[rows]
            scores = inputs @ state.weights
            weights = self._samples.weights(part, labels)
            found += (weights * _losses(scores, labels)).sum(), (scores.argmax(axis=1) == labels).sum()
            errors = _chances(scores)
            errors[np.arange(len(rows)), labels] -= 1
            errors *= weights
            gradient += inputs.T @ errors
        # The batch stands for all of train; weights are kept for the plain inputs, hence the gains, squared.
        gradient *= self._gains * np.float32(len(self._train) / len(batch))
        state.momentum *= np.float32(_MOMENTUM)
        state.momentum += gradient
        part_done = step / (self._steps * self._settings.epochs)
        rate = self._settings.learning_rate * 0.5 * (1 + np.cos(np.pi * part_done))
        state.weights -= np.float32(rate) * state.momentum
        return found

    def _look_at_validation(self, weights: np.ndarray) -> tuple[float, float]:
        """Mean loss of the models, with the sides weighing as in train, and share of right answers."""
        yes, no, right = np.zeros(self._classes), np.zeros(self._classes), 0
        for scores, labels in self._validation_scores(weights):
            losses, own = _losses(scores, labels), np.arange(len(labels))
            given = losses[own, labels]
            np.add.at(yes, labels, given)
            losses[own, labels] = 0
            no += losses.sum(axis=0)
            right += int((scores.argmax(axis=1) == labels).sum())
        labels = self._labels[self._validation]
        counts = np.bincount(labels, minlength=self._classes)
        shares = self._samples.positive_shares
        means = shares * yes / np.maximum(counts, 1) + (1 - shares) * no / np.maximum(len(labels) - counts, 1)
        return float(means.mean()), right / max(len(labels), 1)

    def _validation_scores(self, weights: np.ndarray) -> Any:
        size = max(1, min(4096, _CELLS // self._classes))
        for start in range(0, len(self._validation), size):
            rows = self._validation[start : start + size]
            yield self._inputs[rows] @ weights, self._labels[rows]

    def calibrate(self, weights: np.ndarray) -> tuple[Calibration, dict[str, Any]]:
        """Calibrate on validation; give what was found, and what a run notes about its models."""
        labels, start = self._labels[self._validation], 0
        scores = make_rows(max(len(labels), 1), self._classes)[: len(labels)]
        for block, _ in self._validation_scores(weights):
            scores[start : start + len(block)] = block
            start += len(block)
        plain = Calibration(np.ones(self._classes, np.float32), np.zeros(self._classes, np.float32), 1.0)
        found = plain
        if self._settings.calibrate:
            natural = np.clip(self._counts / max(self._counts.sum(), 1), 1e-6, 1 - 1e-6)
            learned = np.clip(self._samples.positive_shares, 1e-6, 1 - 1e-6)
            offsets = np.log(natural / (1 - natural)) - np.log(learned / (1 - learned))
            found = calibrate(scores, labels, offsets=offsets, pull=self._settings.calibration_pull)
        choices = {
            "negatives": np.bincount(self._samples.models, minlength=self._classes).tolist(),
            "validation_loss_before_calibration": log_loss(scores, labels, plain),
            "validation_loss": log_loss(scores, labels, found),
            "sharpness": found.sharpness,
            **_binary_figures(scores, labels, found),
        }
        return found, choices


def _binary_figures(scores: np.ndarray, labels: np.ndarray, calibration: Calibration) -> dict[str, Any]:
    """Judge each model alone on validation at threshold 0.5, as the report did, and beside it always saying no."""
    classes, count = scores.shape[1], max(len(labels), 1)
    right = np.zeros(classes)
    for block in score_blocks(scores):
        yes = scores[block] * calibration.slopes + calibration.biases >= 0
        truth = labels[block][:, None] == np.arange(classes)
        right += (yes == truth).sum(axis=0)
    no = 1 - np.bincount(labels, minlength=classes) / count
    return {
        "binary_accuracy": [round(float(each), 4) for each in right / count],
        "mean_binary_accuracy": float((right / count).mean()),
        "mean_binary_accuracy_of_always_no": float(no.mean()),
    }


def _chances(scores: np.ndarray) -> np.ndarray:
    """Compute the probability of yes, in place."""
    np.clip(scores, -40, 40, out=scores)
    np.negative(scores, out=scores)
    np.exp(scores, out=scores)
    scores += 1
    return np.reciprocal(scores, out=scores)


def _losses(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Compute every model's log loss of every picture, float32 (B, C)."""
    signed = scores.copy()
    own = np.arange(len(labels))
    signed[own, labels] *= -1
    return np.logaddexp(np.float32(0), signed, out=signed)
