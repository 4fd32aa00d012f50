"""Fit of two products of different categories: shared style, and colors that go together."""

import numpy as np

from core.recommend.catalog_index import CatalogIndex
from core.recommend.color import PaletteTable

NEUTRAL_CHROMA = 18.0
"""CIELAB chroma below which a color is a gray, a white or a black."""

NEUTRAL_HARMONY = 0.75
STYLE_WEIGHT = 0.6


def color_harmony(palettes: PaletteTable, row: int, others: np.ndarray) -> np.ndarray:
    """Tell how well the colors of products go with those of one.

    Two colors of hues that differ by the angle d go together as ``|cos d|``: best when alike or opposite, worst at a
    right angle; with a neutral color as :data:`NEUTRAL_HARMONY`. Palettes are compared color by color, weighted by
    their shares. (Analogous and complementary schemes: Itten, The Art of Color, 1961; the cosine is ours.)

    Args:
        palettes: Of N products.
        row: The product.
        others: (M,) rows.

    Returns:
        float32 (M,), 0..1; NaN where a palette is missing.
    """
    a, b = palettes.bin_lab[:, 1], palettes.bin_lab[:, 2]
    hue, neutral = np.arctan2(b, a), np.hypot(a, b) < NEUTRAL_CHROMA
    goes = np.zeros(len(hue) + 1)
    for color, share in zip(palettes.bins[:, row], palettes.shares[:, row], strict=True):
        if share > 0:
            both = np.abs(np.cos(hue - hue[color]))
            goes[:-1] += share * np.where(neutral | neutral[color], NEUTRAL_HARMONY, both)
    found = (goes[palettes.bins[:, others]] * palettes.shares[:, others]).sum(axis=0)
    known = palettes.known[others] & palettes.known[row]
    return np.where(known, np.clip(found, 0, 1), np.nan).astype(np.float32)


def shared_style(index: CatalogIndex, row: int, others: np.ndarray) -> np.ndarray:
    """Tell how much products look like one, beside what their categories look like.

    From each embedding the mean of its category is taken away, so that what makes a shoe a shoe no longer counts; the
    cosine of what is left, 0 where negative.

    Args:
        index: The products.
        row: The product.
        others: (M,) rows.

    Returns:
        float32 (M,), 0..1; NaN where nothing is left, as for the only product of its category.
    """
    own = _residuals(index, np.array([row]))[0]
    rest = _residuals(index, others)
    lengths = np.linalg.norm(rest, axis=1) * np.linalg.norm(own)
    cosine = np.divide(rest @ own, lengths, out=np.full(len(others), np.nan, np.float32), where=lengths > 1e-6)
    return np.clip(cosine, 0, 1).astype(np.float32)


def fit_of(style: np.ndarray, harmony: np.ndarray) -> np.ndarray:
    """Mix style and harmony, :data:`STYLE_WEIGHT` to the rest; what is missing is left out, 0 where both are."""
    parts = np.stack([style, harmony])
    weights = np.array([[STYLE_WEIGHT], [1 - STYLE_WEIGHT]]) * ~np.isnan(parts)
    total = weights.sum(axis=0)
    return np.divide((np.nan_to_num(parts) * weights).sum(axis=0), total, out=np.zeros(len(total)), where=total > 0)


def _residuals(index: CatalogIndex, rows: np.ndarray) -> np.ndarray:
    """Take the mean of its category from each row's embedding."""
    vectors = np.array(index.embeddings[rows], np.float32)
    codes = index.category.codes[rows]
    for code in np.unique(codes):
        members = np.flatnonzero(index.category.codes == code)
        if len(members) > 5000:  # the mean of a large category is known well from a part of it
            members = members[:: len(members) // 5000 + 1]
        vectors[codes == code] -= index.embeddings[members].mean(axis=0)
    return vectors
