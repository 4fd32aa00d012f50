"""The upper blocks of EfficientNet-Lite made fast to train: normalisation folded into the convolutions.

The filters of the depthwise convolutions stay as they are. TensorFlow computes the gradient of 5 x 5 depthwise filters
so slowly that it takes as long as everything else (measured: 1.3 of 2.2 ms a picture and block on two cores), and they
hold one weight in fifty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.vision.lite_networks import BN_EPSILON, FEATURE_DIMENSIONS, Block, LiteNetwork
from core.vision.quiet_tensorflow import import_keras

if TYPE_CHECKING:
    import keras


def build_lite_tail(graph: keras.Model, network: LiteNetwork, *, after: str) -> keras.Model:
    """Rebuild the network above a layer, with the same outputs.

    Args:
        graph: The whole network, as `build_efficientnet_lite` gives it.
        network: Which size it is.
        after: Name of the layer it is cut after; block ends are called `block<i>_output`.

    Returns:
        A model from float32 activations (N, H, W, C) to float32 features (N, 1280).
    """
    keras = import_keras()
    inputs = keras.Input(graph.get_layer(after).output.shape[1:], name="activations")
    x = inputs
    names = [block.name for block in network.blocks]
    first = names.index(after.removesuffix("_output")) + 1 if after.startswith("block") else 0
    for block in network.blocks[first:]:
        x = _folded_block(x, block, graph)
    x = _relu6(_folded(x, graph, "head_conv", "head_bn", filters=FEATURE_DIMENSIONS), "head")
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D(name="features")(x), name="upper")


def _folded_block(x: Any, block: Block, graph: keras.Model) -> Any:
    layers, y, name = import_keras().layers, x, block.name
    if block.expansion != 1:
        width = block.width_in * block.expansion
        y = _relu6(_folded(y, graph, f"{name}_expand_conv", f"{name}_bn0", filters=width), f"{name}_expand")
    y = _relu6(_folded_depthwise(y, graph, block), f"{name}_depthwise")
    y = _folded(y, graph, f"{name}_project_conv", f"{name}_bn2", filters=block.width_out)
    return layers.Add(name=f"{name}_output")([x, y]) if block.adds_input else y


def _folded(x: Any, graph: keras.Model, conv: str, norm: str, *, filters: int) -> Any:
    scale, bias = _scale_and_bias(graph, norm)
    layer = import_keras().layers.Conv2D(filters, 1, use_bias=True, name=conv)
    y = layer(x)
    layer.set_weights([graph.get_layer(conv).get_weights()[0] * scale, bias])
    return y


def _folded_depthwise(x: Any, graph: keras.Model, block: Block) -> Any:
    layers = import_keras().layers
    conv, norm = f"{block.name}_depthwise_conv", f"{block.name}_bn1"
    scale, bias = _scale_and_bias(graph, norm)
    layer = layers.DepthwiseConv2D(block.kernel, strides=block.stride, padding="same", trainable=False, name=conv)
    y = layer(x)
    layer.set_weights([graph.get_layer(conv).get_weights()[0] * scale[:, None], bias])
    return y


def _scale_and_bias(graph: keras.Model, norm: str) -> tuple[np.ndarray, np.ndarray]:
    """Give what a normalisation multiplies and adds, float32 (C,) each."""
    gamma, beta, mean, variance = graph.get_layer(norm).get_weights()
    scale = gamma / np.sqrt(variance + np.float32(BN_EPSILON))
    return scale, beta - mean * scale


def _relu6(x: Any, name: str) -> Any:
    return import_keras().layers.ReLU(max_value=6.0, name=f"{name}_relu6")(x)
