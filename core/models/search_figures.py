"""What a trial reached on validation."""

import numpy as np

from core.models.label_scores import label_figures
from core.models.learning import Arrays
from core.models.plan_learning import Learned
from core.models.recipes import Recipe
from core.models.scores import count_classes, judge, mean_log_loss
from core.models.search_trials import Figures
from core.models.splits import VALIDATION
from core.models.training_set import TrainingSet

_BLOCK_ROWS = 4096
_EVEN_THRESHOLD = 0.5


def validation_figures(recipe: Recipe, learned: Learned, rows: TrainingSet, *, target: str) -> Figures:
    """Judge a head on the pictures of validation, and on no others.

    Args:
        recipe: Whose predictor reads the head.
        learned: The head and the features it reads.
        rows: The training set, whose test labels are blank.
        target: What is predicted.
    """
    places = np.flatnonzero(rows.sides == VALIDATION)
    predict, arrays = recipe.predictor_of(target), learned.head.arrays
    blocks = [places[start : start + _BLOCK_ROWS] for start in range(0, len(places), _BLOCK_ROWS)]
    chances = np.concatenate([predict(arrays, np.asarray(learned.features[block])) for block in blocks])
    if rows.label_sets is not None:
        found = label_figures(chances, rows.label_sets[places], _thresholds(arrays, len(rows.classes)))
        return Figures(float(found["accuracy"]), float(found["macro_f1"]), float(found["loss"]))
    judged = judge(chances, rows.labels[places])
    counts = count_classes(rows.labels[places], judged["predicted"].to_numpy(), class_count=len(rows.classes))
    return Figures(counts.accuracy, counts.macro_f1, mean_log_loss(judged["label_probability"].to_numpy()))


def _thresholds(arrays: Arrays, classes: int) -> np.ndarray:
    return np.asarray(arrays.get("thresholds", np.full(classes, _EVEN_THRESHOLD, dtype=np.float32)))
