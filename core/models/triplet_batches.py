"""Batches of P categories and K pictures of each, as triplets need them."""

from collections.abc import Iterator

import numpy as np

from core.errors import TrainingError


class PairedBatches:
    """Draws batches in which every picture has another one of its category. Source: Hermans et al. (2017), section 2.

    Larger categories are drawn more often, by the square root of their size: small ones are not forgotten, and the
    pictures of large ones all have their turn.

    Args:
        labels: Int64 (P,): category of each picture.
        rows: Positions of the pictures to draw from.
        classes: Categories a batch.
        pictures: Pictures of each, at most.

    Raises:
        TrainingError: Fewer than two categories have two pictures.
    """

    def __init__(self, labels: np.ndarray, rows: np.ndarray, *, classes: int, pictures: int) -> None:
        present = np.unique(labels[rows])
        of_class = [rows[labels[rows] == each] for each in present]
        self._of_class = [each for each in of_class if len(each) > 1]
        if len(self._of_class) < 2:
            raise TrainingError(
                "the recipe triplet compares pictures of one category: at least two categories need two pictures in "
                f"train, but {len(self._of_class)} has; add pictures, or take a target with fewer categories"
            )
        sizes = np.sqrt([len(each) for each in self._of_class])
        self._chances = sizes / sizes.sum()
        self._classes, self._pictures = min(classes, len(self._of_class)), pictures
        self.steps = max(1, len(rows) // (self._classes * pictures))

    def draw(self, random: np.random.Generator, *, steps: int | None = None) -> Iterator[np.ndarray]:
        """Yield the rows of each batch of an epoch."""
        for _ in range(steps or self.steps):
            drawn = random.choice(len(self._of_class), self._classes, replace=False, p=self._chances)
            parts = [self._of_class[each] for each in drawn]
            yield np.concatenate([random.permutation(part)[: self._pictures] for part in parts])
