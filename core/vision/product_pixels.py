"""Which pixels of a picture are the product, and how much each says about the product's color.

Background is told from product in three steps, whatever it is: what hangs together with the border and has its color
(a plain backdrop, white or not) goes; gaps and holes inside what is left come back (a white shirt on white keeps its
middle); where no border color is found (a busy scene), everything stays. Then pixels count by how near they are to the
product's middle, which is what tells product from surroundings on a busy background, and skin, of people and of
mannequins, counts half: it is as often leather or wood.
"""

import cv2
import numpy as np

SIDE_PX = 80
_TOLERANCE = 14  # of 255, in each channel, to the border's middle color
_CLOSING_PX = 5
_LEAST_SHARE = 0.02
_PLAIN_BORDER_SHARE = 0.3
_MIDDLE = 6.0  # a pixel two standard deviations from the middle counts exp(-4 / 6), half
_LEAST_SPREAD_PX = 3.0
_SKIN_WEIGHT = 0.5
# Skin in YCrCb, after Chai and Ngan (1999), a little narrower so that wood and tan leather are caught less often.
_SKIN_LOW, _SKIN_HIGH = (60, 138, 81), (255, 172, 124)


def shrunk_picture(picture: np.ndarray) -> np.ndarray:
    """Shrink a picture to at most 80 px a side; a smaller one stays as it is."""
    height, width = picture.shape[:2]
    scale = SIDE_PX / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(picture)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def product_mask(picture: np.ndarray) -> np.ndarray:
    """Mark the pixels that are not background.

    Args:
        picture: uint8 (H, W, 3), RGB, small.

    Returns:
        bool (H, W), never all false.
    """
    border = _border(picture)
    color = np.median(border, axis=0)
    near = cv2.inRange(picture, color - _TOLERANCE, color + _TOLERANCE)
    if np.count_nonzero(_border(near)) < _PLAIN_BORDER_SHARE * len(border):
        return np.ones(picture.shape[:2], bool)
    product = ~_touching_border(near)
    closing = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_CLOSING_PX, _CLOSING_PX))
    whole = cv2.morphologyEx(product.astype(np.uint8), cv2.MORPH_CLOSE, closing)
    filled = ~_touching_border((1 - whole).astype(np.uint8))
    return filled if filled.mean() >= _LEAST_SHARE else np.ones(picture.shape[:2], bool)


def product_weights(picture: np.ndarray) -> np.ndarray:
    """Weigh the pixels of a picture by how much they say about the product's color.

    Args:
        picture: uint8 (H, W, 3), RGB, small.

    Returns:
        float32 (H, W), at least 0, not all 0.
    """
    mask = product_mask(picture)
    rows, columns = np.nonzero(mask)
    down = (np.arange(picture.shape[0]) - rows.mean()) / max(rows.std(), _LEAST_SPREAD_PX)
    across = (np.arange(picture.shape[1]) - columns.mean()) / max(columns.std(), _LEAST_SPREAD_PX)
    weights = np.exp(-(down[:, None] ** 2 + across[None, :] ** 2) / _MIDDLE) * mask
    skin = cv2.inRange(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb), np.array(_SKIN_LOW), np.array(_SKIN_HIGH)) > 0
    weights[skin] *= _SKIN_WEIGHT
    return np.asarray(weights, np.float32)


def _touching_border(marked: np.ndarray) -> np.ndarray:
    """Keep the marked pixels that hang together with a marked pixel of the border."""
    _, pieces = cv2.connectedComponents(marked, connectivity=4)
    touching = np.zeros(pieces.max() + 1, bool)
    touching[_border(pieces)] = True
    touching[0] = False  # piece 0 is everything that is not marked
    return np.asarray(touching[pieces])


def _border(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])
