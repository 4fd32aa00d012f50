"""One step of a linear head: descent with momentum on scaled inputs, or Adam on plain ones."""

import numpy as np

from core.models.linear_settings import LinearSettings
from core.models.linear_state import LinearState

_MOMENTUM = 0.9
_MEAN_MEMORY, _SQUARE_MEMORY, _EPSILON = 0.9, 0.999, 1e-7
"""Adam as in its paper: Kingma and Ba, "Adam: a method for stochastic optimization" (2015); epsilon as Keras has it."""


def learning_rate(settings: LinearSettings, part_done: float) -> float:
    """Give the size of a step; `part_done` is the share of all steps before it."""
    if settings.optimizer == "adam":
        return settings.learning_rate
    return float(settings.learning_rate * 0.5 * (1 + np.cos(np.pi * part_done)))


def descend(state: LinearState, gradient: np.ndarray, gains: np.ndarray, *, rate: float) -> None:
    """Take a step with momentum.

    Args:
        state: Changed in place.
        gradient: Float32 (D + 1, S * K) of the loss by the weights for plain inputs; written over.
        gains: Float32 of the same shape. Weights are kept for the plain inputs; a step in the scaled ones is the gain,
            squared, in these.
        rate: Size of the step.
    """
    gradient *= gains
    gradient *= gains
    state.momentum *= np.float32(_MOMENTUM)
    state.momentum += gradient
    np.multiply(state.momentum, np.float32(rate), out=gradient)
    state.weights -= gradient


def step_of_adam(state: LinearState, gradient: np.ndarray, *, number: int, rate: float) -> None:
    """Take a step of Adam.

    Args:
        state: Changed in place.
        gradient: Float32 (D + 1, S * K) of the loss by the weights.
        number: Of the step, from 1.
        rate: Size of the step.
    """
    state.momentum *= np.float32(_MEAN_MEMORY)
    state.momentum += np.float32(1 - _MEAN_MEMORY) * gradient
    state.squares *= np.float32(_SQUARE_MEMORY)
    state.squares += np.float32(1 - _SQUARE_MEMORY) * gradient**2
    corrected = rate * np.sqrt(1 - _SQUARE_MEMORY**number) / (1 - _MEAN_MEMORY**number)
    state.weights -= np.float32(corrected) * state.momentum / (np.sqrt(state.squares) + np.float32(_EPSILON))
