"""OKLab: a color space in which equal distances look equally far apart.

Source: Björn Ottosson, "A perceptual color space for image processing" (2020). Distances in CIELAB exaggerate saturated
blues and yellows; OKLab was fitted to lightness, hue and chroma data together.
"""

import numpy as np

_LINEAR_RGB_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_CONES_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def rgb_to_oklab(rgb: np.ndarray) -> np.ndarray:
    """Convert sRGB colors to OKLab.

    Args:
        rgb: uint8 (..., 3).

    Returns:
        float64 (..., 3): lightness 0..1, then green-red and blue-yellow, about -0.3..0.3.
    """
    value = np.asarray(rgb, np.float64) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _LINEAR_RGB_TO_CONES.T) @ _CONES_TO_LAB.T)
