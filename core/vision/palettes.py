"""The main colors of a picture: the five most frequent of 768 HSV bins, without a plain background.

Source: the color step of the Flipkart recommender report (F7): HSV split in 12 x 8 x 8 colors, each picture keeps
its top five. Ours: a plain background is left out, and bins that differ only in the hue of a gray are one.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from core.home import Home
from core.vision.color_histogram import COLORS
from core.vision.foreground import foreground_mask
from core.vision.row_shards import RowShards

HUES, SATURATIONS, VALUES = 12, 8, 8
BINS = HUES * SATURATIONS * VALUES
PALETTE_COLORS = 5
PALETTE_DTYPE = np.dtype([("bins", "<u2", (PALETTE_COLORS,)), ("shares", "<f4", (PALETTE_COLORS,))])
HISTOGRAM_DTYPE = np.dtype("u1")

_SAMPLE_SIDE_PX = 96
_FORMAT = "v2"
_HISTOGRAM_FORMAT = "histograms-v1"
_OPENCV_HUES = 180


def _bin_colors() -> np.ndarray:
    bins = np.arange(BINS)
    hue, saturation, value = bins // (SATURATIONS * VALUES), bins // VALUES % SATURATIONS, bins % VALUES
    hsv = np.stack(
        [
            (hue + 0.5) * _OPENCV_HUES / HUES,
            # The lowest saturation stands for all grays and the highest for pure colors.
            np.where(saturation == 0, 0, (saturation + 0.5) * 256 / SATURATIONS),
            (value + 0.5) * 256 / VALUES,
        ],
        axis=1,
    )
    rgb = cv2.cvtColor(hsv.astype(np.uint8)[None], cv2.COLOR_HSV2RGB)[0]
    rgb.setflags(write=False)
    return rgb


BIN_RGB = _bin_colors()
"""uint8 (768, 3): the middle color of every bin, RGB. Bin = (hue * 8 + saturation) * 8 + value."""


def picture_palette(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the main colors of a picture.

    At most 96 x 96 of its pixels are looked at, evenly spread; a plain background does not count (see
    :func:`core.vision.foreground.foreground_mask`). White, black and gray do not depend on hue: a gray is counted in
    hue 0, a black in hue 0 and saturation 0.

    Args:
        picture: uint8 (H, W, 3), RGB.

    Returns:
        bins uint16 (5,), 0..767, most frequent first (equal ones: lower bin first), and their shares of the counted
        pixels float32 (5,), 0..1. Unused places have bin 0 and share 0.
    """
    sample = _sample(picture)
    counted = foreground_mask(sample)
    counts = np.bincount(_bins_of(sample)[counted], minlength=BINS)
    order = np.argsort(-counts, kind="stable")[:PALETTE_COLORS]
    shares = (counts[order] / counts.sum()).astype(np.float32)
    return np.where(shares > 0, order, 0).astype(np.uint16), shares


def _sample(picture: np.ndarray) -> np.ndarray:
    """Pick at most 96 x 96 pixels evenly; mixing neighbours would invent colors that are nowhere in the picture."""
    height, width = picture.shape[:2]
    if max(height, width) <= _SAMPLE_SIDE_PX:
        return np.ascontiguousarray(picture)
    size = (min(width, _SAMPLE_SIDE_PX), min(height, _SAMPLE_SIDE_PX))
    return cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)


def _bins_of(picture: np.ndarray) -> np.ndarray:
    """Give the bin of every pixel; uint8 (H, W, 3) to int32 (H, W)."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.int32)
    hue = hsv[..., 0] * HUES // _OPENCV_HUES
    saturation, value = hsv[..., 1] * SATURATIONS // 256, hsv[..., 2] * VALUES // 256
    saturation[value == 0] = 0
    hue[saturation == 0] = 0
    return (hue * SATURATIONS + saturation) * VALUES + value


def palette_shards(home: Home) -> RowShards:
    """Open the store of palettes, one row a picture."""
    return RowShards(home.palettes / _FORMAT, row_shape=(), dtype=PALETTE_DTYPE)


def histogram_shards(home: Home) -> RowShards:
    """Open the store of color histograms, one row a picture; see `core.vision.color_histogram`."""
    return RowShards(home.palettes / _HISTOGRAM_FORMAT, row_shape=(COLORS,), dtype=HISTOGRAM_DTYPE)


def read_histograms(home: Home, picture_hashes: Sequence[str]) -> np.ndarray:
    """Read the packed color histograms of pictures; uint8 (P, C), all zero where it is not known yet."""
    return histogram_shards(home).read(picture_hashes)[0]


def palette_row(bins: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Put a palette into a row as it is stored, of type `PALETTE_DTYPE`."""
    row = np.zeros((), dtype=PALETTE_DTYPE)
    row["bins"], row["shares"] = bins, shares
    return row


def read_palettes(home: Home, picture_hashes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read the palettes of pictures.

    Args:
        home: Where they are kept.
        picture_hashes: P hashes; repeats are welcome.

    Returns:
        bins uint16 (P, 5) and shares float32 (P, 5); all zero for a picture whose palette is not known yet.
    """
    rows, _known = palette_shards(home).read(picture_hashes)
    return rows["bins"].copy(), rows["shares"].copy()
