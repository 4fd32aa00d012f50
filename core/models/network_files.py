"""A trained network on disk: for OpenVINO, for Keras, and the proof that both agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import TrainingError
from core.files import write_json_whole
from core.vision.backbone_graphs import KERAS_NETWORK
from core.vision.backbone_ir import converted, write_ir
from core.vision.backbones import NETWORK_NOTE, Backbone, trained_note
from core.vision.networks import KerasNetwork, OpenVinoNetwork

if TYPE_CHECKING:
    import keras

_LEAST_AGREEMENT = 0.999
"""Cosine between the features of both; with bfloat16 on processors that have it, 0.9995 was measured."""


def write_network(
    graph: keras.Model, backbone: Backbone, folder: Path, *, samples: Sequence[np.ndarray]
) -> dict[str, Any]:
    """Write a network so that pages can run it, and check that it is the one that was trained.

    Args:
        graph: From preprocessed pixels to features.
        backbone: What it is like.
        folder: An existing, empty folder.
        samples: A few pictures, each uint8 (S, S, 3), to compare on.

    Returns:
        ``agreement``: the smallest cosine between OpenVINO's and Keras' features; ``bytes``: size of the weights.

    Raises:
        TrainingError: OpenVINO's features are others than Keras'.
    """
    graph.save(folder / KERAS_NETWORK)
    exported = folder / "exported" / "model.xml"
    write_ir(converted(graph), backbone.preprocessing, exported, layout="NHWC")
    for file in exported.parent.iterdir():
        file.rename(folder / file.name)
    exported.parent.rmdir()
    agreement = _agreement(graph, backbone, folder / "model.xml", samples)
    if agreement < _LEAST_AGREEMENT:
        raise TrainingError(
            f"the exported network gives other features than the trained one (cosine {agreement:.4f}, at least "
            f"{_LEAST_AGREEMENT} expected): nothing was kept; report this with the versions `doctor` prints"
        )
    write_json_whole(folder / NETWORK_NOTE, {**trained_note(backbone), "agreement": agreement})
    return {"agreement": agreement, "bytes": (folder / "model.bin").stat().st_size}


def _agreement(graph: keras.Model, backbone: Backbone, model: Path, samples: Sequence[np.ndarray]) -> float:
    numbered = list(enumerate(samples))
    ours = dict(OpenVinoNetwork(model).run(iter(numbered)))
    theirs = dict(KerasNetwork(graph, backbone.preprocessing).run(iter(numbered)))
    cosines = [_cosine(ours[number], theirs[number]) for number, _ in numbered]
    return min(cosines, default=1.0)


def _cosine(first: np.ndarray, second: np.ndarray) -> float:
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return 1.0 if length == 0 else float(first @ second) / length
