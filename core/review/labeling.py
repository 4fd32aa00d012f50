"""Which pictures are worth labeling next: those the present categories leave most in doubt, no two alike."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.category_names import path_levels
from core.models.linear_inputs import blocks
from core.progress import Progress
from core.review.audited_products import AuditedProducts
from core.review.folded_heads import fit_whole, measure_inputs, softened

_STRENGTH = 0.4
_TEMPERATURE = 4.0
_CANDIDATES = 20
"""Diversity chooses among so many times the number that is wanted, the most doubtful ones."""

_MOST_CANDIDATES = 10_000
"""But among no more than this or the number that is wanted: each is compared with blocks of 4,096 others, 160 MiB."""

_NAMED = 3
_PRODUCTS_AT_ONCE = 4096


@dataclass(frozen=True)
class WorthLabeling:
    """An uncategorized product worth a look.

    Attributes:
        product_id: The product.
        doubt: 0..1: 1 minus the lead of the likeliest category over the next; 1 where nothing is known yet.
        guesses: The likeliest categories with their probability, best first.
    """

    product_id: str
    doubt: float
    guesses: tuple[tuple[str, float], ...]

    def to_json(self) -> dict[str, Any]:
        """Give it as the command `next-to-label` prints it."""
        guesses = [{"category": name, "probability": round(chance, 4)} for name, chance in self.guesses]
        return {**asdict(self), "doubt": round(self.doubt, 4), "guesses": guesses}


def next_to_label(audited: AuditedProducts, *, limit: int, progress: Progress) -> list[WorthLabeling]:
    """Choose the uncategorized products whose categories would teach most.

    Doubt is the lack of a margin between the two likeliest categories. Sources: Scheffer, Decomain & Wrobel, "Active
    hidden Markov models" (2001), for margins; Sener & Savarese, "Active learning for convolutional neural networks: a
    core-set approach" (2018), for taking each next one far from those taken and from what is labeled.

    Args:
        audited: The products with pictures.
        limit: How many.
        progress: Told of each step; may cancel.
    """
    categories = audited.products["category"]
    unlabeled = np.flatnonzero((categories.isna() | (categories == "")).to_numpy())
    labeled = np.flatnonzero((categories.notna() & (categories != "")).to_numpy())
    if not len(unlabeled):
        return []
    progress.report(0, 2, "asking what the present categories say")
    names = tuple(sorted(categories.iloc[labeled].unique(), key=path_levels))
    likeliest, chances = _likeliest(audited, labeled, unlabeled, names)
    doubt = 1 - (chances[:, 0] - chances[:, 1]) if len(names) > 1 else np.ones(len(unlabeled))
    progress.report(1, 2, "choosing pictures that differ")
    among = max(limit, min(limit * _CANDIDATES, _MOST_CANDIDATES))
    pool = np.argsort(-doubt, kind="stable")[:among]
    chosen = pool[_spread(audited.matrix[unlabeled[pool]], audited.matrix, labeled, doubt[pool], limit)]
    progress.report(2, 2, "chosen")
    ids = audited.products["product_id"].iloc[unlabeled].tolist()
    return [
        WorthLabeling(
            str(ids[place]),
            float(doubt[place]),
            tuple(zip((names[each] for each in likeliest[place]), chances[place].tolist(), strict=True)),
        )
        for place in chosen
    ]


def _likeliest(
    audited: AuditedProducts, labeled: np.ndarray, unlabeled: np.ndarray, names: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Find the likeliest categories of the uncategorized products, the mean of their pictures' probabilities.

    Returns:
        Int64 (U, N) numbers of the names, best first, and float64 (U, N) their probabilities; N is the least of
        :data:`_NAMED` and the number of names, 0 without two of them. All names are held of some products at a time.
    """
    shown = min(_NAMED, len(names)) if len(names) > 1 else 0
    likeliest, chances = np.zeros((len(unlabeled), shown), np.int64), np.zeros((len(unlabeled), shown))
    if not shown:
        return likeliest, chances
    owners = audited.pictures["product"].to_numpy()
    inputs = measure_inputs(audited.features)
    number = np.full(len(audited.products), -1, dtype=np.int64)
    number[labeled] = pd.Index(names).get_indexer(pd.Index(audited.products["category"].iloc[labeled]))
    labels = number[owners]
    learned = np.flatnonzero(labels >= 0)
    weights, bias = fit_whole(inputs, learned, labels, class_count=len(names), strength=_STRENGTH)
    place = np.full(len(audited.products), -1, dtype=np.int64)
    place[unlabeled] = np.arange(len(unlabeled))
    asked = np.flatnonzero(labels < 0)
    asked = asked[np.argsort(place[owners[asked]], kind="stable")]  # a product's pictures side by side
    product = place[owners[asked]]
    for first in range(0, len(unlabeled), _PRODUCTS_AT_ONCE):
        last = min(first + _PRODUCTS_AT_ONCE, len(unlabeled))
        start, end = np.searchsorted(product, (first, last))
        sums = np.zeros((last - first, len(names)), dtype=np.float32)
        for block in blocks(np.arange(start, end)):
            found = softened(inputs.rows(asked[block]) @ weights + bias, _TEMPERATURE)
            np.add.at(sums, product[block] - first, found)
        pictures = np.bincount(product[start:end] - first, minlength=last - first)
        means = sums / np.maximum(pictures, 1)[:, None]
        best = np.argpartition(-means, shown - 1, axis=1)[:, :shown]
        best = np.take_along_axis(best, np.argsort(-np.take_along_axis(means, best, axis=1), axis=1), axis=1)
        likeliest[first:last], chances[first:last] = best, np.take_along_axis(means, best, axis=1)
    return likeliest, chances


def _spread(
    candidates: np.ndarray, matrix: np.ndarray, labeled: np.ndarray, doubt: np.ndarray, limit: int
) -> list[int]:
    """Take one after the other: doubtful, and far from what is labeled and what was taken."""
    nearest = np.zeros(len(candidates), dtype=np.float32)
    for block in blocks(labeled):
        nearest = np.maximum(nearest, (candidates @ matrix[block].T).max(axis=1))
    taken: list[int] = []
    for _turn in range(min(limit, len(candidates))):
        worth = doubt * (1 - np.clip(nearest, 0, 1) + 1e-6)
        worth[taken] = -1
        best = int(worth.argmax())
        taken.append(best)
        nearest = np.maximum(nearest, candidates @ candidates[best])
    return taken
