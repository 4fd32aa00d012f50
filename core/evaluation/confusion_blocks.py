"""A confusion of any size as a few thousand squares: rolled up to a level, cut to a window, neighbors put together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.evaluation.confusion import Confusion, confusion_matrix

MOST_BLOCKS = 75
"""Squares along a side: 5,270 classes are two steps of zooming (71 at once, then one by one)."""


@dataclass(frozen=True)
class Blocks:
    """Squares of a confusion; each stands for neighboring true and predicted classes.

    Attributes:
        counts: Int64 (R, K): pictures in each square.
        support: Int64 (R,): pictures of the true classes of each row of squares, whatever they were taken for.
        rows: Int64 (N,): true classes in the order they are drawn.
        columns: Int64 (M,): predicted classes in the order they are drawn.
        row_starts: Int64 (R + 1,): where each row of squares begins in the rows.
        column_starts: Int64 (K + 1,): likewise.
    """

    counts: np.ndarray
    support: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    row_starts: np.ndarray
    column_starts: np.ndarray

    @property
    def is_single(self) -> bool:
        """Whether every square is one true and one predicted class."""
        return len(self.row_starts) == len(self.rows) + 1 and len(self.column_starts) == len(self.columns) + 1

    @property
    def shares(self) -> np.ndarray:
        """Float64 (R, K): share of the pictures of the true classes of the row."""
        return np.asarray(self.counts / np.maximum(self.support, 1)[:, None])

    def classes_at(self, row: int, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the true and the predicted classes of one square."""
        return (
            self.rows[self.row_starts[row] : self.row_starts[row + 1]],
            self.columns[self.column_starts[column] : self.column_starts[column + 1]],
        )


def blocks_of(
    confusion: Confusion, rows: np.ndarray, columns: np.ndarray, *, only_errors: bool = False, most: int = MOST_BLOCKS
) -> Blocks:
    """Cut a window out of a confusion and put neighbors together until it fits.

    Args:
        confusion: The confusion.
        rows: Int array (N,): true classes to draw, in this order, each once.
        columns: Int array (M,): predicted classes to draw, likewise.
        only_errors: Leave out pictures in their own class.
        most: Squares along a side.
    """
    row_starts, column_starts = _starts(len(rows), most), _starts(len(columns), most)
    shape = len(row_starts) - 1, len(column_starts) - 1
    of_row = _square_of(rows, row_starts, len(confusion.classes))
    of_column = _square_of(columns, column_starts, len(confusion.classes))
    inside = (of_row[confusion.true] >= 0) & (of_column[confusion.predicted] >= 0)
    if only_errors:
        inside &= confusion.true != confusion.predicted
    code = of_row[confusion.true[inside]] * shape[1] + of_column[confusion.predicted[inside]]
    counts = np.bincount(code, weights=confusion.counts[inside], minlength=shape[0] * shape[1]).astype(np.int64)
    support = np.add.reduceat(confusion.support[rows], row_starts[:-1]) if len(rows) else np.zeros(0, dtype=np.int64)
    return Blocks(counts.reshape(shape), support, np.asarray(rows), np.asarray(columns), row_starts, column_starts)


def rolled_up(predictions: pd.DataFrame, codes: np.ndarray, names: Sequence[str], classes: Sequence[str]) -> Confusion:
    """Count true and predicted categories of a level above the classes.

    Args:
        predictions: N rows: label, predicted (class names), probability.
        codes: Int array (C,): number of the category above each class.
        names: Names of these categories, by number.
        classes: C class names.
    """
    index = pd.Index(classes)
    labels, predicted = (codes[index.get_indexer(pd.Index(predictions[name]))] for name in ("label", "predicted"))
    return confusion_matrix(labels, predicted, probability=predictions["probability"].to_numpy(), classes=names)


def matching_classes(confusion: Confusion, text: str) -> tuple[np.ndarray, np.ndarray]:
    """Find classes by words of their names, and what their pictures were taken for.

    Args:
        confusion: The confusion.
        text: Words; a class matches when its name holds all of them, in any case.

    Returns:
        Int64 arrays of class numbers, ascending: the classes that match; these and all they were taken for.
    """
    words = text.casefold().split()
    folded = [name.casefold() for name in confusion.classes]
    hits = [place for place, name in enumerate(folded) if all(word in name for word in words)]
    found = np.array(hits, dtype=np.int64)
    taken_for = confusion.predicted[np.isin(confusion.true, found)]
    return found, np.union1d(found, taken_for)


def _starts(count: int, most: int) -> np.ndarray:
    each = max(1, -(-count // most))
    return np.append(np.arange(0, count, each), count).astype(np.int64)


def _square_of(chosen: np.ndarray, starts: np.ndarray, class_count: int) -> np.ndarray:
    """Number of the square of each class; -1 for those that are not drawn."""
    square = np.full(class_count, -1, dtype=np.int64)
    square[chosen] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return square
