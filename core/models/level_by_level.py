"""Recipe `level-by-level`: one softmax for each parent category, on cached features of a frozen backbone."""

import logging
from dataclasses import dataclass

import numpy as np

from core.models.checkpoints import fingerprint
from core.models.class_tree import ClassTree, class_tree
from core.models.head_parts import training_marks
from core.models.learning import Arrays, LearningData, TrainedHead
from core.models.level_outputs import LevelOutputs, level_outputs
from core.models.linear import fit_linear
from core.models.linear_inputs import raise_to
from core.models.linear_settings import LinearSettings
from core.progress import Progress

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class LevelByLevelSettings(LinearSettings):
    """Settings of the recipe `level-by-level`: those of `linear`."""


def train_level_by_level(
    data: LearningData, *, settings: LevelByLevelSettings, seed: int, progress: Progress
) -> TrainedHead:
    """Fit the choices at all parents of the category tree at once, by the descent of the recipe `linear`.

    The probability of a class is the product of those along its path, so the loss of a class is the sum of the losses
    at its parents: each parent learns from the pictures below it only. Source: Morin and Bengio, "Hierarchical
    probabilistic neural network language model" (2005).

    Args:
        data: Features, labels, sides and names of classes; test is never used. Without names there is one level.
        settings: The recipe's settings.
        seed: Seed of the order of the pictures.
        progress: Told about every epoch; its folder keeps the checkpoint.

    Returns:
        The head, its history, and what was chosen.

    Raises:
        Cancelled: Someone asked to stop between two epochs.
    """
    tree = class_tree(data.classes) if data.classes else _one_level(data.class_count)
    if tree.levels == 1:
        _LOG.warning("the categories have one level: level by level is then the same as the recipe linear")
    outputs = level_outputs(tree)
    name = fingerprint("level-by-level", settings, seed, data.classes, data.class_count, *training_marks(data))
    head = fit_linear(data, outputs, settings=settings, seed=seed, progress=progress, belongs_to=name)
    arrays = {**head.arrays, "groups": outputs.groups, "paths": outputs.paths}
    return TrainedHead(arrays, head.history, {**head.choices, "levels": tree.levels})


def predict_level_by_level(head: Arrays, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all classes.

    Args:
        head: Arrays ``weights`` (D, K), ``bias`` (K,), ``feature_power`` (), ``groups`` (K,) and ``paths`` (C, L).
        features: Float32 array of shape (N pictures, D dimensions).

    Returns:
        Float32 array of shape (N, C), rows sum to 1.

    Raises:
        ValueError: Groups and paths do not describe a tree.
    """
    outputs = LevelOutputs(head["groups"], head["paths"])
    logits = raise_to(features, float(head["feature_power"])) @ head["weights"] + head["bias"]
    return outputs.class_chances(outputs.chances(logits))


def _one_level(classes: int) -> ClassTree:
    names = tuple(str(number) for number in range(classes))
    return ClassTree(np.arange(classes)[:, None], (names,), np.ones(classes, dtype=np.int64))
