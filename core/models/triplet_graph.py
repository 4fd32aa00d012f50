"""The finished embedding as one network: from pixels through the frozen backbone to points of length 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.home import Home
from core.models.learning import Arrays
from core.vision.backbone_graphs import build_backbone
from core.vision.backbones import Backbone
from core.vision.quiet_tensorflow import import_keras

if TYPE_CHECKING:
    import keras


def triplet_graph(home: Home, backbone: Backbone, arrays: Arrays) -> keras.Model:
    """Put the learned layers behind the backbone.

    Args:
        home: Where weights of the backbone are looked for.
        backbone: What the features came from.
        arrays: ``feature_power``, ``last_weights`` (D or hidden, d), ``last_bias`` (d,), and ``hidden_weights`` and
            ``hidden_bias`` where there is a hidden layer.

    Returns:
        A model from float32 (N, S, S, 3), preprocessed pixels, to float32 (N, d), rows of length 1.

    Raises:
        BackboneError: The backbone has no weights here, or is no network.
    """
    keras = import_keras()
    graph = build_backbone(home, backbone)
    outputs, power = graph.output, float(arrays["feature_power"])
    if power != 1:
        sizes = keras.ops.absolute(outputs)
        raised = keras.ops.sqrt(sizes) if power == 0.5 else keras.ops.power(sizes, power)
        outputs = keras.ops.multiply(keras.ops.sign(outputs), raised)
    # A backbone may be such a network itself: its layers have these names already.
    number = sum(layer.name.startswith("triplet_last") for layer in graph.layers)
    layers: list[Any] = []
    for name, activation in (("hidden", "relu"), ("last", None)):
        if f"{name}_weights" in arrays:
            width = arrays[f"{name}_weights"].shape[1]
            layers.append(keras.layers.Dense(width, activation=activation, name=f"triplet_{name}_{number}"))
            outputs = layers[-1](outputs)
            layers[-1].set_weights([arrays[f"{name}_weights"], arrays[f"{name}_bias"]])
    outputs = keras.layers.UnitNormalization(name=f"triplet_unit_{number}")(outputs)
    return keras.Model(graph.input, outputs, name="triplet_network")
