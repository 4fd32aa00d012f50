"""What a network from random weights is to learn: one class a picture, or a set of labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from core.models.head_parts import class_weights
from core.vision.quiet_tensorflow import import_tensorflow


class Objective(Protocol):
    """Losses and right answers of C outputs."""

    def signature(self) -> Any:
        """Give the shape and type of the targets of a step."""

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """Give what the outputs of some pictures should say."""

    def loss(self, targets: Any, logits: Any) -> Any:
        """Compute the weighted mean loss of a step, a tensor."""

    def judge(self, rows: np.ndarray, logits: np.ndarray) -> tuple[float, int]:
        """Sum the plain losses of some pictures, and count those that are right."""


@dataclass(frozen=True)
class ClassObjective:
    """One class a picture: softmax and cross-entropy.

    Attributes:
        labels: Int64 (P,).
        weights: Float32 (C,): how much a class counts.
    """

    labels: np.ndarray
    weights: np.ndarray

    def signature(self) -> Any:
        """Give the shape and type of the targets of a step."""
        tf = import_tensorflow()
        return tf.TensorSpec((None,), tf.int32)

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """Give the numbers of the classes."""
        return self.labels[rows].astype(np.int32)

    def loss(self, targets: Any, logits: Any) -> Any:
        """Compute the weighted mean cross-entropy."""
        tf = import_tensorflow()
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
        return tf.reduce_mean(losses * tf.gather(self.weights, targets))

    def judge(self, rows: np.ndarray, logits: np.ndarray) -> tuple[float, int]:
        """Sum cross-entropies; right is the class with the highest output."""
        labels, shifted = self.labels[rows], logits - logits.max(axis=1, keepdims=True)
        losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
        return float(losses.sum()), int((shifted.argmax(axis=1) == labels).sum())


@dataclass(frozen=True)
class LabelsObjective:
    """A set of labels: a sigmoid and binary cross-entropy for each (S1).

    Attributes:
        sets: Uint8 (P, C): 1 where a picture has a label.
        weights: Float32 (C,): how much having a label counts against lacking it.
    """

    sets: np.ndarray
    weights: np.ndarray

    def signature(self) -> Any:
        """Give the shape and type of the targets of a step."""
        tf = import_tensorflow()
        return tf.TensorSpec((None, self.sets.shape[1]), tf.float32)

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """Give the sets as numbers."""
        return np.asarray(self.sets[rows], dtype=np.float32)

    def loss(self, targets: Any, logits: Any) -> Any:
        """Compute the weighted mean over pictures and labels."""
        tf = import_tensorflow()
        losses = tf.nn.sigmoid_cross_entropy_with_logits(targets, logits)
        return tf.reduce_mean(losses * (1 + targets * (self.weights - 1)))

    def judge(self, rows: np.ndarray, logits: np.ndarray) -> tuple[float, int]:
        """Sum the means over labels; right is a picture with all labels on the right side of one half."""
        truth = self.sets[rows] > 0
        losses = np.logaddexp(0, np.where(truth, -logits, logits)).mean(axis=1)
        return float(losses.sum()), int(((logits >= 0) == truth).all(axis=1).sum())


def make_objective(
    labels: np.ndarray, label_sets: np.ndarray | None, train: np.ndarray, *, class_count: int, weight_power: float
) -> Objective:
    """Choose what is to be learned.

    Args:
        labels: Int64 (P,): class of each picture.
        label_sets: Uint8 (P, C) where pictures have sets of labels, else None.
        train: Positions of train, which rarity is counted on.
        class_count: Number of outputs, C.
        weight_power: How far rare classes and labels count for more, 0 to 1.
    """
    if label_sets is None:
        return ClassObjective(labels, class_weights(labels[train], class_count, weight_power))
    positives = label_sets[train].sum(axis=0, dtype=np.float64)
    rarity = np.maximum(len(train) - positives, 1) / np.maximum(positives, 1)
    return LabelsObjective(label_sets, (rarity**weight_power).astype(np.float32))
