"""The upper blocks and the head as TensorFlow sees them: steps, averaged weights, values in and out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from core.models.fine_tune_settings import FineTuneSettings
from core.vision.quiet_tensorflow import import_keras, import_tensorflow

if TYPE_CHECKING:
    import keras

_AVERAGING_START = 10
"""Averaging reaches its full memory only after many steps, so that weights of the first ones are soon forgotten."""


class TrainableGraph:
    """Upper blocks and head under training.

    Args:
        upper: Trainable graph from activations to features.
        class_count: Number of classes, C.
        settings: How it learns.
        steps: Steps of phase 2 in all.
    """

    def __init__(self, upper: keras.Model, class_count: int, settings: FineTuneSettings, *, steps: int) -> None:
        keras = import_keras()
        self._upper, self._settings = upper, settings
        self._head = keras.layers.Dense(class_count, kernel_initializer="zeros", name="head")
        self._head.build((None, int(upper.output_shape[-1])))
        self.variables = [*upper.trainable_variables, *self._head.trainable_variables]
        self._averages = [keras.Variable(variable, trainable=False) for variable in self.variables]
        self._optimizer = _optimizer(settings, steps)
        self._optimizer.build(self.variables)
        self._head_optimizer = keras.optimizers.Adam(settings.head_learning_rate)
        self._head_optimizer.build(self._head.trainable_variables)
        self._compile()

    def _compile(self) -> None:
        """Trace the functions once; shapes vary only in the number of pictures."""
        tf = import_tensorflow()
        height, width, channels = self._upper.input_shape[1:]
        wide = tf.TensorSpec((None, height, width, channels), tf.float32)
        flat = tf.TensorSpec((None, int(self._upper.output_shape[-1])), tf.float32)
        targets, seed = tf.TensorSpec((None, self._head.units), tf.float32), tf.TensorSpec((2,), tf.int32)
        self._traced_step = tf.function(self._one_step, input_signature=[wide, targets, seed], autograph=False)
        self._traced_head_step = tf.function(self._one_head_step, input_signature=[flat, targets], autograph=False)
        self.features = tf.function(lambda x: self._upper(x, training=False), input_signature=[wide], autograph=False)

    def step(
        self, activations: np.ndarray, targets: np.ndarray, labels: np.ndarray, seed: np.ndarray
    ) -> tuple[float, int]:
        """Learn from a batch; gives its mean loss and how many were right."""
        loss, logits = self._traced_step(activations, targets, seed)
        return float(loss), int((logits.numpy().argmax(axis=1) == labels).sum())

    def head_step(self, features: np.ndarray, targets: np.ndarray, labels: np.ndarray) -> tuple[float, int]:
        """Let the head alone learn from a batch of features."""
        loss, logits = self._traced_head_step(features, targets)
        return float(loss), int((logits.numpy().argmax(axis=1) == labels).sum())

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Compute probabilities, float32 (B, C), of features (B, D)."""
        weights, bias = self.head_values()
        logits = features @ weights + bias
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        return np.asarray(chances / chances.sum(axis=1, keepdims=True))

    def head_values(self) -> tuple[np.ndarray, np.ndarray]:
        """Give weights (D, C) and bias (C,) of the head."""
        weights, bias = self._head.get_weights()
        return weights, bias

    def learning_rate(self) -> float:
        """Give the size of the next step."""
        return float(np.asarray(self._optimizer.learning_rate))

    def averaged_values(self) -> list[np.ndarray]:
        """Copy the averaged weights."""
        return [average.numpy() for average in self._averages]

    def set_values(self, values: Sequence[np.ndarray]) -> None:
        """Take weights over."""
        for variable, value in zip(self.variables, values, strict=True):
            variable.assign(value)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Work with the averaged weights for a while."""
        kept = [variable.numpy() for variable in self.variables]
        self.set_values(self.averaged_values())
        try:
            yield
        finally:
            self.set_values(kept)

    def state_values(self) -> list[np.ndarray]:
        """Copy everything an epoch changes."""
        return [variable.numpy() for variable in self._state()]

    def set_state_values(self, values: Sequence[np.ndarray]) -> None:
        """Put back what `state_values` gave."""
        for variable, value in zip(self._state(), values, strict=True):
            variable.assign(value)

    def _state(self) -> list[Any]:
        return [*self.variables, *self._averages, *self._optimizer.variables, *self._head_optimizer.variables]

    def _one_step(self, activations: Any, targets: Any, seed: Any) -> tuple[Any, Any]:
        tf = import_tensorflow()
        with tf.GradientTape() as tape:
            features = self._upper(activations, training=True)
            if self._settings.dropout:
                features = tf.nn.experimental.stateless_dropout(features, self._settings.dropout, seed)
            logits = self._head(features)
            loss = _cross_entropy(tf, targets, logits)
        gradients = tape.gradient(loss, [variable.value for variable in self.variables])
        self._optimizer.apply(gradients)
        self._average(tf)
        return loss, logits

    def _one_head_step(self, features: Any, targets: Any) -> tuple[Any, Any]:
        tf = import_tensorflow()
        with tf.GradientTape() as tape:
            logits = self._head(features)
            loss = _cross_entropy(tf, targets, logits)
        variables = self._head.trainable_variables
        self._head_optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]))
        for average, variable in zip(self._averages[-len(variables) :], variables, strict=True):
            average.assign(variable)
        return loss, logits

    def _average(self, tf: Any) -> None:
        steps = tf.cast(self._optimizer.iterations.value, tf.float32)
        memory = tf.minimum(self._settings.averaging, steps / (steps + _AVERAGING_START))
        for average, variable in zip(self._averages, self.variables, strict=True):
            average.assign(memory * average.value + (1 - memory) * variable.value)


def _optimizer(settings: FineTuneSettings, steps: int) -> Any:
    keras = import_keras()
    warm_up = min(round(settings.warm_up * steps), steps - 1)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warm_up else settings.learning_rate,
        decay_steps=steps - warm_up,
        warmup_target=settings.learning_rate if warm_up else None,
        warmup_steps=warm_up,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def _cross_entropy(tf: Any, targets: Any, logits: Any) -> Any:
    """Mean of -sum(target * log(probability)); targets need not sum to 1: a class's weight scales its rows."""
    return -tf.reduce_mean(tf.reduce_sum(targets * tf.nn.log_softmax(logits), axis=1))
