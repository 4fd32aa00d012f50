"""Confusable sets: which categories are mistaken for a category often enough to deserve a specialist."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ConfusableSet:
    """A category and those mistaken for it.

    Attributes:
        category: Number of the category that was predicted.
        members: Numbers of the category itself and of those mistaken for it, ascending.
        mistakes: Pictures of the other members that were taken for it.
    """

    category: int
    members: tuple[int, ...]
    mistakes: int


def find_sets(
    labels: np.ndarray, predicted: np.ndarray, *, class_count: int, least_mistakes: int, largest: int
) -> tuple[ConfusableSet, ...]:
    """Find the confusable sets of a prediction.

    Args:
        labels: Int array of shape (N,): true classes, 0..C-1.
        predicted: Int array of shape (N,): predicted classes.
        class_count: Number of classes, C.
        least_mistakes: Pictures of a category taken for another from which on it joins the other's set.
        largest: Most members of a set; those mistaken most often stay, the lower number at a tie.

    Returns:
        One set for each category that has one, by category.
    """
    wrong = labels != predicted
    codes = predicted[wrong].astype(np.int64) * class_count + labels[wrong]
    cells, counts = np.unique(codes, return_counts=True)
    often = counts >= least_mistakes
    cells, counts = cells[often], counts[often]
    categories, others = cells // class_count, cells % class_count
    found = []
    for category in np.unique(categories).tolist():
        own = np.flatnonzero(categories == category)
        chosen = own[np.argsort(-counts[own], kind="stable")][: largest - 1]
        members = tuple(sorted({category, *others[chosen].tolist()}))
        found.append(ConfusableSet(category, members, int(counts[chosen].sum())))
    return tuple(found)


def count_inside(labels: np.ndarray, predicted: np.ndarray, sets: Sequence[ConfusableSet]) -> int:
    """Count the mistakes that a second stage could mend: those whose true category is in the set of the predicted."""
    inside = 0
    for each in sets:
        taken = labels[predicted == each.category]
        inside += int((np.isin(taken, each.members) & (taken != each.category)).sum())
    return inside
