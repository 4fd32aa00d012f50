"""How far two pictures are the same but for a crop, a size and a brightness: one laid over the other."""

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.home import Home

LEAST_AGREEMENT = 0.99
LEAST_WITH_FEATURES = 0.985
"""Pictures that agree at least so far count as the same; the second where a backbone's features are near as well.

Measured on the demo's 758 pictures, with twelve planted near copies (cropped by up to 4 % a side, brightened, made
smaller, saved again): eleven agree by 0.992 and more, the twelfth by 0.987 with features at a cosine of 0.93; of other
pairs the
best agree by 0.9899, and none above 0.985 has features beyond 0.88.
"""

NEAR_COSINE = 0.92
"""Cosine of centered features from which on the second of the two is enough."""

_SIDE = 48
_FULL = 96
_SHARES = (0.98, 0.96, 0.94, 0.92, 0.90, 0.88)
_PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)
_STEPS = (1.5, 0.75, 0.4)
_HOPELESS = 0.85  # laid over each other as they are, the worst of the planted copies correlate by 0.88

Box = tuple[float, float, float, float]


def read_small(home: Home, picture_hash: str) -> np.ndarray | None:
    """Read a picture's thumbnail, stretched to a square: float32 (96, 96, 3), 0..255; None where it is gone."""
    try:
        with Image.open(home.thumbnail_path(picture_hash)) as image:
            small = image.convert("RGB").resize((_FULL, _FULL), Image.Resampling.BOX)
    except (OSError, UnidentifiedImageError):
        return None
    return np.asarray(small, dtype=np.float32)


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Compare two pictures, either of which may be a crop of the other.

    The correlation of their colors over the best of many windows, which the brightness and contrast of either do not
    touch. The windows are tried coarsely first, then moved by parts of a pixel.

    Args:
        one: Float32 (96, 96, 3), as :func:`read_small` gives it.
        other: Likewise.

    Returns:
        -1..1, higher is nearer, 1 for equal pictures.
    """
    whole = (0.0, 0.0, float(_FULL), float(_FULL))
    if _correlation(_window(one, whole), _window(other, whole)) < _HOPELESS:
        return 0.0
    return max(_best_window(one, other), _best_window(other, one))


def _best_window(whole: np.ndarray, part_of: np.ndarray) -> float:
    """Correlate a whole picture with the best window of another."""
    target = _window(whole, (0.0, 0.0, float(_FULL), float(_FULL)))
    box = max(_coarse_boxes(), key=lambda each: _correlation(target, _window(part_of, each)))
    best = _correlation(target, _window(part_of, box))
    for step in _STEPS:
        moved = True
        while moved:
            moved = False
            for trial in _neighbours(box, step):
                score = _correlation(target, _window(part_of, trial))
                if score > best + 1e-5:
                    box, best, moved = trial, score, True
    return best


def _coarse_boxes() -> list[Box]:
    boxes: list[Box] = [(0.0, 0.0, float(_FULL), float(_FULL))]
    for share in _SHARES:
        room = _FULL * (1 - share)
        boxes += [
            (room * x, room * y, room * x + _FULL * share, room * y + _FULL * share) for x in _PLACES for y in _PLACES
        ]
    return boxes


def _neighbours(box: Box, step: float) -> list[Box]:
    """Move one edge in or out, within the picture and not below three quarters of it."""
    moved = []
    for edge in range(4):
        for way in (-step, step):
            trial = [*box[:edge], min(max(box[edge] + way, 0.0), float(_FULL)), *box[edge + 1 :]]
            if trial[2] - trial[0] >= 0.75 * _FULL and trial[3] - trial[1] >= 0.75 * _FULL and tuple(trial) != box:
                moved.append((trial[0], trial[1], trial[2], trial[3]))
    return moved


def _window(picture: np.ndarray, box: Box) -> np.ndarray:
    """Cut a window out, float32 (48 * 48, 3), its mean color taken off."""
    import cv2

    left, top, right, bottom = box
    across, down = (right - left) / _SIDE, (bottom - top) / _SIDE
    turn = np.array([[across, 0, left + (across - 1) / 2], [0, down, top + (down - 1) / 2]], dtype=np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(picture, turn, (_SIDE, _SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE).reshape(-1, 3)
    return np.asarray(cut - cut.mean(axis=0))


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one.ravel(), other.ravel()
    lengths = float(a @ a) * float(b @ b)
    # Two pictures of one color each have nothing to compare: they are left to their files' hashes.
    return float(a @ b) / lengths**0.5 if lengths > 1.0 else 0.0
