"""From which probability on predictions can be trusted without a look: thresholds with a promise."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Threshold:
    """Where a group of pictures is cut, and what it rests on.

    Attributes:
        value: Pictures with at least this probability are accepted; None where no threshold can be promised.
        pictures: Pictures it was chosen by.
        accepted: Those of them at or above it.
        right: Those accepted that are right.
        bound: Lower confidence bound of the precision of what is accepted, 0..1; 0 without a threshold.
    """

    value: float | None
    pictures: int
    accepted: int
    right: int
    bound: float


def choose_threshold(probabilities: np.ndarray, right: np.ndarray, *, precision: float, doubt: float) -> Threshold:
    """Choose the threshold that accepts most, so that a precision can be promised for pictures not seen yet.

    The pictures are put in the order of their probability. Accepting the first n of them passes when the exact lower
    bound of their precision (:func:`lower_bound`) reaches the wanted one. Trying every n and taking the best would find
    one that passes by luck, so n is tried in an order that no label has a say in, from a start upwards, and the last
    that passes before the first that does not is taken: then the promise fails with a probability of at most `doubt`
    for all tries together, whatever the model. Where to start is free as long as labels are not asked: here halfway
    between the fewest pictures that can prove anything and the count for which the probabilities themselves, taken at
    their word, promise the highest bound - a start at the fewest would end at a single early mistake.
    Sources: fixed sequence testing for a risk, Angelopoulos, Bates, Candes, Jordan & Lei, "Learn then test" (2021);
    precision of what a threshold lets through, Geifman & El-Yaniv, "Selective classification for deep neural networks"
    (2017).

    Args:
        probabilities: Float array of shape (N pictures,), 0..1; pictures of different products.
        right: Bool array of shape (N,).
        precision: Wanted precision, above 0 and below 1.
        doubt: Probability with which the promise may fail, above 0 and below 1.
    """
    count = len(probabilities)
    none = Threshold(None, count, 0, 0, 0.0)
    fewest = fewest_pictures(precision, doubt)
    if count < fewest:
        return none
    order = np.argsort(-probabilities, kind="stable")
    given, hits = np.asarray(probabilities, dtype=np.float64)[order], np.cumsum(right[order])
    sizes = np.flatnonzero(np.append(given[1:] < given[:-1], True)) + 1  # equal probabilities stay together
    bounds = lower_bounds(hits[sizes - 1], sizes, doubt=doubt)
    hoped = lower_bounds(np.minimum(np.cumsum(given)[sizes - 1], sizes), sizes, doubt=doubt)
    start = (fewest + max(fewest, int(sizes[int(hoped.argmax())]))) // 2
    first = int(np.searchsorted(sizes, start))
    passing = bounds[first:] >= precision
    tried = len(passing) if passing.all() else int(passing.argmin())
    if tried == 0:
        return none
    last = first + tried - 1
    size = int(sizes[last])
    return Threshold(float(given[size - 1]), count, size, int(hits[size - 1]), float(bounds[last]))


def fewest_pictures(precision: float, doubt: float) -> int:
    """Count the pictures that can prove a precision when every one of them is right: 149 for 98 % at 95 %."""
    return max(1, math.ceil(math.log(doubt) / math.log(precision) - 1e-9))


def lower_bounds(right: np.ndarray, accepted: np.ndarray, *, doubt: float) -> np.ndarray:
    """Bound shares from below, exactly. Source: Clopper & Pearson, "The use of confidence or fiducial limits" (1934).

    Args:
        right: Array of shape (K,): right ones, 0..accepted.
        accepted: Array of shape (K,): of so many; where none, the bound is 0.
        doubt: Probability that the true share is lower.
    """
    from scipy.special import betaincinv  # here: a page that shows no plan does without

    hits, of = np.asarray(right, dtype=np.float64), np.asarray(accepted, dtype=np.float64)
    found = betaincinv(np.maximum(hits, 1e-9), np.maximum(of - hits, 0) + 1, doubt)
    return np.where(hits > 0, found, 0.0)


def lower_bound(right: int, accepted: int, *, doubt: float) -> float:
    """Bound one share from below, see :func:`lower_bounds`."""
    return float(lower_bounds(np.array([right]), np.array([accepted]), doubt=doubt)[0])


def achieved_interval(right: int, accepted: int, *, precision: float, fresh: int, doubt: float) -> tuple[float, float]:
    """Say between what the precision of so many fresh accepted pictures will lie.

    The true precision is at least the promised one, and at most the exact upper bound of what was seen; so few fresh
    pictures scatter around it. Both ends together fail with a probability of at most `doubt` beyond the promise's own.

    Args:
        right: Right ones among those accepted when the threshold was chosen.
        accepted: Accepted then.
        precision: The promised precision.
        fresh: Fresh pictures that are accepted.
        doubt: Above 0 and below 1.

    Returns:
        Lower and upper end, 0..1; (0, 1) where nothing is accepted.
    """
    if fresh <= 0 or accepted <= 0:
        return 0.0, 1.0
    from scipy.special import betaincinv

    highest = 1.0 if right >= accepted else float(betaincinv(right + 1, accepted - right, 1 - doubt / 4))
    low = _binomial_quantile(doubt / 2, fresh, precision) / fresh
    return low, _binomial_quantile(1 - doubt / 4, fresh, highest) / fresh


def _binomial_quantile(share: float, count: int, chance: float) -> int:
    """Find the smallest number of hits, of so many tries, that is reached or stayed below with at least a share."""
    from scipy.special import bdtr  # scipy.stats would take a page half a second to import

    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtr(middle, count, chance) >= share else (middle + 1, high)
    return low


def share_curve(probabilities: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    """Compute the accuracy of what every threshold accepts.

    Args:
        probabilities: Float array of shape (N pictures,).
        right: Bool array of shape (N,).

    Returns:
        One row a distinct probability, highest first: threshold, share (of pictures accepted, 0..1), accuracy (of
        those, 0..1), accepted (pictures).
    """
    order = np.argsort(-probabilities, kind="stable")
    given = np.asarray(probabilities, dtype=np.float64)[order]
    sizes = np.flatnonzero(np.append(given[1:] < given[:-1], True)[: len(given)]) + 1
    hits = np.cumsum(right[order])
    return pd.DataFrame(
        {
            "threshold": given[sizes - 1],
            "share": sizes / max(len(given), 1),
            "accuracy": hits[sizes - 1] / np.maximum(sizes, 1),
            "accepted": sizes,
        }
    )


def one_picture_a_product(product_ids: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Draw one picture of every product: pictures of one product are no independent witnesses.

    Returns:
        Int64 array of rows, ascending; all rows where every product has one picture.
    """
    codes, names = pd.factorize(np.asarray(product_ids, dtype=object))
    if len(names) == len(codes):
        return np.arange(len(codes))
    mixed = np.random.default_rng(seed).permutation(len(codes))
    _, first = np.unique(codes[mixed], return_index=True)
    return np.sort(mixed[first])
