"""A backbone cut in two: the lower part stays as it is and runs once, the upper part can be trained.

Sources: the bottleneck features of the classification report (K2), taken at a boundary between blocks instead of the
end; L4 and F5 freeze the first layers likewise, but run them again in every epoch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import TrainingError
from core.home import Home
from core.vision.backbone import DEFAULT_BACKBONE, Backbone
from core.vision.backbone_graphs import build_backbone
from core.vision.backbone_ir import converted, ir_path, write_ir
from core.vision.efficientnet_lite_tail import build_lite_tail
from core.vision.lite_networks import LITE_NETWORKS
from core.vision.quiet_tensorflow import import_keras

if TYPE_CHECKING:
    import keras

_BLOCK_END = re.compile(r".*(_output|_out|_preact_relu|_add|_project_(bn|BN|activation))|mixed\d+")
"""Names that `keras.applications` and our own graph give to the ends of blocks."""
_JOINS = ("Add", "Concatenate")
_OPENS = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "ZeroPadding2D", "Sequential")


@dataclass(frozen=True)
class CutPoint:
    """A place where a graph can be cut.

    Attributes:
        name: Of the layer before it; `operation<i>` where Keras made a name up, which differs from process to process.
        output: What is handed over, a symbolic tensor of shape (N, H, W, C).
    """

    name: str
    output: Any


@dataclass(frozen=True)
class CutBackbone:
    """A backbone in two parts.

    Attributes:
        backbone: Which one.
        layer: Name of the place it is cut at.
        lower: Graph from float32 (N, S, S, 3), preprocessed pixels, to activations (N, H, W, C).
        upper: Trainable graph from activations to features (N, D); normalisation uses its stored figures.
        model_path: The lower part for OpenVINO, from uint8 pixels.
    """

    backbone: Backbone
    layer: str
    lower: keras.Model
    upper: keras.Model
    model_path: Path

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the activations."""
        height, width, channels = self.lower.output_shape[1:]
        return int(height), int(width), int(channels)

    def fused(self) -> keras.Model:
        """Join both parts: from preprocessed pixels to features."""
        return import_keras().Model(self.lower.input, self.upper(self.lower.output), name="trained_network")


def cut_backbone(home: Home, backbone: Backbone, *, trained_blocks: int) -> CutBackbone:
    """Cut a backbone so that its last blocks can be trained.

    Args:
        home: Where the lower part is cached for OpenVINO.
        backbone: Which one.
        trained_blocks: How many blocks, counted from the end; 0 takes all that can be.

    Raises:
        TrainingError: The backbone has fewer blocks, or is no network.
        BackboneError: Its weights are missing.
    """
    keras = import_keras()
    if backbone.kind == "words":
        raise TrainingError(
            f"backbone '{backbone.name}' counts visual words and has no blocks to train: choose a network such as "
            f"'{DEFAULT_BACKBONE}', or a recipe that learns from features, such as `linear`"
        )
    graph = build_backbone(home, backbone)
    points = cut_points(graph)
    if not 0 <= trained_blocks <= len(points):
        raise TrainingError(
            f"trained_blocks is {trained_blocks}: {backbone.title} can be cut before 1 to {len(points)} of its "
            "blocks; 0 takes all"
        )
    point = points[-trained_blocks] if trained_blocks else points[0]
    lower = keras.Model(graph.input, point.output, name="lower")
    if backbone.kind == "lite":
        upper = build_lite_tail(graph, LITE_NETWORKS[backbone.name], after=point.name)
    else:
        upper = keras.Model(point.output, graph.output, name="upper")
        _freeze_norms(upper)
    path = ir_path(home, backbone).with_name("lower") / point.name / "model.xml"
    if backbone.folder is not None:  # a run's folder is finished; what is derived from it goes to the cache
        path = home.cache / "backbones" / backbone.name / "lower" / point.name / "model.xml"
    if not path.exists():
        write_ir(converted(lower), backbone.preprocessing, path, layout="NHWC")
    return CutBackbone(backbone, point.name, lower, upper, path)


def cut_points(graph: keras.Model) -> list[CutPoint]:
    """List the places where a graph can be cut, in order: all that goes on is one operation's output.

    Only the ends of blocks count: what follows has weights or parts into branches, so that no cut separates a
    convolution from its own normalisation and activation. VGG has no blocks with ends of their own: its convolutions
    count.
    """
    # Not its layers: `x + y` of two outputs, as ConvNeXt and MobileNetV3 have it, is an operation and no layer.
    operations = list(graph.operations)
    place = {id(operation): position for position, operation in enumerate(operations)}
    users = [_users(operation, place) for operation in operations]
    found, ends = [], []
    reach = -1  # the last operation that uses an output from before
    for position, operation in enumerate(operations[:-1]):
        is_passed_over = reach > position
        reach = max([reach, *users[position]])
        if position and not is_passed_over and _opens_block(operation, users[position], operations):
            point = CutPoint(_stable_name(operation, position), operation.output)
            found.append(point)
            if _BLOCK_END.fullmatch(operation.name) or type(operation).__name__ in _JOINS:
                ends.append(point)
    return ends or found


def _stable_name(operation: Any, position: int) -> str:
    """Give an operation's name unless Keras counted it up, as in `add_16`: the count goes on within a process."""
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(operation).__name__).lower()
    is_counted = re.sub(r"_\d+$", "", operation.name).replace("_", "") == kind.replace("_", "")
    return f"operation{position}" if is_counted else operation.name


def _opens_block(operation: Any, users: Sequence[int], operations: Sequence[Any]) -> bool:
    if len(getattr(operation.output, "shape", ())) != 4:
        return False
    return len(users) > 1 or any(type(operations[user]).__name__ in _OPENS for user in users)


def _users(operation: Any, place: dict[int, int]) -> list[int]:
    """Give the positions of the operations that take an operation's output."""
    takers = (place.get(id(node.operation)) for node in operation._outbound_nodes)
    return [taker for taker in takers if taker is not None]


def _freeze_norms(model: keras.Model) -> None:
    """Keep the normalisation of a network as it was trained: small batches would measure it badly."""
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.trainable = False
