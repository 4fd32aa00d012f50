"""The backbones ShelfLens knows, by name: pretrained ones, the bag of visual words, and networks that runs trained.

This is the one face of everything that needs no TensorFlow; building a graph is the business of `backbone_graphs`.
"""

from dataclasses import replace

from core.errors import BackboneError
from core.home import Home
from core.vision.backbone import DEFAULT_BACKBONE, INSIDE, Backbone, Preprocessing, PublishedFile
from core.vision.bovw import BOVW, stored_word_count
from core.vision.pretrained import PRETRAINED
from core.vision.trained_networks import (
    NETWORK,
    NETWORK_NOTE,
    NETWORK_WEIGHTS,
    RUN_ID,
    may_be_trained,
    read_trained,
    trained_note,
)
from core.vision.weights import (
    BackboneState,
    backbone_state,
    find_weights,
    keras_folder,
    missing_weights,
    weights_hash,
)

__all__ = [
    "DEFAULT_BACKBONE",
    "INSIDE",
    "NETWORK",
    "NETWORK_NOTE",
    "NETWORK_WEIGHTS",
    "RUN_ID",
    "Backbone",
    "BackboneState",
    "Preprocessing",
    "PublishedFile",
    "backbone_state",
    "find_backbone",
    "find_weights",
    "keras_folder",
    "list_backbones",
    "may_be_trained",
    "missing_weights",
    "read_trained",
    "trained_note",
    "weights_hash",
]

_BACKBONES = (*PRETRAINED, BOVW)


def list_backbones() -> list[Backbone]:
    """List every backbone that comes with ShelfLens, the default first."""
    return list(_BACKBONES)


def find_backbone(name: str, *, home: Home | None = None) -> Backbone:
    """Find a backbone by its name.

    Args:
        name: Of a backbone that comes with ShelfLens, or the id of a run that trained a network of its own.
        home: Where such runs are, and the vocabulary of `bovw`; None knows neither.

    Raises:
        BackboneError: There is none of that name.
    """
    for backbone in _BACKBONES:
        if backbone.name == name:
            if home is None or backbone.kind != "words":
                return backbone
            words = stored_word_count(home.weights / backbone.weights_file)
            return replace(backbone, feature_dimensions=words or backbone.feature_dimensions)
    trained = None if home is None else read_trained(home, name)
    if trained is not None:
        return trained
    known = ", ".join(backbone.name for backbone in _BACKBONES)
    raise BackboneError(
        f"there is no backbone {name[:100]!r}: choose one of {known}, or a run that trained a network of its own"
    )
