"""Color similarity of two palettes.

A palette is the five most frequent of 768 color bins (hue 12 x saturation 8 x value 8) with the share of the picture
each covers; source: report F of the seed systems (F7), which leaves the distance open. Ours: every color of one
palette is matched with the nearest color of the other, weighted by its share, and both directions are averaged::

    similarity(P, Q) = 1/2 * sum_i p_i * max_j s(P_i, Q_j)  +  1/2 * sum_j q_j * max_i s(P_i, Q_j)
    s(a, b) = exp(-(distance of the bins' middle colors in CIELAB) / 25)

It is symmetric, 1 for equal palettes and near 0 when no color has a near one. CIELAB distances follow what people
see: about 2.3 is the least difference noticed (s = 0.91), 25 parts navy from royal blue (s = 0.37).
"""

import numpy as np

PALETTE_COLORS = 5
DISTANCE_SCALE = 25.0
"""CIELAB distance at which the similarity of two colors has fallen to 1/e."""

_BLOCK_PRODUCTS = 16_384  # the working arrays of a block stay in the second-level cache
_LINEAR_RGB_TO_XYZ = np.array(  # sRGB primaries, D65 (IEC 61966-2-1)
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def rgb_to_lab(rgb: np.ndarray) -> np.ndarray:
    """Convert sRGB colors to CIELAB (white point D65).

    Args:
        rgb: uint8 (B, 3).

    Returns:
        float64 (B, 3): lightness 0..100, then green-red and blue-yellow, about -110..110.
    """
    value = rgb.astype(np.float64) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _LINEAR_RGB_TO_XYZ.T / _LINEAR_RGB_TO_XYZ.sum(axis=1)
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def color_similarities(lab: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compare colors with other colors.

    Args:
        lab: float64 (A, 3), CIELAB.
        others: float64 (B, 3), CIELAB.

    Returns:
        float32 (A, B), 0..1, 1 for equal colors.
    """
    distance = np.sqrt(((lab[:, None, :] - others[None, :, :]) ** 2).sum(axis=2))
    return np.exp(-distance / DISTANCE_SCALE).astype(np.float32)


class PaletteTable:
    """The palettes of N products, laid out for fast comparison.

    Args:
        bins: (N, 5) color bins.
        shares: (N, 5) shares, at least 0; a place of share 0 is unused, a palette of five of them is missing.
        bin_rgb: uint8 (B, 3), the middle color of each bin.

    Attributes:
        bin_lab: float64 (B, 3), the bins' middle colors in CIELAB.
        bins: intp (5, N), unused places B; color by color, because look-ups along N need no copy.
        shares: float32 (5, N), each palette's sum 1, or 0 when missing.
        known: bool (N,), which palettes exist.
    """

    def __init__(self, bins: np.ndarray, shares: np.ndarray, *, bin_rgb: np.ndarray) -> None:
        used = np.asarray(shares) > 0
        self.bin_lab = rgb_to_lab(bin_rgb)
        total = np.where(used, shares, 0).sum(axis=1, dtype=np.float64)
        self.known = total > 0
        self.bins = np.ascontiguousarray(np.where(used, bins, len(bin_rgb)).T.astype(np.intp))
        self.shares = np.ascontiguousarray(
            (np.where(used, shares, 0) / np.where(self.known, total, 1)[:, None]).T.astype(np.float32)
        )

    def of_rows(self, rows: np.ndarray) -> "PaletteTable":
        """Give the palettes of some products only."""
        few = object.__new__(PaletteTable)
        few.bin_lab, few.known = self.bin_lab, self.known[rows]
        few.bins, few.shares = self.bins[:, rows], self.shares[:, rows]
        return few

    def similarity_to(self, bins: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Compare one palette with all N.

        Args:
            bins: (5,) color bins.
            shares: (5,) shares; places of share 0 are unused.

        Returns:
            float32 (N,), 0..1; where a palette is missing (`known` false, or this one without a color) the value is 0
            and means nothing.
        """
        result = np.zeros(self.bins.shape[1], np.float32)
        used = np.asarray(shares) > 0
        if not used.any():
            return result
        share = np.asarray(shares, np.float64)[used]
        colors = self.bin_lab[np.asarray(bins)[used].astype(np.intp)]
        tables = np.zeros((len(colors), len(self.bin_lab) + 1), np.float32)  # the last entry, 0, is an unused place
        tables[:, :-1] = color_similarities(colors, self.bin_lab)
        weights = (share / share.sum() / 2).astype(np.float32)
        half_best = tables.max(axis=0) / 2
        for start in range(0, len(result), _BLOCK_PRODUCTS):
            block = slice(start, start + _BLOCK_PRODUCTS)
            _add_forward(result[block], self.bins[:, block], tables, weights=weights)
            _add_backward(result[block], self.bins[:, block], self.shares[:, block], half_best=half_best)
        return np.minimum(result, 1.0, out=result)  # float32 sums of shares may pass 1 by a rounding


def _add_forward(result: np.ndarray, bins: np.ndarray, tables: np.ndarray, *, weights: np.ndarray) -> None:
    """Add, for each color of the query, its weight times the similarity of the product's nearest color."""
    nearest, other = np.empty_like(result), np.empty_like(result)
    for table, weight in zip(tables, weights, strict=True):
        # mode="clip" lets numpy write into `out` directly; every index is in range
        np.take(table, bins[0], out=nearest, mode="clip")
        for place in range(1, len(bins)):
            np.take(table, bins[place], out=other, mode="clip")
            np.maximum(nearest, other, out=nearest)
        nearest *= weight
        result += nearest


def _add_backward(result: np.ndarray, bins: np.ndarray, shares: np.ndarray, *, half_best: np.ndarray) -> None:
    """Add, for each color of the product, its share times the similarity of the query's nearest color."""
    nearest = np.empty_like(result)
    for place in range(len(bins)):
        np.take(half_best, bins[place], out=nearest, mode="clip")
        nearest *= shares[place]
        result += nearest
