"""Confusion: which classes are taken for which, and the pictures behind every cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

Normalization = Literal["counts", "true", "predicted"]


@dataclass(frozen=True)
class Confusion:
    """Only cells with pictures are kept: at 5,270 classes these are a small part of 28 million.

    Attributes:
        classes: C class names in order.
        true: Int64 array of shape (cells,): true class of each cell.
        predicted: Int64 array of shape (cells,): predicted class.
        counts: Int64 array of shape (cells,): pictures in it, at least 1.
        order: Int64 array of shape (N,): rows of the predictions, cell after cell, most probable first.
        starts: Int64 array of shape (cells + 1,): where each cell begins in the order.
    """

    classes: tuple[str, ...]
    true: np.ndarray
    predicted: np.ndarray
    counts: np.ndarray
    order: np.ndarray
    starts: np.ndarray

    @cached_property
    def support(self) -> np.ndarray:
        """Int64 (C,): pictures of each class."""
        return np.bincount(self.true, weights=self.counts, minlength=len(self.classes)).astype(np.int64)

    @cached_property
    def given(self) -> np.ndarray:
        """Int64 (C,): pictures put into each class."""
        return np.bincount(self.predicted, weights=self.counts, minlength=len(self.classes)).astype(np.int64)


def confusion_matrix(
    labels: np.ndarray, predicted: np.ndarray, *, probability: np.ndarray, classes: Sequence[str]
) -> Confusion:
    """Count every pair of true and predicted class.

    Args:
        labels: Int array of shape (N pictures,): true classes, 0..C-1.
        predicted: Int array of shape (N,): predicted classes, 0..C-1.
        probability: Float array of shape (N,): probability of the predicted class, which orders the pictures of a cell.
        classes: C class names in order.
    """
    codes = labels.astype(np.int64) * len(classes) + predicted
    order = np.lexsort((-np.asarray(probability), codes))
    cells, starts, counts = np.unique(codes[order], return_index=True, return_counts=True)
    return Confusion(
        classes=tuple(classes),
        true=cells // len(classes),
        predicted=cells % len(classes),
        counts=counts.astype(np.int64),
        order=order.astype(np.int64),
        starts=np.append(starts, len(order)).astype(np.int64),
    )


def cell_products(confusion: Confusion, true: int, predicted: int) -> np.ndarray:
    """Find the pictures of one cell.

    Args:
        confusion: The confusion.
        true: Number of the true class.
        predicted: Number of the predicted class.

    Returns:
        Int64 array of row numbers into the predictions, most probable first; empty when the cell is.
    """
    cells = confusion.true * len(confusion.classes) + confusion.predicted
    wanted = true * len(confusion.classes) + predicted
    place = int(np.searchsorted(cells, wanted))
    if place == len(cells) or cells[place] != wanted:
        return np.empty(0, dtype=np.int64)
    return confusion.order[confusion.starts[place] : confusion.starts[place + 1]]


def picture_rows(confusion: Confusion, *, true: int | None = None, predicted: int | None = None) -> np.ndarray:
    """Find the pictures of a cell, a row or a column; None takes all classes.

    Returns:
        Int64 array of row numbers into the predictions: cell after cell, most probable first in each.
    """
    if true is not None and predicted is not None:
        return cell_products(confusion, true, predicted)
    wanted = np.ones(len(confusion.counts), dtype=bool)
    if true is not None:
        wanted &= confusion.true == true
    if predicted is not None:
        wanted &= confusion.predicted == predicted
    return confusion.order[np.repeat(wanted, confusion.counts)]


def dense_matrix(
    confusion: Confusion, *, normalize: Normalization = "counts", chosen: Sequence[int] | None = None
) -> np.ndarray:
    """Lay cells out as a matrix.

    Args:
        confusion: The confusion.
        normalize: ``counts``; ``true`` divides each row by the pictures of its class (recall on the diagonal);
            ``predicted`` divides each column by the pictures put into it (precision). Empty rows or columns stay 0.
        chosen: Class numbers to show, in this order, both ways; None shows all.

    Returns:
        Array of shape (K, K), rows true, columns predicted: int64 counts, or float64 shares of 0..1.
    """
    picked = np.arange(len(confusion.classes)) if chosen is None else np.asarray(chosen, dtype=np.int64)
    place = np.full(len(confusion.classes), -1, dtype=np.int64)
    place[picked] = np.arange(len(picked))
    rows, columns = place[confusion.true], place[confusion.predicted]
    inside = (rows >= 0) & (columns >= 0)
    matrix = np.zeros((len(picked), len(picked)), dtype=np.int64)
    matrix[rows[inside], columns[inside]] = confusion.counts[inside]
    if normalize == "counts":
        return matrix
    totals = confusion.support[picked][:, None] if normalize == "true" else confusion.given[picked][None, :]
    return np.asarray(matrix / np.maximum(totals, 1))


def most_confused_pairs(confusion: Confusion, *, limit: int = 20) -> pd.DataFrame:
    """List the wrong cells with the most pictures.

    Args:
        confusion: The confusion.
        limit: At most so many.

    Returns:
        One row a cell: true, predicted (names), pictures, share (of the true class's pictures), true_number,
        predicted_number. Most pictures first, then the larger share, then by class.
    """
    wrong = np.flatnonzero(confusion.true != confusion.predicted)
    share = confusion.counts[wrong] / confusion.support[confusion.true[wrong]]
    chosen = np.lexsort((wrong, -share, -confusion.counts[wrong]))[:limit]
    cells, names = wrong[chosen], np.array(confusion.classes, dtype=object)
    return pd.DataFrame(
        {
            "true": names[confusion.true[cells]],
            "predicted": names[confusion.predicted[cells]],
            "pictures": confusion.counts[cells],
            "share": share[chosen],
            "true_number": confusion.true[cells],
            "predicted_number": confusion.predicted[cells],
        }
    )
