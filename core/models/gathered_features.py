"""The features of many pictures as one array, in memory that does not grow with the catalog."""

import tempfile
from collections.abc import Sequence

import numpy as np

from core.home import Home
from core.vision.backbones import find_backbone
from core.vision.feature_store import read_features

BLOCK_ROWS = 4096
MEMORY_LIMIT_BYTES = 256 * 2**20
"""Arrays above this size live in an unnamed temporary file, which is gone when the process ends, however it ends."""


def gather_features(home: Home, picture_hashes: Sequence[str], *, backbone: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the features of pictures, block by block.

    Args:
        home: The home.
        picture_hashes: P hashes; repeats are welcome.
        backbone: Name of the backbone.

    Returns:
        Float32 array of shape (P, D), memory-mapped when large, zero where unknown; and bool (P,) of which are known.
    """
    features = make_rows(len(picture_hashes), find_backbone(backbone, home=home).feature_dimensions)
    known = np.zeros(len(picture_hashes), dtype=bool)
    for start in range(0, len(picture_hashes), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        features[block], known[block] = read_features(home, list(picture_hashes[block]), backbone=backbone)
    return features, known


def make_rows(rows: int, columns: int) -> np.ndarray:
    """Make an uninitialized float32 array of shape (rows, columns): in memory when small, else in a temporary file."""
    if rows * columns * 4 <= MEMORY_LIMIT_BYTES:
        return np.empty((rows, columns), dtype=np.float32)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype=np.float32, mode="w+", shape=(rows, columns))
