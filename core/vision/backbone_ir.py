"""Turn a backbone into an OpenVINO model once, and keep it in the home's cache.

The cached model takes the pixels themselves, uint8 (N, S, S, 3): scaling is folded into it. Whoever runs it needs
neither Keras nor TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BackboneError
from core.files import whole_folder
from core.home import Home
from core.vision.backbone import Backbone, Preprocessing
from core.vision.backbone_graphs import build_backbone
from core.vision.efficientnet_lite_ir import build_efficientnet_lite_ir
from core.vision.lite_networks import LITE_NETWORKS
from core.vision.quiet_openvino import import_openvino
from core.vision.quiet_tensorflow import import_tensorflow
from core.vision.weights import missing_weights, weights_hash

if TYPE_CHECKING:
    import keras

_MODEL = "model.xml"


def ir_path(home: Home, backbone: Backbone) -> Path:
    """Name the cached model of a backbone, by its weights, its settings and OpenVINO's version; it may not exist yet.

    Raises:
        BackboneError: The weights are missing, or OpenVINO cannot be loaded.
    """
    if backbone.folder is not None:
        return backbone.folder / _MODEL
    version = str(import_openvino().__version__).split("-")[0]
    key = f"{weights_hash(home, backbone)[:12]}-{backbone.settings_key()}-openvino-{version}"
    return home.cache / "backbones" / backbone.name / key / _MODEL


def ensure_ir(home: Home, backbone: Backbone) -> Path:
    """Give the cached model of a backbone, making it first when it is not there.

    Making it imports TensorFlow for the backbones of `keras.applications`, not for EfficientNet-Lite.

    Raises:
        BackboneError: The weights are missing or wrong, or OpenVINO cannot be loaded.
    """
    if backbone.folder is not None:
        return require_ir(home, backbone)
    path = ir_path(home, backbone)
    if not path.exists():
        if backbone.kind == "lite":
            write_ir(
                build_efficientnet_lite_ir(LITE_NETWORKS[backbone.name]), backbone.preprocessing, path, layout="NCHW"
            )
        else:
            write_ir(converted(build_backbone(home, backbone)), backbone.preprocessing, path, layout="NHWC")
    return path


def converted(graph: keras.Model) -> Any:
    """Convert a Keras graph into an `openvino.Model` with the same inputs and outputs, through one traced function."""
    openvino, tensorflow = import_openvino(), import_tensorflow()
    shape = [None, *graph.input_shape[1:]]

    @tensorflow.function(input_signature=[tensorflow.TensorSpec(shape, tensorflow.float32)])
    def features(pictures: Any) -> Any:
        return graph(pictures, training=False)

    return openvino.convert_model(features.get_concrete_function())


def write_ir(model: Any, preprocessing: Preprocessing, path: Path, *, layout: str) -> None:
    """Put the preprocessing in front of a model and write it whole, as `path` with a `.bin` beside it.

    Args:
        model: An `openvino.Model` from float32 pictures to float32 (N, D); changed by this call.
        preprocessing: From pixels to what the model takes.
        path: An `.xml` file in a folder of its own, which appears whole. One that is there already is kept.
        layout: Of the model's input: `NHWC` or `NCHW`.
    """
    openvino = import_openvino()
    with_pixels = _with_pixels(model, preprocessing, layout=layout)
    try:
        with whole_folder(path.parent) as folder:
            # float32 weights: half precision would save 7 MB of disk and move the features.
            openvino.save_model(with_pixels, str(folder / path.name), compress_to_fp16=False)
    except OSError:
        if not path.exists():  # otherwise another process was quicker, and its model is the same
            raise


def _with_pixels(model: Any, preprocessing: Preprocessing, *, layout: str) -> Any:
    openvino = import_openvino()
    from openvino.preprocess import PrePostProcessor

    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout(layout))
    chain = steps.input().preprocess().convert_element_type(openvino.Type.f32)
    if preprocessing.reverse_channels:
        chain.reverse_channels()
    chain.mean(list(preprocessing.mean)).scale([preprocessing.scale] * 3)
    return steps.build()


def require_ir(home: Home, backbone: Backbone) -> Path:
    """Give the cached model of a backbone without ever making it.

    Raises:
        BackboneError: It has not been made yet.
    """
    path = ir_path(home, backbone)
    if not path.exists() and backbone.folder is not None:
        raise missing_weights(home, backbone)
    if not path.exists():
        raise BackboneError(
            f"backbone '{backbone.name}' is not prepared in this home yet: embed a catalog with it first, "
            f"`python -m core embed CATALOG --backbone {backbone.name}`"
        )
    return path
