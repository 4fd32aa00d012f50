"""Features made ready for a linear head: raised to a power, standardized, and turned to their main axes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.models.gathered_features import make_rows
from core.models.learning import Arrays

BLOCK_ROWS = 4096
"""Rows looked at in one go: 20 MiB of features at 1,280 dimensions."""


@dataclass(frozen=True)
class InputAxes:
    """How features become inputs, as measured on train.

    The axes are those along which pictures of *one* category differ; dividing by that spread (whitening) leaves the
    differences between categories. As the spread of few pictures is known badly, it is shrunk towards equal: by a
    strength between 0 (trust it) and 1 (ignore it). Sources: Fisher (1936); Friedman, "Regularized discriminant
    analysis" (1989).

    Attributes:
        power: Features are raised to it first.
        mean: Float32 (D,), subtracted next.
        scale: Float32 (D,), multiplied next; 0 for a feature that never changes.
        axes: Float32 (D, D), one axis a column.
        spreads: Float64 (D,): variance along each axis within categories.
        lengths: Float64 (D,): mean square along each axis over all of train.
    """

    power: float
    mean: np.ndarray
    scale: np.ndarray
    axes: np.ndarray
    spreads: np.ndarray
    lengths: np.ndarray

    def turn(self, features: np.ndarray) -> np.ndarray:
        """Compute inputs, float32 (B, D + 1); the last column is 1, for the bias."""
        made = np.ones((features.shape[0], features.shape[1] + 1), dtype=np.float32)
        made[:, :-1] = self._standardize(features) @ self.axes
        return made

    def gains(self, strength: float) -> np.ndarray:
        """Compute what each input is multiplied by, float32 (D + 1,), so that inputs have length 1 on average.

        Args:
            strength: 0 divides by the spread as measured, 1 leaves all axes alike.
        """
        shrunk = (1 - strength) * self.spreads + strength * self.spreads.mean()
        raw = np.sqrt(1 / np.maximum(shrunk, 1e-6 * max(self.spreads.mean(), 1e-12)))
        return np.append(raw / np.sqrt(max((raw**2 * self.lengths).sum(), 1e-12)), 1).astype(np.float32)

    def fold(self, weights: np.ndarray) -> Arrays:
        """Turn weights for inputs, float32 (D + 1, C), into a head for features raised to the power."""
        folded = self.scale[:, None] * (self.axes @ weights[:-1])
        bias = weights[-1] - self.mean @ folded
        return {"weights": folded, "bias": bias, "feature_power": np.float32(self.power)}

    def _standardize(self, features: np.ndarray) -> np.ndarray:
        rows = raise_to(features, self.power) - self.mean
        rows *= self.scale
        return rows


def measure_axes(
    features: np.ndarray, labels: np.ndarray, rows: np.ndarray, *, class_count: int, power: float
) -> InputAxes:
    """Measure mean, scale and axes on some rows, block by block.

    Args:
        features: Float32 array of shape (P, D); may be memory-mapped.
        labels: Int array of shape (P,).
        rows: Int array: the positions of train.
        class_count: Number of classes.
        power: What features are raised to.
    """
    dimensions = features.shape[1]
    sums, counts = np.zeros((class_count, dimensions)), np.zeros(class_count)
    squares = np.zeros(dimensions)
    for block in blocks(rows):
        raised = raise_to(features[block], power)
        np.add.at(sums, labels[block], raised)
        counts += np.bincount(labels[block], minlength=class_count)
        squares += np.einsum("pd,pd->d", raised, raised, dtype=np.float64)
    mean = sums.sum(axis=0) / len(rows)
    spread = np.sqrt(np.maximum(squares / len(rows) - mean**2, 0))
    # A feature that never changes tells nothing; dividing by its zero spread would turn rounding into signal.
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-5)
    class_means = (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
    mean, scale = mean.astype(np.float32), scale.astype(np.float32)
    residuals = ((raise_to(features[block], power) - class_means[labels[block]]) * scale for block in blocks(rows))
    spreads, directions = _within_axes(residuals, len(rows), dimensions)
    flat = InputAxes(power, mean, scale, directions, spreads, spreads)
    lengths = sum((flat.turn(features[block])[:, :-1] ** 2).sum(axis=0, dtype=np.float64) for block in blocks(rows))
    return InputAxes(power, flat.mean, flat.scale, flat.axes, flat.spreads, np.asarray(lengths) / len(rows))


def plain_axes(dimensions: int, *, power: float) -> InputAxes:
    """Give axes that leave features, raised to the power, as they are."""
    ones = np.ones(dimensions)
    flat = ones.astype(np.float32)
    return InputAxes(power, np.zeros_like(flat), flat, np.eye(dimensions, dtype=np.float32), ones, ones)


def _within_axes(residuals: Iterator[np.ndarray], count: int, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the variances, float64 (D,), and the axes, float32 (D, D), of residuals given in blocks."""
    if count >= dimensions:
        within = np.zeros((dimensions, dimensions), dtype=np.float32)
        for block in residuals:
            within += block.T @ block
        spreads, axes = np.linalg.eigh((within / count).astype(np.float64))
        return np.maximum(spreads, 0), axes.astype(np.float32)
    # Fewer pictures than dimensions span fewer axes; the rest have no spread, and any that complete them will do.
    stacked = np.concatenate(list(residuals)).astype(np.float64)
    squares, sides = np.linalg.eigh(stacked @ stacked.T / count)
    spanned = squares > 1e-9 * max(squares[-1], 1e-12)
    axes = np.linalg.qr((stacked.T @ sides[:, spanned]) / np.sqrt(squares[spanned] * count), mode="complete")[0]
    return np.pad(squares[spanned], (0, dimensions - int(spanned.sum()))), axes.astype(np.float32)


def make_inputs(features: np.ndarray, axes: InputAxes) -> np.ndarray:
    """Compute the inputs of all pictures once, float32 (P, D + 1); large ones live in a temporary file."""
    made = make_rows(len(features), features.shape[1] + 1)
    for block in blocks(np.arange(len(features))):
        made[block[0] : block[-1] + 1] = axes.turn(features[block[0] : block[-1] + 1])
    return made


def raise_to(features: np.ndarray, power: float) -> np.ndarray:
    """Raise features to a power; those of backbones without a closing relu keep their sign."""
    features = np.asarray(features, dtype=np.float32)
    if power == 1.0:
        return features
    sizes = np.abs(features)
    raised = np.sqrt(sizes, out=sizes) if power == 0.5 else np.power(sizes, np.float32(power), out=sizes)
    return np.copysign(raised, features, out=raised)


def blocks(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Cut positions into parts of at most :data:`BLOCK_ROWS`."""
    for start in range(0, len(rows), BLOCK_ROWS):
        yield rows[start : start + BLOCK_ROWS]
