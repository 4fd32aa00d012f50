"""Bring a picture of any shape to the square a backbone wants."""

from typing import Literal

import cv2
import numpy as np

PictureFit = Literal["pad", "resize"]
"""How a picture becomes square: `pad` keeps its proportions and fills with white, `resize` stretches it."""

PICTURE_FITS: tuple[PictureFit, ...] = ("pad", "resize")
WHITE = 255


def fit_picture(picture: np.ndarray, *, side_px: int, fit: PictureFit) -> np.ndarray:
    """Bring a picture to a square.

    With `pad` the longer side becomes `side_px` and the rest is filled evenly with white; when the filling is odd the
    extra pixel goes right or below. Shrinking averages areas, enlarging is bicubic. Source: the squaring step of the
    Flipkart recommender report (F2), which enlarges and shrinks bicubically; averaging avoids its aliasing.

    Args:
        picture: uint8 (H, W, 3).
        side_px: Side of the square.
        fit: `pad` or `resize`.

    Returns:
        uint8 (side_px, side_px, 3), contiguous.
    """
    height, width = picture.shape[:2]
    if fit == "resize":
        return _scaled(picture, height_px=side_px, width_px=side_px)
    longer = max(height, width)
    inner_height = max(1, round(height * side_px / longer))
    inner_width = max(1, round(width * side_px / longer))
    scaled = _scaled(picture, height_px=inner_height, width_px=inner_width)
    if inner_height == inner_width:
        return scaled
    square = np.full((side_px, side_px, 3), WHITE, dtype=np.uint8)
    top, left = (side_px - inner_height) // 2, (side_px - inner_width) // 2
    square[top : top + inner_height, left : left + inner_width] = scaled
    return square


def _scaled(picture: np.ndarray, *, height_px: int, width_px: int) -> np.ndarray:
    height, width = picture.shape[:2]
    if (height, width) == (height_px, width_px):
        return np.ascontiguousarray(picture)
    shrinks = height_px * width_px < height * width
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cv2.resize(picture, (width_px, height_px), interpolation=method)
