"""Features of pictures that are not in any catalog, for the page process: OpenVINO or OpenCV, never TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.home import Home
from core.vision.backbone_ir import ensure_ir, require_ir
from core.vision.backbones import DEFAULT_BACKBONE, Backbone, find_backbone
from core.vision.networks import Network, OpenVinoNetwork, open_vocabulary
from core.vision.picture_fit import fit_picture


def encode_pictures(home: Home, pictures: Sequence[np.ndarray], *, backbone: str = DEFAULT_BACKBONE) -> np.ndarray:
    """Turn pictures into features, the same as embedding them would.

    Args:
        home: A home in which a catalog was embedded with this backbone.
        pictures: N pictures, each uint8 (H, W, 3), RGB.
        backbone: Which backbone.

    Returns:
        float32 (N, D).

    Raises:
        BackboneError: There is no such backbone, or nothing was embedded with it in this home yet.
    """
    found = find_backbone(backbone, home=home)
    network = _network(home, found)
    out = np.zeros((len(pictures), found.feature_dimensions), dtype=np.float32)
    squares = (
        (position, fit_picture(picture, side_px=found.side_px, fit=found.picture_fit))
        for position, picture in enumerate(pictures)
    )
    for position, features in network.run(squares):
        out[position] = features
    return out


def prepare_encoder(home: Home, name: str) -> None:
    """Make what `encode_pictures` runs, when embedding did not leave it, as after emptying the cache. Workers only.

    Raises:
        BackboneError: The weights are missing or wrong.
    """
    found = find_backbone(name, home=home)
    if found.kind == "words":
        open_vocabulary(home, found)
    else:
        ensure_ir(home, found)


def _network(home: Home, backbone: Backbone) -> Network:
    return open_vocabulary(home, backbone) if backbone.kind == "words" else _compiled(require_ir(home, backbone))


@lru_cache(maxsize=2)
def _compiled(model_path: Path) -> OpenVinoNetwork:
    """Keep the compiled model: its path names its weights and settings, so it never goes stale."""
    return OpenVinoNetwork(model_path)
