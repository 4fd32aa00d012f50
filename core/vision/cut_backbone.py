"""A backbone cut in two: the lower part stays as it is and runs once, the upper part can be trained.

Sources: the bottleneck features of the classification report (K2), taken at a boundary between blocks instead of the
end; L4 and F5 freeze the first layers likewise, but run them again in every epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import TrainingError
from core.home import Home
from core.vision.backbone_graphs import build_backbone
from core.vision.backbone_ir import converted, ir_path, write_ir
from core.vision.backbones import Backbone
from core.vision.efficientnet_lite_tail import build_lite_tail
from core.vision.quiet_tensorflow import import_keras

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class CutBackbone:
    """A backbone in two parts.

    Attributes:
        backbone: Which one.
        layer: Name of the layer whose output is handed over.
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
        trained_blocks: How many blocks, counted from the end; at least 1.

    Raises:
        TrainingError: The backbone has fewer blocks.
        BackboneError: Its weights are missing.
    """
    keras = import_keras()
    graph = build_backbone(home, backbone)
    layers = cut_layers(graph)
    if not 1 <= trained_blocks <= len(layers):
        raise TrainingError(
            f"trained_blocks is {trained_blocks}: {backbone.title} can be cut before 1 to {len(layers)} of its blocks"
        )
    layer = layers[-trained_blocks]
    lower = keras.Model(graph.input, graph.get_layer(layer).output, name="lower")
    if backbone.keras_name is None and backbone.folder is None:
        upper = build_lite_tail(graph, after=layer)
    else:
        upper = keras.Model(graph.get_layer(layer).output, graph.output, name="upper")
        _freeze_norms(upper)
    path = ir_path(home, backbone).with_name("lower") / layer / "model.xml"
    if backbone.folder is not None:  # a run's folder is finished; what is derived from it goes to the cache
        path = home.cache / "backbones" / backbone.name / "lower" / layer / "model.xml"
    if not path.exists():
        write_ir(converted(lower), backbone.preprocessing, path, layout="NHWC")
    return CutBackbone(backbone, layer, lower, upper, path)


def cut_layers(graph: keras.Model) -> list[str]:
    """List the layers after which a graph can be cut, in order: all that goes on is that layer's output.

    Only the ends of blocks count: what follows has weights or parts into branches, so that no cut separates a
    convolution from its own normalisation and activation.
    """
    layers = list(graph.layers)
    place = {layer.name: position for position, layer in enumerate(layers)}
    last_use = [max((place[user] for user in _users(layer, place)), default=len(layers)) for layer in layers]
    found = []
    for position, layer in enumerate(layers[:-1]):
        is_passed_over = any(last_use[earlier] > position for earlier in range(position))
        if position and not is_passed_over and _opens_block(layer, layers[position + 1], place):
            found.append(layer.name)
    # Our own graph names the ends of its blocks; others are cut wherever nothing passes by.
    return [name for name in found if name.endswith("_output")] or found


def _opens_block(layer: Any, following: Any, place: dict[str, int]) -> bool:
    if len(getattr(layer.output, "shape", ())) != 4:
        return False
    kinds = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D")
    users = [name for name in _users(layer, place)]
    return len(users) > 1 or type(following).__name__ in kinds or type(following).__name__ == "ZeroPadding2D"


def _users(layer: Any, place: dict[str, int]) -> list[str]:
    return [node.operation.name for node in layer._outbound_nodes if node.operation.name in place]


def _freeze_norms(model: keras.Model) -> None:
    """Keep the normalisation of a network as it was trained: small batches would measure it badly."""
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.trainable = False
