"""Intervals of figures that no formula gives."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.models.scores import ClassCounts

_MOST_RESAMPLES, _LEAST_RESAMPLES = 500, 60
_CELLS = 5_000_000
"""Pictures times draws; more pictures need fewer draws, since their interval is narrow."""


def macro_f1_interval(
    labels: np.ndarray, predicted: np.ndarray, product_ids: Sequence[str], *, class_count: int, seed: int = 0
) -> tuple[float, float]:
    """Estimate a 95 % interval of macro F1; see :func:`f1_intervals`."""
    return f1_intervals(labels, predicted, product_ids, class_count=class_count, seed=seed)["macro_f1"]


def f1_intervals(
    labels: np.ndarray, predicted: np.ndarray, product_ids: Sequence[str], *, class_count: int, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Estimate 95 % intervals of macro and weighted F1 by bootstrap over products, as `accuracy_interval` does.

    Args:
        labels: Int array of shape (N pictures,): true classes, 0..C-1.
        predicted: Int array of shape (N,): given classes, 0..C-1.
        product_ids: Product of each picture.
        class_count: Number of classes, C.
        seed: Seed of the draws.

    Returns:
        Lower and upper end, 0..1, of ``macro_f1`` and ``weighted_f1``; (0, 1) without pictures.
    """
    if not len(labels):
        return {"macro_f1": (0.0, 1.0), "weighted_f1": (0.0, 1.0)}
    codes, names = pd.factorize(np.asarray(product_ids, dtype=object))
    right = labels == predicted
    draws = int(np.clip(_CELLS // len(labels), _LEAST_RESAMPLES, _MOST_RESAMPLES))
    random, found = np.random.default_rng(seed), np.empty((draws, 2))
    for draw in range(draws):
        times = np.bincount(random.integers(0, len(names), len(names)), minlength=len(names))[codes]
        counts = ClassCounts(
            right=np.bincount(labels[right], weights=times[right], minlength=class_count),
            predicted=np.bincount(predicted, weights=times, minlength=class_count),
            support=np.bincount(labels, weights=times, minlength=class_count),
        )
        found[draw] = counts.macro_f1, counts.weighted_f1
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return {name: (float(low[place]), float(high[place])) for place, name in enumerate(("macro_f1", "weighted_f1"))}


def label_intervals(
    sets: np.ndarray, chosen: np.ndarray, product_ids: Sequence[str], *, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Estimate 95 % intervals of the figures of label sets by bootstrap over products.

    Args:
        sets: Uint8 array of shape (N pictures, C labels): 1 where a picture has a label.
        chosen: Bool array of shape (N, C): what was predicted.
        product_ids: Product of each picture.
        seed: Seed of the draws.

    Returns:
        Lower and upper end, 0..1, of ``micro_f1``, ``macro_f1`` and ``binary_accuracy``; (0, 1) without pictures.
    """
    names = ("micro_f1", "macro_f1", "binary_accuracy")
    if not len(sets):
        return dict.fromkeys(names, (0.0, 1.0))
    truth, given = np.asarray(sets, dtype=np.float64), np.asarray(chosen, dtype=np.float64)
    codes, products = pd.factorize(np.asarray(product_ids, dtype=object))
    draws = int(np.clip(_CELLS // len(sets), _LEAST_RESAMPLES, _MOST_RESAMPLES))
    random, found = np.random.default_rng(seed), np.empty((draws, len(names)))
    both = truth * given
    for draw in range(draws):
        times = np.bincount(random.integers(0, len(products), len(products)), minlength=len(products))[codes]
        counts = ClassCounts(right=times @ both, predicted=times @ given, support=times @ truth)
        said = float((counts.predicted + counts.support).sum())
        wrong = said - 2 * float(counts.right.sum())
        found[draw] = (
            2 * counts.right.sum() / max(said, 1.0),
            counts.macro_f1,
            1 - wrong / max(float(times.sum()) * truth.shape[1], 1.0),
        )
    low, high = np.quantile(found, [0.025, 0.975], axis=0)
    return {name: (float(low[place]), float(high[place])) for place, name in enumerate(names)}


def score_interval(share: float, count: int) -> tuple[float, float]:
    """Compute the 95 % score interval of a share of so many pictures. Source: Wilson (1927).

    Args:
        share: 0..1.
        count: Pictures; without any the interval is (0, 1).
    """
    if count <= 0:
        return 0.0, 1.0
    squared = 1.959964**2
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    reach = 1.959964 * np.sqrt(share * (1 - share) / count + squared / (4 * count**2)) / (1 + squared / count)
    return float(max(0.0, middle - reach)), float(min(1.0, middle + reach))
