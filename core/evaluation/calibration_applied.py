"""Predictions whose probabilities are scaled by their run's temperature."""

from collections.abc import Sequence

import numpy as np

from core.evaluation.calibration import kept_or_found_temperature, scale
from core.home import Home
from core.models.predict import check_backbone, most_probable, predict_features
from core.models.predicted_labels import check_predicts_classes
from core.models.runs import open_run
from core.vision.encode import encode_pictures


def predict_scaled(
    home: Home, run_id: str, pictures: Sequence[np.ndarray], *, top: int = 5
) -> list[list[tuple[str, float]]]:
    """Classify pictures; probabilities are scaled, so that they can be taken at their word. The order stays.

    Args:
        home: The home.
        run_id: A run that predicts one class a picture.
        pictures: N pictures, each uint8 (H, W, 3), RGB.
        top: How many classes to give; at least 1.

    Returns:
        For each picture (class name, probability), most probable first.

    Raises:
        RunError: There is no such run, its files are gone, it predicts labels, has too few validation pictures for a
            temperature, or its backbone has other weights now.
        BackboneError: The backbone is not ready in this home.
    """
    run = open_run(home, run_id)
    check_predicts_classes(run)
    check_backbone(home, run)
    temperature = kept_or_found_temperature(home, run_id)
    if not pictures:
        return []
    chances = predict_features(run, encode_pictures(home, pictures, backbone=run.run.encoder))
    return most_probable(run, scale(chances, temperature), top=top)
