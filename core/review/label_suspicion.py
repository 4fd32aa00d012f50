"""How suspicious each label is: confident learning on what heads and look-alikes say that never saw it.

No label is judged by what learned from it: pictures are dealt to folds by product and near duplicates, and each fold is
judged by heads that learned from the others. Labels that look wrong then count for less and all is judged again, so
that systematic mistakes do not teach the heads to expect them. Sources: Northcutt, Jiang & Chuang, "Confident learning"
(2021), for out-of-fold probabilities and ranking; Wilson, "Asymptotic properties of nearest neighbor rules using edited
data" (1972), for the votes of look-alikes. Figures: docs/review.md.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.models.gathered_features import make_rows
from core.models.linear_inputs import blocks
from core.models.second_stage_folds import deal_folds
from core.progress import Progress
from core.progress_parts import in_parts
from core.review.folded_heads import add_fold_chances, measure_inputs
from core.review.look_alikes import LookAlikes, find_look_alikes, label_votes

LEAST_PRODUCTS = 10
"""A category with fewer different products teaches too little: suspicion about its products counts for less."""

_LEAST_CHANCE = 1e-9


@dataclass(frozen=True)
class SuspicionSettings:
    """How labels are judged; chosen on other flips than those that are reported, see docs/review.md.

    Attributes:
        folds: Parts the pictures are dealt to.
        repeats: How often they are dealt anew.
        rounds: How often labels that look wrong count for less and all is judged again.
        strengths: Of the heads' regularization.
        look_alikes: How many look-alikes vote.
        votes: Share of the look-alikes in the verdict, 0..1.
        trusted: A label of at least this probability counts in full when heads learn again.
    """

    folds: int = 8
    repeats: int = 2
    rounds: int = 1
    strengths: tuple[float, ...] = (0.2, 0.4, 0.6)
    look_alikes: int = 10
    votes: float = 0.3
    trusted: float = 0.5


@dataclass(frozen=True)
class LabeledPictures:
    """What is judged. P pictures of N products, C classes.

    Attributes:
        features: Float32 array of shape (P, D); may be memory-mapped.
        labels: Int64 array of shape (P,).
        products: Int64 array of shape (P,), 0..N-1: whose picture it is.
        groups: Int64 array of shape (P,): pictures that show the same, see `core.models.training_set`.
        matrix: Float32 array of shape (N, d), rows of length 1: the products' embedding.
        class_count: C.
    """

    features: np.ndarray
    labels: np.ndarray
    products: np.ndarray
    groups: np.ndarray
    matrix: np.ndarray
    class_count: int


@dataclass(frozen=True)
class Suspicion:
    """What was found of N products.

    Attributes:
        scores: Float64 array of shape (N,): 0..1, how much more likely the suggested class is than the present one;
            0.5 when both are as likely.
        suggested: Int64 array of shape (N,): the likeliest other class.
        own: Float32 array of shape (N,): probability of the present class.
        other: Float32 array of shape (N,): probability of the suggested class.
        look_alikes: The nearest products of each.
        members: Int64 array of shape (C,): different products of each class.
    """

    scores: np.ndarray
    suggested: np.ndarray
    own: np.ndarray
    other: np.ndarray
    look_alikes: LookAlikes
    members: np.ndarray


def judge_labels(
    pictures: LabeledPictures, *, settings: SuspicionSettings, seed: int = 0, progress: Progress
) -> Suspicion:
    """Score the label of every product.

    Args:
        pictures: What is judged.
        settings: How.
        seed: Seed of the folds.
        progress: Told of every fold; may cancel.
    """
    parts = in_parts(progress, {"look-alikes": 1.0, "heads": 3.0})
    products = len(pictures.matrix)
    labels = _of_products(pictures.labels, pictures.products, products)
    groups = _of_products(pictures.groups, pictures.products, products)
    nearest = find_look_alikes(pictures.matrix, groups, count=settings.look_alikes, progress=parts["look-alikes"])
    chances = _chances(pictures, settings, seed=seed, progress=parts["heads"])
    scores = np.zeros(products)
    suggested, own, other = np.zeros(products, np.int64), np.zeros(products, np.float32), np.zeros(products, np.float32)
    for block in blocks(np.arange(products)):
        rows = slice(block[0], block[-1] + 1)
        votes = label_votes(nearest, labels, class_count=pictures.class_count, rows=rows)
        verdict = _mixed(chances[rows], votes, settings.votes)
        suggested[rows], own[rows], other[rows], scores[rows] = _compared(verdict, labels[rows])
    members = np.bincount(_first_of_groups(labels, groups), minlength=pictures.class_count)
    few = np.clip((members[labels] - 1) / (LEAST_PRODUCTS - 1), 0, 1)
    return Suspicion(scores * few, suggested, own, other, nearest, members)


def _chances(pictures: LabeledPictures, settings: SuspicionSettings, *, seed: int, progress: Progress) -> np.ndarray:
    """Out-of-fold probabilities of products, float32 (N, C), the mean over repeats, heads and pictures."""
    inputs = measure_inputs(pictures.features)
    passes = settings.rounds + 1
    shares = in_parts(progress, {f"{number}": 1.0 for number in range(settings.repeats * passes)})
    weights = np.ones(len(pictures.labels), dtype=np.float32)
    for turn in range(passes):
        found = make_rows(len(pictures.labels), pictures.class_count)
        found[:] = 0
        for repeat in range(settings.repeats):
            folds = deal_folds(pictures.labels, pictures.groups, folds=settings.folds, seed=seed + repeat)
            part = shares[f"{turn * settings.repeats + repeat}"]
            add_fold_chances(
                found, inputs, pictures.labels, weights, folds, strengths=settings.strengths, progress=part
            )
        if turn < settings.rounds:
            weights = _trust(found, pictures.labels, settings)
    return _by_product(found, pictures, settings.repeats)


def _trust(chances: np.ndarray, labels: np.ndarray, settings: SuspicionSettings) -> np.ndarray:
    """Weigh each picture by the probability of its label, float32 (P,): in full from :attr:`trusted` on."""
    own = np.concatenate([chances[block, labels[block]] for block in blocks(np.arange(len(labels)))])
    return np.clip(own / settings.repeats / settings.trusted, 0.02, 1).astype(np.float32)


def _by_product(chances: np.ndarray, pictures: LabeledPictures, repeats: int) -> np.ndarray:
    """Mean over a product's pictures and over repeats; in place where every product has one picture."""
    counts = np.bincount(pictures.products, minlength=len(pictures.matrix)).astype(np.float32)
    if len(counts) == len(pictures.products) and (pictures.products == np.arange(len(counts))).all():
        chances /= np.float32(repeats)
        return chances
    made = make_rows(len(counts), pictures.class_count)
    made[:] = 0
    for block in blocks(np.arange(len(pictures.products))):
        np.add.at(made, pictures.products[block], chances[block])
    made /= np.maximum(counts, 1)[:, None] * np.float32(repeats)
    return made


def _mixed(chances: np.ndarray, votes: np.ndarray, share: float) -> np.ndarray:
    """Combine heads and look-alikes as a weighted mean, float32 (B, C), rows sum to 1.

    The mean and not the product: a label that either of the two finds likely is not among the most suspicious.
    """
    return np.asarray((1 - share) * chances + share * votes)


def _compared(verdict: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Compare each present class with the likeliest other one."""
    places = np.arange(len(labels))
    own = verdict[places, labels].copy()
    verdict[places, labels] = -1
    suggested = verdict.argmax(axis=1)
    other = verdict[places, suggested]
    verdict[places, labels] = own
    both = np.maximum(own.astype(np.float64) + other, _LEAST_CHANCE)
    return suggested, own, other, other / both


def _of_products(values: np.ndarray, products: np.ndarray, count: int) -> np.ndarray:
    made = np.zeros(count, dtype=np.int64)
    made[products[::-1]] = values[::-1]  # the first picture's value stays
    return made


def _first_of_groups(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Give the label once for each different group and label."""
    pairs = pd.DataFrame({"group": groups, "label": labels}).drop_duplicates()
    return pairs["label"].to_numpy()
