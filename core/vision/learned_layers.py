"""Layers learned on features of another backbone: such a network's features follow from cached ones, with no picture.

A run that trained only layers behind a frozen backbone keeps them beside its network: `layers.npz`, and `layers.json`,
which names the backbone and its weights. A catalog embedded with that backbone is then embedded with the run in a
moment. Where anything does not fit, the network itself runs over the pictures and gives the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.errors import BackboneError
from core.files import load_arrays, read_json, write_json_whole
from core.home import Home
from core.vision.backbones import Backbone, find_backbone, weights_hash
from core.vision.feature_store import FEATURE_DTYPE, feature_shards
from core.vision.pca import unit_rows

LAYERS, LAYERS_NOTE = "layers.npz", "layers.json"
_BLOCK_ROWS = 4096
_LOG = logging.getLogger(__name__)


def apply_layers(layers: Mapping[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Compute what the layers make of features.

    Args:
        layers: ``feature_power`` (); ``last_weights`` (D or H, d), ``last_bias`` (d,); with a hidden layer also
            ``hidden_weights`` (D, H) and ``hidden_bias`` (H,).
        features: Float32 (N, D).

    Returns:
        Float32 (N, d), rows of length 1.
    """
    power = np.float32(layers["feature_power"])
    rows = np.copysign(np.abs(features) ** power, features) if power != 1 else features
    if "hidden_weights" in layers:
        rows = np.maximum(rows @ layers["hidden_weights"] + layers["hidden_bias"], 0)
    return unit_rows(rows @ layers["last_weights"] + layers["last_bias"])


def write_layers(folder: Path, layers: Mapping[str, np.ndarray], *, home: Home, backbone: Backbone) -> None:
    """Keep layers beside a network.

    Args:
        folder: Of the network.
        layers: As :func:`apply_layers` reads them.
        home: Where the backbone's weights are.
        backbone: Whose features the layers take.
    """
    np.savez(folder / LAYERS, allow_pickle=False, **layers)
    note = {"backbone": backbone.name, "weights_hash": weights_hash(home, backbone), "key": backbone.settings_key()}
    write_json_whole(folder / LAYERS_NOTE, note)


def derive_features(home: Home, backbone: Backbone, picture_hashes: Sequence[str]) -> int:
    """Compute the missing features of a trained network from cached ones of the backbone it was trained on.

    Args:
        home: The home.
        backbone: The network; most have no such layers, and nothing happens.
        picture_hashes: Pictures of a catalog.

    Returns:
        How many pictures got features.
    """
    found = _read_layers(home, backbone)
    if found is None:
        return 0
    layers, base = found
    own, derived = feature_shards(home, backbone=backbone.name), 0
    missing = [each for each, known in zip(picture_hashes, own.known(picture_hashes), strict=True) if not known]
    for hashes, rows in _cached(home, base, missing):
        made = apply_layers(layers, rows)
        if not np.isfinite(made).all():
            _LOG.warning("layers of %s give values that are no numbers: its network is used instead", backbone.name)
            return derived
        own.append(hashes, made.astype(FEATURE_DTYPE))
        derived += len(hashes)
    if derived:
        own.compact()
    return derived


def _cached(home: Home, base: Backbone, missing: list[str]) -> Iterator[tuple[list[str], np.ndarray]]:
    shards = feature_shards(home, backbone=base.name)
    for start, rows, known in shards.read_blocks(missing, block_rows=_BLOCK_ROWS):
        if known.any():
            hashes = [each for each, there in zip(missing[start : start + len(rows)], known, strict=True) if there]
            yield hashes, np.asarray(rows[known], dtype=np.float32)


def _read_layers(home: Home, backbone: Backbone) -> tuple[dict[str, np.ndarray], Backbone] | None:
    """Read the layers of a network and what they take; None where there are none, or they do not fit this home."""
    folder = backbone.folder
    if folder is None or not (folder / LAYERS_NOTE).is_file():
        return None
    try:
        note = dict(read_json(folder / LAYERS_NOTE))
        base = find_backbone(str(note["backbone"]), home=home)
        if (note["weights_hash"], note["key"]) != (weights_hash(home, base), base.settings_key()):
            return None
        found = load_arrays(folder / LAYERS)
        layers = {name: np.asarray(array, dtype=np.float32) for name, array in found.items()}
        probe = apply_layers(layers, np.zeros((1, base.feature_dimensions), dtype=np.float32))
        if probe.shape != (1, backbone.feature_dimensions):
            raise ValueError(f"they give {probe.shape[1:]} numbers, not {backbone.feature_dimensions}")
    except (OSError, ValueError, KeyError, TypeError, BackboneError) as error:
        _LOG.warning("layers of %s are not used (%s): its network is", backbone.name, str(error)[:200])
        return None
    return layers, base
