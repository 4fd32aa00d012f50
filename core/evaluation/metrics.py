"""Figures of merit of predictions, per class and over all."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.models.scores import ClassCounts, count_classes

INTERVAL = 0.95
_RESAMPLES = 2000
_NORMAL_QUANTILE = 1.959964  # of 0.975, for an interval of 95 %


def accuracy(labels: np.ndarray, predicted: np.ndarray) -> float:
    """Share of pictures put into their class; 0 without pictures.

    Args:
        labels: Int array of shape (N,): true classes.
        predicted: Int array of shape (N,): given classes; -1 for a picture put nowhere.
    """
    return float((labels == predicted).mean()) if len(labels) else 0.0


def top_k_accuracy(label_ranks: np.ndarray, *, k: int) -> float:
    """Share of pictures whose true class is among the k most probable.

    Args:
        label_ranks: Int array of shape (N,): place of the true class, 1 = most probable.
        k: How many classes count.
    """
    return float((np.asarray(label_ranks) <= k).mean()) if len(label_ranks) else 0.0


def macro_f1(labels: np.ndarray, predicted: np.ndarray, *, class_count: int) -> float:
    """Mean F1 of the classes that occur as truth or as prediction; small classes count like large ones."""
    return count_classes(labels, predicted, class_count=class_count).macro_f1


def weighted_f1(labels: np.ndarray, predicted: np.ndarray, *, class_count: int) -> float:
    """Mean F1 of the classes, each weighted with its pictures."""
    return count_classes(labels, predicted, class_count=class_count).weighted_f1


def per_class_report(labels: np.ndarray, predicted: np.ndarray, *, classes: Sequence[str]) -> pd.DataFrame:
    """Compute precision, recall, F1 and support of every class.

    What would divide by zero is 0: the precision of a class nothing was put into, the recall of a class without
    pictures, the F1 where both are 0.

    Args:
        labels: Int array of shape (N,): true classes, 0..C-1.
        predicted: Int array of shape (N,): given classes; -1 for a picture put nowhere.
        classes: C class names in order.

    Returns:
        One row a class, in the order of the classes: class_name, precision, recall, f1 (0..1), support, predicted,
        right (pictures).
    """
    return report_of_counts(count_classes(labels, predicted, class_count=len(classes)), classes=classes)


def report_of_counts(counts: ClassCounts, *, classes: Sequence[str]) -> pd.DataFrame:
    """Lay counts out as :func:`per_class_report` does."""
    return pd.DataFrame(
        {
            "class_name": list(classes),
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
            "support": counts.support,
            "predicted": counts.predicted,
            "right": counts.right,
        }
    )


def accuracy_interval(right: np.ndarray, product_ids: Sequence[str], *, seed: int = 0) -> tuple[float, float]:
    """Estimate a 95 % interval of an accuracy by bootstrap over products.

    Products are drawn, not pictures: two pictures of one product tend to be right or wrong together. Products with the
    same counts are interchangeable, so that drawing how often each *kind* occurs is the same bootstrap at a cost that
    does not grow with the pictures. Source: Efron, "Bootstrap methods" (1979); clustered as in Field & Welsh (2007).
    Where all pictures are right, or none, every draw is the same and would claim certainty: there the score interval
    of as many products stands. Source: Wilson (1927).

    Args:
        right: Bool array of shape (N pictures,).
        product_ids: Product of each picture.
        seed: Seed of the draws.

    Returns:
        Lower and upper end, 0..1; (0, 1) without pictures.
    """
    if not len(right):
        return 0.0, 1.0
    codes, names = pd.factorize(np.asarray(product_ids, dtype=object))
    if np.all(right) or not np.any(right):
        doubt = _NORMAL_QUANTILE**2 / (len(names) + _NORMAL_QUANTILE**2)
        return (1 - doubt, 1.0) if np.all(right) else (0.0, doubt)
    per_product = np.stack(
        (np.bincount(codes, weights=right, minlength=len(names)), np.bincount(codes, minlength=len(names))), axis=1
    )
    kinds, frequency = np.unique(per_product, axis=0, return_counts=True)
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(names), frequency / len(names), size=_RESAMPLES)
    sums = drawn @ kinds
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
    return float(low), float(high)
