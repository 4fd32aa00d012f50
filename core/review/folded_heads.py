"""Heads that judge pictures they never learned from: discriminant analysis in folds, in closed form.

Linear discriminant analysis needs only the sums and products of its pictures, so what a fold adds is taken off again
instead of learning anew from all others: all folds together cost little more than one head. Sources: Fisher (1936);
Friedman, "Regularized discriminant analysis" (1989).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.models.linear_inputs import blocks, raise_to
from core.models.scores import SMALLEST_PROBABILITY
from core.progress import Progress

FEATURE_POWER = 0.5
"""Features are raised to it first, as the recipe `linear` does: it evens out rare strong ones."""

_TEMPERATURES = np.geomspace(0.1, 30.0, 60)
_CALIBRATED = 20_000
_LEAST_SPREAD = 1e-5


@dataclass(frozen=True)
class Inputs:
    """Features as heads see them: raised, centered, scaled. P pictures, D dimensions.

    Attributes:
        features: Float32 array of shape (P, D); may be memory-mapped.
        mean: Float32 (D,).
        scale: Float32 (D,); 0 for a feature that never changes.
    """

    features: np.ndarray
    mean: np.ndarray
    scale: np.ndarray

    def rows(self, positions: np.ndarray) -> np.ndarray:
        """Compute the inputs of some pictures, float32 (B, D)."""
        made = raise_to(self.features[positions], FEATURE_POWER) - self.mean
        made *= self.scale
        return made


@dataclass
class _Sums:
    """What discriminant analysis needs of some pictures: weight of each class (C,), sums (C, D), products (D, D)."""

    weights: np.ndarray
    sums: np.ndarray
    products: np.ndarray


def measure_inputs(features: np.ndarray) -> Inputs:
    """Measure mean and scale over all pictures, without their labels, block by block."""
    dimensions = features.shape[1]
    sums, squares = np.zeros(dimensions), np.zeros(dimensions)
    for block in blocks(np.arange(len(features))):
        raised = raise_to(features[block], FEATURE_POWER)
        sums += raised.sum(axis=0, dtype=np.float64)
        squares += np.einsum("pd,pd->d", raised, raised, dtype=np.float64)
    mean = sums / max(len(features), 1)
    spread = np.sqrt(np.maximum(squares / max(len(features), 1) - mean**2, 0))
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > _LEAST_SPREAD)
    return Inputs(features, mean.astype(np.float32), scale.astype(np.float32))


def add_fold_chances(
    chances: np.ndarray,
    inputs: Inputs,
    labels: np.ndarray,
    weights: np.ndarray,
    folds: np.ndarray,
    *,
    strengths: Sequence[float],
    progress: Progress,
) -> None:
    """Add each head's out-of-fold probabilities to what is there.

    Args:
        chances: Float32 array of shape (P pictures, C classes); the mean over the heads' probabilities is added.
        inputs: The pictures.
        labels: Int array of shape (P,), 0..C-1.
        weights: Float32 array of shape (P,): how much a picture counts when a head learns, 0..1.
        folds: Int array of shape (P,): pictures of one fold are judged by heads that learned from all others.
        strengths: Of the regularization, 0..1, one head each.
        progress: Told of every fold; may cancel.
    """
    classes, numbers = chances.shape[1], np.unique(folds)
    total = _sum(inputs, np.arange(len(labels)), labels, weights, classes)
    temperatures: list[float] | None = None
    for done, fold in enumerate(numbers):
        progress.report(done, len(numbers), f"judging part {done + 1} of {len(numbers)} by the others")
        held = np.flatnonzero(folds == fold)
        own = _sum(inputs, held, labels, weights, classes)
        rest = _Sums(total.weights - own.weights, total.sums - own.sums, total.products - own.products)
        heads = [fit_head(rest, strength) for strength in strengths]
        if temperatures is None:
            # The first fold stands for all: they are dealt alike.
            seen = held[:_CALIBRATED]
            rows = inputs.rows(seen)
            temperatures = [_temperature(rows @ head + bias, labels[seen]) for head, bias in heads]
        for block in blocks(held):
            rows = inputs.rows(block)
            for (head, bias), temperature in zip(heads, temperatures, strict=True):
                chances[block] += softened(rows @ head + bias, temperature) / np.float32(len(heads))
    progress.report(len(numbers), len(numbers), "judged")


def fit_whole(
    inputs: Inputs, positions: np.ndarray, labels: np.ndarray, *, class_count: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Fit one head on some pictures: weights float32 (D, C) and bias (C,)."""
    ones = np.ones(len(labels), dtype=np.float32)
    return fit_head(_sum(inputs, positions, labels, ones, class_count), strength)


def fit_head(sums: _Sums, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Solve for the head of regularized discriminant analysis: weights float32 (D, C) and bias (C,).

    Args:
        sums: Of the pictures it learns from.
        strength: 0 trusts the measured spread within classes, 1 takes all directions alike.
    """
    from scipy.linalg import cho_factor, cho_solve

    weights = np.maximum(sums.weights, 0)
    means = sums.sums / np.maximum(weights, 1e-6)[:, None]
    count = max(float(weights.sum()), 1e-6)
    spread = (sums.products - (means * weights[:, None]).T @ means) / np.float32(count)
    level = max(float(np.trace(spread)) / len(spread), 1e-6)
    spread *= np.float32(1 - strength)
    # A thousandth at least, so that few pictures in many dimensions can be solved for at all.
    spread[np.diag_indices(len(spread))] += np.float32(max(strength, 1e-3) * level)
    head = cho_solve(cho_factor(spread, lower=True, overwrite_a=True, check_finite=False), means.T, check_finite=False)
    shares = np.maximum(weights, 0.5) / count  # a class that nothing is left of keeps a small chance
    bias = np.log(shares) - 0.5 * np.einsum("cd,dc->c", means, head)
    return head.astype(np.float32), bias.astype(np.float32)


def softened(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Turn logits, (B, C), into probabilities at a temperature, float32 (B, C)."""
    scaled = logits / np.float32(temperature)
    scaled -= scaled.max(axis=1, keepdims=True)
    np.exp(scaled, out=scaled)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True), dtype=np.float32)


def _sum(inputs: Inputs, positions: np.ndarray, labels: np.ndarray, weights: np.ndarray, classes: int) -> _Sums:
    dimensions = inputs.features.shape[1]
    found = _Sums(
        np.bincount(labels[positions], weights=weights[positions], minlength=classes).astype(np.float32),
        np.zeros((classes, dimensions), dtype=np.float32),
        np.zeros((dimensions, dimensions), dtype=np.float32),
    )
    for block in blocks(positions):
        rows = inputs.rows(block)
        weighed = rows * weights[block][:, None]
        _add_by_class(found.sums, labels[block], weighed)
        found.products += weighed.T @ rows
    return found


def _add_by_class(sums: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> None:
    """Add rows to the sums of their classes; sorted first, which is much quicker than one by one."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    sums[labels[order][starts]] += np.add.reduceat(rows[order], starts, axis=0)


def _temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature with the least loss. Source: Guo et al., "On calibration of modern neural networks"."""
    places = np.arange(len(labels))

    def loss(temperature: float) -> float:
        given = softened(logits, temperature)[places, labels]
        return float(-np.log(np.maximum(given, SMALLEST_PROBABILITY)).mean())

    return float(min(_TEMPERATURES, key=loss))
