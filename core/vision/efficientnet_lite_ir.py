"""EfficientNet-Lite as an OpenVINO model, straight from the checkpoint.

The same network as the Keras graph of `efficientnet_lite` (a test holds them together), but made without importing
TensorFlow, which takes longer than embedding a few thousand pictures. Batch normalisation is folded into the weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.vision.efficientnet_lite import checkpoint_name
from core.vision.lite_networks import BN_EPSILON, Block, LiteNetwork, verified_checkpoint
from core.vision.quiet_openvino import import_openvino
from core.vision.torch_checkpoint import read_checkpoint

Weights = dict[str, np.ndarray]


def build_efficientnet_lite_ir(network: LiteNetwork) -> Any:
    """Build a network of the family with its ImageNet weights as an `openvino.Model`.

    Args:
        network: Which size; S is its side.

    Returns:
        A model from float32 (N, 3, S, S), values `(x - 127) / 128`, to float32 (N, 1280).

    Raises:
        BackboneError: The weights are missing or not the published ones, or OpenVINO cannot be loaded.
    """
    openvino = import_openvino()
    from openvino import opset13 as ops

    weights = read_checkpoint(verified_checkpoint(network))
    pictures = ops.parameter([-1, 3, network.side_px, network.side_px], np.float32, name="pictures")
    x = _relu6(_convolution(pictures, weights, "stem_conv", "stem_bn", stride=2))
    for block in network.blocks:
        x = _block(x, weights, block)
    x = _relu6(_convolution(x, weights, "head_conv", "head_bn"))
    features = ops.reduce_mean(x, ops.constant(np.array([2, 3], dtype=np.int64)), keep_dims=False)
    return openvino.Model([ops.result(features)], [pictures], network.name.replace("-", "_"))


def _block(x: Any, weights: Weights, block: Block) -> Any:
    from openvino import opset13 as ops

    y, name = x, block.name
    if block.expansion != 1:
        y = _relu6(_convolution(y, weights, f"{name}_expand_conv", f"{name}_bn0"))
    y = _relu6(_convolution(y, weights, f"{name}_depthwise_conv", f"{name}_bn1", stride=block.stride))
    y = _convolution(y, weights, f"{name}_project_conv", f"{name}_bn2")
    return ops.add(x, y) if block.adds_input else y


def _convolution(x: Any, weights: Weights, layer: str, norm: str, *, stride: int = 1) -> Any:
    """Add a convolution with its batch normalisation folded in; PyTorch keeps kernels in OpenVINO's order already."""
    from openvino import opset13 as ops

    norm_name = checkpoint_name(norm)
    gamma, beta, mean, variance = (
        weights[f"{norm_name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + np.float32(BN_EPSILON))
    kernel = weights[f"{checkpoint_name(layer)}.weight"] * scale[:, None, None, None]
    step, none = [stride, stride], [0, 0]
    if "depthwise" in layer:
        kernel = ops.constant(kernel[:, None].astype(np.float32))
        y = ops.group_convolution(x, kernel, step, none, none, [1, 1], auto_pad="same_upper")
    else:
        kernel = ops.constant(kernel.astype(np.float32))
        y = ops.convolution(x, kernel, step, none, none, [1, 1], auto_pad="same_upper")
    return ops.add(y, ops.constant((beta - mean * scale).astype(np.float32).reshape(1, -1, 1, 1)))


def _relu6(x: Any) -> Any:
    from openvino import opset13 as ops

    return ops.clamp(x, 0.0, 6.0)
