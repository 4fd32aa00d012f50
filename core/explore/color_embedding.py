"""Main colors as vectors: palettes that look alike point the same way.

A palette is a mixture of colors; two mixtures are compared by their kernel mean embeddings, whose inner product is
the sum over all pairs of colors of share x share x exp(-(CIELAB distance / 20)^2 / 2). Source: Smola, Gretton, Song,
Schoelkopf, "A Hilbert space embedding for distributions", 2007. The kernel over the 768 color bins is factored once.
"""

from functools import lru_cache

import cv2
import numpy as np

from core.vision.palettes import BIN_RGB

COLOR_DIMENSIONS = 160
_KERNEL_WIDTH = 20.0  # CIELAB units: 2.3 is the least difference seen, 50 parts red from orange


def color_rows(bins: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Turn palettes into vectors.

    Args:
        bins: uint16 (P, 5), color bins 0..767.
        shares: float32 (P, 5), at least 0; a place of share 0 is unused.

    Returns:
        float32 (P, 160); its cosines are the likeness of the palettes, 0..1.
    """
    return np.einsum("pc,pcd->pd", shares, bin_features()[bins])


@lru_cache(maxsize=1)
def bin_features() -> np.ndarray:
    """Give the feature of each color bin, float32 (768, 160): inner products are the kernel, to 0.04 at most."""
    rgb = (BIN_RGB[None].astype(np.float32)) / 255
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0].astype(np.float64)
    squared = ((lab[:, None] - lab[None]) ** 2).sum(axis=2)
    values, vectors = np.linalg.eigh(np.exp(-squared / (2 * _KERNEL_WIDTH**2)))
    leading = slice(-1, -COLOR_DIMENSIONS - 1, -1)
    kept = vectors[:, leading]
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(COLOR_DIMENSIONS)])
    features = (kept * np.sqrt(np.maximum(values[leading], 0))).astype(np.float32)
    features.setflags(write=False)
    return features
