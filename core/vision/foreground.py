"""Telling a product from the plain background it was photographed on."""

import cv2
import numpy as np

_TOLERANCE = 14  # of 255, in each channel, to the border's middle color: covers JPEG noise and flat studio light
_STEP_TOLERANCE = 9  # of 255, in each channel, from one pixel to the next: covers vignettes and soft shadows
_SEED_STEP_PX = 6
_PLAIN_BORDER_SHARE = 0.5
_LEAST_SHARE = 0.02
_LEAST_FLOODED_SHARE = 0.05  # less is a few pixels of a busy border, not a background


def foreground_mask(picture: np.ndarray) -> np.ndarray:
    """Mark the pixels that are not plain background.

    Background is what hangs together with the border: either within a tolerance of the border's middle color (when at
    least half of the border is), or reached from the border in steps too small for an edge, as light falls off or a
    soft shadow begins. When less than 2 % of the picture would be left, everything counts.

    Args:
        picture: uint8 (H, W, 3); meant for small pictures of about 100 pixels a side.

    Returns:
        bool (H, W); all true when there is no plain background or almost nothing else.
    """
    plain = ~_near_border_color(picture)
    for foreground in (plain & ~_reached_from_border(picture), plain):
        if np.count_nonzero(foreground) >= _LEAST_SHARE * foreground.size:
            return foreground
    return np.ones(picture.shape[:2], dtype=bool)


def _near_border_color(picture: np.ndarray) -> np.ndarray:
    color = np.median(_border(picture), axis=0)
    near = cv2.inRange(picture, color - _TOLERANCE, color + _TOLERANCE)
    edge = _border(near)
    if np.count_nonzero(edge) < _PLAIN_BORDER_SHARE * edge.size:
        return np.zeros(near.shape, dtype=bool)
    _, pieces = cv2.connectedComponents(near, connectivity=4)
    touching = np.zeros(pieces.max() + 1, dtype=bool)
    touching[_border(pieces)] = True
    touching[0] = False  # piece 0 is everything that is not near the border's color
    return touching[pieces]


def _reached_from_border(picture: np.ndarray) -> np.ndarray:
    """Flood from the border, each pixel compared with its neighbour already reached."""
    height, width = picture.shape[:2]
    picture = np.array(picture, order="C")  # OpenCV wants to own what it floods, even where it only marks
    reached = np.zeros((height + 2, width + 2), dtype=np.uint8)  # OpenCV wants a frame of one pixel
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    step = (_STEP_TOLERANCE,) * 3
    seeds = [(x, y) for x in range(0, width, _SEED_STEP_PX) for y in (0, height - 1)]
    seeds += [(x, y) for y in range(0, height, _SEED_STEP_PX) for x in (0, width - 1)]
    for x, y in seeds:
        if not reached[y + 1, x + 1]:
            cv2.floodFill(picture, reached, (x, y), 0, step, step, flags)
    flooded = reached[1:-1, 1:-1] > 0
    return flooded & (np.count_nonzero(flooded) >= _LEAST_FLOODED_SHARE * flooded.size)


def _border(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])
