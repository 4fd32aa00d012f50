"""Figures beyond those of single pictures and single classes: products of several pictures, levels of the tree."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.files import load_array
from core.models.class_tree import ClassTree, class_tree
from core.models.level_figures import level_figures
from core.models.product_predictions import (
    EVEN,
    TEMPERATURES,
    choose_temperature,
    group_pictures,
    product_figures,
)
from core.models.splits import SPLIT_NAMES, VALIDATION


def tree_of(classes: tuple[str, ...], target: str) -> ClassTree | None:
    """Read the tree of a run's classes; None where they are no categories or have one level only."""
    if target.partition(":")[0] != "category":
        return None
    tree = class_tree(classes)
    return tree if tree.levels > 1 else None


def with_further_figures(
    metrics: dict[str, dict[str, Any]],
    probabilities: Path,
    rows: pd.DataFrame,
    classes: tuple[str, ...],
    *,
    target: str,
) -> dict[str, dict[str, Any]]:
    """Add the further figures to those of each split; see :func:`further_figures`.

    Args:
        metrics: Figures by split.
        probabilities: The file of the run's probabilities; it is read block by block.
        rows: Its rows: product_id, label, predicted, split.
        classes: C class names in order.
        target: What the run predicts.
    """
    kept = load_array(probabilities)
    further = further_figures(kept, rows, classes, target=target)
    return {split: {**figures, **further.get(split, {})} for split, figures in metrics.items()}


def further_figures(
    probabilities: np.ndarray, rows: pd.DataFrame, classes: tuple[str, ...], *, target: str
) -> dict[str, dict[str, Any]]:
    """Compute by split what :func:`side_figures` gives; the temperature of attention is chosen on validation.

    Args:
        probabilities: Float32 array of shape (P pictures, C classes); may be memory-mapped.
        rows: P rows: product_id, label, predicted (class names), split.
        classes: C class names in order.
        target: What the run predicts, such as ``category``; sets of labels have no such figures.
    """
    if target == "labels":
        return {}
    tree, temperature = tree_of(classes, target), _choose_temperature(probabilities, rows, classes)
    figures = {}
    for split in SPLIT_NAMES:
        positions = np.flatnonzero((rows["split"] == split).to_numpy())
        side = rows.iloc[positions]
        figures[split] = side_figures(probabilities, side, positions, classes, tree=tree, temperature=temperature)
    return figures


def side_figures(
    probabilities: np.ndarray,
    rows: pd.DataFrame,
    positions: np.ndarray,
    classes: tuple[str, ...],
    *,
    tree: ClassTree | None,
    temperature: float,
) -> dict[str, Any]:
    """Compute the further figures of some pictures.

    Args:
        probabilities: Float32 array of shape (P, C); may be memory-mapped.
        rows: N rows: product_id, label, predicted.
        positions: Int array of shape (N,): row of each in the probabilities, ascending.
        classes: C class names in order.
        tree: See :func:`tree_of`.
        temperature: Of attention by confidence.

    Returns:
        ``products`` when some product has several pictures, see :func:`product_figures`; ``levels``,
        ``levels_by_leaf`` and ``half_right`` when there is a tree, see :func:`level_figures`.
    """
    index = pd.Index(classes)
    labels, predicted = (index.get_indexer(pd.Index(rows[name])) for name in ("label", "predicted"))
    found = product_figures(probabilities, rows, positions, labels, temperature=temperature)
    figures: dict[str, Any] = {"products": found} if found else {}
    if tree is not None:
        figures |= level_figures(tree, probabilities, positions, labels, predicted)
    return figures


def kept_temperature(metrics: object) -> float:
    """Find the temperature a run chose in its figures; where it kept none all pictures count the same.

    Args:
        metrics: Figures by split, as a run keeps them; may come from outside.
    """
    sides = metrics.values() if isinstance(metrics, dict) else ()
    for side in sides:
        products = side.get("products") if isinstance(side, dict) else None
        found = products.get("temperature") if isinstance(products, dict) else None
        if isinstance(found, float) and found in TEMPERATURES:
            return found
    return EVEN


def _choose_temperature(probabilities: np.ndarray, rows: pd.DataFrame, classes: tuple[str, ...]) -> float:
    positions = np.flatnonzero((rows["split"] == SPLIT_NAMES[VALIDATION]).to_numpy())
    products = group_pictures(rows["product_id"].to_numpy()[positions], positions)
    labels = pd.Index(classes).get_indexer(pd.Index(rows["label"].to_numpy()[products.rows[products.starts]]))
    return choose_temperature(probabilities, products, labels)
