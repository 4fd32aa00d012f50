"""The head of a model from elsewhere: its own last layer, or what its network gives as it is."""

import numpy as np

from core.models.head_parts import softmax
from core.models.learning import Arrays

SOFTMAX, SIGMOID, CHANCES, SEPARATE = range(4)
"""What becomes of the scores: one choice among all; yes or no each; they are chances already; they are yes-or-no."""

_LEAST = 1e-12


def predict_foreign(head: Arrays, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all classes.

    Args:
        head: ``output`` (), one of the constants of this module; where the last layer is the head also ``weights``
            (D, C) and ``bias`` (C,), else the features are its outputs.
        features: Float32 array of shape (N pictures, D dimensions).

    Returns:
        Float32 array of shape (N, C), rows sum to 1: yes-or-no outputs are divided by their sum.
    """
    scores = features @ head["weights"] + head["bias"] if "weights" in head else features
    kind = int(head["output"])
    if kind == SOFTMAX:
        return softmax(np.array(scores, dtype=np.float32))
    chances = 1 / (1 + np.exp(-np.clip(scores, -60, 60))) if kind == SIGMOID else np.clip(scores, 0, None)
    chances = np.nan_to_num(np.asarray(chances, dtype=np.float64)) + _LEAST
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), dtype=np.float32)


def two_columns(weights: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write a yes-or-no layer of one output as a choice between two: softmax of (0, z) is (1 - sigmoid(z), sigmoid(z)).

    Args:
        weights: Float32 (D, 1).
        bias: Float32 (1,).
    """
    return np.concatenate((np.zeros_like(weights), weights), axis=1), np.concatenate((np.zeros_like(bias), bias))
