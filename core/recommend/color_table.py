"""Color similarity of products, fast enough for a whole catalog.

A product's colors are a soft histogram over a grid of OKLab colors (`core.vision.color_histogram`): a pixel is shared
out among near colors, so that the overlap of two histograms falls as color moves away, as an earth mover's cost rises,
and not at the edge of a bin. Solved exactly, that cost takes milliseconds a pair; here it is the cosine of two vectors,
so that comparing one product with all is a single product with a matrix::

    vector(P)         = (sqrt(p) - mean) A, brought to length 1
    similarity(P, Q)  = cosine of the vectors, 0 where it is negative

The square root keeps small shares apart (Bhattacharyya). The mean over the catalog is taken away, because what every
second product shows (black, and the shadows of everything) tells no two of them apart; A are the leading 60 principal
directions, each divided by the 1/8 power of its variance, which lifts rare colors a little. Both come from the
catalog's colors alone, no label is looked at; 200 plain colors spread over the grid are counted among them, so that a
small catalog does not bend the measure.

Sources: S. Shirdhonkar and D. Jacobs, "Approximate earth mover's distance in linear time" (CVPR 2008) for comparing
smoothed histograms; H. Jegou and O. Chum, "Negative evidences and co-occurences" (ECCV 2012) for mean and whitening.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.vision.color_histogram import COLORS, GRID_RGB, packed, palette_histogram, soft_shares, unpacked_roots

DIMENSIONS = 60
_SAMPLE = 20_000
_WHITENING = 0.25
_PLAIN_COLORS_COUNT = 200.0
_BLOCK_PRODUCTS = 32_768
_LEAST_VARIANCE = 1e-6


@dataclass(frozen=True)
class ColorSpace:
    """What turns histograms into color vectors.

    Attributes:
        mean: float32 (C,), taken away from the roots of shares.
        axes: float32 (C, d), d <= 60.
    """

    mean: np.ndarray
    axes: np.ndarray

    def vectors(self, histograms: np.ndarray) -> np.ndarray:
        """Give packed histograms their color vectors.

        Args:
            histograms: uint8 (N, C), all 0 = colors unknown.

        Returns:
            float32 (N, d), rows of length 1, or 0 where colors are unknown.
        """
        vectors = np.empty((len(histograms), self.axes.shape[1]), np.float32)
        for start in range(0, len(histograms), _BLOCK_PRODUCTS):
            block = slice(start, start + _BLOCK_PRODUCTS)
            roots = unpacked_roots(histograms[block])
            vectors[block] = _unit((roots - self.mean) @ self.axes)
            vectors[block][~histograms[block].any(axis=1)] = 0
        return vectors

    def plain(self, rgb: tuple[int, int, int]) -> np.ndarray:
        """Give the color vector of something that is wholly of one color; float32 (d,), length 1."""
        histogram = palette_histogram(np.array([rgb], np.uint8), np.ones(1))
        return np.asarray(self.vectors(packed(histogram)[None])[0])


def fit_color_space(histograms: np.ndarray) -> ColorSpace:
    """Find the mean and the principal directions of a catalog's colors.

    Args:
        histograms: uint8 (N, C), packed; rows of zeros do not count, and of more than 20,000 an even sample does.
    """
    sample = histograms[:: max(1, len(histograms) // _SAMPLE)]
    roots = unpacked_roots(sample[sample.any(axis=1)]).astype(np.float64)
    plain = _plain_roots()
    weight = _PLAIN_COLORS_COUNT / len(plain)
    total = len(roots) + _PLAIN_COLORS_COUNT
    mean = (roots.sum(axis=0) + weight * plain.sum(axis=0)) / total
    spread = ((roots - mean).T @ (roots - mean) + weight * (plain - mean).T @ (plain - mean)) / total
    variances, directions = np.linalg.eigh(spread)
    leading = np.argsort(variances)[::-1][:DIMENSIONS]
    scale = np.maximum(variances[leading], _LEAST_VARIANCE) ** (-_WHITENING / 2)
    return ColorSpace(mean.astype(np.float32), (directions[:, leading] * scale).astype(np.float32))


@lru_cache(maxsize=1)
def _plain_roots() -> np.ndarray:
    """Give the roots of the histograms of the grid's own colors; float64 (C, C)."""
    return np.sqrt(soft_shares(GRID_RGB)).astype(np.float64)


def histograms_of_palettes(bins: np.ndarray, shares: np.ndarray, *, bin_rgb: np.ndarray) -> np.ndarray:
    """Make do with palettes where histograms are not known.

    Args:
        bins: (N, 5) color bins.
        shares: (N, 5) shares, all 0 = no palette.
        bin_rgb: uint8 (B, 3), the middle color of each bin.

    Returns:
        uint8 (N, C), packed histograms.
    """
    of_bin = soft_shares(bin_rgb)
    found = np.zeros((len(bins), COLORS), np.uint8)
    for start in range(0, len(bins), _BLOCK_PRODUCTS):
        block = slice(start, start + _BLOCK_PRODUCTS)
        share = np.array(shares[block], np.float32)
        total = share.sum(axis=1, keepdims=True)
        share /= np.where(total > 0, total, np.float32(1))
        mixed = np.zeros((len(share), COLORS), np.float32)
        for place in range(share.shape[1]):
            mixed += share[:, place, None] * of_bin[np.asarray(bins[block][:, place], np.intp)]
        found[block] = packed(mixed)
    return found


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)
