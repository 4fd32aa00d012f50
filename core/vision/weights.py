"""Whether a backbone's weights are on this machine, where, and by which hash they are known."""

import hashlib
import os
from pathlib import Path
from typing import Literal

from core.errors import BackboneError
from core.files import read_json, write_json_whole
from core.home import Home
from core.vision.backbone import DEFAULT_BACKBONE, Backbone
from core.vision.lite_networks import LITE_NETWORKS, find_checkpoint, missing_checkpoint

BackboneState = Literal["ready", "needs download", "package missing", "needs fitting"]


def backbone_state(home: Home, backbone: Backbone) -> BackboneState:
    """Tell whether a backbone's weights are on this machine. Does not import TensorFlow."""
    if find_weights(home, backbone) is not None:
        return "ready"
    if backbone.kind == "lite":
        return "package missing"
    return "needs fitting" if backbone.kind == "words" else "needs download"


def find_weights(home: Home, backbone: Backbone) -> Path | None:
    """Find a backbone's weights file: the run's, the package's, the home's, or what Keras downloaded; None without."""
    if backbone.kind == "lite":
        return find_checkpoint(LITE_NETWORKS[backbone.name])
    folders = [home.weights, keras_folder()] if backbone.kind == "application" else [home.weights]
    for folder in folders if backbone.folder is None else [backbone.folder]:
        if (folder / backbone.weights_file).is_file():
            return folder / backbone.weights_file
    return None


def keras_folder() -> Path:
    """Give the folder in which Keras keeps the weights it downloads."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"


def missing_weights(home: Home, backbone: Backbone, *, because: str = "") -> BackboneError:
    """Make the error that says which file is missing, where to put it, and what works without."""
    if backbone.kind == "trained":
        return BackboneError(
            f"the network of run {backbone.name!r} has lost its weights: restore {backbone.folder} or train again"
        )
    if backbone.kind == "lite":
        return missing_checkpoint(LITE_NETWORKS[backbone.name])
    if backbone.kind == "words":
        return BackboneError(
            f"backbone '{backbone.name}' has no vocabulary in this home yet: `python -m core embed CATALOG --backbone "
            f"{backbone.name}` fits one on the catalog's pictures, `fit-words CATALOG` lets you choose its size"
        )
    return BackboneError(
        f"backbone '{backbone.name}' has no weights here{because}: `python -m core download-weights {backbone.name}` "
        f"fetches {backbone.download_mb} MB; without internet put the file {backbone.weights_file} into "
        f"{home.weights}, or use backbone '{DEFAULT_BACKBONE}', which needs none"
    )


def weights_hash(home: Home, backbone: Backbone) -> str:
    """Give the sha256 of a backbone's weights, 64 hex digits.

    Those that a package brings are part of the program (the file is checked against it before its first use); others
    are hashed once and remembered by path, size and time of change.

    Raises:
        BackboneError: The weights are missing.
    """
    if backbone.kind == "lite":
        return LITE_NETWORKS[backbone.name].sha256
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
