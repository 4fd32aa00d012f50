"""Views of a picture: how it could have been photographed as well, drawn for training."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.errors import SettingsError
from core.vision.picture_fit import WHITE, PictureFit, fit_picture


@dataclass(frozen=True)
class ViewSettings:
    """How far views may differ from the picture; 0 leaves a property alone.

    Attributes:
        rotation: Largest turn to either side, degrees, 0..180.
        shift: Largest move to each side, share of the side, 0..0.5.
        shear: Largest slant, as tangent of its angle, 0..1.
        zoom: How far a view may come nearer, as the share of the area that is cut away at most, 0..0.9.
        stretch: Largest change of the proportions, natural logarithm, 0..1.
        flip: Whether views may be mirrored left to right.
        brightness: Largest change of brightness, share of the full range, 0..1.
        color: Largest change of each channel, share, 0..1.
    """

    rotation: float = 12.0
    shift: float = 0.0
    shear: float = 0.0
    zoom: float = 0.5
    stretch: float = 0.2
    flip: bool = True
    brightness: float = 0.2
    color: float = 0.07

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            SettingsError: A value is out of its range.
        """
        for name, most in _MOST.items():
            value = getattr(self, name)
            if not 0 <= value <= most:
                raise SettingsError(f"{name} of views is {value:g}: expected a number from 0 to {most:g}")


_MOST = {"rotation": 180, "shift": 0.5, "shear": 1, "zoom": 0.9, "stretch": 1, "brightness": 1, "color": 1}

VIEWS_FORMAT = 2
"""Raised when views are drawn in another way; what was computed from them is then made again."""

PRESETS: dict[str, ViewSettings] = {
    "ours": ViewSettings(),
    # Keras' `rotation_range=25, shift 0.1, shear 0.2, zoom 0.2, flip` of the multi-label report (S1).
    "multi-label report": ViewSettings(25, 0.1, 0.2, 0.36, 0.0, True, 0.0, 0.0),
    # `shear 0.2, zoom 0.2, flip` of the saree report (A1).
    "saree report": ViewSettings(0, 0, 0.2, 0.36, 0.0, True, 0.0, 0.0),
    # Rotation, flip and changed colors of the recommender report (F4), which gives no numbers; ours are chosen.
    "recommender report": ViewSettings(20, 0, 0, 0, 0.0, True, 0.2, 0.1),
    "none": ViewSettings(0, 0, 0, 0, 0, False, 0, 0),
}
"""Named settings; a zoom of 0.2 to either side in Keras cuts away at most 1 - 0.8**2 of the area."""


def make_view(
    picture: np.ndarray, number: int, *, settings: ViewSettings, side_px: int, fit: PictureFit, seed: tuple[int, ...]
) -> np.ndarray:
    """Make one view of a picture.

    Args:
        picture: uint8 (H, W, 3), RGB.
        number: 0 is the picture as embedding sees it; the others are drawn.
        settings: How far they may differ.
        side_px: Side of the view.
        fit: How the picture becomes square.
        seed: With the number it decides what is drawn.

    Returns:
        uint8 (side_px, side_px, 3), contiguous.
    """
    if number == 0:
        return fit_picture(picture, side_px=side_px, fit=fit)
    chance = np.random.default_rng((*seed, number))
    part = _part(picture, settings, chance)
    view = _warped(fit_picture(part, side_px=side_px, fit=fit), settings, chance)
    if settings.flip and chance.random() < 0.5:
        view = view[:, ::-1]
    return _recolored(np.ascontiguousarray(view), settings, chance)


def _part(picture: np.ndarray, settings: ViewSettings, chance: np.random.Generator) -> np.ndarray:
    """Cut a part out of the picture, of a size and proportions that are drawn."""
    height, width = picture.shape[:2]
    side = np.sqrt(chance.uniform(1 - settings.zoom, 1))
    stretch = np.exp(chance.uniform(-settings.stretch, settings.stretch))
    rows = int(np.clip(round(height * side * stretch), 1, height))
    columns = int(np.clip(round(width * side / stretch), 1, width))
    top, left = chance.integers(0, height - rows + 1), chance.integers(0, width - columns + 1)
    return np.ascontiguousarray(picture[top : top + rows, left : left + columns])


def _warped(view: np.ndarray, settings: ViewSettings, chance: np.random.Generator) -> np.ndarray:
    """Turn, slant and move a view; what comes in from outside is white, as the padding is."""
    if not (settings.rotation or settings.shear or settings.shift):
        return view
    side = view.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), chance.uniform(-settings.rotation, settings.rotation), 1.0)
    slant = np.array([[1, chance.uniform(-settings.shear, settings.shear)], [0, 1]])
    turn[:, :2] = slant @ turn[:, :2]
    turn[:, 2] = side / 2 - turn[:, :2] @ [side / 2, side / 2]  # the middle stays in the middle ...
    turn[:, 2] += chance.uniform(-settings.shift, settings.shift, 2) * side  # ... before the move
    return cv2.warpAffine(view, turn, (side, side), flags=cv2.INTER_LINEAR, borderValue=(WHITE, WHITE, WHITE))


def _recolored(view: np.ndarray, settings: ViewSettings, chance: np.random.Generator) -> np.ndarray:
    """Change contrast and brightness of a view, and the strength of each channel a little."""
    if not (settings.brightness or settings.color):
        return view
    contrast = chance.uniform(1 - settings.brightness, 1 + settings.brightness)
    values = np.arange(256, dtype=np.float32)[:, None] * contrast  # what becomes of every value a pixel can have
    # The shift is a third of the scaling: on white it would otherwise wash out every picture.
    values += 255 * chance.uniform(-settings.brightness, settings.brightness) / 3
    values = values * chance.uniform(1 - settings.color, 1 + settings.color, 3).astype(np.float32)
    return cv2.LUT(view, np.clip(values, 0, 255).astype(np.uint8)[None])
