"""The network of the recipe `triplet` under training: one or two dense layers, points of length 1, Adam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.models.learning import Arrays
from core.vision.pca import unit_rows

_MEAN_MEMORY, _SQUARE_MEMORY, _EPSILON = 0.9, 0.999, 1e-7
"""Adam as in its paper: Kingma and Ba, "Adam: a method for stochastic optimization" (2015); epsilon as Keras has it."""

_SHORTEST = 1e-6


def fresh_layers(inputs: int, hidden: int, outputs: int, *, random: np.random.Generator) -> Arrays:
    """Draw the weights of the layers.

    Args:
        inputs: Columns of the inputs; the last one is always 1 and stands for the bias.
        hidden: Width of the layer between; 0 for none.
        outputs: Numbers of the embedding.
        random: Where they are drawn from. Source of the spread: Glorot and Bengio, "Understanding the difficulty of
            training deep feedforward networks" (2010).
    """
    if not hidden:
        return {"last_weights": _drawn(inputs, outputs, random)}
    return {
        "hidden_weights": _drawn(inputs, hidden, random),
        "last_weights": _drawn(hidden, outputs, random),
        "last_bias": np.zeros(outputs, dtype=np.float32),
    }


def _drawn(inputs: int, outputs: int, random: np.random.Generator) -> np.ndarray:
    reach = np.sqrt(6 / (inputs + outputs))
    return random.uniform(-reach, reach, (inputs, outputs)).astype(np.float32)


def points_of(layers: Arrays, inputs: np.ndarray) -> np.ndarray:
    """Place pictures, float32 (B, d), rows of length 1."""
    return unit_rows(_outputs(layers, inputs)[1])


def point_gradients(layers: Arrays, inputs: np.ndarray, by_points: np.ndarray) -> Arrays:
    """Carry the gradient by the points back to the layers.

    Args:
        layers: The layers.
        inputs: Float32 (B, D + 1).
        by_points: Float32 (B, d): gradient by the points of length 1.
    """
    hidden, outputs = _outputs(layers, inputs)
    lengths = np.maximum(np.linalg.norm(outputs, axis=1, keepdims=True), _SHORTEST)
    points = outputs / lengths
    # Along its own direction a point cannot move: its length is 1.
    errors = (by_points - (by_points * points).sum(axis=1, keepdims=True) * points) / lengths
    gradients = {"last_weights": hidden.T @ errors}
    if "hidden_weights" in layers:
        gradients["last_bias"] = errors.sum(axis=0)
        gradients["hidden_weights"] = inputs.T @ ((errors @ layers["last_weights"].T) * (hidden > 0))
    return gradients


def _outputs(layers: Arrays, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if "hidden_weights" not in layers:
        return inputs, inputs @ layers["last_weights"]
    hidden = np.maximum(inputs @ layers["hidden_weights"], 0)
    return hidden, hidden @ layers["last_weights"] + layers["last_bias"]


@dataclass
class Adam:
    """The steps of Adam.

    Attributes:
        means: Running means of the gradients, one array a layer array.
        squares: Running means of their squares.
        steps: Steps taken.
    """

    means: Arrays
    squares: Arrays
    steps: int = 0

    def move(self, layers: Arrays, gradients: Arrays, *, rate: float) -> None:
        """Take one step, in place."""
        self.steps += 1
        corrected = rate * np.sqrt(1 - _SQUARE_MEMORY**self.steps) / (1 - _MEAN_MEMORY**self.steps)
        for name, gradient in gradients.items():
            mean, square = self.means[name], self.squares[name]
            mean += np.float32(1 - _MEAN_MEMORY) * (gradient - mean)
            square += np.float32(1 - _SQUARE_MEMORY) * (gradient * gradient - square)
            layers[name] -= np.float32(corrected) * mean / (np.sqrt(square) + np.float32(_EPSILON))


def fresh_adam(layers: Arrays) -> Adam:
    """Start without memory."""
    means, squares = ({name: np.zeros_like(array) for name, array in layers.items()} for _ in range(2))
    return Adam(means, squares)
