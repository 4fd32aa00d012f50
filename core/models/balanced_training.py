"""Balance applied to a training: rows left out, altered views added, settings weighted, and what the run says of it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.category_names import path_levels
from core.errors import SettingsError
from core.home import Home
from core.models.balance import BalanceSettings, balance_rows
from core.models.gathered_features import BLOCK_ROWS, make_rows
from core.models.learning import LearningData
from core.models.learning_pictures import PictureData
from core.models.settings import settings_to_json
from core.models.splits import SPLIT_NAMES, TRAIN
from core.models.training_set import TrainingSet
from core.progress import Progress
from core.vision.backbone import Backbone
from core.vision.engine import PictureFile
from core.vision.view_features import View, view_features

_WEIGHT_NAMES = ("class_weights", "balance")
"""What recipes call the setting that makes small classes count for more."""


@dataclass(frozen=True)
class BalancedSet:
    """A training set in balance.

    Attributes:
        rows: The pictures that are learned from, chosen by and judged on.
        repeated: Int64 (E,): positions among them that are learned from once more, as altered views.
        views: Int64 (E,): number of each view, from 1.
        settings: How it was balanced.
        left_out: Train pictures left out by a cap.
        counts: Train pictures before, and pictures and views after, of each class or set of labels.
    """

    rows: TrainingSet
    repeated: np.ndarray
    views: np.ndarray
    settings: BalanceSettings
    left_out: int
    counts: dict[str, tuple[int, int]]

    def to_json(self, source: str) -> dict[str, Any] | None:
        """Say in a manifest what was done; None where nothing was asked for.

        Args:
            source: Where the wish comes from.
        """
        if self.settings.is_nothing:
            return None
        return {
            "source": source,
            "settings": settings_to_json(self.settings),
            "views_drawn_as": asdict(self.settings.view_settings),
            "left_out": self.left_out,
            "added_views": len(self.repeated),
            "train": {name: {"before": before, "after": after} for name, (before, after) in self.counts.items()},
        }


def weighted_settings(settings: Any, given: Mapping[str, object], balance: BalanceSettings) -> Any:
    """Give a recipe's settings with the weights of the balance, unless the recipe's own were set by hand.

    Args:
        settings: The recipe's settings.
        given: Names that were set by hand.
        balance: What is wanted.

    Raises:
        SettingsError: The recipe weighs no classes.
    """
    if not balance.class_weights:
        return settings
    known = {field.name for field in fields(settings)}
    name = next((each for each in _WEIGHT_NAMES if each in known), None)
    if name is None:
        raise SettingsError(
            "this recipe does not weigh classes: balance by `cap` or `oversample`, which work with every recipe"
        )
    return settings if name in given else replace(settings, **{name: balance.class_weights})


def balance_training_set(rows: TrainingSet, settings: BalanceSettings, *, seed: int) -> BalancedSet:
    """Choose what of a training set is learned from, and how often.

    Args:
        rows: All pictures with a side; validation and test stay as they are.
        settings: What is wanted.
        seed: Decides which pictures go and which are seen once more.
    """
    chosen = balance_rows(_groups(rows, settings.level), rows.sides, settings=settings, seed=seed)
    before = _train_counts(rows)
    kept = rows
    if not chosen.kept.all():
        kept = replace(
            rows,
            rows=rows.rows[chosen.kept].reset_index(drop=True),
            features=_kept_features(rows.features, chosen.kept),
            label_sets=None if rows.label_sets is None else rows.label_sets[chosen.kept],
        )
    repeated = (np.cumsum(chosen.kept) - 1)[chosen.repeated]
    added = kept.rows["label"].iloc[repeated].value_counts()
    counts = {
        str(name): (int(count), int(_train_counts(kept).get(name, 0) + added.get(name, 0)))
        for name, count in before.items()
    }
    return BalancedSet(kept, repeated, chosen.views, settings, int((~chosen.kept).sum()), counts)


def with_views(
    home: Home,
    data: LearningData,
    balanced: BalancedSet,
    backbone: Backbone,
    *,
    files: Callable[[], list[PictureFile]],
    seed: int,
    progress: Progress,
) -> LearningData:
    """Add the features of altered views to what a recipe on features learns from.

    Args:
        home: Where the features of views are cached.
        data: The balanced set's pictures.
        balanced: Which are seen again.
        backbone: The frozen network, which each view goes through once.
        files: Gives the file of each picture; only asked where views are needed.
        seed: Of the drawing.
        progress: Told of every few views; may cancel.

    Raises:
        PictureError: A picture cannot be read.
    """
    if not len(balanced.repeated):
        return data
    pictures, grown = files(), _grown(data.features, len(balanced.repeated))
    views = [View(pictures[row], int(number)) for row, number in zip(balanced.repeated, balanced.views, strict=True)]
    drawn = balanced.settings.view_settings
    view_features(home, backbone, views, settings=drawn, seed=seed, out=grown[len(data.features) :], progress=progress)
    return replace(
        data,
        features=grown,
        labels=_again(data.labels, balanced.repeated),
        sides=_again(data.sides, balanced.repeated),
        label_sets=None if data.label_sets is None else _again(data.label_sets, balanced.repeated),
    )


def with_repeats(data: PictureData, balanced: BalancedSet) -> PictureData:
    """Repeat pictures for a recipe that draws its own views of them: each repeat is drawn differently."""
    if not len(balanced.repeated):
        return data
    again, features = balanced.repeated, _grown(data.features, len(balanced.repeated))
    features[len(data.features) :] = data.features[again]
    products = [data.product_ids[row] for row in again] if len(data.product_ids) else []
    return replace(
        data,
        files=[*data.files, *(data.files[row] for row in again)],
        features=features,
        labels=_again(data.labels, again),
        sides=_again(data.sides, again),
        product_ids=[*data.product_ids, *products],
        label_sets=None if data.label_sets is None else _again(data.label_sets, again),
    )


def _grown(features: np.ndarray, more: int) -> np.ndarray:
    """Copy features, float32 (P, D), into an array with room for more rows."""
    grown = make_rows(len(features) + more, features.shape[1])
    for start in range(0, len(features), BLOCK_ROWS):
        grown[start : min(start + BLOCK_ROWS, len(features))] = features[start : start + BLOCK_ROWS]
    return grown


def _again(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.concatenate([values, values[rows]])


def _groups(rows: TrainingSet, level: int) -> np.ndarray:
    """Number what is counted: each class, or its upper levels."""
    if not level or rows.label_sets is not None:
        return rows.labels
    upper = [" > ".join(path_levels(name)[:level]) for name in rows.classes]
    return pd.factorize(np.asarray(upper, dtype=object), sort=True)[0].astype(np.int64)[rows.labels]


def _train_counts(rows: TrainingSet) -> pd.Series:
    return rows.rows.loc[rows.rows["split"] == SPLIT_NAMES[TRAIN], "label"].value_counts().sort_index()


def _kept_features(features: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Copy the kept rows block by block; the array they come from stays as it is."""
    places = np.flatnonzero(kept)
    found = make_rows(len(places), features.shape[1])
    for start in range(0, len(places), BLOCK_ROWS):
        found[start : start + BLOCK_ROWS] = features[places[start : start + BLOCK_ROWS]]
    return found
