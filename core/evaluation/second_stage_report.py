"""What the second stage of a run gained or lost, on each confusable set and on all pictures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import RunError
from core.evaluation.paired_differences import PairedDifference, paired_difference
from core.models.runs import RunFiles
from core.models.second_stage_head import Stage, read_stage
from core.models.second_stage_sets import ConfusableSet, count_inside

RECIPE = "second-stage"
SPLITS = ("validation", "test")
"""Sets, settings and which specialists stay are chosen on validation, so that its figures flatter; test is fair."""

_FIRST = "first_predicted"


@dataclass(frozen=True)
class SetGain:
    """What a specialist did to the pictures that the first model put into its category.

    Attributes:
        category: The category.
        confused_with: The others of its set, in class order.
        mistakes: Their pictures taken for it while the sets were found, on train and validation.
        kept: Whether the specialist is used; where it is not, nothing changes.
        pictures: Pictures by split that the first model put into the category.
        errors_before: Mistakes among them by split, by the first model alone.
        errors_after: The same with the specialist.
    """

    category: str
    confused_with: tuple[str, ...]
    mistakes: int
    kept: bool
    pictures: dict[str, int]
    errors_before: dict[str, int]
    errors_after: dict[str, int]


@dataclass(frozen=True)
class SplitGain:
    """What the second stage did to all pictures of a split.

    Attributes:
        pictures: How many.
        errors_before: Mistakes of the first model alone.
        errors_after: Mistakes of the whole.
        errors_inside_sets: Mistakes of the first model whose true category is in the set of the predicted one: all that
            specialists could mend.
        difference: Accuracy with the second stage less that without, its 95 % interval, and McNemar's test; None
            without pictures.
    """

    pictures: int
    errors_before: int
    errors_after: int
    errors_inside_sets: int
    difference: PairedDifference | None

    @property
    def accuracy_before(self) -> float:
        """Share of pictures the first model has right; 0 without pictures."""
        return (self.pictures - self.errors_before) / max(self.pictures, 1)

    @property
    def accuracy_after(self) -> float:
        """Share of pictures the whole has right; 0 without pictures."""
        return (self.pictures - self.errors_after) / max(self.pictures, 1)

    @property
    def share_inside_sets(self) -> float:
        """Share of the first model's mistakes that fall inside the sets; 0 without mistakes."""
        return self.errors_inside_sets / max(self.errors_before, 1)

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        found = self.difference
        return {
            "pictures": self.pictures,
            "errors_before": self.errors_before,
            "errors_after": self.errors_after,
            "accuracy_before": self.accuracy_before,
            "accuracy_after": self.accuracy_after,
            "errors_inside_sets": self.errors_inside_sets,
            "share_inside_sets": self.share_inside_sets,
            "mended": found.gained if found else 0,
            "broken": found.lost if found else 0,
            "difference": found.difference if found else 0.0,
            "difference_interval": list(found.interval) if found else [-1.0, 1.0],
            "p_value": found.p_value if found else 1.0,
        }


@dataclass(frozen=True)
class SecondStageReport:
    """What the second stage of a run gained or lost.

    Attributes:
        run_id: The run.
        splits: All pictures, by split: validation, which everything was chosen on, and test.
        sets: Each confusable set, those with most mistakes first.
    """

    run_id: str
    splits: dict[str, SplitGain]
    sets: tuple[SetGain, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        return {
            "run": self.run_id,
            "splits": {split: gain.to_json() for split, gain in self.splits.items()},
            "sets": [asdict(each) | {"confused_with": list(each.confused_with)} for each in self.sets],
        }


def second_stage_report(run: RunFiles) -> SecondStageReport:
    """Compare each picture's prediction with what the first model alone says of it, as both were kept with the run.

    Args:
        run: An open run of the recipe `second-stage`.

    Raises:
        RunError: The run is of another recipe, or its files are damaged.
    """
    if run.run.recipe != RECIPE:
        raise RunError(
            f"run {run.run.run_id!r} is of the recipe {run.run.recipe!r}: only runs of {RECIPE!r} have a second stage"
        )
    stage, first = _read_head(run)
    index = pd.Index(run.run.classes)
    labels, after = (index.get_indexer(pd.Index(run.products[name])) for name in ("label", "predicted"))
    rows = {split: np.flatnonzero(run.products["split"] == split) for split in SPLITS}
    product_ids = run.products["product_id"].to_numpy(dtype=object)
    splits = {
        split: _judge(labels[part], first[part], after[part], stage.sets, product_ids[part])
        for split, part in rows.items()
    }
    gains = (
        _judge_set(each, specialist.trust > 0, rows, labels, first, after, run.run.classes)
        for each, specialist in zip(stage.sets, stage.specialists, strict=True)
    )
    return SecondStageReport(run.run.run_id, splits, tuple(sorted(gains, key=lambda gain: -gain.mistakes)))


def _read_head(run: RunFiles) -> tuple[Stage, np.ndarray]:
    """Read the second stage, and the category the first model puts each picture into, int64 (P,)."""
    head, classes, count = run.head, len(run.run.classes), len(run.products)
    try:
        stage = read_stage(head, dimensions=int(run.manifest["feature_dimensions"]), class_count=classes)
        # Views that were added for balance stand behind the run's own pictures.
        first = head[_FIRST][:count]
        if first.shape != (count,) or first.dtype.kind not in "iu":
            raise ValueError(f"{_FIRST} is {first.dtype} of shape {first.shape}: expected {count} whole numbers")
        if count and not 0 <= int(first.min()) <= int(first.max()) < classes:
            raise ValueError(f"{_FIRST} names a class that the run does not have")
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise RunError(
            f"run {run.run.run_id!r}: its file head.npz is damaged ({str(error)[:200]}): restore it or train again"
        ) from error
    return stage, first.astype(np.int64)


def _judge(
    labels: np.ndarray,
    first: np.ndarray,
    after: np.ndarray,
    sets: Sequence[ConfusableSet],
    product_ids: np.ndarray,
) -> SplitGain:
    before_right, after_right = first == labels, after == labels
    found = paired_difference(before_right, after_right, product_ids.tolist()) if len(labels) else None
    return SplitGain(
        pictures=len(labels),
        errors_before=int((~before_right).sum()),
        errors_after=int((~after_right).sum()),
        errors_inside_sets=count_inside(labels, first, sets),
        difference=found,
    )


def _judge_set(
    found: ConfusableSet,
    kept: bool,
    rows: dict[str, np.ndarray],
    labels: np.ndarray,
    first: np.ndarray,
    after: np.ndarray,
    classes: Sequence[str],
) -> SetGain:
    own = {split: part[first[part] == found.category] for split, part in rows.items()}
    return SetGain(
        category=classes[found.category],
        confused_with=tuple(classes[member] for member in found.members if member != found.category),
        mistakes=found.mistakes,
        kept=kept,
        pictures={split: len(part) for split, part in own.items()},
        errors_before={split: int((first[part] != labels[part]).sum()) for split, part in own.items()},
        errors_after={split: int((after[part] != labels[part]).sum()) for split, part in own.items()},
    )
