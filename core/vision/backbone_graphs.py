"""Build a backbone's Keras graph with its weights. Workers only: this imports TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BackboneError
from core.home import Home
from core.vision.backbones import Backbone, find_weights, missing_weights
from core.vision.efficientnet_lite import build_efficientnet_lite0
from core.vision.quiet_tensorflow import import_keras

if TYPE_CHECKING:
    import keras

KERAS_NETWORK = "model.keras"
"""The graph of a trained network, beside its OpenVINO model."""


def build_backbone(home: Home, backbone: Backbone) -> keras.Model:
    """Build a backbone with its pretrained weights, ending in global average pooling.

    Weights that are neither in the home nor in Keras' folder are downloaded by Keras, which checks their hash.

    Args:
        home: Where weights files of the user are looked for.
        backbone: Which one.

    Returns:
        A model from float32 (N, S, S, 3), preprocessed pixels, to float32 (N, D).

    Raises:
        BackboneError: There are no weights, or they do not belong to this network.
    """
    if backbone.folder is not None:
        return _trained(backbone)
    if backbone.keras_name is None:
        return build_efficientnet_lite0()
    weights = find_weights(home, backbone)
    if weights is None:
        return _downloaded(home, backbone)
    model = _application(backbone, weights=None)
    try:
        model.load_weights(str(weights))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackboneError(
            f"{weights} does not hold the weights of backbone '{backbone.name}' ({_first_line(error)}): put the file "
            f"that Keras publishes as {backbone.weights_file} there"
        ) from error
    return model


def _downloaded(home: Home, backbone: Backbone) -> keras.Model:
    """Let Keras download the weights; it says itself what it fetches."""
    try:
        return _application(backbone, weights="imagenet")
    except Exception as error:
        raise missing_weights(
            home, backbone, because=f" and they cannot be downloaded ({_first_line(error)})"
        ) from error


def _trained(backbone: Backbone) -> keras.Model:
    """Load the graph a run kept beside its OpenVINO model; Keras' safe mode runs no code from the file."""
    path = Path(str(backbone.folder)) / KERAS_NETWORK
    try:
        return import_keras().saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackboneError(
            f"{path} cannot be loaded ({_first_line(error)}): restore it or train the run again"
        ) from error


def _application(backbone: Backbone, *, weights: str | None) -> keras.Model:
    build = getattr(import_keras().applications, str(backbone.keras_name))
    shape = (backbone.side_px, backbone.side_px, 3)
    return build(include_top=False, pooling="avg", weights=weights, input_shape=shape)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
