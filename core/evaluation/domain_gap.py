"""How far another catalog is from what a run learned from: what it costs in accuracy, and how different it looks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import RunError
from core.evaluation.metrics import accuracy_interval
from core.evaluation.report import Evaluation
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.runs import RunFiles
from core.models.splits import SPLIT_NAMES, TEST, TRAIN

_LEARNED, _LOOKED_AT = 4_000, 1_000
"""Training pictures compared with, and pictures of each side looked at; of more, evenly chosen ones."""


@dataclass(frozen=True)
class DomainGap:
    """A run's own test pictures beside those of another catalog.

    Attributes:
        classes: Classes that both have; both accuracies are over these alone.
        own_accuracy: Of the run's own test pictures of these classes.
        own_interval: Its 95 % interval.
        own_pictures: How many they are.
        accuracy: Of the other catalog's pictures.
        interval: Its 95 % interval.
        pictures: How many they are.
        own_similarity: Mean over the run's own test pictures of the similarity (0..1) to the nearest training picture.
        similarity: The same of the other catalog's pictures.
        told_apart: Chance that a picture of the other catalog is farther from the training pictures than one of the
            run's own test: 0.5 where they look the same, 1 where every one is farther.
        by_class: One row a class: class_name, pictures, similarity, accuracy; the least similar first.
    """

    classes: int
    own_accuracy: float
    own_interval: tuple[float, float]
    own_pictures: int
    accuracy: float
    interval: tuple[float, float]
    pictures: int
    own_similarity: float
    similarity: float
    told_apart: float
    by_class: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        names = ("classes", "own_accuracy", "own_pictures", "accuracy", "pictures", "own_similarity", "similarity")
        return {
            **{name: getattr(self, name) for name in names},
            "own_accuracy_interval": list(self.own_interval),
            "accuracy_interval": list(self.interval),
            "told_apart": self.told_apart,
            "by_class": self.by_class.to_dict("records"),
        }


def domain_gap(home: Home, run: RunFiles, evaluation: Evaluation) -> DomainGap:
    """Hold a run's own test pictures against those of another catalog, on the classes that both have.

    Embedding distance is told by similarity: the cosine of features less the mean of the training pictures, to the
    nearest of at most 4,000 of them. ``told_apart`` is the area under the ROC curve of that similarity (Mann and
    Whitney, 1947), ties counting half.

    Args:
        home: The home.
        run: The run.
        evaluation: How it does on the other catalog.

    Raises:
        RunError: The run has no test picture of these classes, or its features are not kept any more.
    """
    shared = set(evaluation.predictions["label"])
    own = run.products[(run.products["split"] == SPLIT_NAMES[TEST]) & run.products["label"].isin(shared)]
    if own.empty:
        raise RunError(f"run {run.run.run_id!r} has no test picture of the classes of {evaluation.catalog!r}")
    right = (own["label"] == own["predicted"]).to_numpy(bool)
    near = _Nearness(home, run)
    own_alike, _ = near.of(_evenly(own))
    there = _evenly(evaluation.predictions)
    alike, known = near.of(there)
    return DomainGap(
        classes=len(shared),
        own_accuracy=float(right.mean()),
        own_interval=accuracy_interval(right, own["product_id"].tolist()),
        own_pictures=len(own),
        accuracy=evaluation.accuracy,
        interval=evaluation.interval,
        pictures=evaluation.pictures,
        own_similarity=float(own_alike.mean()),
        similarity=float(alike.mean()),
        told_apart=farther_chance(own_alike, alike),
        by_class=_by_class(there[known], alike),
    )


def farther_chance(own: np.ndarray, other: np.ndarray) -> float:
    """Compute the chance that one of the others is less similar than one of the own; ties count half.

    Args:
        own: Float (N,): similarities.
        other: Float (M,): likewise.
    """
    ordered = np.sort(own)
    above = len(own) - np.searchsorted(ordered, other, side="right")
    ties = np.searchsorted(ordered, other, side="right") - np.searchsorted(ordered, other, side="left")
    return float((above + ties / 2).mean() / max(len(own), 1))


class _Nearness:
    """Similarity of pictures to the nearest training picture."""

    def __init__(self, home: Home, run: RunFiles) -> None:
        train = run.products[run.products["split"] == SPLIT_NAMES[TRAIN]]
        self._home, self._encoder, self._run_id = home, run.run.encoder, run.run.run_id
        features, known = self._features(_evenly(train, _LEARNED))
        self._center = features[known].mean(axis=0)
        self._learned = _unit(features[known] - self._center)

    def of(self, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Give the similarity of the pictures that have features, float (K,), and which have, bool (N,)."""
        features, known = self._features(rows)
        alike = _unit(features[known] - self._center) @ self._learned.T
        return np.clip(alike.max(axis=1), 0, 1), known

    def _features(self, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        features, known = gather_features(self._home, rows["picture_hash"].tolist(), backbone=self._encoder)
        if not known.any():
            raise RunError(
                f"features by {self._encoder!r} are not kept any more: embed the catalogs of {self._run_id!r}"
            )
        return features, known


def _by_class(rows: pd.DataFrame, alike: np.ndarray) -> pd.DataFrame:
    told = pd.DataFrame(
        {"class_name": rows["label"].to_numpy(), "similarity": alike, "accuracy": rows["right"].to_numpy(float)}
    )
    grouped = told.groupby("class_name")
    found = grouped.mean().assign(pictures=grouped.size())
    columns = ["class_name", "pictures", "similarity", "accuracy"]
    return found.sort_values("similarity", kind="stable").reset_index()[columns]


def _evenly(rows: pd.DataFrame, most: int = _LOOKED_AT) -> pd.DataFrame:
    return rows if len(rows) <= most else rows.iloc[:: -(-len(rows) // most)]


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
