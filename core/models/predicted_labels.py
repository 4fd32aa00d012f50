"""The labels of pictures: which are chosen, and the probability of every one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RunError
from core.home import Home
from core.models.predict import check_backbone, predict_features
from core.models.runs import RunFiles, open_run
from core.vision.encode import encode_pictures


@dataclass(frozen=True)
class PredictedLabel:
    """One label of a picture.

    Attributes:
        name: The label.
        probability: That the picture has it, 0..1; those of several labels do not sum to 1.
        chosen: Whether the probability reaches the label's own threshold.
    """

    name: str
    probability: float
    chosen: bool


def predict_label_sets(home: Home, run_id: str, pictures: Sequence[np.ndarray]) -> list[list[PredictedLabel]]:
    """Label pictures.

    Args:
        home: The home.
        run_id: A run that predicts labels.
        pictures: N pictures, each uint8 (H, W, 3), RGB.

    Returns:
        For each picture every label of the run: those chosen first, each part by falling probability.

    Raises:
        RunError: There is no such run, it predicts one class, its files are gone, or its backbone has other weights.
        BackboneError: The backbone is not ready in this home.
    """
    run = open_run(home, run_id)
    check_predicts_labels(run)
    check_backbone(home, run)
    if not pictures:
        return []
    probabilities = predict_features(run, encode_pictures(home, pictures, backbone=run.run.encoder))
    return order_labels(run, probabilities)


def order_labels(run: RunFiles, probabilities: np.ndarray) -> list[list[PredictedLabel]]:
    """Lay out probabilities, float32 (N, C), as :func:`predict_label_sets` does."""
    chosen = probabilities >= run.thresholds
    order = np.lexsort((-probabilities, ~chosen))
    return [
        [PredictedLabel(run.run.classes[place], float(chances[place]), bool(taken[place])) for place in places]
        for places, chances, taken in zip(order, probabilities, chosen, strict=True)
    ]


def check_predicts_labels(run: RunFiles) -> None:
    """Check that a run predicts labels.

    Raises:
        RunError: It predicts one class a picture.
    """
    if not run.run.predicts_labels:
        raise RunError(f"run {run.run.run_id!r} predicts one class a picture, no labels")


def check_predicts_classes(run: RunFiles) -> None:
    """Check that a run predicts one class a picture.

    Raises:
        RunError: It predicts sets of labels.
    """
    if run.run.predicts_labels:
        raise RunError(
            f"run {run.run.run_id!r} predicts any number of labels for a picture, not one class: "
            "choose a run with another target"
        )
