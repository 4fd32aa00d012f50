"""What accepted changes of categories would do to a classifier, before they are written."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.errors import TrainingError
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.linear_inputs import blocks
from core.models.splits import TEST, TRAIN
from core.models.targets import labeled_pictures, parse_target
from core.models.training_set import TrainingSet, split_training_set
from core.progress import Progress
from core.review.decisions import Decision
from core.review.folded_heads import fit_whole, measure_inputs

_STRENGTH = 0.4
_RESAMPLES = 1000


@dataclass(frozen=True)
class Difference:
    """A figure with the labels and head as they are, and with the changes.

    Attributes:
        before: The figure now, 0..1.
        after: With the accepted changes.
        interval: 95 % interval of the difference, by paired bootstrap over products.
    """

    before: float
    after: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class TestDifferences:
    """How figures on some test pictures change.

    Attributes:
        pictures: How many.
        changed: How many of them get another category.
        accuracy: Of the head.
        macro_f1: Of the head, the mean over the categories there.
    """

    pictures: int
    changed: int
    accuracy: Difference
    macro_f1: Difference


@dataclass(frozen=True)
class CorrectionPreview:
    """What accepted changes would do.

    Attributes:
        products: Products that get another category.
        in_train: Pictures of theirs that a head learns from.
        in_test: Pictures of theirs it is judged on.
        corrected: All test pictures: the present head by the present categories, the new head by the new ones.
        untouched: Test pictures whose category stays, both heads judged by it: what learning from corrected
            categories brings. None when none is left.
        notes: What to keep in mind, in sentences.
    """

    products: int
    in_train: int
    in_test: int
    corrected: TestDifferences
    untouched: TestDifferences | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the preview as commands and jobs print it."""
        return asdict(self)


def preview_corrections(
    home: Home, catalog: Catalog, accepted: Sequence[Decision], *, backbone: str, seed: int = 0, progress: Progress
) -> CorrectionPreview:
    """Refit a head on cached features with the accepted changes and compare it with one without.

    Both learn from the same train pictures and differ in nothing but the changed categories. Source of the head:
    `core.review.folded_heads`.

    Args:
        home: The home.
        catalog: The catalog, embedded already.
        accepted: Accepted changes of categories.
        backbone: Whose features.
        seed: Seed of the split, where the catalog has none, and of the bootstrap.
        progress: Told of each step; may cancel.

    Raises:
        TrainingError: There is too little to learn from or to judge on.
    """
    progress.report(0, 4, "reading features")
    rows, _unlabeled = labeled_pictures(home, catalog, parse_target("category"))
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=backbone)
    made = split_training_set(rows, features, known, seed=seed)
    wanted = {each.product_id: str(each.to) for each in accepted}
    before, after, names = _labels(made, wanted)
    progress.report(1, 4, "refitting the head")
    old, new = (_predicted(made, labels, len(names), progress, step) for step, labels in ((2, before), (3, after)))
    test = np.flatnonzero(made.sides == TEST)
    moved = before != after
    products = made.rows["product_id"].to_numpy()
    everything = _compare(products, test, before, after, old, new, seed=seed)
    same = test[~moved[test]]
    untouched = _compare(products, same, before, after, old, new, seed=seed) if len(same) else None
    progress.report(4, 4, "compared")
    return CorrectionPreview(
        products=len(wanted),
        in_train=int((moved & (made.sides == TRAIN)).sum()),
        in_test=int(moved[test].sum()),
        corrected=everything,
        untouched=untouched,
        notes=tuple(f"{each[:1].upper()}{each[1:]}." for each in made.warnings),
    )


def _labels(made: TrainingSet, wanted: dict[str, str]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Number the categories before and after; those the changes bring come behind those there are."""
    changed = made.rows["product_id"].map(wanted)
    after = changed.where(changed.notna(), made.rows["label"])
    names = [*made.classes, *sorted(set(after) - set(made.classes))]
    index = pd.Index(names)
    return index.get_indexer(pd.Index(made.rows["label"])), index.get_indexer(pd.Index(after)), names


def _predicted(made: TrainingSet, labels: np.ndarray, class_count: int, progress: Progress, step: int) -> np.ndarray:
    """Fit a head on train and give what it says of every picture, int64 (P,)."""
    inputs = measure_inputs(made.features)
    train = np.flatnonzero(made.sides == TRAIN)
    if not len(train):
        raise TrainingError("no picture is left to learn from")
    weights, bias = fit_whole(inputs, train, labels, class_count=class_count, strength=_STRENGTH)
    bias[np.bincount(labels[train], minlength=class_count) == 0] = -np.inf  # nothing was learned of these
    progress.report(step, 4, "judging the head")
    return np.concatenate(
        [(inputs.rows(block) @ weights + bias).argmax(axis=1) for block in blocks(np.arange(len(labels)))]
    )


def _compare(
    products: np.ndarray,
    rows: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    old: np.ndarray,
    new: np.ndarray,
    *,
    seed: int,
) -> TestDifferences:
    count = int(max(before.max(), after.max(), old.max(), new.max())) + 1
    owners, names = pd.factorize(products[rows])
    ones = np.ones(len(rows))
    old_figures = _figures(before[rows], old[rows], ones, count)
    new_figures = _figures(after[rows], new[rows], ones, count)
    random, drawn = np.random.default_rng(seed), np.empty((_RESAMPLES, 2))
    for place in range(_RESAMPLES):
        times = random.multinomial(len(names), np.full(len(names), 1 / len(names)))[owners].astype(np.float64)
        first, second = (
            _figures(before[rows], old[rows], times, count),
            _figures(after[rows], new[rows], times, count),
        )
        drawn[place] = second[0] - first[0], second[1] - first[1]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    accuracy, macro_f1 = (
        Difference(old_figures[each], new_figures[each], (float(low[each]), float(high[each]))) for each in (0, 1)
    )
    return TestDifferences(len(rows), int((before[rows] != after[rows]).sum()), accuracy, macro_f1)


def _figures(labels: np.ndarray, predicted: np.ndarray, times: np.ndarray, count: int) -> tuple[float, float]:
    """Accuracy and macro F1 over the categories that are there, of pictures that count so many times."""
    right = labels == predicted
    found = np.bincount(labels[right], weights=times[right], minlength=count)
    sizes = np.bincount(labels, weights=times, minlength=count)
    given = np.bincount(predicted, weights=times, minlength=count)
    there = sizes > 0
    scores = 2 * found[there] / np.maximum(sizes[there] + given[there], 1e-12)
    return float(times[right].sum() / max(times.sum(), 1e-12)), float(scores.mean()) if there.any() else 0.0
