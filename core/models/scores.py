"""Figures of merit from counts: accuracy, F1, top-k and loss. No loop over classes, so 5,270 of them cost nothing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

SMALLEST_PROBABILITY = 1e-12
"""Probabilities are not taken below this in a loss, so that one confident mistake does not make it infinite."""


@dataclass(frozen=True)
class ClassCounts:
    """How often each of C classes was right, given and true.

    Attributes:
        right: Int64 (C,): pictures of the class that were put into it.
        predicted: Int64 (C,): pictures put into the class.
        support: Int64 (C,): pictures of the class.
    """

    right: np.ndarray
    predicted: np.ndarray
    support: np.ndarray

    @property
    def precision(self) -> np.ndarray:
        """Float64 (C,): share of right ones among those put into the class; 0 where none was."""
        return _ratio(self.right, self.predicted)

    @property
    def recall(self) -> np.ndarray:
        """Float64 (C,): share of the class that was found; 0 where the class has no picture."""
        return _ratio(self.right, self.support)

    @property
    def f1(self) -> np.ndarray:
        """Float64 (C,): harmonic mean of precision and recall; 0 where both are."""
        return _ratio(2 * self.right, self.predicted + self.support)

    @property
    def accuracy(self) -> float:
        """Share of all pictures put into their class; 0 without pictures."""
        return float(self.right.sum() / max(self.support.sum(), 1))

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that occur, as truth or as prediction; each counts the same."""
        return _mean(self.f1[(self.support + self.predicted) > 0])

    @property
    def weighted_f1(self) -> float:
        """Mean F1 of the classes, each weighted with its pictures."""
        return float((self.f1 * self.support).sum() / max(self.support.sum(), 1))


def count_classes(labels: np.ndarray, predicted: np.ndarray, *, class_count: int) -> ClassCounts:
    """Count right, given and true per class.

    Args:
        labels: Int array of shape (N,): true classes, 0..C-1.
        predicted: Int array of shape (N,): given classes; -1 for a picture put nowhere.
        class_count: Number of classes, C.
    """
    given = predicted[predicted >= 0]
    return ClassCounts(
        right=np.bincount(labels[labels == predicted], minlength=class_count),
        predicted=np.bincount(given, minlength=class_count),
        support=np.bincount(labels, minlength=class_count),
    )


def judge(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Say what was predicted and how the true class fared.

    Args:
        probabilities: Float32 array of shape (N pictures, C classes).
        labels: Int64 array of shape (N,): true classes.

    Returns:
        One row a picture: predicted (number of the most probable class, the first of equal ones), probability (its
        probability), label_probability (of the true class), label_rank (place of the true class, 1 exactly when it is
        the predicted one).
    """
    rows = np.arange(len(labels))
    predicted = probabilities.argmax(axis=1)
    given = probabilities[rows, labels]
    ahead = probabilities > given[:, None]
    ahead |= (probabilities == given[:, None]) & (np.arange(probabilities.shape[1]) < labels[:, None])
    return pd.DataFrame(
        {
            "predicted": predicted,
            "probability": probabilities[rows, predicted],
            "label_probability": given,
            "label_rank": (ahead.sum(axis=1) + 1).astype(np.int32),
        }
    )


def mean_log_loss(label_probabilities: np.ndarray) -> float:
    """Mean negative log-probability of the true classes; 0 without pictures."""
    given = np.maximum(np.asarray(label_probabilities, dtype=np.float64), SMALLEST_PROBABILITY)
    return float(0.0 - np.log(given).mean()) if len(given) else 0.0  # minus a mean of 0 would be -0.0


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(part), dtype=np.float64), where=whole > 0)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0
