"""The process that loads a model from elsewhere: limits first, then Keras, then a network OpenVINO can run.

``python -m core.models.foreign_loading FOLDER`` reads ``request.json``, ``model.keras`` (written by
`core.models.keras_archive`) and ``samples.npy`` there, and leaves ``network/``, ``head.npz`` and ``answer.json``. What
goes wrong is one line in ``answer.json``; a process that dies leaves none.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import RunError, ShelfLensError
from core.files import load_array, read_json, write_json_whole
from core.models.foreign_head import CHANCES, SEPARATE, SIGMOID, SOFTMAX, two_columns

if TYPE_CHECKING:
    import keras

REQUEST, MODEL, SAMPLES, NETWORK_FOLDER, HEAD_FILE, ANSWER = (
    "request.json",
    "model.keras",
    "samples.npy",
    "network",
    "head.npz",
    "answer.json",
)
MOST_SIDE_PX = 1024
MOST_FEATURES = 16_384
_MIB = 2**20
_SCALES = {
    "none": ([1.0] * 3, [0.0] * 3),
    "0-1": ([1 / 255] * 3, [0.0] * 3),
    "-1-1": ([1 / 127.5] * 3, [-1.0] * 3),
    "caffe": ([1.0] * 3, [-103.939, -116.779, -123.68]),
    "imagenet": (
        [1 / (255 * deviation) for deviation in (0.229, 0.224, 0.225)],
        [-mean / deviation for mean, deviation in zip((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), strict=True)],
    ),
}
"""Factor and summand of each channel, as keras.applications prepares pictures."""


def main(folder: Path) -> int:
    """Load the model of a folder; give the exit code: 0 done, 2 refused."""
    request = read_json(folder / REQUEST)
    _limit(request)
    try:
        answer = _load(folder, request)
    except ShelfLensError as error:
        write_json_whole(folder / ANSWER, {"error": str(error)})
        return 2
    except MemoryError:
        write_json_whole(folder / ANSWER, {"error": "it needs more memory than it may take"})
        return 2
    except Exception as error:  # noqa: BLE001 - Keras and TensorFlow raise whatever they like; this process ends here
        line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        write_json_whole(folder / ANSWER, {"error": f"Keras cannot build it ({type(error).__name__}: {line})"})
        return 2
    write_json_whole(folder / ANSWER, answer)
    return 0


def _limit(request: dict[str, Any]) -> None:
    """Bound memory, processor time, file sizes and core dumps of this process."""
    memory, seconds = int(request["memory_mib"]) * _MIB, int(request["seconds"])
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, 4 * seconds),
        (resource.RLIMIT_FSIZE, 4096 * _MIB),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _load(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    import zipfile

    from core.models.keras_archive import WEIGHTS
    from core.vision.hdf5_weights import check_weights_file
    from core.vision.picture_fit import fit_picture

    with zipfile.ZipFile(folder / MODEL) as archive:
        archive.extract(WEIGHTS, folder)  # our own file, of three known names
    check_weights_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    from core.vision.quiet_tensorflow import import_keras

    model = import_keras().saving.load_model(folder / MODEL, compile=False, safe_mode=True)
    height, width = _input_size(model, int(request["side_px"]))
    outputs = _outputs(model)
    _check_finite(model)
    side_px = max(height, width)
    given = load_array(folder / SAMPLES)
    samples = np.stack([fit_picture(picture, side_px=side_px, fit="resize") for picture in given])
    graph, head = _split(model, (height, width), request, samples)
    class_count = int(head["bias"].shape[0]) if "bias" in head else outputs
    np.savez(folder / HEAD_FILE, allow_pickle=False, **head)
    notes = _write(graph, folder / NETWORK_FOLDER, side_px, request, samples)
    return {
        "classes": class_count,
        "own_outputs": outputs,
        "side_px": side_px,
        "feature_dimensions": int(graph.output_shape[-1]),
        "parameters": int(model.count_params()),
        "head": "its last layer" if "weights" in head else "its outputs as they are",
        "output": ("softmax", "sigmoid", "softmax", "sigmoid")[int(head["output"])],
        **notes,
    }


def _input_size(model: keras.Model, side_px: int) -> tuple[int, int]:
    """Give height and width of its pictures.

    Raises:
        RunError: It takes something else than one RGB picture.
    """
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != 4 or model.inputs[0].shape[-1] != 3:
        shapes = ", ".join(str(tuple(each.shape)) for each in model.inputs[:3])
        raise RunError(f"it takes input of shape {shapes}: expected one RGB picture, (None, height, width, 3)")
    height, width = (side if side is not None else side_px for side in model.inputs[0].shape[1:3])
    if not height or not width:
        raise RunError("it takes pictures of any size: say which side they shall have with --side")
    if side_px and side_px != max(height, width):
        raise RunError(f"it takes pictures of {height} x {width} pixels, not of --side {side_px}: leave the option out")
    if max(height, width) > MOST_SIDE_PX:
        raise RunError(f"it takes pictures of {height} x {width} pixels: at most {MOST_SIDE_PX} a side")
    return int(height), int(width)


def _outputs(model: keras.Model) -> int:
    shape = tuple(model.outputs[0].shape)
    if len(model.outputs) != 1 or len(shape) != 2 or not shape[1]:
        shapes = ", ".join(str(tuple(each.shape)) for each in model.outputs[:3])
        raise RunError(f"it gives output of shape {shapes}: expected one number for each class, (None, classes)")
    return int(shape[1])


def _check_finite(model: keras.Model) -> None:
    for variable in model.weights:
        values = np.asarray(variable)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise RunError(f"its weights {variable.path[:120]!r} hold values that are no numbers")


def _split(
    model: keras.Model, size: tuple[int, int], request: dict[str, Any], samples: np.ndarray
) -> tuple[keras.Model, dict[str, np.ndarray]]:
    """Part a model into a network that gives features and a head: at its last dense layer, where it ends in one."""
    from core.vision.quiet_tensorflow import import_keras

    keras = import_keras()
    activation, (last, source) = "", _made_by(model.outputs[0])
    if isinstance(last, keras.layers.Activation | keras.layers.Softmax):
        activation = last.activation.__name__ if isinstance(last, keras.layers.Activation) else "softmax"
        last, source = _made_by(source)
    is_head = isinstance(last, keras.layers.Dense) and source is not None and len(source.shape) == 2
    activation = activation or (last.activation.__name__ if is_head else "")
    if is_head and activation in ("softmax", "sigmoid", "linear") and int(source.shape[-1] or 0) <= MOST_FEATURES:
        graph = _with_scaling(keras.Model(model.inputs, source), size, request)
        return graph, _dense_head(last, activation, str(request["output"]))
    graph = _with_scaling(model, size, request)
    found = np.asarray(graph(samples.astype(np.float32), training=False))
    return graph, {"output": np.array(_kind_of(found, activation, str(request["output"])))}


def _made_by(tensor: Any) -> tuple[Any, Any]:
    """Give the layer that made an output and the one input it had in that call; None where it had several."""
    if tensor is None or getattr(tensor, "_keras_history", None) is None:
        return None, None
    made = tensor._keras_history
    sources = made.operation._inbound_nodes[made.node_index].input_tensors
    return made.operation, sources[0] if len(sources) == 1 else None


def _dense_head(layer: keras.layers.Dense, activation: str, wanted: str) -> dict[str, np.ndarray]:
    weights = np.asarray(layer.kernel, dtype=np.float32)
    bias = np.asarray(layer.bias, dtype=np.float32) if layer.use_bias else np.zeros(weights.shape[1], np.float32)
    if weights.shape[1] == 1:
        weights, bias = two_columns(weights, bias)
        return {"weights": weights, "bias": bias, "output": np.array(SOFTMAX)}
    kind = SIGMOID if wanted == "sigmoid" or (wanted == "auto" and activation == "sigmoid") else SOFTMAX
    return {"weights": weights, "bias": bias, "output": np.array(kind)}


def _kind_of(found: np.ndarray, activation: str, wanted: str) -> int:
    """Tell what outputs are: by what is said, by the last activation, or by looking at a few."""
    if wanted == "logits":
        return SOFTMAX
    named = wanted if wanted != "auto" else activation
    if named in ("softmax", "sigmoid"):
        return CHANCES if named == "softmax" else SEPARATE
    if not np.isfinite(found).all():
        raise RunError("it gives values that are no numbers for ordinary pictures")
    if found.min() < 0 or found.max() > 1:
        return SOFTMAX
    return CHANCES if np.allclose(found.sum(axis=1), 1, atol=1e-3) else SEPARATE


def _with_scaling(model: keras.Model, size: tuple[int, int], request: dict[str, Any]) -> keras.Model:
    """Put the scaling of pixels, and the model's own size where it is no square, before a network."""
    from core.vision.quiet_tensorflow import import_keras

    keras = import_keras()
    scaling, side = str(request["scaling"]), max(size)
    scale, offset = _SCALES[scaling]
    pixels = keras.Input((side, side, 3), name="pixels")
    made = pixels
    if size[0] != size[1]:
        made = keras.layers.Resizing(*size)(made)
    if scaling == "caffe":
        made = keras.ops.flip(made, axis=-1)
    if scaling != "none":
        made = keras.layers.Rescaling(scale, offset)(made)
    return keras.Model(pixels, model(made))


def _write(
    graph: keras.Model, folder: Path, side_px: int, request: dict[str, Any], samples: np.ndarray
) -> dict[str, Any]:
    from core.models.network_files import write_network
    from core.vision.backbones import INSIDE, NETWORK_WEIGHTS, Backbone

    described = Backbone(
        name="foreign",
        title="Model from elsewhere",
        side_px=side_px,
        feature_dimensions=int(graph.output_shape[-1]),
        preprocessing=INSIDE,
        picture_fit=request["picture_fit"],
        licence="not known: ask whoever made it",
        download_mb=0,
        weights_source="added from a file",
        weights_file=NETWORK_WEIGHTS,
    )
    found = np.asarray(graph(samples[:4].astype(np.float32), training=False))
    if not np.isfinite(found).all():
        raise RunError("it gives values that are no numbers for ordinary pictures")
    folder.mkdir()
    return write_network(graph, described, folder, samples=list(samples))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
