"""What the first model says about training pictures it did not learn from."""

from dataclasses import replace
from typing import Any

import numpy as np

from core.models.gathered_features import make_rows
from core.models.learning import LearningData
from core.models.linear import predict_linear, train_linear
from core.models.linear_inputs import blocks
from core.models.linear_settings import LinearSettings
from core.models.near_duplicates import join_groups, near_duplicate_pairs
from core.models.splits import TEST, TRAIN
from core.models.training_set import DUPLICATE_COSINE
from core.progress import Progress
from core.progress_parts import PartProgress, in_parts


def out_of_fold_chances(
    data: LearningData, known: np.ndarray, *, settings: LinearSettings, folds: int, seed: int, progress: Progress
) -> np.ndarray:
    """Predict every training picture with a linear head that did not learn from it.

    The training pictures are divided into parts, category by category; near duplicates stay together. For each part a
    head is trained on the others; validation chooses its epoch as it does for the first model. Source: Wolpert,
    "Stacked generalization" (1992).

    Args:
        data: Features, labels and sides; labels of test are never used.
        known: Float32 array of shape (P, C): what the first model says. It stands for pictures whose category has none
            outside their part: a head that never saw a category says nothing about what it is mistaken for.
        settings: Of the heads.
        folds: Number of parts, at least 2.
        seed: Seed of the parts and of the heads.
        progress: Told about every epoch of every part; a part that is finished is not trained again.

    Returns:
        Float32 array of shape (P pictures, C), memory-mapped when large, filled in for train alone.
    """
    rows = np.flatnonzero(data.sides == TRAIN)
    progress.report(0, folds, "looking for near duplicates among the training pictures")
    # Over all pictures: taking those of train out of a large file would hold them in memory.
    groups = join_groups(len(data.labels), near_duplicate_pairs(data.features, threshold=DUPLICATE_COSINE))[rows]
    parts = deal_folds(data.labels[rows], groups, folds=folds, seed=seed)
    chances = make_rows(len(data.labels), data.class_count)
    for block in blocks(rows):
        chances[block] = known[block]
    shares = in_parts(progress, {f"fold-{fold + 1}": 1.0 for fold in range(folds)})
    for fold in np.unique(parts).tolist():
        out, others = rows[parts == fold], rows[parts != fold]
        told_apart = out[np.isin(data.labels[out], data.labels[others])]
        if not len(told_apart):
            continue
        sides = data.sides.copy()
        sides[out] = TEST  # whose labels no training looks at
        told = _FoldProgress(shares[f"fold-{fold + 1}"], f"without part {fold + 1} of {folds}")
        head = train_linear(replace(data, sides=sides), settings=settings, seed=seed, progress=told)
        for block in blocks(told_apart):
            chances[block] = predict_linear(head.arrays, data.features[block])
    return chances


def deal_folds(labels: np.ndarray, groups: np.ndarray, *, folds: int, seed: int) -> np.ndarray:
    """Give each of N pictures a part, int64 (N,), 0..folds-1: groups whole, each category evenly.

    Args:
        labels: Int array of shape (N,): classes; a group counts as of the class of its first picture.
        groups: Int array of shape (N,): what must stay together.
        folds: Number of parts.
        seed: Seed of the draw.
    """
    _, firsts, members = np.unique(groups, return_index=True, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(firsts))
    order = order[np.argsort(labels[firsts][order], kind="stable")]
    parts = np.empty(len(firsts), dtype=np.int64)
    # Dealt in one row over all categories, so that the parts of many small ones are equally large too.
    parts[order] = np.arange(len(order)) % folds
    return parts[members]


class _FoldProgress:
    """Says which part is trained; the epochs of parts are no epochs of the run."""

    def __init__(self, part: PartProgress, words: str) -> None:
        self._part, self._words, self.folder = part, words, part.folder

    def report(self, done: int, total: int | None, message: str) -> None:
        """Pass on how far the part is."""
        self._part.report(done, total, f"{self._words}: {message}")

    def record(self, kind: str, values: dict[str, Any]) -> None:
        """Leave the figures of a part out of the run's curves."""
