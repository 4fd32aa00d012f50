"""Figures by product and by level of the category tree, of a run's own pictures and of another catalog's."""

from typing import Any

import numpy as np
import pandas as pd

from core.models.further_figures import kept_temperature, side_figures, tree_of
from core.models.runs import Run

MOST_CELLS = 200_000_000
"""Probabilities kept for the figures of another catalog, 800 MB on disk; with more these figures are left out."""

_WAYS = ("mean_log", "attention")


def kept_figures(run: Run, split: str) -> dict[str, Any]:
    """Take the figures a run kept for one of its sides; what is not of its kind is left out.

    Args:
        run: The run; its figures may come from strangers.
        split: The side.

    Returns:
        As :func:`core.models.further_figures.side_figures`; empty for runs that kept none.
    """
    side = run.metrics.get(split) if isinstance(run.metrics, dict) else None
    if not isinstance(side, dict):
        return {}
    found: dict[str, Any] = {}
    products = side.get("products")
    if _is_product_figures(products):
        found["products"] = products
    if (
        _are_shares(side.get("levels"))
        and _are_shares(side.get("levels_by_leaf"))
        and _is_share(side.get("half_right"))
    ):
        found |= {name: side[name] for name in ("levels", "levels_by_leaf", "half_right")}
    return found


def judged_figures(run: Run, rows: pd.DataFrame, probabilities: np.ndarray) -> dict[str, Any]:
    """Compute the figures of another catalog's pictures, with the temperature the run chose on its own validation.

    Args:
        run: The run.
        rows: N rows: product_id, label, predicted.
        probabilities: Float32 array of shape (N, C), aligned with the rows.
    """
    return side_figures(
        probabilities,
        rows,
        np.arange(len(rows)),
        run.classes,
        tree=tree_of(run.classes, run.target),
        temperature=kept_temperature(run.metrics),
    )


def _is_product_figures(products: object) -> bool:
    if not isinstance(products, dict):
        return False
    counts = all(isinstance(products.get(name), int) for name in ("products", "with_several"))
    return counts and all(_is_way(products.get(name)) for name in _WAYS)


def _is_way(figures: object) -> bool:
    if not isinstance(figures, dict):
        return False
    ends = figures.get("gain_interval")
    fine = isinstance(ends, list) and len(ends) == 2 and all(_is_share(end, low=-1) for end in ends)
    shares = all(_is_share(figures.get(name)) for name in ("accuracy", "macro_f1"))
    return fine and shares and _is_share(figures.get("gain"), low=-1)


def _are_shares(values: object) -> bool:
    return isinstance(values, dict) and bool(values) and all(_is_share(each) for each in values.values())


def _is_share(value: object, *, low: float = 0) -> bool:
    return isinstance(value, int | float) and low <= value <= 1
