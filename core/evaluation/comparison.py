"""Runs beside one another: what was set otherwise, what came of it, at what price, and what is only chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.evaluation.compared_runs import ComparedRun
from core.evaluation.compared_settings import SettingRow, differing_settings
from core.evaluation.comparison_warnings import comparison_warnings
from core.evaluation.intervals import macro_f1_interval, score_interval
from core.evaluation.judged_groups import judged_groups, shared_pictures
from core.evaluation.metrics import accuracy_interval
from core.evaluation.paired_differences import PairedDifference, correct_for_many, paired_difference

ACCURACY, ALL_LABELS = "accuracy", "all_labels_right"

LEAST_SHARED = 10
"""With fewer common test pictures nothing can be said about a difference."""


@dataclass(frozen=True)
class RunFigures:
    """One run's figures on its test pictures, and what it cost.

    Attributes:
        run_id: The run.
        measure: What `accuracy` is: ``accuracy``, or ``all_labels_right`` of runs with several labels a picture.
        accuracy: Share of pictures that are right, or None.
        accuracy_interval: 95 % interval.
        macro_f1: Mean F1 of the classes, or None.
        macro_f1_interval: 95 % interval, or None where the pictures behind it are not kept.
        pictures: Test pictures.
        minutes: What the training took, embedding included where it was needed.
        embedding_minutes: What embedding took of it.
        milliseconds: To classify one picture; None while it is not measured.
        test_group: Runs with the same number were judged on the same pictures with the same labels; None without.
        frontier: No other run of the group is both at least as accurate and at least as quick.
    """

    run_id: str
    measure: str
    accuracy: float | None
    accuracy_interval: tuple[float, float]
    macro_f1: float | None
    macro_f1_interval: tuple[float, float] | None
    pictures: int
    minutes: float
    embedding_minutes: float
    milliseconds: float | None
    test_group: int | None
    frontier: bool = False


@dataclass(frozen=True)
class Comparison:
    """Runs beside one another.

    Attributes:
        runs: The runs, in the order they were named.
        figures: One entry a run.
        settings: Settings that differ.
        reference: Place of the run the others are held against.
        differences: One entry a run: how it differs from the reference; None for the reference itself and for runs
            that share too few test pictures with it.
        warnings: What to mind, in sentences.
    """

    runs: tuple[ComparedRun, ...]
    figures: tuple[RunFigures, ...]
    settings: tuple[SettingRow, ...]
    reference: int
    differences: tuple[PairedDifference | None, ...]
    warnings: tuple[str, ...]


def compare(runs: Sequence[ComparedRun], *, reference: int = 0) -> Comparison:
    """Compare runs.

    Args:
        runs: At least one.
        reference: Place of the run the others are held against.
    """
    groups = judged_groups(runs)
    figures = _with_frontier([_figures(run, group) for run, group in zip(runs, groups, strict=True)])
    return Comparison(
        runs=tuple(runs),
        figures=tuple(figures),
        settings=differing_settings(runs),
        reference=reference,
        differences=tuple(_differences(runs, reference)),
        warnings=comparison_warnings(runs, groups),
    )


def class_differences(first: ComparedRun, second: ComparedRun) -> pd.DataFrame:
    """Say for every class which of two runs finds more of it.

    Args:
        first: The run to start from.
        second: The run held against it.

    Returns:
        One row a class that has test pictures in either: class_name, pictures (of it in the second, or else in the
        first), first_recall, second_recall (NaN where a run has none), difference, gained and lost (pictures right
        only in the second, or only in the first; missing where the runs share no pictures). Largest change first.
    """
    columns = ["class_name", "pictures", "first_recall", "second_recall", "difference", "gained", "lost"]
    if first.test is None or second.test is None:
        return pd.DataFrame(columns=columns)
    sides = [rows.groupby("label", sort=True)["right"].agg(["mean", "size"]) for rows in (first.test, second.test)]
    table = sides[0].join(sides[1], how="outer", lsuffix="_first", rsuffix="_second")
    shared = shared_pictures(first, second)
    changes = pd.DataFrame(
        {
            "gained": shared["right_second"] & ~shared["right_first"],
            "lost": shared["right_first"] & ~shared["right_second"],
        }
    )
    counts = changes.groupby(shared["label"]).sum().reindex(table.index)
    found = pd.DataFrame(
        {
            "class_name": table.index,
            "pictures": table["size_second"].fillna(table["size_first"]).astype(int).to_numpy(),
            "first_recall": table["mean_first"].to_numpy(float),
            "second_recall": table["mean_second"].to_numpy(float),
            "difference": (table["mean_second"] - table["mean_first"]).to_numpy(float),
            "gained": counts["gained"].to_numpy(),
            "lost": counts["lost"].to_numpy(),
        }
    )
    order = found["difference"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return found.loc[order].reset_index(drop=True)


def _figures(compared: ComparedRun, group: int | None) -> RunFigures:
    noted = compared.figures
    measure = ACCURACY if _number(noted.get(ACCURACY)) is not None or ALL_LABELS not in noted else ALL_LABELS
    accuracy, count = _number(noted.get(measure)), int(_number(noted.get("pictures")) or 0)
    interval, f1_interval = score_interval(accuracy, count) if accuracy is not None else (0.0, 1.0), None
    rows = compared.test
    if rows is not None and len(rows) and measure == ACCURACY:
        interval = accuracy_interval(rows["right"].to_numpy(bool), rows["product_id"].tolist())
        f1_interval = _f1_interval(rows)
    parts = compared.manifest.get("seconds_by_part")
    embedding = _number(parts.get("embed")) if isinstance(parts, dict) else None
    return RunFigures(
        run_id=compared.run.run_id,
        measure=measure,
        accuracy=accuracy,
        accuracy_interval=interval,
        macro_f1=_number(noted.get("macro_f1")),
        macro_f1_interval=f1_interval,
        pictures=count,
        minutes=compared.run.seconds / 60,
        embedding_minutes=(embedding or 0.0) / 60,
        milliseconds=compared.speed.milliseconds if compared.speed else None,
        test_group=group,
    )


def _f1_interval(rows: pd.DataFrame) -> tuple[float, float]:
    index = pd.Index(pd.unique(pd.concat([rows["label"], rows["predicted"]])))
    labels, predicted = (index.get_indexer(pd.Index(rows[name])) for name in ("label", "predicted"))
    return macro_f1_interval(labels, predicted, rows["product_id"].tolist(), class_count=len(index))


def _with_frontier(figures: list[RunFigures]) -> list[RunFigures]:
    """Mark the runs that no other run of their group beats in accuracy and time at once."""
    return [RunFigures(**{**vars(each), "frontier": _on_frontier(each, figures)}) for each in figures]


def _on_frontier(one: RunFigures, figures: Sequence[RunFigures]) -> bool:
    if one.accuracy is None or one.test_group is None:
        return False
    for other in figures:
        if other is one or other.test_group != one.test_group or other.accuracy is None:
            continue
        as_good = other.accuracy >= one.accuracy and other.minutes <= one.minutes
        if as_good and (other.accuracy > one.accuracy or other.minutes < one.minutes):
            return False
    return True


def _differences(runs: Sequence[ComparedRun], reference: int) -> list[PairedDifference | None]:
    found: list[PairedDifference | None] = [None] * len(runs)
    for place, run in enumerate(runs):
        shared = shared_pictures(runs[reference], run)
        if place != reference and len(shared) >= LEAST_SHARED:
            first, second = (shared[f"right_{side}"].to_numpy(bool) for side in ("first", "second"))
            found[place] = paired_difference(first, second, shared["product_id"].tolist())
    told = [place for place, each in enumerate(found) if each is not None]
    corrected = correct_for_many([each for each in found if each is not None])
    for place, difference in zip(told, corrected, strict=True):
        found[place] = difference
    return found


def _number(value: Any) -> float | None:
    """Give a number as it stands in a run's files, which may come from strangers; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        return None
    return float(value)
