"""Whether probabilities can be taken at their word, and one number that makes them more honest: the temperature."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import RunError
from core.evaluation.intervals import score_interval
from core.files import read_json, write_json_whole
from core.home import Home
from core.models.predicted_labels import check_predicts_classes
from core.models.runs import RunFiles, open_run
from core.models.scores import SMALLEST_PROBABILITY

TEMPERATURE = "temperature.json"
"""Kept beside a run; made again when it is gone."""

BINS = 15
LEAST_PICTURES = 100
"""With fewer validation pictures the temperature stays 1: on 70 its 95 % interval spans from 0.75 to 1.33 times itself,
and a single mislabeled picture moves it."""

_FORMAT = 1
_SHARPNESS = (0.02, 50.0)
_CELLS = 4 * 2**20
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Calibration:
    """How honest the probabilities of a run are, before and after scaling.

    Attributes:
        temperature: Found on validation; above 1 the run was too sure of itself, below 1 not sure enough.
        sides: By split, ``validation`` and ``test``: pictures, error and scaled_error (expected calibration error,
            0..1, of the most probable class), loss and scaled_loss (mean log loss).
    """

    temperature: float
    sides: dict[str, dict[str, float]]

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        return {"temperature": self.temperature, **self.sides}


def calibrate_run(home: Home, run_id: str) -> Calibration:
    """Find the temperature of a run on validation, judge it on test, and keep it beside the run.

    Raises:
        RunError: There is no such run, its files are gone, or it predicts labels.
    """
    run = open_run(home, run_id)
    check_predicts_classes(run)
    kept = _read(run)
    if kept is not None:
        return kept
    sides = {name: _rows(run, name) for name in ("validation", "test")}
    temperature = fit_temperature(run.probabilities, *sides["validation"])
    found = Calibration(temperature, {name: _judge(run, *rows, temperature) for name, rows in sides.items()})
    try:
        write_json_whole(run.folder / TEMPERATURE, {"format": _FORMAT, **found.to_json()})
    except OSError as error:  # a home that can be read only still shows its figures
        _LOG.warning("the temperature of run %s is not kept: %s", run_id, error)
    return found


def fit_temperature(probabilities: np.ndarray, rows: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature with the lowest log loss; the order of the classes of a picture stays as it is.

    Scaling by a temperature T turns probabilities p into ones in proportion to ``p ** (1 / T)``, which is what dividing
    the logits by T does. The loss is convex in 1 / T, so halving the interval on its slope finds the lowest.
    Source: Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks" (2017).

    Args:
        probabilities: Float32 array of shape (P, C); may be memory-mapped.
        rows: Int array of shape (N,): the rows to fit on.
        labels: Int array of shape (N,): their true classes.

    Returns:
        The temperature, 0.02 to 50; 1 with fewer than :data:`LEAST_PICTURES` pictures.
    """
    if len(rows) < LEAST_PICTURES:
        return 1.0
    low, high = np.log(_SHARPNESS[0]), np.log(_SHARPNESS[1])
    for _ in range(40):
        middle = (low + high) / 2
        if _slope(probabilities, rows, labels, float(np.exp(middle))) > 0:
            high = middle
        else:
            low = middle
    return float(np.exp(-(low + high) / 2))


def scale(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Scale probabilities, float (N, C), by a temperature; rows sum to 1. A temperature of 1 changes nothing."""
    if temperature == 1:
        return np.asarray(probabilities)
    logs = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), SMALLEST_PROBABILITY)) / temperature
    logs -= logs.max(axis=1, keepdims=True)
    np.exp(logs, out=logs)
    return np.asarray(logs / logs.sum(axis=1, keepdims=True), dtype=np.float32)


def top_probabilities(probabilities: np.ndarray, rows: np.ndarray, temperature: float) -> np.ndarray:
    """Give the probability of the most probable class of some rows, scaled; float64 of shape (N,)."""
    parts = [scale(probabilities[rows[block]], temperature).max(axis=1) for block in _blocks(probabilities, rows)]
    return np.concatenate([np.empty(0), *parts])


def reliability(probabilities: np.ndarray, right: np.ndarray, *, bins: int = BINS) -> pd.DataFrame:
    """Hold what was claimed against what came true, in bins of equal width.

    Args:
        probabilities: Float array of shape (N,): of the predicted class.
        right: Bool array of shape (N,).
        bins: How many.

    Returns:
        One row a bin that has pictures: low, high (its ends), pictures, claimed (mean probability), accuracy, and
        accuracy_low, accuracy_high (95 % score interval).
    """
    given = np.clip(np.asarray(probabilities, dtype=np.float64), 0, 1)
    place = np.minimum((given * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    claimed = np.bincount(place, weights=given, minlength=bins) / np.maximum(counts, 1)
    accuracy = np.bincount(place, weights=right, minlength=bins) / np.maximum(counts, 1)
    found = [score_interval(float(share), int(count)) for share, count in zip(accuracy, counts, strict=True)]
    frame = pd.DataFrame(
        {
            "low": np.arange(bins) / bins,
            "high": (np.arange(bins) + 1) / bins,
            "pictures": counts,
            "claimed": claimed,
            "accuracy": accuracy,
            "accuracy_low": [low for low, _ in found],
            "accuracy_high": [high for _, high in found],
        }
    )
    return frame[frame["pictures"] > 0].reset_index(drop=True)


def calibration_error(probabilities: np.ndarray, right: np.ndarray, *, bins: int = BINS) -> float:
    """Compute the expected calibration error: mean distance of claim and accuracy over bins, weighted by pictures.

    Source: Naeini, Cooper & Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning" (2015).
    """
    frame = reliability(probabilities, right, bins=bins)
    away = (frame["claimed"] - frame["accuracy"]).abs()
    return float((away * frame["pictures"]).sum() / max(len(right), 1))


def _rows(run: RunFiles, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Give the rows of a split, int64 (N,), and their classes, int64 (N,)."""
    rows = np.flatnonzero((run.products["split"] == split).to_numpy())
    return rows, pd.Index(run.run.classes).get_indexer(pd.Index(run.products["label"].to_numpy()[rows]))


def _judge(run: RunFiles, rows: np.ndarray, labels: np.ndarray, temperature: float) -> dict[str, float]:
    right = (run.products["label"] == run.products["predicted"]).to_numpy()[rows]
    figures: dict[str, float] = {"pictures": len(rows)}
    for name, value in (("", 1.0), ("scaled_", temperature)):
        top = top_probabilities(run.probabilities, rows, value)
        figures[f"{name}error"] = calibration_error(top, right)
        figures[f"{name}loss"] = _loss(run.probabilities, rows, labels, value)
    return figures


def _loss(probabilities: np.ndarray, rows: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    total = 0.0
    for block in _blocks(probabilities, rows):
        chances = scale(probabilities[rows[block]], temperature)
        given = chances[np.arange(len(chances)), labels[block]].astype(np.float64)
        total -= float(np.log(np.maximum(given, SMALLEST_PROBABILITY)).sum())
    return total / max(len(rows), 1)


def _slope(probabilities: np.ndarray, rows: np.ndarray, labels: np.ndarray, sharpness: float) -> float:
    """Sum the slope of the log loss by the sharpness 1 / T."""
    total = 0.0
    for block in _blocks(probabilities, rows):
        part = np.asarray(probabilities[rows[block]], dtype=np.float64)
        logs = np.log(np.maximum(part, SMALLEST_PROBABILITY))
        chances = scale(part, 1 / sharpness)
        total += float((chances * logs).sum() - logs[np.arange(len(logs)), labels[block]].sum())
    return total


def _blocks(probabilities: np.ndarray, rows: np.ndarray) -> Iterator[slice]:
    """Cut rows into parts of about 4 million probabilities."""
    size = max(1, _CELLS // max(probabilities.shape[1], 1))
    for start in range(0, len(rows), size):
        yield slice(start, start + size)


def _read(run: RunFiles) -> Calibration | None:
    """Read what was kept; None when nothing was, or what is there is no such file."""
    try:
        note = read_json(run.folder / TEMPERATURE)
        if note["format"] != _FORMAT:
            return None
        sides = {name: {str(key): float(value) for key, value in note[name].items()} for name in ("validation", "test")}
        temperature = float(note["temperature"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    fine = all({"pictures", "error", "scaled_error", "loss", "scaled_loss"} <= side.keys() for side in sides.values())
    finite = np.isfinite([temperature, *(value for side in sides.values() for value in side.values())]).all()
    return Calibration(temperature, sides) if fine and finite and is_temperature(temperature) else None


def is_temperature(value: object) -> bool:
    """Tell whether a value from outside can be a temperature."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.01 <= value <= 100


def kept_or_found_temperature(home: Home, run_id: str) -> float:
    """Give the temperature of a run.

    Raises:
        RunError: The run has too few validation pictures to find one.
    """
    found = calibrate_run(home, run_id)
    if found.sides["validation"]["pictures"] < LEAST_PICTURES:
        raise RunError(
            f"run {run_id!r} has {found.sides['validation']['pictures']:.0f} validation pictures: at least "
            f"{LEAST_PICTURES} are needed to find its temperature"
        )
    return found.temperature
