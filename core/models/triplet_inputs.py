"""What the recipe `triplet` learns from: features raised to a power and, if wanted, whitened within categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.models.gathered_features import make_rows
from core.models.linear_inputs import InputAxes, blocks, make_inputs, measure_axes, raise_to
from core.models.splits import TRAIN
from core.models.triplet_settings import TripletSettings


@dataclass(frozen=True)
class TripletInputs:
    """Inputs of all pictures, and the way back to features.

    Attributes:
        made: Float32 (P, D + 1); the last column is 1, for the bias.
        axes: How features became inputs; None when they were only raised to a power.
        gains: Float32 (D + 1,): what the turned features were multiplied by.
        power: What features were raised to.
    """

    made: np.ndarray
    axes: InputAxes | None
    gains: np.ndarray
    power: float

    def fold(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Turn weights for inputs, float32 (D + 1, W), into weights (D, W) and bias (W,) for features^power."""
        if self.axes is None:
            return weights[:-1].copy(), weights[-1].copy()
        folded = self.axes.fold(weights * self.gains[:, None])
        return folded["weights"].astype(np.float32), folded["bias"].astype(np.float32)


def triplet_inputs(
    features: np.ndarray, labels: np.ndarray, sides: np.ndarray, *, class_count: int, settings: TripletSettings
) -> TripletInputs:
    """Make the inputs of all pictures, as measured on train; large ones live in a temporary file.

    Args:
        features: Float32 (P, D).
        labels: Int64 (P,); only those of train are looked at.
        sides: Uint8 (P,).
        class_count: Number of classes.
        settings: Whether and how much to whiten, and the power.
    """
    dimensions, power = features.shape[1], settings.feature_power
    if not settings.whiten:
        made = make_rows(len(features), dimensions + 1)
        for block in blocks(np.arange(len(features))):
            made[block, :-1] = raise_to(features[block], power)
            made[block, -1] = 1
        return TripletInputs(made, None, np.ones(dimensions + 1, dtype=np.float32), power)
    train = np.flatnonzero(sides == TRAIN)
    axes = measure_axes(features, labels, train, class_count=class_count, power=power)
    gains, made = axes.gains(settings.shrinkage), make_inputs(features, axes)
    for block in blocks(np.arange(len(made))):
        made[block[0] : block[-1] + 1] *= gains
    return TripletInputs(made, axes, gains, power)


def category_directions(
    inputs: np.ndarray, labels: np.ndarray, rows: np.ndarray, *, class_count: int, dimensions: int
) -> np.ndarray:
    """Find where an embedding may start: where categories differ, then where pictures differ most.

    The directions between the means of whitened categories are those of linear discriminant analysis. Source: Fisher
    (1936), Rao (1948).

    Args:
        inputs: Float32 (P, D + 1), the last column 1.
        labels: Int64 (P,).
        rows: Positions of train.
        class_count: Number of classes.
        dimensions: Directions wanted, at most D.

    Returns:
        Float32 (D + 1, dimensions): orthonormal columns, and in the last row what brings the mean of train to 0.
    """
    width = inputs.shape[1] - 1
    sums, products = np.zeros((class_count, width)), np.zeros((width, width))
    for block in blocks(rows):
        part = inputs[block, :-1]
        np.add.at(sums, labels[block], part)
        products += part.T @ part
    counts = np.bincount(labels[rows], minlength=class_count)
    mean = sums.sum(axis=0) / max(len(rows), 1)
    centers = sums[counts > 0] / counts[counts > 0, None] - mean
    between = np.linalg.svd(centers, full_matrices=False)[2][: min(len(centers) - 1, dimensions)]
    principal = np.linalg.eigh(products / max(len(rows), 1) - np.outer(mean, mean))[1][:, ::-1].T
    rest = principal - (principal @ between.T) @ between
    # What is left of the principal axes is kept in their order; those that lie between categories have vanished.
    rest = rest[np.linalg.norm(rest, axis=1) > 1e-3]
    directions = np.linalg.qr(np.concatenate((between, rest)).T)[0][:, :dimensions]
    return np.concatenate((directions, -(mean @ directions)[None])).astype(np.float32)
