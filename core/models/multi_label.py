"""Recipe `multi-label`: for each label a yes-or-no head of its own on cached features, in numpy alone."""

import time

import numpy as np

from core.errors import TrainingError
from core.models.checkpoints import fingerprint
from core.models.head_parts import few_threads, pace, training_marks
from core.models.label_combinations import judge_together, seen_combinations
from core.models.label_sets import group_sets
from core.models.label_thresholds import choose_thresholds
from core.models.learning import Arrays, LearningData, TrainedHead
from core.models.linear_inputs import BLOCK_ROWS, InputAxes, blocks, make_inputs, measure_axes, raise_to
from core.models.linear_state import LinearState, fresh_state, load_state, save_state
from core.models.multi_label_settings import MultiLabelSettings
from core.models.splits import TRAIN, VALIDATION
from core.progress import Progress

_MOMENTUM = 0.9
_LEAST_ALIKE = 3


def train_multi_label(
    data: LearningData, *, settings: MultiLabelSettings, seed: int, progress: Progress
) -> TrainedHead:
    """Fit a logistic regression a label, for several strengths of regularization at once, then choose thresholds.

    Inputs are whitened among pictures of the same labels, see :class:`core.models.linear_inputs.InputAxes`. Pictures
    that have a rare label count for more; the bias is corrected for it afterwards, so that probabilities stay honest.
    Kept is the head of the strength and epoch with the lowest loss on validation, where each label's threshold is
    chosen too. The history's accuracy is the share of pictures with all labels right at threshold 0.5.

    Args:
        data: Features, sets of labels and sides; train and validation are used, test never is.
        settings: The recipe's settings.
        seed: Seed of the order of the pictures.
        progress: Told about every epoch; its folder keeps the checkpoint.

    Returns:
        The head, with its thresholds; the history of the strength that was chosen; and what was chosen.

    Raises:
        TrainingError: The data has no sets of labels.
        Cancelled: Someone asked to stop between two epochs; finished ones are kept.
    """
    if data.label_sets is None:
        raise TrainingError("the recipe 'multi-label' learns sets of labels, and these pictures have one class each")
    seen = data.label_sets[(data.sides == TRAIN) | (data.sides == VALIDATION)]
    name = fingerprint("multi-label", settings, seed, data.class_count, seen.tobytes(), *training_marks(data))
    state = load_state(progress.folder, belongs_to=name) if progress.folder else None
    strengths = len(settings.shrinkage)
    state = state or fresh_state(data.features.shape[1] + 1, strengths=strengths, classes=data.class_count)
    with few_threads(strengths * data.class_count):
        fit = _Fit(data, data.label_sets, settings, seed=seed)
        while state.epoch < settings.epochs and state.epoch - state.best_epoch < settings.patience:
            progress.report(state.epoch, settings.epochs, f"epoch {state.epoch + 1}")
            started = time.perf_counter()
            fit.run_epoch(state)
            if progress.folder:
                save_state(progress.folder, state, belongs_to=name)
            row = min(state.history, key=lambda epochs: epochs[-1]["validation_loss"])[-1]
            rate = settings.learning_rate * 0.5 * (1 + np.cos(np.pi * (state.epoch - 1) / settings.epochs))
            learned = int((data.sides == TRAIN).sum())
            progress.record("epoch", row | pace(learned, time.perf_counter() - started, rate))
        head = fit.finished_head(state)
    progress.report(settings.epochs, settings.epochs, "trained")
    choices = {
        "shrinkage": settings.shrinkage[state.best_strength],
        "best_epoch": state.best_epoch,
        "shared_threshold": float(head.pop("shared_threshold")),
        "labels_with_shared_threshold": int(head.pop("shares")),
    }
    return TrainedHead(arrays=head, history=state.history[state.best_strength], choices=choices)


def predict_labels(head: Arrays, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all labels.

    Args:
        head: Arrays ``weights`` (D, C), ``bias`` (C,), ``feature_power`` (); and where labels are judged together
            ``seen_sets`` (K, C) and ``unseen_weight`` (), see :func:`core.models.label_combinations.judge_together`.
        features: Float32 array of shape (N pictures, D dimensions).

    Returns:
        Float32 array of shape (N, C); rows do not sum to 1.
    """
    scores = raise_to(features, float(head["feature_power"])) @ head["weights"] + head["bias"]
    if "seen_sets" not in head:
        return sigmoid(scores)
    if head["seen_sets"].ndim != 2 or head["seen_sets"].dtype.kind not in "ub":
        raise ValueError("seen_sets holds no sets of labels")
    return judge_together(scores, head["seen_sets"], unseen_weight=float(head["unseen_weight"]))


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities of yes, in place."""
    np.clip(scores, -40, 40, out=scores)
    np.negative(scores, out=scores)
    np.exp(scores, out=scores)
    scores += 1
    return np.reciprocal(scores, out=scores)


class _Fit:
    """Runs epochs on a state whose weights hold S strengths of C labels."""

    def __init__(self, data: LearningData, sets: np.ndarray, settings: MultiLabelSettings, *, seed: int) -> None:
        self._train, self._validation = np.flatnonzero(data.sides == TRAIN), np.flatnonzero(data.sides == VALIDATION)
        self._sets, self._settings, self._seed = sets, settings, seed
        alike = np.zeros(len(sets), dtype=np.int64)
        own = [str(row) for row in self._train]
        alike[self._train] = group_sets(sets[self._train], own, least_products=_LEAST_ALIKE)
        groups, power = int(alike.max()) + 1, settings.feature_power
        self.axes: InputAxes = measure_axes(data.features, alike, self._train, class_count=groups, power=power)
        self._inputs = make_inputs(data.features, self.axes)
        gains = np.stack([self.axes.gains(strength) for strength in settings.shrinkage], axis=1)
        self._gains = np.repeat(gains, data.class_count, axis=1) ** 2
        positives = sets[self._train].sum(axis=0, dtype=np.float64)
        rarity = np.maximum(len(self._train) - positives, 1) / np.maximum(positives, 1)
        self._weights = (rarity**settings.balance).astype(np.float32)
        self._steps = -(-len(self._train) // settings.batch_size)

    def run_epoch(self, state: LinearState) -> None:
        """Pass over train once, look at validation, and note what was found."""
        order = np.random.default_rng((self._seed, state.epoch)).permutation(self._train)
        found = np.zeros((2, len(self._settings.shrinkage)))
        for step in range(self._steps):
            batch = order[step * self._settings.batch_size : (step + 1) * self._settings.batch_size]
            # Ascending rows read a memory-mapped file front to back.
            found += self._step(state, np.sort(batch), step=state.epoch * self._steps + step)
        state.epoch += 1
        scores = np.concatenate((found / max(len(self._train), 1), self._look_at_validation(state)))
        names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
        for strength, epochs in enumerate(state.history):
            values = dict(zip(names, map(float, scores[:, strength]), strict=True))
            epochs.append({"epoch": state.epoch, **values, "shrinkage": self._settings.shrinkage[strength]})
        best = int(scores[2].argmin())
        if scores[2, best] < state.best_loss:
            columns = slice(best * len(self._weights), (best + 1) * len(self._weights))
            state.best_weights = state.weights[:, columns].copy()
            state.best_loss, state.best_epoch, state.best_strength = float(scores[2, best]), state.epoch, best

    def finished_head(self, state: LinearState) -> Arrays:
        """Give the best head for plain features, its bias corrected, with thresholds found on validation."""
        corrected = state.best_weights.copy()
        corrected[-1] -= np.log(self._weights)
        seen, unseen_weight = seen_combinations(self._sets[self._train]), self._settings.unseen_weight
        truth = self._sets[self._validation]
        chances = np.zeros(truth.shape, dtype=np.float32)
        for start, block in enumerate(blocks(self._validation)):
            place = slice(start * BLOCK_ROWS, start * BLOCK_ROWS + len(block))
            chances[place] = judge_together(self._inputs[block] @ corrected, seen, unseen_weight=unseen_weight)
        found = choose_thresholds(
            chances, truth, least_positives=self._settings.least_positives, slack=self._settings.threshold_slack
        )
        return {
            **self.axes.fold(corrected),
            "seen_sets": seen,
            "unseen_weight": np.asarray(np.float32(unseen_weight)),
            "thresholds": found.values,
            "shared_threshold": np.asarray(found.shared),
            "shares": np.asarray((~found.own).sum()),
        }

    def _step(self, state: LinearState, rows: np.ndarray, *, step: int) -> np.ndarray:
        inputs, truth = self._inputs[rows], self._sets[rows].astype(np.float32)
        scores = (inputs @ state.weights).reshape(len(rows), -1, len(self._weights))
        found = self._tally(scores, truth)
        errors = sigmoid(scores)
        errors -= truth[:, None]
        errors *= 1 + truth[:, None] * (self._weights - 1)
        errors /= len(rows)
        gradient = inputs.T @ errors.reshape(len(rows), -1)
        # Weights are kept for the plain inputs; a step in the scaled ones is the gain, squared, in these.
        gradient *= self._gains
        state.momentum *= np.float32(_MOMENTUM)
        state.momentum += gradient
        part_done = step / (self._steps * self._settings.epochs)
        rate = self._settings.learning_rate * 0.5 * (1 + np.cos(np.pi * part_done))
        state.weights -= np.float32(rate) * state.momentum
        return found

    def _look_at_validation(self, state: LinearState) -> np.ndarray:
        found = np.zeros((2, len(self._settings.shrinkage)))
        for block in blocks(self._validation):
            scores = (self._inputs[block] @ state.weights).reshape(len(block), -1, len(self._weights))
            found += self._tally(scores, self._sets[block].astype(np.float32))
        return found / max(len(self._validation), 1)

    def _tally(self, scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
        """Sum the mean loss of a decision and the pictures with all labels right, float64 (2, S)."""
        corrected = scores - np.log(self._weights)
        losses = np.logaddexp(np.float32(0), np.where(truth[:, None] > 0, -corrected, corrected))
        right = ((corrected >= 0) == (truth[:, None] > 0)).all(axis=2)
        return np.stack((losses.mean(axis=2).sum(axis=0, dtype=np.float64), right.sum(axis=0)))
