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
    x, y = points["x"].to_numpy(np.float64), points["y"].to_numpy(np.float64)
    inside = np.zeros(len(points), bool)
    for (x_from, y_from), (x_to, y_to) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y_from == y_to:
            continue  # a level edge is crossed by no level ray
        # A ray to the right of each point; an edge owns its lower end only, so a corner is crossed once.
        crosses = (y_from > y) != (y_to > y)
        inside ^= crosses & (x < x_from + (y - y_from) * (x_to - x_from) / (y_to - y_from))
    return points["product_id"][inside].tolist()


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
