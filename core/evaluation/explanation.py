"""Where a run looked: which places of a picture speak for a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np

from core.errors import RunError
from core.home import Home
from core.models.learning import Arrays
from core.models.predict import check_backbone, predict_features
from core.models.runs import RunFiles
from core.vision.backbones import find_backbone
from core.vision.encode import encode_pictures
from core.vision.feature_maps import feature_map
from core.vision.picture_fit import fit_picture

Method = Literal["class activation", "occlusion"]

_PATCHES = 7
"""Places along a side that are hidden one after another: 49 pictures, half a second."""

_LINEAR = frozenset(
    {"weights", "bias", "feature_power", "sharpness", "output", "thresholds", "seen_sets", "unseen_weight"}
)
"""Arrays of heads that are linear in features raised to a power; one with any other array is taken for another kind."""

_GRAY = 128
_WARM = np.array([255, 140, 0], dtype=np.float32)


@dataclass(frozen=True)
class Explanation:
    """What a run sees in a picture.

    Attributes:
        method: How the places were found, see :func:`explain_picture`.
        square: Uint8 (S, S, 3): the picture as the network takes it.
        probabilities: Float32 (C,), in the order of the run's classes.
        evidence: By class float32 (H, W): how much each place speaks for it; negative speaks against it. Of class
            activation: parts of the class's score over the mean score of all classes, whose mean is that score less the
            bias. Of occlusion: how much probability is lost when the place is hidden.
    """

    method: Method
    square: np.ndarray
    probabilities: np.ndarray
    evidence: dict[str, np.ndarray]

    def overlay(self, name: str) -> np.ndarray:
        """Draw the evidence for a class over the picture: orange where it is, gray where there is none.

        Returns:
            Uint8 (S, S, 3).
        """
        side = self.square.shape[0]
        heat = np.clip(self.evidence[name], 0, None).astype(np.float32)
        heat /= max(float(heat.max()), 1e-12)
        large = np.clip(cv2.resize(heat, (side, side), interpolation=cv2.INTER_CUBIC), 0, 1)[..., None]
        pale = 0.5 * self.square.mean(axis=2, keepdims=True) + 96
        mixed = pale + large * (0.55 * _WARM + 0.45 * self.square - pale)
        return np.clip(mixed, 0, 255).astype(np.uint8)

    def to_json(self, classes: Sequence[str], *, top: int = 5) -> dict[str, Any]:
        """Give what was found as plain JSON values."""
        order = np.argsort(-self.probabilities, kind="stable")[:top]
        return {
            "method": self.method,
            "classes": [{"name": classes[place], "probability": float(self.probabilities[place])} for place in order],
            "evidence": {name: np.round(each, 5).tolist() for name, each in self.evidence.items()},
        }


def explain_picture(
    home: Home, run: RunFiles, picture: np.ndarray, *, classes: Sequence[str] | None = None
) -> Explanation:
    """Find the places of a picture that speak for classes.

    Where the features are the mean of a feature map and the head is linear in them, or in a power of them, the score
    of a class is a sum over places, and its parts are drawn: class activation mapping. Else places are hidden one after
    another. Sources: Zhou et al., "Learning deep features for discriminative localization" (2016); Zeiler and Fergus,
    "Visualizing and understanding convolutional networks" (2014).

    Args:
        home: The home.
        run: The run.
        picture: Uint8 (H, W, 3), RGB.
        classes: Classes to explain; the most probable one when None.

    Raises:
        RunError: The run has no such class, or its backbone has other weights now.
        BackboneError: The backbone is not ready in this home.
    """
    check_backbone(home, run)
    backbone = find_backbone(run.run.encoder, home=home)
    square = fit_picture(picture, side_px=backbone.side_px, fit=backbone.picture_fit)
    places = feature_map(home, square, backbone=run.run.encoder)
    features = (
        encode_pictures(home, [square], backbone=run.run.encoder)
        if places is None
        else places.reshape(-1, places.shape[-1]).mean(axis=0)[None]
    )
    probabilities = predict_features(run, features)[0]
    names = [run.run.classes[int(probabilities.argmax())]] if classes is None else list(dict.fromkeys(classes))
    numbers = [_number(run, name) for name in names]
    weights = None if places is None else linear_weights(run.head, features[0])
    if places is None or weights is None:
        hidden = _occluded(home, run, square, probabilities, numbers)
        return Explanation("occlusion", square, probabilities, dict(zip(names, hidden, strict=True)))
    evidence = {name: class_activation(places, weights, number) for name, number in zip(names, numbers, strict=True)}
    return Explanation("class activation", square, probabilities, evidence)


def linear_weights(head: Arrays, features: np.ndarray) -> np.ndarray | None:
    """Give the weights of the features themselves in the scores of a head; None where it is not linear.

    A head that reads features raised to a power p has scores sum(f ** p * w) = sum(f * (f ** (p - 1) * w)).

    Args:
        head: Arrays of the head.
        features: Float32 (D,), not negative where raised to a power.

    Returns:
        Float32 (D, C).
    """
    weights = head.get("weights")
    if weights is None or weights.ndim != 2 or weights.shape[0] != len(features):
        return None
    if not set(head) <= _LINEAR:
        return None
    power = float(head.get("feature_power", 1.0))
    if power == 1.0:
        return np.asarray(weights, dtype=np.float32)
    safe = np.maximum(features, 0)
    factor = np.divide(np.power(safe, power), safe, out=np.zeros_like(safe), where=safe > 0)
    return np.asarray(weights * factor[:, None], dtype=np.float32)


def class_activation(places: np.ndarray, weights: np.ndarray, number: int) -> np.ndarray:
    """Compute how much each place adds to the score of a class over the mean score of all.

    Args:
        places: Float32 (H, W, D): the feature map.
        weights: Float32 (D, C), see :func:`linear_weights`.
        number: The class.

    Returns:
        Float32 (H, W), whose mean is the class's score less the mean score, biases left out.
    """
    direction = weights[:, number] - weights.mean(axis=1)
    return np.asarray(places @ direction, dtype=np.float32)


def _occluded(
    home: Home, run: RunFiles, square: np.ndarray, probabilities: np.ndarray, numbers: Sequence[int]
) -> list[np.ndarray]:
    """Hide one place after another behind gray, half overlapping; float32 (7, 7) each: probability that is lost."""
    side = square.shape[0]
    ends = np.linspace(0, side, _PATCHES + 1).round().astype(int)
    reach = side // (2 * _PATCHES)
    hidden = []
    for row in range(_PATCHES):
        for column in range(_PATCHES):
            one = square.copy()
            top, left = max(0, ends[row] - reach), max(0, ends[column] - reach)
            one[top : ends[row + 1] + reach, left : ends[column + 1] + reach] = _GRAY
            hidden.append(one)
    without = predict_features(run, encode_pictures(home, hidden, backbone=run.run.encoder))
    lost = probabilities[None, :] - without
    return [lost[:, number].reshape(_PATCHES, _PATCHES).astype(np.float32) for number in numbers]


def _number(run: RunFiles, name: str) -> int:
    if name not in run.run.classes:
        raise RunError(f"run {run.run.run_id!r} has no class {name[:120]!r}")
    return run.run.classes.index(name)
