"""Judge a run: on its own test pictures, or on another catalog."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog, find_catalog
from core.errors import RunError
from core.evaluation.class_names import Alignment, align_classes
from core.evaluation.confusion import Confusion, confusion_matrix
from core.evaluation.confusion_blocks import rolled_up
from core.evaluation.intervals import f1_intervals
from core.evaluation.metrics import accuracy_interval, report_of_counts, top_k_accuracy
from core.evaluation.product_and_level_figures import MOST_CELLS, judged_figures, kept_figures
from core.home import Home
from core.models.class_tree import ClassTree
from core.models.further_figures import tree_of
from core.models.gathered_features import gather_features, make_rows
from core.models.predict import check_backbone, predict_features
from core.models.predicted_labels import check_predicts_classes
from core.models.runs import RunFiles, open_run
from core.models.scores import ClassCounts, count_classes, judge
from core.models.targets import labeled_pictures, parse_target

TINY_SUPPORT = 5
"""With fewer test pictures than this, one picture moves a class's recall by more than 20 points."""

_BLOCK_ROWS = 4096
_NAMED = 5


@dataclass(frozen=True)
class Evaluation:
    """How well a run does on some pictures.

    Attributes:
        run_id: The run.
        catalog: Name of the catalog the pictures are from.
        split: ``test`` for the run's own pictures, ``all`` for another catalog's.
        predictions: One row a picture: product_id, picture_hash, label, predicted (class names), probability,
            label_probability, label_rank, right.
        classes: Class names in the run's order.
        counts: Right, given and true per class.
        interval: 95 % bootstrap interval of the accuracy.
        unmatched_classes: Names in the catalog that the run does not know; their pictures are not judged.
        missing_classes: Classes of the run that have no picture here.
        warnings: Sentences about what to mind when reading the figures.
        further: ``products``, ``levels``, ``levels_by_leaf`` and ``half_right``, where they say something, see
            :func:`core.models.further_figures.side_figures`.
        tree: Tree of the classes; None where they are no categories or have one level only.
        matched_classes: Name in the catalog to class of the run, where they differ.
    """

    run_id: str
    catalog: str
    split: str
    predictions: pd.DataFrame
    classes: tuple[str, ...]
    counts: ClassCounts
    interval: tuple[float, float]
    unmatched_classes: tuple[str, ...]
    missing_classes: tuple[str, ...]
    warnings: tuple[str, ...]
    further: dict[str, Any] = field(default_factory=dict)
    tree: ClassTree | None = None
    matched_classes: Mapping[str, str] = field(default_factory=dict)

    @property
    def pictures(self) -> int:
        """How many pictures were judged."""
        return len(self.predictions)

    @property
    def accuracy(self) -> float:
        """Share of pictures put into their class."""
        return self.counts.accuracy

    @property
    def top3_accuracy(self) -> float:
        """Share of pictures whose class is among the three most probable."""
        return top_k_accuracy(self.predictions["label_rank"].to_numpy(), k=3)

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals of accuracy, macro_f1, weighted_f1 and top3_accuracy; products are drawn."""
        labels, predicted = _numbers(self.predictions, self.classes)
        product_ids = self.predictions["product_id"].tolist()
        within = self.predictions["label_rank"].to_numpy() <= 3
        return {
            "accuracy": self.interval,
            **f1_intervals(labels, predicted, product_ids, class_count=len(self.classes)),
            "top3_accuracy": accuracy_interval(within, product_ids),
        }

    @cached_property
    def per_class(self) -> pd.DataFrame:
        """One row a class: class_name, precision, recall, f1, support, predicted, right."""
        return report_of_counts(self.counts, classes=self.classes)

    @cached_property
    def confusion(self) -> Confusion:
        """Cells of true and predicted classes; rows are those of the predictions."""
        labels, predicted = _numbers(self.predictions, self.classes)
        probability = self.predictions["probability"].to_numpy()
        return confusion_matrix(labels, predicted, probability=probability, classes=self.classes)

    def rolled_up(self, level: int) -> Confusion:
        """Count true and predicted categories of a level of the tree, from 1; without a tree the classes.

        Raises:
            RunError: The tree has no such level.
        """
        if self.tree is None:
            return self.confusion
        if not 1 <= level <= self.tree.levels:
            raise RunError(f"the categories of run {self.run_id!r} have {self.tree.levels} levels, not {level}")
        return rolled_up(
            self.predictions, self.tree.nodes[:, level - 1], self.tree.names[level - 1], classes=self.classes
        )

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        return {
            "run": self.run_id,
            "catalog": self.catalog,
            "split": self.split,
            "pictures": self.pictures,
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.interval),
            "macro_f1": self.counts.macro_f1,
            "weighted_f1": self.counts.weighted_f1,
            "top3_accuracy": self.top3_accuracy,
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            **self.further,
            "unmatched_classes": list(self.unmatched_classes),
            "missing_classes": list(self.missing_classes),
            "matched_classes": dict(self.matched_classes),
            "warnings": list(self.warnings),
        }


def evaluate_run(
    home: Home, run_id: str, *, on: str | None = None, split: str = "test", mapping: Mapping[str, str] | None = None
) -> Evaluation:
    """Judge a run.

    On its own catalog the pictures, labels and predictions kept with the run are used, so that later edits change
    nothing. On another catalog classes are aligned by name, and pictures the run has learned from are left out.

    Args:
        home: The home.
        run_id: The run.
        on: Name of a catalog that is embedded with the run's backbone; None judges the run's own pictures.
        split: Which of the run's own pictures; ``test`` unless the difference to train is asked for.
        mapping: Name in the other catalog to class of the run, for names that do not match by themselves; an empty
            class leaves the name out.

    Raises:
        RunError: There is no such run or split, its files are gone, it predicts labels (see
            :func:`core.evaluation.label_report.evaluate_labels`), or no picture of the catalog can be judged.
        CatalogError: There is no such catalog.
    """
    run = open_run(home, run_id)
    check_predicts_classes(run)
    if on is None:
        return _judge_own(run, split)
    return _judge_catalog(home, run, find_catalog(home, on), mapping or {})


def _judge_own(run: RunFiles, split: str) -> Evaluation:
    rows = run.products[run.products["split"] == split].reset_index(drop=True)
    if rows.empty:
        raise RunError(f"run {run.run.run_id!r} has no {split!r} pictures: expected train, validation or test")
    warnings = list(run.manifest["warnings"])
    found = _evaluation(run, rows, catalog=run.run.catalog, split=split, alignment=None, warnings=warnings)
    return replace(found, further=kept_figures(run.run, split))


def _judge_catalog(home: Home, run: RunFiles, catalog: Catalog, mapping: Mapping[str, str]) -> Evaluation:
    check_backbone(home, run)
    rows, unlabeled = labeled_pictures(home, catalog, parse_target(run.run.target))
    alignment = align_classes(run.run.classes, rows["label"].unique().tolist(), catalog=catalog, mapping=mapping)
    warnings = list(alignment.warnings)
    if unlabeled:
        warnings.append(f"{unlabeled} products of {catalog.name} have no label and are not judged")
    rows = rows.assign(label=rows["label"].map(alignment.class_of))
    rows = _without_learned(run, rows[rows["label"].notna()], catalog, warnings)
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=run.run.encoder)
    if not known.any():
        raise RunError(_nothing_to_judge(run, catalog, alignment, found=len(rows)))
    if not known.all():
        warnings.append(f"{int((~known).sum())} pictures of {catalog.name} are not embedded and not judged")
    rows = rows[known].reset_index(drop=True)
    kept = make_rows(len(rows), len(run.run.classes)) if len(rows) * len(run.run.classes) <= MOST_CELLS else None
    judged = _predict(run, features, np.flatnonzero(known), rows, kept=kept)
    found = _evaluation(run, judged, catalog=catalog.name, split="all", alignment=alignment, warnings=warnings)
    return found if kept is None else replace(found, further=judged_figures(run.run, judged, kept))


def _without_learned(run: RunFiles, rows: pd.DataFrame, catalog: Catalog, warnings: list[str]) -> pd.DataFrame:
    """Leave out pictures the run learned from or chose by: a figure on them would flatter."""
    learned = run.products[run.products["split"] != "test"]
    seen = rows["picture_hash"].isin(learned["picture_hash"])
    if catalog.catalog_id == run.run.catalog_id:
        seen |= rows["product_id"].isin(learned["product_id"])
    if seen.any():
        warnings.append(f"{int(seen.sum())} pictures of {catalog.name} were used in training and are left out")
    return rows[~seen].reset_index(drop=True)


def _predict(
    run: RunFiles, features: np.ndarray, positions: np.ndarray, rows: pd.DataFrame, *, kept: np.ndarray | None
) -> pd.DataFrame:
    """Judge the pictures at some positions of the features; their probabilities go into ``kept`` when given."""
    labels = pd.Index(run.run.classes).get_indexer(pd.Index(rows["label"]))
    judged = []
    for start in range(0, len(positions), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        chances = predict_features(run, features[positions[block]])
        judged.append(judge(chances, labels[block]))
        if kept is not None:
            kept[block] = chances
    columns = pd.concat(judged, ignore_index=True)
    columns["predicted"] = np.array(run.run.classes, dtype=object)[columns["predicted"]]
    return pd.concat([rows, columns], axis=1)


def _evaluation(
    run: RunFiles, rows: pd.DataFrame, *, catalog: str, split: str, alignment: Alignment | None, warnings: list[str]
) -> Evaluation:
    classes = run.run.classes
    labels, predicted = _numbers(rows, classes)
    counts = count_classes(labels, predicted, class_count=len(classes))
    right = labels == predicted
    missing = tuple(name for name, support in zip(classes, counts.support, strict=True) if not support)
    warnings.extend(_chance_warning(counts))
    warnings.extend(_tiny_warning(counts, classes))
    return Evaluation(
        run_id=run.run.run_id,
        catalog=catalog,
        split=split,
        predictions=rows.assign(right=right),
        classes=classes,
        counts=counts,
        interval=accuracy_interval(right, rows["product_id"].tolist()),
        unmatched_classes=alignment.unmatched if alignment else (),
        missing_classes=missing,
        warnings=tuple(warnings),
        tree=tree_of(classes, run.run.target),
        matched_classes={} if alignment is None else {a: b for a, b in alignment.class_of.items() if a != b},
    )


def _chance_warning(counts: ClassCounts) -> list[str]:
    chance = 1 / max(int((counts.support > 0).sum()), 1)
    if counts.accuracy >= chance:
        return []
    return [
        f"accuracy {counts.accuracy:.1%} is below chance ({chance:.1%} for {round(1 / chance)} classes): "
        "check that the classes mean the same in both places"
    ]


def _tiny_warning(counts: ClassCounts, classes: tuple[str, ...]) -> list[str]:
    tiny = [classes[place] for place in np.flatnonzero((counts.support > 0) & (counts.support < TINY_SUPPORT))]
    if not tiny:
        return []
    more = f" and {len(tiny) - _NAMED} more" if len(tiny) > _NAMED else ""
    named = ", ".join(repr(name) for name in tiny[:_NAMED]) + more
    return [f"fewer than {TINY_SUPPORT} pictures to judge by, so figures of these classes mean little: {named}"]


def _nothing_to_judge(run: RunFiles, catalog: Catalog, alignment: Alignment, *, found: int) -> str:
    if found:
        return f"no picture of {catalog.name!r} is embedded with {run.run.encoder}: run `embed {catalog.name}` first"
    if not alignment.class_of:
        known = ", ".join(repr(name) for name in run.run.classes[:_NAMED])
        return f"{catalog.name!r} shares no class with run {run.run.run_id!r}, which knows {known} ..."
    return f"every picture of {catalog.name!r} that run {run.run.run_id!r} could judge was used in its training"


def _numbers(rows: pd.DataFrame, classes: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    index = pd.Index(classes)
    return index.get_indexer(pd.Index(rows["label"])), index.get_indexer(pd.Index(rows["predicted"]))
