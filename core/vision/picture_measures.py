"""What can be measured on a picture without knowing what it shows: light, sharpness, information, background, color.

Everything is measured on a copy whose longer side is at most 256 px, so that a picture and its smaller copy measure
alike. Thumbnails are too small and too much compressed for sharpness: half of clearly blurred pictures would pass.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from core.vision.foreground import foreground_mask

MEASURES_VERSION = 1
"""Raised whenever a measure changes its meaning: pictures are then measured anew."""

SIDE_PX = 256
_BACKGROUND_SIDE_PX = 96
_STRONGEST_PERCENTILE = 95  # the strongest twentieth of all gradients: edges of the product, not folds and noise
_LEAST_GRADIENT = 2.0  # luma steps a pixel; weaker ones are no edges, only noise of the sensor or of compression
_EDGE_GRADIENT = 8.0
_RESIDUAL_BITS = 2  # the two lowest bits of a difference are mostly noise
_BLANK_DEVIATION = 4.0


@dataclass(frozen=True)
class PictureMeasures:
    """Measures of one picture.

    Attributes:
        brightness: Mean luma, 0 (black) to 1 (white).
        highlight: Strongest channel that only a twentieth of the pixels exceeds, 0..1: low where nothing is lit. A
            red or blue product in good light has a high one though its luma is low.
        contrast: Standard deviation of luma, 0..0.5.
        sharpness: How steep the strongest edges are: Laplacian energy over gradient energy at the strongest twentieth
            of gradients; below 0.4 even the sharpest edges are washed out, in-focus pictures have 1 to 4. None
            without any edge.
        information: Entropy of the differences between neighboring pixels, bits a pixel; 0 for an empty picture.
        edges: Share of pixels on an edge, 0..1.
        background: Share of plain background that hangs together with the border, 0..1.
        colorfulness: Measure of Hasler and Süsstrunk (2003): 0 gray, 15 slight, 60 strong.
    """

    brightness: float
    highlight: float
    contrast: float
    sharpness: float | None
    information: float
    edges: float
    background: float
    colorfulness: float


def measure_picture(picture: np.ndarray) -> PictureMeasures:
    """Measure a picture.

    Args:
        picture: uint8 (H, W, 3), RGB.
    """
    small = shrunk(picture, SIDE_PX)
    gray = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    gradient = _gradient_energy(gray)
    return PictureMeasures(
        brightness=float(gray.mean()) / 255,
        highlight=float(np.percentile(small.max(axis=2), 95)) / 255,
        contrast=float(gray.std()) / 255,
        sharpness=_sharpness(gray, gradient),
        information=_information(gray),
        edges=float((gradient >= _EDGE_GRADIENT**2).mean()),
        background=_background(small),
        colorfulness=_colorfulness(small),
    )


def shrunk(picture: np.ndarray, side_px: int) -> np.ndarray:
    """Shrink a picture so that its longer side has at most so many pixels; a smaller one stays as it is."""
    height, width = picture.shape[:2]
    scale = side_px / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(picture)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _gradient_energy(gray: np.ndarray) -> np.ndarray:
    """Give the squared gradient of luma, float32 (H, W), in squared luma steps a pixel."""
    across = cv2.Sobel(gray, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(gray, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(across * across + down * down)


def _sharpness(gray: np.ndarray, gradient: np.ndarray) -> float | None:
    """Compare second with first derivatives where edges are strongest.

    The variance of the Laplacian alone says as much about what is shown as about focus: a plain white shirt has less
    of it than a blurred checkered one. Divided by the gradient of the same edges, contrast and content cancel out.
    """
    threshold = max(float(np.percentile(gradient, _STRONGEST_PERCENTILE)), _LEAST_GRADIENT**2)
    strongest = gradient >= threshold
    if not strongest.any():
        return None
    laplacian = cv2.Laplacian(gray, cv2.CV_32F)[strongest]
    return float((laplacian * laplacian).mean() / gradient[strongest].mean())


def _information(gray: np.ndarray) -> float:
    """Give the entropy of horizontal and vertical differences, noise left out, in bits a pixel."""
    values = gray.astype(np.int16)
    differences = np.concatenate([np.diff(values, axis=axis).ravel() for axis in (0, 1)])
    if not differences.size:
        return 0.0
    levels = (np.abs(differences) >> _RESIDUAL_BITS) * np.sign(differences)
    shares = np.bincount(levels + (256 >> _RESIDUAL_BITS)) / levels.size
    shares = shares[shares > 0]
    return max(0.0, float(-(shares * np.log2(shares)).sum()))


def _background(picture: np.ndarray) -> float:
    """Give the share of plain background; a picture of nothing else has 1."""
    sample = shrunk(picture, _BACKGROUND_SIDE_PX)
    foreground = foreground_mask(sample)
    if foreground.all():  # no plain background, or nothing but background
        return 1.0 if float(sample.std(axis=(0, 1)).max()) < _BLANK_DEVIATION else 0.0
    return float(1 - foreground.mean())


def _colorfulness(picture: np.ndarray) -> float:
    red, green, blue = (picture[..., channel].astype(np.float32) for channel in range(3))
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = float(np.hypot(red_green.std(), yellow_blue.std()))
    shift = float(np.hypot(red_green.mean(), yellow_blue.mean()))
    return spread + 0.3 * shift
