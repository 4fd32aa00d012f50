"""Run a backbone over a stream of square pictures, through OpenVINO or, without it, through Keras."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from core.errors import BackboneError, SettingsError
from core.home import Home
from core.vision.backbone import Backbone, Preprocessing
from core.vision.backbone_graphs import build_backbone
from core.vision.backbone_ir import ensure_ir
from core.vision.bovw import WordsNetwork, open_words
from core.vision.quiet_openvino import import_openvino
from core.vision.weights import find_weights, missing_weights

if TYPE_CHECKING:
    import keras

ENGINES = ("openvino", "keras")
PRECISION = "SHELFLENS_PRECISION"
_KERAS_BATCH = 32
_LOG = logging.getLogger(__name__)

Token = TypeVar("Token")


class Network(Protocol):
    """A backbone that is ready to run.

    Attributes:
        engine: `openvino`, `keras`, or `opencv` for visual words.
    """

    engine: str

    def run(self, squares: Iterable[tuple[Token, np.ndarray]]) -> Iterator[tuple[Token, np.ndarray]]:
        """Turn pictures into features, taking no more pictures than are being worked on.

        Args:
            squares: Pairs of anything and a picture, uint8 (S, S, 3).

        Yields:
            The same tokens with features, float32 (D,); the order may differ.
        """


class OpenVinoNetwork:
    """A backbone on the processor through OpenVINO: several requests at a time, one picture each.

    One picture a request keeps a stream's working arrays in the processor's cache: on two cores that costs 11 ms of
    processor time a picture against 12-13 ms in batches of 4 to 32.

    Args:
        model_path: A model from uint8 (N, S, S, 3) to float32 (N, D), as `backbone_ir` writes it.
    """

    engine = "openvino"

    def __init__(self, model_path: Path) -> None:
        openvino = import_openvino()
        core = openvino.Core()
        model = core.read_model(str(model_path))
        model.reshape([1, *list(model.input().get_partial_shape())[1:]])
        self._compiled = core.compile_model(model, "CPU", _openvino_settings(core))
        self._requests = 2 * int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))

    def run(self, squares: Iterable[tuple[Token, np.ndarray]]) -> Iterator[tuple[Token, np.ndarray]]:
        """Turn pictures into features, in order; see `Network.run`."""
        # A ring of plain requests instead of OpenVINO's queue: its Python callbacks may outlive the interpreter, which
        # then ends in an abort. Spare requests keep every stream busy while results are being fetched.
        busy: deque[tuple[Token, Any]] = deque()
        try:
            for token, square in squares:
                if len(busy) < self._requests:
                    busy.append((token, _started(self._compiled.create_infer_request(), square)))
                    continue
                done, request = busy.popleft()
                features = _result(request)
                busy.append((token, _started(request, square)))
                yield done, features
            while busy:
                done, request = busy.popleft()
                yield done, _result(request)
        finally:
            for _token, request in busy:  # a cancel must not leave requests behind that still write
                request.wait()


def _started(request: Any, square: np.ndarray) -> Any:
    request.start_async({0: square[None]})
    return request


def _result(request: Any) -> np.ndarray:
    request.wait()
    return request.get_output_tensor(0).data[0].copy()


def _openvino_settings(core: Any) -> dict[str, Any]:
    """Choose how OpenVINO uses the processor: all cores, one stream each."""
    return {
        "PERFORMANCE_HINT": "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": inference_precision(core),
        # Decoding threads share the cores; a pinned stream would wait for its core while the other one idles.
        "ENABLE_CPU_PINNING": False,
    }


def inference_precision(core: Any) -> str:
    """Choose what a network computes in: bfloat16 only where the silicon has it, and `SHELFLENS_PRECISION` is not f32.

    Where the silicon has it, bfloat16 is up to twice as fast and moves features a little (cosines of 0.998 and more on
    photos); float32 gives the same features on every machine. Elsewhere it is emulated and three times slower.
    """
    has_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bf16" if has_bf16 and os.environ.get(PRECISION) != "f32" else "f32"


class KerasNetwork:
    """A backbone through Keras, for machines where OpenVINO cannot be loaded.

    Args:
        graph: From float32 (N, S, S, 3), preprocessed pixels, to float32 (N, D).
        preprocessing: What is done to pixels first.
    """

    engine = "keras"

    def __init__(self, graph: keras.Model, preprocessing: Preprocessing) -> None:
        self._graph = graph
        self._preprocessing = preprocessing

    def run(self, squares: Iterable[tuple[Token, np.ndarray]]) -> Iterator[tuple[Token, np.ndarray]]:
        """Turn pictures into features; see `Network.run`."""
        stream = iter(squares)
        while batch := list(islice(stream, _KERAS_BATCH)):
            pixels = preprocessed(np.stack([square for _, square in batch]), self._preprocessing)
            rows = np.asarray(self._graph.predict_on_batch(pixels), dtype=np.float32)
            yield from zip((token for token, _ in batch), rows, strict=True)


def preprocessed(pictures: np.ndarray, preprocessing: Preprocessing) -> np.ndarray:
    """Scale pixels as a backbone's graph wants them.

    Args:
        pictures: uint8 (N, S, S, 3), RGB.
        preprocessing: Means, scale and order of channels.

    Returns:
        float32 (N, S, S, 3).
    """
    pixels = pictures[..., ::-1] if preprocessing.reverse_channels else pictures
    mean = np.asarray(preprocessing.mean, dtype=np.float32)
    return (pixels.astype(np.float32) - mean) / np.float32(preprocessing.scale)


def open_network(home: Home, backbone: Backbone) -> Network:
    """Make a backbone ready to run, in a worker.

    OpenVINO is used when it can be loaded, Keras otherwise; `SHELFLENS_ENGINE` (`openvino` or `keras`) overrules.

    Raises:
        BackboneError: The weights are missing or wrong, or the named engine cannot be loaded.
        SettingsError: `SHELFLENS_ENGINE` names no engine.
    """
    if backbone.kind == "words":
        return open_vocabulary(home, backbone)
    if _uses_openvino():
        return OpenVinoNetwork(ensure_ir(home, backbone))
    return KerasNetwork(build_backbone(home, backbone), backbone.preprocessing)


def open_vocabulary(home: Home, backbone: Backbone) -> WordsNetwork:
    """Open the visual words of a home.

    Raises:
        BackboneError: None were fitted yet, or their file is damaged.
    """
    path = find_weights(home, backbone)
    if path is None:
        raise missing_weights(home, backbone)
    return open_words(path)


def prepare_for_pages(home: Home, backbone: Backbone) -> None:
    """Make the OpenVINO model that pages run, should it be missing although every feature is there.

    Raises:
        BackboneError: The weights are missing or wrong.
    """
    if backbone.kind == "words":
        open_vocabulary(home, backbone)
    elif _uses_openvino():
        ensure_ir(home, backbone)


def _uses_openvino() -> bool:
    wanted = os.environ.get("SHELFLENS_ENGINE", "")
    if wanted not in ("", *ENGINES):
        raise SettingsError(f"SHELFLENS_ENGINE is {wanted!r}: expected one of {', '.join(ENGINES)}; or unset it")
    return wanted != "keras" and (wanted == "openvino" or _openvino_loads())


def _openvino_loads() -> bool:
    try:
        import_openvino()
    except BackboneError as error:
        _LOG.warning("embedding through Keras, several times slower: %s", error)
        return False
    return True
