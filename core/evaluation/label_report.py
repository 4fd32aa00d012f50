"""Judge a run that predicts labels: on its own test pictures, or on another catalog."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog, find_catalog
from core.errors import RunError
from core.evaluation.class_names import Alignment, align_classes
from core.evaluation.intervals import label_intervals
from core.evaluation.metrics import accuracy_interval
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.label_rows import label_records
from core.models.label_scores import all_right, count_labels, judge_sets, label_figures, label_table
from core.models.label_sets import multi_hot, named_sets
from core.models.predict import check_backbone, predict_features
from core.models.runs import RunFiles, open_run
from core.models.scores import ClassCounts
from core.models.targets import labeled_pictures, parse_target

_BLOCK_ROWS = 4096
_NAMED = 5
_TINY_SUPPORT = 5


@dataclass(frozen=True)
class LabelEvaluation:
    """How well a run does on some pictures.

    Attributes:
        run_id: The run.
        catalog: Name of the catalog the pictures are from.
        split: ``test`` for the run's own pictures, ``all`` for another catalog's.
        predictions: One row a picture: product_id, picture_hash, label, predicted (names of sets), probability (of the
            least certain decision), label_probability, label_rank, right.
        classes: C names of labels.
        probabilities: Float32 (N, C).
        label_sets: Uint8 (N, C): 1 where a picture has a label.
        thresholds: Float32 (C,).
        interval: 95 % bootstrap interval of the share with all labels right.
        figures: See :func:`core.models.label_scores.label_figures`.
        unmatched_classes: Labels of the catalog that the run does not know; they are not judged.
        matched_classes: Label of the catalog to label of the run, where they differ.
        warnings: What to know before believing the figures, in sentences.
    """

    run_id: str
    catalog: str
    split: str
    predictions: pd.DataFrame
    classes: tuple[str, ...]
    probabilities: np.ndarray
    label_sets: np.ndarray
    thresholds: np.ndarray
    interval: tuple[float, float]
    figures: dict[str, Any]
    unmatched_classes: tuple[str, ...] = ()
    matched_classes: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def pictures(self) -> int:
        """How many pictures were judged."""
        return len(self.predictions)

    @cached_property
    def chosen(self) -> np.ndarray:
        """Bool (N, C): the labels that were predicted."""
        return np.asarray(self.probabilities >= self.thresholds)

    @cached_property
    def counts(self) -> ClassCounts:
        """How often each label was right, chosen and there."""
        return count_labels(self.label_sets, self.chosen)

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals of all_labels_right, micro_f1, macro_f1, binary_accuracy; products are drawn."""
        product_ids = self.predictions["product_id"].tolist()
        return {"all_labels_right": self.interval, **label_intervals(self.label_sets, self.chosen, product_ids)}

    @cached_property
    def per_label(self) -> pd.DataFrame:
        """One row a label: name, threshold, precision, recall, f1, support, predicted, right."""
        return label_table(self.counts, classes=self.classes, thresholds=self.thresholds)

    def rows_of(self, *, missing: str | None = None, extra: str | None = None, wrong: bool = False) -> pd.DataFrame:
        """Give the predictions of some pictures, the most certain first.

        Args:
            missing: Only pictures that have this label and were not given it.
            extra: Only pictures that were given this label and do not have it.
            wrong: Only pictures with any label wrong.
        """
        keep = np.ones(self.pictures, dtype=bool)
        if missing is not None:
            place = self.classes.index(missing)
            keep &= (self.label_sets[:, place] > 0) & ~self.chosen[:, place]
        if extra is not None:
            place = self.classes.index(extra)
            keep &= (self.label_sets[:, place] == 0) & self.chosen[:, place]
        if wrong:
            keep &= ~self.predictions["right"].to_numpy(bool)
        return self.predictions[keep].sort_values("probability", ascending=False, kind="stable")

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        absent = [name for name, support in zip(self.classes, self.counts.support, strict=True) if not support]
        return {
            "run": self.run_id,
            "catalog": self.catalog,
            "split": self.split,
            **self.figures,
            "accuracy_interval": list(self.interval),
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "labels": label_records(self.per_label),
            "unmatched_classes": list(self.unmatched_classes),
            "missing_classes": absent,
            "matched_classes": dict(self.matched_classes),
            "warnings": list(self.warnings),
        }


def evaluate_labels(
    home: Home, run_id: str, *, on: str | None = None, split: str = "test", mapping: Mapping[str, str] | None = None
) -> LabelEvaluation:
    """Judge a run that predicts labels; see :func:`core.evaluation.report.evaluate_run`.

    Args:
        home: The home.
        run_id: The run.
        on: Name of a catalog that is embedded with the run's backbone; None judges the run's own pictures.
        split: Which of the run's own pictures.
        mapping: Label of the other catalog to label of the run, for names that do not match by themselves.

    Raises:
        RunError: There is no such run or split, it predicts one class, its files are gone, or no picture of the catalog
            can be judged.
        CatalogError: There is no such catalog.
    """
    run = open_run(home, run_id)
    if not run.run.predicts_labels:
        raise RunError(f"run {run.run.run_id!r} predicts one class a picture, no labels: judge it with `evaluate`")
    if on is None:
        return _judge_own(run, split)
    return _judge_catalog(home, run, find_catalog(home, on), mapping or {})


def _judge_own(run: RunFiles, split: str) -> LabelEvaluation:
    rows = run.products
    side = (rows["split"] == split).to_numpy()
    if len(rows) != len(run.label_sets):
        raise RunError(f"run {run.run.run_id!r}: its files do not belong together: restore them or train again")
    if not side.any():
        raise RunError(f"run {run.run.run_id!r} has no {split!r} pictures: expected train, validation or test")
    rows = rows[side].reset_index(drop=True)
    warnings = tuple(run.manifest["warnings"])
    return _evaluation(
        run,
        rows,
        run.probabilities[side],
        run.label_sets[side],
        catalog=run.run.catalog,
        split=split,
        warnings=warnings,
    )


def _judge_catalog(home: Home, run: RunFiles, catalog: Catalog, mapping: Mapping[str, str]) -> LabelEvaluation:
    check_backbone(home, run)
    rows, unlabeled = labeled_pictures(home, catalog, parse_target(run.run.target))
    names = sorted({str(name) for labels in rows["label"] for name in labels})
    alignment = align_classes(run.run.classes, names, catalog=catalog, mapping=mapping)
    warnings = list(alignment.warnings)
    if unlabeled:
        warnings.append(f"{unlabeled} products of {catalog.name} have no labels and are not judged")
    sets = multi_hot(
        [[alignment.class_of.get(str(name), "") for name in each] for each in rows["label"]], run.run.classes
    )
    judged = sets.any(axis=1) & ~_learned_from(run, rows, catalog, warnings)
    rows, sets = rows[judged].reset_index(drop=True), sets[judged]
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=run.run.encoder)
    if not known.any():
        raise RunError(_nothing_to_judge(run, catalog, alignment, found=len(rows)))
    if not known.all():
        warnings.append(f"{int((~known).sum())} pictures of {catalog.name} are not embedded and not judged")
    rows, sets, places = rows[known].reset_index(drop=True), sets[known], np.flatnonzero(known)
    blocks = (places[start : start + _BLOCK_ROWS] for start in range(0, len(places), _BLOCK_ROWS))
    probabilities = np.concatenate([predict_features(run, features[block]) for block in blocks])
    rows["label"] = named_sets(sets, run.run.classes)
    rows["predicted"] = named_sets(probabilities >= run.thresholds, run.run.classes)
    rows = pd.concat([rows, judge_sets(probabilities, sets, run.thresholds)], axis=1)
    return _evaluation(
        run, rows, probabilities, sets, catalog=catalog.name, split="all", warnings=tuple(warnings), alignment=alignment
    )


def _learned_from(run: RunFiles, rows: pd.DataFrame, catalog: Catalog, warnings: list[str]) -> np.ndarray:
    """Tell which pictures the run learned from or chose by: a figure on them would flatter."""
    learned = run.products[run.products["split"] != "test"]
    seen = rows["picture_hash"].isin(learned["picture_hash"])
    if catalog.catalog_id == run.run.catalog_id:
        seen |= rows["product_id"].isin(learned["product_id"])
    if seen.any():
        warnings.append(f"{int(seen.sum())} pictures of {catalog.name} were used in training and are left out")
    return seen.to_numpy(bool)


def _nothing_to_judge(run: RunFiles, catalog: Catalog, alignment: Alignment, *, found: int) -> str:
    if found:
        return f"no picture of {catalog.name!r} is embedded with {run.run.encoder}: run `embed {catalog.name}` first"
    if not alignment.class_of:
        known = ", ".join(repr(name) for name in run.run.classes[:_NAMED])
        return f"{catalog.name!r} shares no label with run {run.run.run_id!r}, which knows {known} ..."
    return f"every picture of {catalog.name!r} that run {run.run.run_id!r} could judge was used in its training"


def _evaluation(
    run: RunFiles,
    rows: pd.DataFrame,
    probabilities: np.ndarray,
    sets: np.ndarray,
    *,
    catalog: str,
    split: str,
    warnings: tuple[str, ...],
    alignment: Alignment | None = None,
) -> LabelEvaluation:
    exact = all_right(sets, probabilities >= run.thresholds)
    support = sets.sum(axis=0, dtype=np.int64)
    tiny = [run.run.classes[place] for place in np.flatnonzero((support > 0) & (support < _TINY_SUPPORT))]
    if tiny:
        more = f" and {len(tiny) - _NAMED} more" if len(tiny) > _NAMED else ""
        named = ", ".join(repr(name) for name in tiny[:_NAMED]) + more
        words = f"fewer than {_TINY_SUPPORT} pictures to judge by, so figures of these labels mean little: {named}"
        warnings = (*warnings, words)
    return LabelEvaluation(
        run_id=run.run.run_id,
        catalog=catalog,
        split=split,
        predictions=rows.assign(right=exact),
        classes=run.run.classes,
        probabilities=probabilities,
        label_sets=sets,
        thresholds=run.thresholds,
        interval=accuracy_interval(exact, rows["product_id"].tolist()),
        figures=label_figures(probabilities, sets, run.thresholds),
        unmatched_classes=alignment.unmatched if alignment else (),
        matched_classes={} if alignment is None else {a: b for a, b in alignment.class_of.items() if a != b},
        warnings=warnings,
    )
