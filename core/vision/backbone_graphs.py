"""Build a backbone's Keras graph with its weights. Workers only: this imports TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BackboneError
from core.home import Home
from core.vision.backbone import Backbone
from core.vision.efficientnet_lite import build_efficientnet_lite
from core.vision.hdf5_weights import check_weights_file
from core.vision.lite_networks import LITE_NETWORKS
from core.vision.quiet_tensorflow import import_keras
from core.vision.weights import find_weights, missing_weights

if TYPE_CHECKING:
    import keras

KERAS_NETWORK = "model.keras"
"""The graph of a trained network, beside its OpenVINO model."""


def build_backbone(home: Home, backbone: Backbone) -> keras.Model:
    """Build a backbone with its pretrained weights, ending in global average pooling.

    Args:
        home: Where weights files of the user are looked for.
        backbone: Which one.

    Returns:
        A model from float32 (N, S, S, 3), preprocessed pixels, to float32 (N, D).

    Raises:
        BackboneError: There are no weights, they do not belong to this network, or it is no network at all.
    """
    if backbone.kind == "trained":
        return _trained(backbone)
    if backbone.kind == "lite":
        return build_efficientnet_lite(LITE_NETWORKS[backbone.name])
    if backbone.kind == "words":
        raise BackboneError(f"backbone '{backbone.name}' counts visual words: it has no layers; choose a network")
    weights = find_weights(home, backbone)
    if weights is None:
        raise missing_weights(home, backbone)
    return load_application(backbone, weights)


def load_application(backbone: Backbone, weights: Path) -> keras.Model:
    """Build a graph of `keras.applications` with the weights of a file, which may come from strangers.

    Raises:
        BackboneError: The file is damaged, points elsewhere, or holds the weights of another network.
    """
    check_weights_file(weights)
    build = getattr(import_keras().applications, str(backbone.keras_name))
    shape = (backbone.side_px, backbone.side_px, 3)
    model = build(include_top=False, pooling="avg", weights=None, input_shape=shape)
    try:
        model.load_weights(str(weights))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError) as error:
        raise BackboneError(
            f"{weights} does not hold the weights of backbone '{backbone.name}' ({_first_line(error)}): put the file "
            f"that Keras publishes as {backbone.weights_file} there"
        ) from error
    return model


def _trained(backbone: Backbone) -> keras.Model:
    """Load the graph a run kept beside its OpenVINO model; Keras' safe mode runs no code from the file."""
    path = Path(str(backbone.folder)) / KERAS_NETWORK
    try:
        return import_keras().saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackboneError(
            f"{path} cannot be loaded ({_first_line(error)}): restore it or train the run again"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
