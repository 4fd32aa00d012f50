"""The first model of the second stage: a linear head, and what it says of pictures it knows and does not know."""

from dataclasses import dataclass, replace

import numpy as np

from core.models.gathered_features import make_rows
from core.models.learning import LearningData, TrainedHead
from core.models.linear import predict_linear, train_linear
from core.models.linear_inputs import blocks
from core.models.linear_settings import LinearSettings
from core.models.second_stage_folds import out_of_fold_chances
from core.models.second_stage_settings import SecondStageSettings
from core.models.splits import TRAIN, VALIDATION
from core.progress import Progress


@dataclass(frozen=True)
class FirstModel:
    """What the first model says of P pictures; large arrays are memory-mapped.

    Attributes:
        head: The linear head.
        train: Int64 (T,): positions of the training pictures.
        validation: Int64 (V,): positions of the validation pictures.
        chances: Float32 (P, C): its probabilities.
        predicted: Int32 (P,): the category it puts each picture into.
        learned_from: Float32 (P, C): the probabilities specialists learn from, those of training pictures out of fold
            if there are folds; only rows of train are filled in.
        confused: Int32 (P,): the category by these on train.
    """

    head: TrainedHead
    train: np.ndarray
    validation: np.ndarray
    chances: np.ndarray
    predicted: np.ndarray
    learned_from: np.ndarray
    confused: np.ndarray


def train_first(
    data: LearningData, *, settings: SecondStageSettings, seed: int, progress: Progress, folds_progress: Progress
) -> FirstModel:
    """Train the first model with the defaults of its recipe, then again without each part of train.

    Args:
        data: Features, labels and sides; labels of test are never used.
        settings: The recipe's settings.
        seed: Seed of the heads and of the parts.
        progress: Of the first model.
        folds_progress: Of the parts.
    """
    usual = LinearSettings(epochs=settings.epochs, patience=settings.patience, batch_size=settings.batch_size)
    head = train_linear(data, settings=usual, seed=seed, progress=progress)
    chances = make_rows(len(data.labels), data.class_count)
    for block in blocks(np.arange(len(data.labels))):
        chances[block] = predict_linear(head.arrays, data.features[block])
    unseen = None
    if settings.folds:
        # The strength is chosen already: trained alone it costs a third.
        strength = replace(usual, shrinkage=(head.choices["shrinkage"],))
        unseen = out_of_fold_chances(
            data, chances, settings=strength, folds=settings.folds, seed=seed, progress=folds_progress
        )
    train = np.flatnonzero(data.sides == TRAIN)
    predicted = _most_probable(chances, np.arange(len(chances)))
    return FirstModel(
        head=head,
        train=train,
        validation=np.flatnonzero(data.sides == VALIDATION),
        chances=chances,
        predicted=predicted,
        learned_from=chances if unseen is None else unseen,
        confused=predicted if unseen is None else _most_probable(unseen, train),
    )


def _most_probable(chances: np.ndarray, rows: np.ndarray) -> np.ndarray:
    found = np.full(len(chances), -1, dtype=np.int32)
    for block in blocks(rows):
        found[block] = chances[block].argmax(axis=1)
    return found
