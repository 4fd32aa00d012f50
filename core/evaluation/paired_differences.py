"""Whether one run is better than another on the same pictures by more than chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

LEVEL = 0.05
"""Differences with a corrected p-value below this, and an interval without 0, count as more than chance."""

_RESAMPLES = 2000
_NORMAL_QUANTILE = 1.959964  # of 0.975, for an interval of 95 %


@dataclass(frozen=True)
class PairedDifference:
    """How the second of two runs differs from the first on pictures both were judged on.

    Attributes:
        pictures: Pictures both were judged on.
        gained: Pictures right in the second only.
        lost: Pictures right in the first only.
        difference: Accuracy of the second minus that of the first, -1..1.
        interval: 95 % interval of the difference.
        p_value: Of McNemar's exact test; corrected by :func:`correct_for_many` when there are several.
    """

    pictures: int
    gained: int
    lost: int
    difference: float
    interval: tuple[float, float]
    p_value: float

    @property
    def more_than_chance(self) -> bool:
        """Whether both the test and the interval say so."""
        low, high = self.interval
        return self.p_value < LEVEL and not low <= 0 <= high


def paired_difference(
    first: np.ndarray, second: np.ndarray, product_ids: Sequence[str], *, seed: int = 0
) -> PairedDifference:
    """Compare right and wrong of two runs, picture by picture.

    The p-value is that of McNemar's exact test, which looks at the pictures on which the runs disagree. Source:
    McNemar, "Note on the sampling error of the difference between correlated proportions" (1947). The interval is a
    bootstrap over products, because pictures of one product tend to be right or wrong together; where the runs never
    disagree every draw is 0, and the score interval of as many products stands instead.

    Args:
        first: Bool array of shape (N pictures,): right in the first run; at least one picture.
        second: Bool array of shape (N,): right in the second run.
        product_ids: Product of each picture.
        seed: Seed of the draws.
    """
    change = second.astype(np.int64) - first.astype(np.int64)
    gained, lost = int((change > 0).sum()), int((change < 0).sum())
    codes, names = pd.factorize(np.asarray(product_ids, dtype=object))
    if gained + lost == 0:
        doubt = _NORMAL_QUANTILE**2 / (len(names) + _NORMAL_QUANTILE**2)
        interval = (-doubt, doubt)
    else:
        interval = _interval(change, codes, len(names), seed=seed)
    return PairedDifference(
        pictures=len(change),
        gained=gained,
        lost=lost,
        difference=float(change.mean()),
        interval=interval,
        p_value=mcnemar_p_value(gained, lost),
    )


def mcnemar_p_value(gained: int, lost: int) -> float:
    """Compute how likely so uneven a disagreement, or a more uneven one, is among equally good runs (two-sided)."""
    count, least = gained + lost, min(gained, lost)
    if gained == lost:
        return 1.0
    whole = math.lgamma(count + 1) - count * math.log(2)
    logs = (whole - math.lgamma(each + 1) - math.lgamma(count - each + 1) for each in range(least + 1))
    return min(1.0, 2 * math.fsum(math.exp(each) for each in logs))


def correct_for_many(differences: Sequence[PairedDifference]) -> list[PairedDifference]:
    """Correct p-values for how many comparisons were made: among many, one looks significant by luck.

    Source: Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    order = sorted(range(len(differences)), key=lambda place: differences[place].p_value)
    corrected, largest = list(differences), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * differences[place].p_value))
        corrected[place] = replace(differences[place], p_value=largest)
    return corrected


def _interval(change: np.ndarray, codes: np.ndarray, products: int, *, seed: int) -> tuple[float, float]:
    """Bootstrap over products; those with the same counts are interchangeable, so kinds of them are drawn."""
    per_product = np.stack(
        (np.bincount(codes, weights=change, minlength=products), np.bincount(codes, minlength=products)), axis=1
    )
    kinds, frequency = np.unique(per_product, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(products, frequency / products, size=_RESAMPLES)
    sums = drawn @ kinds
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975])
    return float(low), float(high)
