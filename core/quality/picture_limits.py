"""From which measures on a picture is dark, blurry, empty, odd-shaped or tiny.

Every limit is absolute first, so that a catalog of nothing but dark pictures does not count as well lit, and moves with
the catalog's own pictures only within bounds, so that a studio's one dim photo stands out. How the numbers were chosen:
docs/quality.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

ODD_DEVIATIONS = 4.0
_TO_SIGMA = 1.4826  # median absolute deviation to standard deviation, of a normal distribution
_LEAST_SPREAD = 0.05

DARK_BRIGHTNESS = (0.20, 0.40)
DARK_HIGHLIGHT = (0.45, 0.60)
BLURRY_SHARPNESS = (0.40, 0.60)
BLURRY_SHARE_OF_MEDIAN = 0.2
EMPTY_INFORMATION = 0.20
EMPTY_EDGES = 0.005
ODD_RATIO = (1.8, 3.0)
TINY_SIDE_PX = 100


@dataclass(frozen=True)
class PictureLimits:
    """The limits of one catalog.

    Attributes:
        brightness: Below it a picture is dark.
        highlight: Below it too.
        sharpness: Below it a picture is blurry.
        usual_ratio: Width over height of the catalog's middle picture.
        odd_factor: A ratio that is so many times wider or higher is odd.
    """

    brightness: float
    highlight: float
    sharpness: float
    usual_ratio: float
    odd_factor: float


def find_limits(measures: Mapping[str, np.ndarray]) -> PictureLimits:
    """Find the limits of a catalog from the measures of its pictures.

    Args:
        measures: Arrays float (P,) of P pictures, NaN where unknown: brightness, highlight, sharpness, ratio (width
            over height).
    """
    brightness, spread = _middle(measures["brightness"])
    highlight, highlight_spread = _middle(measures["highlight"])
    sharpness, _ = _middle(measures["sharpness"])
    log_ratio, ratio_spread = _middle(np.log(measures["ratio"]))
    odd_factor = float(np.exp(np.clip(ODD_DEVIATIONS * ratio_spread, *np.log(ODD_RATIO))))
    return PictureLimits(
        brightness=_clipped(brightness - ODD_DEVIATIONS * max(spread, _LEAST_SPREAD), DARK_BRIGHTNESS),
        highlight=_clipped(highlight - ODD_DEVIATIONS * max(highlight_spread, _LEAST_SPREAD), DARK_HIGHLIGHT),
        sharpness=_clipped(BLURRY_SHARE_OF_MEDIAN * sharpness, BLURRY_SHARPNESS),
        usual_ratio=float(np.exp(log_ratio)) if np.isfinite(log_ratio) else 1.0,
        odd_factor=odd_factor if np.isfinite(odd_factor) else ODD_RATIO[1],
    )


def judge_pictures(measures: Mapping[str, np.ndarray], limits: PictureLimits) -> dict[str, np.ndarray]:
    """Score how far each picture is beyond each limit.

    Args:
        measures: As for :func:`find_limits`, and information, edges, short_side (px).
        limits: The catalog's limits.

    Returns:
        Key of the check -> float (P,): 0 where nothing is wrong, else above 0 and larger the worse.
    """
    dark = np.fmax(_below(measures["brightness"], limits.brightness), _below(measures["highlight"], limits.highlight))
    empty = np.fmax(_below(measures["information"], EMPTY_INFORMATION), _below(measures["edges"], EMPTY_EDGES))
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.abs(np.log(measures["ratio"] / limits.usual_ratio))
        stretched = np.abs(np.log(measures["ratio"]))
    # A landscape photo among portraits is usual; only what is long in itself is odd.
    odd = np.where((away > np.log(limits.odd_factor)) & (stretched > np.log(ODD_RATIO[0])), away, 0.0)
    return {
        "picture_dark": dark,
        "picture_blurry": _below(measures["sharpness"], limits.sharpness),
        "picture_empty": empty,
        "picture_shape": odd,
        "picture_small": _below(measures["short_side"], TINY_SIDE_PX),
    }


def _below(values: np.ndarray, limit: float) -> np.ndarray:
    """Score how far values are below a limit, 0..1; unknown ones are not."""
    with np.errstate(invalid="ignore"):
        return np.where(values < limit, np.maximum((limit - values) / limit, 1e-6), 0.0)


def _middle(values: np.ndarray) -> tuple[float, float]:
    """Give median and robust standard deviation of what is known; NaN when nothing is."""
    known = values[np.isfinite(values)]
    if not known.size:
        return float("nan"), 0.0
    median = float(np.median(known))
    return median, float(_TO_SIGMA * np.median(np.abs(known - median)))


def _clipped(value: float, bounds: tuple[float, float]) -> float:
    return bounds[0] if np.isnan(value) else float(np.clip(value, *bounds))
