"""The grid of the second stage: its points, how each fares on validation, and which is taken."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.models.scores import SMALLEST_PROBABILITY
from core.models.second_stage_settings import SecondStageSettings


@dataclass(frozen=True)
class GridPoint:
    """One combination of settings.

    Attributes:
        max_depth: Levels of a tree.
        learning_rate: How far a round moves.
        n_estimators: Rounds.
        trust: The specialist's share.
    """

    max_depth: int
    learning_rate: float
    n_estimators: int
    trust: float

    def to_json(self) -> dict[str, float]:
        """Give the settings by their names."""
        return {
            "max_depth": self.max_depth,
            "n_estimators": self.n_estimators,
            "learning_rate": self.learning_rate,
            "trust": self.trust,
        }


@dataclass(frozen=True)
class SetFigures:
    """How the points of the grid fare on those validation pictures that the first model put into a category.

    Attributes:
        pictures: How many there are.
        errors_before: Mistakes of the first model.
        errors: Int64 (G points,): mistakes with the specialist.
        losses: Float64 (G,): summed negative log-probability of the true classes with the specialist.
    """

    pictures: int
    errors_before: int
    errors: np.ndarray
    losses: np.ndarray


def grid_points(settings: SecondStageSettings) -> tuple[GridPoint, ...]:
    """List the points: for each pair of :func:`tree_settings` all rounds and shares, simple ones first."""
    return tuple(
        GridPoint(depth, rate, rounds, trust)
        for depth, rate in tree_settings(settings)
        for rounds in rounds_tried(settings)
        for trust in sorted(set(settings.trust))
    )


def tree_settings(settings: SecondStageSettings) -> tuple[tuple[int, float], ...]:
    """List the pairs of depth and rate: each is grown once, since fewer rounds are the first of many."""
    depths = sorted({int(depth) for depth in settings.max_depth})
    return tuple(itertools.product(depths, sorted(set(settings.learning_rate))))


def rounds_tried(settings: SecondStageSettings) -> tuple[int, ...]:
    """List the numbers of rounds, ascending."""
    return tuple(sorted({int(rounds) for rounds in settings.n_estimators}))


def tally(chances: np.ndarray, labels: np.ndarray) -> tuple[int, float]:
    """Count mistakes and sum the loss of predictions.

    Args:
        chances: Float32 array of shape (N, C).
        labels: Int array of shape (N,).
    """
    given = np.maximum(chances[np.arange(len(labels)), labels], SMALLEST_PROBABILITY)
    return int((chances.argmax(axis=1) != labels).sum()), float(-np.log(given).sum(dtype=np.float64))


def choose_points(figures: Sequence[SetFigures], *, together: bool) -> tuple[int, ...]:
    """Choose a point for each set: fewest mistakes on validation, then the lowest loss, then the simplest.

    Args:
        figures: Of each set.
        together: Whether one point serves all: it then rests on all their pictures.

    Returns:
        The place of the point of each set.
    """
    if not figures:
        return ()
    if together:
        errors, losses = (sum(getattr(each, name) for each in figures) for name in ("errors", "losses"))
        return (_best(np.asarray(errors), np.asarray(losses)),) * len(figures)
    return tuple(_best(each.errors, each.losses) for each in figures)


def is_kept(figures: SetFigures, point: int, *, keep: str) -> bool:
    """Say whether the specialist of a set stays.

    Args:
        figures: Of the set.
        point: Place of the point chosen for it.
        keep: ``all``, or ``gain`` for those that make fewer mistakes on validation than the first model.
    """
    return keep == "all" or int(figures.errors[point]) < figures.errors_before


def _best(errors: np.ndarray, losses: np.ndarray) -> int:
    return int(np.lexsort((np.arange(len(errors)), losses.round(6), errors))[0])
