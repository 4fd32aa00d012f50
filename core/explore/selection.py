"""Products inside a lasso or a box on a map."""

import numpy as np
import pandas as pd

from core.errors import SettingsError


def products_in_lasso(points: pd.DataFrame, polygon: np.ndarray) -> list[str]:
    """List the products inside a polygon.

    Args:
        points: Rows of product_id, x and y.
        polygon: (V, 2) corners in order, at least 3; the last joins the first. Where it crosses itself, what lies
            inside an odd number of times is inside.

    Returns:
        Product ids in the order of `points`.

    Raises:
        SettingsError: The polygon has fewer than 3 corners, or one that is not finite.
    """
    corners = np.asarray(polygon, np.float64)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise SettingsError(f"a lasso needs at least 3 finite corners (x, y): received an array of {corners.shape}")
    both = points[["x", "y"]].to_numpy(np.float64)
    return points["product_id"][inside_loop(both, corners)].tolist()


def inside_loop(positions: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Tell which points lie inside a polygon, by counting the edges to their right.

    Args:
        positions: (N, 2) x and y.
        corners: float64 (V, 2), at least 3, finite.

    Returns:
        bool (N,).
    """
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero(((positions >= low) & (positions <= high)).all(axis=1))
    x, y = positions[near, 0].astype(np.float64), positions[near, 1].astype(np.float64)
    odd = np.zeros(len(near), bool)
    for (x_from, y_from), (x_to, y_to) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y_from == y_to:
            continue  # a level edge is crossed by no level ray
        # A ray to the right of each point; an edge owns its lower end only, so a corner is crossed once.
        crosses = (y_from > y) != (y_to > y)
        odd ^= crosses & (x < x_from + (y - y_from) * (x_to - x_from) / (y_to - y_from))
    inside = np.zeros(len(positions), bool)
    inside[near[odd]] = True
    return inside


def products_in_box(points: pd.DataFrame, *, x: tuple[float, float], y: tuple[float, float]) -> list[str]:
    """List the products inside a box, its edges included.

    Args:
        points: Rows of product_id, x and y.
        x: Two ends, in either order.
        y: Two ends, in either order.

    Returns:
        Product ids in the order of `points`.
    """
    inside = points["x"].between(min(x), max(x)) & points["y"].between(min(y), max(y))
    return points["product_id"][inside].tolist()
