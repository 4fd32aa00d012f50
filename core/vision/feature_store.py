"""Features at rest: one row a picture, by backbone, weights and settings.

Rows are float16. Backbone features are averages of activations between 0 and 6 (or of their like), so half precision
moves each by at most 0.05 %: the linear head on clothing-small and the neighbours on myntra-3000 stay the same (see
docs/benchmarks/embedding.md), while disk and reading halve: 2.5 KB a picture instead of 5 for 1,280 numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.errors import BackboneError
from core.home import Home
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone, weights_hash
from core.vision.row_shards import RowShards

FEATURE_DTYPE = np.dtype("<f2")
_LARGEST = float(np.finfo(FEATURE_DTYPE).max)


def feature_shards(home: Home, *, backbone: str = DEFAULT_BACKBONE) -> RowShards:
    """Open the store of a backbone's features with its present weights and settings.

    Raises:
        BackboneError: There is no such backbone, or its weights are missing.
    """
    found = find_backbone(backbone, home=home)
    key = f"{weights_hash(home, found)[:16]}-{found.settings_key()}"
    return RowShards(home.features / found.name / key, row_shape=(found.feature_dimensions,), dtype=FEATURE_DTYPE)


def feature_row(features: np.ndarray) -> np.ndarray:
    """Put the features of a picture into a row as it is stored: float32 (D,) to float16 (D,).

    Raises:
        BackboneError: The backbone gave something that is no number, as wrong weights do.
    """
    if not np.isfinite(features).all():
        raise BackboneError("the backbone gave features that are not numbers: its weights file is probably damaged")
    return np.clip(features, -_LARGEST, _LARGEST).astype(FEATURE_DTYPE)


def read_features(
    home: Home, picture_hashes: Sequence[str], *, backbone: str = DEFAULT_BACKBONE
) -> tuple[np.ndarray, np.ndarray]:
    """Read the features of pictures.

    Args:
        home: Where they are kept.
        picture_hashes: P hashes; repeats are welcome.
        backbone: Which backbone's.

    Returns:
        float32 (P, D), zero where unknown, and bool (P,) telling which pictures have features.

    Raises:
        BackboneError: There is no such backbone, or its weights are missing.
    """
    rows, known = feature_shards(home, backbone=backbone).read(picture_hashes)
    return rows.astype(np.float32), known
