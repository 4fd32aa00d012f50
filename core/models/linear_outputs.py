"""What a linear head's numbers mean: probabilities of the classes, and the gradient of their loss."""

from typing import Protocol

import numpy as np

from core.models.head_parts import softmax


class LinearOutputs(Protocol):
    """Reads the K numbers a head gives for a picture as probabilities of C classes.

    B pictures, S strengths of regularization trained side by side.
    """

    @property
    def columns(self) -> int:
        """How many numbers there are, K."""

    def chances(self, logits: np.ndarray) -> np.ndarray:
        """Turn logits, float32 (B, S, K), into probabilities of the same shape, in place."""

    def judge(self, chances: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the probability of the true class, float32 (B, S), and whether it is the likeliest, bool (B, S)."""

    def subtract_truth(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Turn probabilities into the gradient of the log loss by the logits, in place."""


class FlatOutputs:
    """One softmax over all classes."""

    def __init__(self, classes: int) -> None:
        self.columns = classes

    def chances(self, logits: np.ndarray) -> np.ndarray:
        """Turn logits into probabilities, in place."""
        return softmax(logits)

    def judge(self, chances: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Look up the true class and compare it with the likeliest."""
        return chances[np.arange(len(labels)), :, labels], chances.argmax(axis=2) == labels[:, None]

    def subtract_truth(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Take 1 off the true class."""
        chances[np.arange(len(labels)), :, labels] -= 1
        return chances
