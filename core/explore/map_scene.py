"""What a map component draws, as compact as it can travel: whole numbers of two bytes a coordinate, one byte a color.

Positions keep their proportions: both axes share one scale, and two maps that are compared share it too, so that a
point that stays does not move.
"""

import base64
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import SettingsError
from core.explore.sampling import stratified_rows

SPAN = 65_535
"""Coordinates travel as 0..SPAN."""

UNKNOWN = 255
"""The code of what is not known."""

MOST_DRAWN = 100_000
"""Points a browser draws; of more, every stratum shows its share."""

_MOST_CORNERS = 64
_MARGIN = 0.02


@dataclass(frozen=True)
class MapScale:
    """How coordinates of a map become whole numbers.

    Attributes:
        left: x that becomes 0.
        bottom: y that becomes 0.
        side: length that becomes :data:`SPAN`.
    """

    left: float
    bottom: float
    side: float

    def quantized(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Give whole numbers, uint16 (N, 2), of coordinates (N,)."""
        both = np.column_stack([(x - self.left), (y - self.bottom)]) / self.side * SPAN
        return np.clip(np.floor(both + 0.5), 0, SPAN).astype(np.uint16)


def map_scale(*maps: pd.DataFrame) -> MapScale:
    """Fit one scale around the points of one or more maps, each with ``x`` and ``y``, in the middle of a square.

    A margin leaves room for products that are placed into a map later, so that its scale can stay.
    """
    x = np.concatenate([frame["x"].to_numpy(np.float64) for frame in maps] or [np.zeros(0)])
    y = np.concatenate([frame["y"].to_numpy(np.float64) for frame in maps] or [np.zeros(0)])
    if not len(x):
        return MapScale(0.0, 0.0, 1.0)
    width, height = float(x.max() - x.min()), float(y.max() - y.min())
    side = (max(width, height) or 1.0) * (1 + 2 * _MARGIN)
    return MapScale(float(x.min()) - (side - width) / 2, float(y.min()) - (side - height) / 2, side)


def drawn_rows(strata: pd.Series, most: int = MOST_DRAWN) -> np.ndarray:
    """Choose the rows that are drawn: all of them, or of too many each stratum its share, the same ones every time.

    Args:
        strata: Name of each row's stratum (N,), such as its category; missing is a stratum too.
        most: Rows to draw.

    Returns:
        int64, rising.
    """
    codes, _ = pd.factorize(strata, use_na_sentinel=False)
    return stratified_rows(codes, most)


def encoded(values: np.ndarray) -> str:
    """Write an array as base64 of its little-endian bytes."""
    return base64.b64encode(values.astype(values.dtype.newbyteorder("<")).tobytes()).decode("ascii")


def encoded_members(members: np.ndarray) -> str:
    """Write which points belong to a set, bool (N,), as base64 of one bit a point, the lowest first."""
    return base64.b64encode(np.packbits(members, bitorder="little").tobytes()).decode("ascii")


def decoded_loop(text: object) -> np.ndarray:
    """Read the corners of a loop as the component writes them.

    Args:
        text: base64, ordinary or for addresses, of little-endian uint16 x, y, x, y ...

    Returns:
        float64 (V, 2), 0..:data:`SPAN`, at least 3 corners.

    Raises:
        SettingsError: It is no such text.
    """
    try:
        raw = base64.b64decode(str(text)[: 8 * _MOST_CORNERS].replace("-", "+").replace("_", "/"), validate=True)
        corners = np.frombuffer(raw, "<u2").reshape(-1, 2).astype(np.float64)
    except ValueError as error:
        raise SettingsError("the loop on the map cannot be read: draw it again, or take it out of the link") from error
    if not 3 <= len(corners) <= _MOST_CORNERS:
        raise SettingsError(f"a loop has 3 to {_MOST_CORNERS} corners, not {len(corners)}: draw it again")
    return corners


def loop_for_address(text: str) -> str:
    """Write a loop so that it may stand in an address."""
    return text.replace("+", "-").replace("/", "_")


def mixed_positions(first: np.ndarray, second: np.ndarray | None, at: float) -> np.ndarray:
    """Place points between two maps, as the component does while it morphs.

    Args:
        first: uint16 (N, 2).
        second: uint16 (N, 2); None stays with the first.
        at: 0 is the first map, 1 the second.
    """
    if second is None or at == 0:
        return first
    start = first.astype(np.float64)
    return np.floor(start + (second.astype(np.float64) - start) * at + 0.5).astype(np.uint16)
