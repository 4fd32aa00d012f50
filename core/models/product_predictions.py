"""Several pictures of one product put together into one prediction."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.models.head_parts import softmax
from core.models.scores import SMALLEST_PROBABILITY, count_classes

EVEN = float("inf")
"""A temperature at which all pictures count the same: attention is then the mean log-probability."""

TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, EVEN)

_CELLS = 4 * 2**20
"""Probabilities looked at in one go, 16 MiB; a product with more pictures than that is still looked at whole."""
LEAST_TUNED = 10
"""With fewer validation products of several pictures a temperature would be chosen by luck."""
_MOST_TUNED = 20_000
"""One number is chosen: more products than these would only take longer."""
_RESAMPLES = 2000
_INTERVAL = 0.95
_NORMAL_QUANTILE = 1.959964  # of 0.975, for an interval of 95 %


@dataclass(frozen=True)
class ProductPictures:
    """Which pictures belong to one product.

    Attributes:
        rows: Int64 (N,): rows of the probabilities, product after product.
        starts: Int64 (M,): where each product begins in them.
        sizes: Int64 (M,): pictures of each product, at least 1.
    """

    rows: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray

    def blocks(self, classes: int) -> Iterator[slice]:
        """Cut the products into parts of at most about 4 million probabilities each."""
        first = 0
        while first < len(self.starts):
            most = self.starts[first] + max(1, _CELLS // max(classes, 1))
            last = max(first + 1, int(np.searchsorted(self.starts + self.sizes, most, side="right")))
            yield slice(first, last)
            first = last

    def take(self, products: slice) -> tuple[np.ndarray, np.ndarray]:
        """Give the rows of some products, and where each of these begins in them."""
        starts, first = self.starts[products], self.starts[products][0]
        end = starts[-1] + self.sizes[products][-1]
        return self.rows[first:end], starts - first

    def only(self, chosen: np.ndarray) -> "ProductPictures":
        """Keep some products, bool (M,)."""
        sizes = self.sizes[chosen]
        return ProductPictures(self.rows[np.repeat(chosen, self.sizes)], np.cumsum(sizes) - sizes, sizes)


def group_pictures(product_ids: np.ndarray, rows: np.ndarray) -> ProductPictures:
    """Group pictures by their product, products in the order of their first picture.

    Args:
        product_ids: Product of each of N pictures.
        rows: Int array of shape (N,): row of each in the probabilities.
    """
    codes = pd.factorize(np.asarray(product_ids, dtype=object))[0]
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    return ProductPictures(np.asarray(rows, dtype=np.int64)[order], np.cumsum(sizes) - sizes, sizes.astype(np.int64))


def combine_pictures(probabilities: np.ndarray, starts: np.ndarray, *, temperature: float = EVEN) -> np.ndarray:
    """Put the probabilities of each product's pictures together.

    Log-probabilities are averaged and made to sum to 1 again: ``p(c) ~ exp(sum_i w_i log p_i(c))``. With attention by
    confidence, ``w_i = exp(h_i / T) / sum_j exp(h_j / T)`` over the pictures j of the product, where
    ``h_i = 1 + sum_c p_i(c) log p_i(c) / log C`` is the picture's own confidence (one minus its entropy, 0..1) and T
    the temperature: a low one lets the surest picture decide. At an infinite T all weights are the same, which is the
    plain mean log-probability, the geometric mean of the pictures' probabilities.
    Source: logarithmic opinion pool, Genest and Zidek, "Combining probability distributions" (1986).

    Args:
        probabilities: Float array of shape (N pictures, C classes), product after product.
        starts: Int array of shape (M,): where each product begins.
        temperature: T, above 0.

    Returns:
        Float32 array of shape (M, C), rows sum to 1.
    """
    chances = np.asarray(probabilities, dtype=np.float32)
    logs = np.log(np.maximum(chances, np.float32(SMALLEST_PROBABILITY)))
    sizes = np.diff(np.append(starts, len(chances)))
    if np.isinf(temperature):
        logs /= np.repeat(sizes, sizes)[:, None].astype(np.float32)
    else:
        confidences = 1 + np.einsum("nc,nc->n", chances, logs, dtype=np.float64) / np.log(max(chances.shape[1], 2))
        raised = confidences / temperature
        weights = np.exp(raised - np.repeat(np.maximum.reduceat(raised, starts), sizes))
        logs *= (weights / np.repeat(np.add.reduceat(weights, starts), sizes))[:, None].astype(np.float32)
    return softmax(np.add.reduceat(logs, starts, axis=0))


def choose_temperature(probabilities: np.ndarray, products: ProductPictures, labels: np.ndarray) -> float:
    """Choose the temperature with the lowest log loss over validation products with several pictures.

    Args:
        probabilities: Float32 array of shape (P, C); may be memory-mapped.
        products: Products of validation.
        labels: Int array of shape (M,): their classes.

    Returns:
        One of :data:`TEMPERATURES`; the one at which all count the same with fewer than :data:`LEAST_TUNED` products of
        several pictures.
    """
    several = np.flatnonzero(products.sizes > 1)
    if len(several) < LEAST_TUNED:
        return EVEN
    tuned = np.zeros(len(products.sizes), dtype=bool)
    tuned[several[:: -(-len(several) // _MOST_TUNED)]] = True
    chosen, truths = products.only(tuned), labels[tuned]
    losses = np.zeros(len(TEMPERATURES))
    for block in chosen.blocks(probabilities.shape[1]):
        rows, starts = chosen.take(block)
        chances = np.asarray(probabilities[rows])
        own = np.arange(len(starts)), truths[block]
        for place, temperature in enumerate(TEMPERATURES):
            given = combine_pictures(chances, starts, temperature=temperature)[own]
            losses[place] -= np.log(np.maximum(given, SMALLEST_PROBABILITY)).sum(dtype=np.float64)
    # The last of equal ones: what makes no difference is left at counting pictures alike.
    return TEMPERATURES[len(losses) - 1 - int(losses[::-1].argmin())]


def product_figures(
    probabilities: np.ndarray, rows: pd.DataFrame, positions: np.ndarray, labels: np.ndarray, *, temperature: float
) -> dict[str, Any]:
    """Judge products beside pictures on one side.

    Args:
        probabilities: Float32 array of shape (P, C); may be memory-mapped.
        rows: N rows of that side: product_id.
        positions: Int array of shape (N,): row of each in the probabilities.
        labels: Int array of shape (N,): true class of each; one for all pictures of a product.
        temperature: Chosen on validation.

    Returns:
        ``products``, ``with_several``, ``temperature`` (None: all pictures alike), and for ``mean_log`` and
        ``attention`` each ``accuracy`` and ``macro_f1`` over products, and ``gain`` with ``gain_interval``: how much
        more often a product is right than its pictures are on average, every product counting the same, with its 95 %
        interval. Empty when no product has several pictures.
    """
    order = np.arange(len(rows))
    products = group_pictures(rows["product_id"].to_numpy(), order)
    if not (products.sizes > 1).any():
        return {}
    truths = labels[products.rows[products.starts]]
    given = _predict(probabilities, positions, products, temperature)
    share = np.add.reduceat((given["picture"] == labels[products.rows]).astype(float), products.starts) / products.sizes
    figures: dict[str, Any] = {
        "products": len(truths),
        "with_several": int((products.sizes > 1).sum()),
        "temperature": None if np.isinf(temperature) else temperature,
    }
    for name in ("mean_log", "attention"):
        counts = count_classes(truths, given[name], class_count=probabilities.shape[1])
        gains = (given[name] == truths) - share
        figures[name] = {
            "accuracy": counts.accuracy,
            "macro_f1": counts.macro_f1,
            "gain": float(gains.mean()),
            "gain_interval": list(paired_interval(gains[products.sizes > 1], among=len(truths))),
        }
    return figures


def paired_interval(differences: np.ndarray, *, among: int | None = None, seed: int = 0) -> tuple[float, float]:
    """Estimate a 95 % interval of a mean difference by bootstrap over products.

    Products with the same difference are interchangeable, so how often each difference occurs is drawn. Where none
    differs every draw is the same and would claim certainty: there it is the score interval of never having seen one
    among so many, to either side. Sources: Efron, "Bootstrap methods" (1979); Wilson (1927).

    Args:
        differences: Float array of shape (M products,), -1..1; of those that can differ, at least one.
        among: Products the mean is over; those beyond M cannot differ. M when None.
        seed: Seed of the draws.
    """
    count = len(differences)
    share = count / (among or count)
    if not differences.any():
        doubt = _NORMAL_QUANTILE**2 / (count + _NORMAL_QUANTILE**2) * share
        return -doubt, doubt
    kinds, frequency = np.unique(np.round(differences, 9), return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(count, frequency / count, size=_RESAMPLES)
    low, high = np.quantile(drawn @ kinds / count, [(1 - _INTERVAL) / 2, (1 + _INTERVAL) / 2])
    return float(low * share), float(high * share)


def _predict(
    probabilities: np.ndarray, positions: np.ndarray, products: ProductPictures, temperature: float
) -> dict[str, np.ndarray]:
    """Predict each product in both ways, int64 (M,), and each picture in the order of the products, int64 (N,)."""
    found: dict[str, list[np.ndarray]] = {"picture": [], "mean_log": [], "attention": []}
    for block in products.blocks(probabilities.shape[1]):
        rows, starts = products.take(block)
        chances = np.asarray(probabilities[positions[rows]])
        found["picture"].append(chances.argmax(axis=1))
        found["mean_log"].append(combine_pictures(chances, starts).argmax(axis=1))
        found["attention"].append(combine_pictures(chances, starts, temperature=temperature).argmax(axis=1))
    return {name: np.concatenate(parts) for name, parts in found.items()}
