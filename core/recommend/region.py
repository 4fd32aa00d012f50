"""A part of a picture: what the visitor means when the picture shows more than one thing."""

import numpy as np

from core.errors import SettingsError

Region = tuple[int, int, int, int]
"""Left, top, right and bottom, percent of width and height."""

WHOLE: Region = (0, 0, 100, 100)
LEAST_PERCENT = 5
_FAINT = 0.25
REGION_PX = 1024
"""Enough pixels a side for a part of a picture to be looked at; the whole needs fewer."""


def cropped(picture: np.ndarray, region: Region) -> np.ndarray:
    """Cut a part out of a picture.

    Args:
        picture: uint8 (H, W, 3).
        region: What to keep.

    Returns:
        uint8 (h, w, 3), at least one pixel a side.

    Raises:
        SettingsError: The region reaches outside, or is thinner than 5 percent.
    """
    left, top, right, bottom = region
    if min(left, top) < 0 or max(right, bottom) > 100 or min(right - left, bottom - top) < LEAST_PERCENT:
        raise SettingsError(
            f"a region is left, top, right and bottom in percent, 0 to 100 and at least {LEAST_PERCENT} apart: "
            f"received {', '.join(map(str, region))}"
        )
    height, width = picture.shape[:2]
    x, y = left * width // 100, top * height // 100
    kept = picture[y : max(y + 1, bottom * height // 100), x : max(x + 1, right * width // 100)]
    return np.ascontiguousarray(kept)


def marked_region(picture: np.ndarray, region: Region) -> np.ndarray:
    """Show which part is meant: it keeps its colors, the rest fades to white.

    Args:
        picture: uint8 (H, W, 3).
        region: As `cropped` takes it.

    Returns:
        uint8 (H, W, 3).
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = region
    rows, columns = slice(top * height // 100, bottom * height // 100), slice(left * width // 100, right * width // 100)
    faded = (255 - (255 - picture.astype(np.float32)) * _FAINT).astype(np.uint8)
    faded[rows, columns] = picture[rows, columns]
    return faded
