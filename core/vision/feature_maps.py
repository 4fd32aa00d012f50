"""What a network sees place by place: its last feature map, before it is averaged into features."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.home import Home
from core.vision.backbone_ir import require_ir
from core.vision.backbones import find_backbone
from core.vision.networks import inference_precision
from core.vision.quiet_openvino import import_openvino

_PASSED_BY = frozenset({"Reshape", "Squeeze", "Unsqueeze", "Convert"})
_AXES: dict[tuple[int, ...], tuple[int, ...]] = {(2, 3): (0, 2, 3, 1), (1, 2): (0, 1, 2, 3)}
"""Axes that are averaged, as a network of either layout has them, and the order that brings (N, H, W, D)."""


def feature_map(home: Home, square: np.ndarray, *, backbone: str) -> np.ndarray | None:
    """Compute the feature map of a picture.

    Args:
        home: A home in which a catalog was embedded with this backbone.
        square: Uint8 (S, S, 3): the picture as the backbone takes it.
        backbone: Which backbone.

    Returns:
        Float32 (H, W, D), whose mean over H and W are the picture's features; None where the backbone's features are
        no such mean, as of visual words.

    Raises:
        BackboneError: There is no such backbone, or nothing was embedded with it in this home yet.
    """
    found = find_backbone(backbone, home=home)
    if found.kind == "words":
        return None
    network = _compiled(require_ir(home, found))
    if network is None:
        return None
    compiled, order = network
    places = next(iter(compiled(square[None]).values()))
    return np.ascontiguousarray(np.transpose(places, order)[0], dtype=np.float32)


@lru_cache(maxsize=2)
def _compiled(model_path: Path) -> tuple[Any, tuple[int, ...]] | None:
    """Compile the network up to its last averaging; None where there is none at its end."""
    openvino = import_openvino()
    core = openvino.Core()
    model = core.read_model(str(model_path))
    model.reshape([1, *list(model.input().get_partial_shape())[1:]])
    averaging = _last_averaging(model)
    if averaging is None:
        return None
    node, order = averaging
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": inference_precision(core)}
    cut = openvino.Model([node.input_value(0)], model.get_parameters(), "feature_map")
    return core.compile_model(cut, "CPU", settings), order


def _last_averaging(model: Any) -> tuple[Any, tuple[int, ...]] | None:
    node = model.get_results()[0].input_value(0).get_node()
    while node.get_type_name() in _PASSED_BY:
        node = node.input_value(0).get_node()
    if node.get_type_name() != "ReduceMean" or len(node.input_value(0).get_partial_shape()) != 4:
        return None
    axes = node.input_value(1).get_node()
    if axes.get_type_name() != "Constant":
        return None
    order = _AXES.get(tuple(sorted(int(axis) % 4 for axis in np.ravel(axes.data))))
    return None if order is None else (node, order)
