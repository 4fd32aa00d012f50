"""Scores of yes-or-no models made into probabilities that can be compared, and put together into one prediction."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.models.head_parts import softmax
from core.models.scores import SMALLEST_PROBABILITY

_ROUNDS = 30
_CLOSE_ENOUGH = 1e-4
_LONGEST_STEP = 1.0
_SMALLEST_SLOPE = 0.05
"""A model that tells nothing is flattened, never turned around."""
_SHARPNESSES = np.geomspace(0.25, 4.0, 25)
_CELLS = 4 * 2**20


@dataclass(frozen=True)
class Calibration:
    """How raw scores become log-odds: ``slopes * score + biases``.

    Attributes:
        slopes: Float32 (C,).
        biases: Float32 (C,).
        sharpness: Power the probabilities are raised to before they are made to sum to 1.
    """

    slopes: np.ndarray
    biases: np.ndarray
    sharpness: float


def combine(log_odds: np.ndarray, sharpness: float) -> np.ndarray:
    """Put the answers of C models together: each one's probability of yes, made to sum to 1 over the models.

    Args:
        log_odds: Float32 (N, C).
        sharpness: Power the probabilities are raised to first.
    """
    return softmax(np.float32(sharpness) * -np.logaddexp(np.float32(0), -log_odds))


def calibrate(scores: np.ndarray, labels: np.ndarray, *, offsets: np.ndarray, pull: float) -> Calibration:
    """Fit slopes and biases by maximum likelihood, drawn towards one slope and bias shared by all models.

    A model with few validation pictures of its class hardly leaves the shared ones, so that no handful of pictures
    makes it certain. Source: Platt, "Probabilistic outputs for support vector machines" (1999), with a normal prior.

    Args:
        scores: Float32 (V, C): raw scores of the validation pictures; may be memory-mapped.
        labels: Int array (V,): their classes.
        offsets: Float64 (C,): what is added to a score because a class is rarer among all pictures than among those
            its model learned from.
        pull: Strength of the prior.
    """
    classes = scores.shape[1]
    start = np.stack((np.ones(classes), offsets))
    shared = start.copy()
    for _ in range(_ROUNDS):
        gradient, curvature = _derivatives(scores, labels, shared)
        step = _newton(gradient.sum(axis=1), curvature.sum(axis=2), shared[:, 0] - start[:, 0], pull)
        shared += step[:, None]
        shared[0] = np.maximum(shared[0], _SMALLEST_SLOPE)
        if np.abs(step).max() < _CLOSE_ENOUGH:
            break
    fitted = shared.copy()
    for _ in range(_ROUNDS):
        gradient, curvature = _derivatives(scores, labels, fitted)
        step = _newton(gradient, curvature, fitted - shared, pull)
        fitted += step
        fitted[0] = np.maximum(fitted[0], _SMALLEST_SLOPE)
        if np.abs(step).max() < _CLOSE_ENOUGH:
            break
    slopes, biases = fitted.astype(np.float32)
    losses = [log_loss(scores, labels, Calibration(slopes, biases, float(each))) for each in _SHARPNESSES]
    # Without pictures all are alike: the middle one, 1, changes nothing.
    best = _SHARPNESSES[int(np.argmin(losses))] if len(labels) else 1.0
    return Calibration(slopes, biases, float(best))


def log_loss(scores: np.ndarray, labels: np.ndarray, calibration: Calibration) -> float:
    """Compute the mean log loss of the combined prediction; 0 without pictures."""
    total = 0.0
    for block in score_blocks(scores):
        chances = combine(scores[block] * calibration.slopes + calibration.biases, calibration.sharpness)
        given = chances[np.arange(len(chances)), labels[block]]
        total -= float(np.log(np.maximum(given, SMALLEST_PROBABILITY)).sum(dtype=np.float64))
    return total / max(len(labels), 1)


def score_blocks(scores: np.ndarray) -> Iterator[slice]:
    """Cut rows into parts of about 16 MiB."""
    size = max(1, _CELLS // max(scores.shape[1], 1))
    for start in range(0, len(scores), size):
        yield slice(start, min(start + size, len(scores)))


def _derivatives(scores: np.ndarray, labels: np.ndarray, fitted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum the gradient (2, C) and the curvature (2, 2, C) of every model's log loss by slope and bias."""
    classes = scores.shape[1]
    gradient, curvature = np.zeros((2, classes)), np.zeros((2, 2, classes))
    slopes, biases = fitted.astype(np.float32)
    for block in score_blocks(scores):
        part = np.asarray(scores[block])
        chances = 1 / (1 + np.exp(-np.clip(part * slopes + biases, -40, 40)))
        spread = chances * (1 - chances)
        chances[np.arange(len(part)), labels[block]] -= 1
        gradient += np.stack(((chances * part).sum(axis=0), chances.sum(axis=0)))
        mixed = (spread * part).sum(axis=0)
        curvature += np.array([[(spread * part * part).sum(axis=0), mixed], [mixed, spread.sum(axis=0)]])
    return gradient, curvature


def _newton(gradient: np.ndarray, curvature: np.ndarray, away: np.ndarray, pull: float) -> np.ndarray:
    """Compute one bounded Newton step of slope and bias, shape of ``gradient``, with the prior around ``away`` = 0."""
    slope, bias = gradient + pull * away
    first, mixed, last = curvature[0, 0] + pull, curvature[0, 1], curvature[1, 1] + pull
    determinant = first * last - mixed * mixed
    step = -np.stack((last * slope - mixed * bias, first * bias - mixed * slope)) / determinant
    return np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
