"""Recipe `second-stage`: a linear head, and boosted specialists for the categories it mistakes for one another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.models.checkpoints import fingerprint
from core.models.head_parts import few_threads, training_marks
from core.models.learning import Arrays, LearningData, TrainedHead
from core.models.linear_inputs import blocks
from core.models.second_stage_first import FirstModel, train_first
from core.models.second_stage_fit import SpecialistFit
from core.models.second_stage_grid import GridPoint, SetFigures, choose_points, grid_points, is_kept, tally
from core.models.second_stage_head import Stage, read_stage, stage_arrays
from core.models.second_stage_sets import ConfusableSet, count_inside, find_sets
from core.models.second_stage_settings import SecondStageSettings
from core.models.second_stage_trees import join_forests
from core.progress import Progress
from core.progress_parts import PartProgress, in_parts


@dataclass(frozen=True)
class _Choice:
    """What validation chose for a set: the point of the grid, its mistakes, and whether it is used at all."""

    found: ConfusableSet
    figures: SetFigures
    point: GridPoint
    errors: int
    kept: bool

    def to_json(self) -> dict[str, Any]:
        """Say what was chosen; where the specialist is not kept, the first model's mistakes stay."""
        before = self.figures.errors_before
        errors = {"errors_before": before, "errors_after": self.errors if self.kept else before}
        return {
            "category": self.found.category,
            "confused_with": [member for member in self.found.members if member != self.found.category],
            "mistakes": self.found.mistakes,
            "kept": self.kept,
            **self.point.to_json(),
            "validation": {"pictures": self.figures.pictures, **errors},
        }


def train_second_stage(
    data: LearningData, *, settings: SecondStageSettings, seed: int, progress: Progress
) -> TrainedHead:
    """Train the first model, find what it confuses on train and validation, and grow a specialist for each such set.

    Everything is chosen on validation, so figures on validation flatter; only those on test are fair. Finished parts
    (epochs of the first model and of those that leave a part out, sets of the grid, grown specialists) are kept in the
    folder of the progress. Source: the report behind this recipe; Chen and Guestrin, "XGBoost: a scalable tree boosting
    system" (2016).

    Args:
        data: Features, labels and sides; labels of test are never used.
        settings: The recipe's settings.
        seed: Seed of everything that is drawn.
        progress: Told about every epoch and every round.

    Returns:
        The head; the history of the first model; and in ``choices`` what was chosen, the sets with their mistakes on
        validation before and after, and the figures of all of validation.

    Raises:
        Cancelled: Someone asked to stop; what is finished is kept.
    """
    shares = in_parts(progress, {"first": 2.0, "folds": float(settings.folds), "grid": 8.0, "specialists": 4.0})
    first = train_first(data, settings=settings, seed=seed, progress=shares["first"], folds_progress=shares["folds"])
    known = np.concatenate((first.train, first.validation))
    sets = find_sets(
        data.labels[known],
        np.concatenate((first.confused[first.train], first.predicted[first.validation])),
        class_count=data.class_count,
        least_mistakes=settings.least_mistakes,
        largest=settings.largest_set,
    )
    name = fingerprint("second-stage", settings, seed, data.class_count, *training_marks(data))
    fit = SpecialistFit(data, first, settings, seed=seed, folder=shares["grid"].folder, belongs_to=name)
    with few_threads(1):  # the library is told its number of threads, and numpy's products are small
        chosen = _choose(fit, sets, settings, shares["grid"])
        arrays = {**first.head.arrays, **_grow(fit, chosen, shares["specialists"])}
    stage = read_stage(arrays, dimensions=data.features.shape[1], class_count=data.class_count)
    choices = {
        **first.head.choices,
        "mistakes_on_train": "out of fold" if settings.folds else "of the first model itself",
        "sets": [each.to_json() for each in chosen],
        "validation": _judge_validation(data, first, stage),
    }
    progress.report(1, 1, "trained")
    # What the first model says of every picture: the gain on test can then be told without its features.
    return TrainedHead({**arrays, "first_predicted": first.predicted}, first.head.history, choices)


def _choose(
    fit: SpecialistFit, sets: Sequence[ConfusableSet], settings: SecondStageSettings, progress: PartProgress
) -> list[_Choice]:
    figures = [fit.try_grid(each, _teller(progress, place, sets)) for place, each in enumerate(sets)]
    points = grid_points(settings)
    places = choose_points(figures, together=settings.choose == "together")
    return [
        _Choice(found, each, points[place], int(each.errors[place]), is_kept(each, place, keep=settings.keep))
        for found, each, place in zip(sets, figures, places, strict=True)
    ]


def _grow(fit: SpecialistFit, chosen: Sequence[_Choice], progress: PartProgress) -> Arrays:
    """Grow the specialists that are kept; the sets of the others stay, without trees, for the figures."""
    sets = [each.found for each in chosen]
    forests = [
        fit.grow(each.found, each.point, _teller(progress, place, sets)) if each.kept else join_forests(())
        for place, each in enumerate(chosen)
    ]
    specialists = [fit.specialist(each.found, each.point.trust if each.kept else 0.0) for each in chosen]
    return stage_arrays(sets, specialists, forests)


def _teller(progress: PartProgress, place: int, sets: Sequence[ConfusableSet]) -> Callable[[str], None]:
    words = f"specialist {place + 1} of {len(sets)}, for {len(sets[place].members)} categories"

    def tell(more: str) -> None:
        progress.report(place, len(sets), f"{words}: {more}")

    return tell


def _judge_validation(data: LearningData, first: FirstModel, stage: Stage) -> dict[str, Any]:
    """Judge the whole on validation, by which it was chosen."""
    rows, losses = first.validation, np.zeros(2)
    predicted = np.empty(len(rows), dtype=np.int64)
    for block in blocks(np.arange(len(rows))):
        part = rows[block]
        before = np.asarray(first.chances[part])
        after = stage.predict(before, np.asarray(data.features[part], dtype=np.float32))
        predicted[block] = after.argmax(axis=1)
        losses += tally(before, data.labels[part])[1], tally(after, data.labels[part])[1]
    labels, count = data.labels[rows], max(len(rows), 1)
    right_before, right_after = first.predicted[rows] == labels, predicted == labels
    wrong = int((~right_before).sum())
    return {
        "pictures": len(rows),
        "errors_before": wrong,
        "errors_after": int((~right_after).sum()),
        "accuracy_before": 1 - wrong / count,
        "accuracy_after": float(right_after.sum()) / count,
        "mended": int((right_after & ~right_before).sum()),
        "broken": int((right_before & ~right_after).sum()),
        "errors_inside_sets": count_inside(labels, first.predicted[rows], stage.sets) / max(wrong, 1),
        "loss_before": float(losses[0]) / count,
        "loss_after": float(losses[1]) / count,
    }
