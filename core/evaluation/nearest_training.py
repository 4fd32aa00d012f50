"""The training pictures a picture is most like: why a run may have taken it for what it did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import RunError
from core.home import Home
from core.models.gathered_features import BLOCK_ROWS, gather_features
from core.models.runs import RunFiles
from core.models.splits import SPLIT_NAMES, TRAIN
from core.vision.feature_store import read_features

MOST_SOUGHT = 20_000
"""Training pictures looked through; of more, evenly chosen ones. Reading their features takes about half a second."""

_SAMPLE = 2_000


@dataclass(frozen=True)
class NearestTraining:
    """Training pictures near a picture.

    Attributes:
        label: Class they are of; None for those of any class.
        pictures: One row a picture, nearest first: product_id, picture_hash, label, similarity (0..1).
        sought: Training pictures looked through.
        of: Training pictures there are.
    """

    label: str | None
    pictures: pd.DataFrame
    sought: int
    of: int


def nearest_training(
    home: Home, run: RunFiles, features: np.ndarray, *, labels: Sequence[str | None], count: int = 4
) -> list[NearestTraining]:
    """Find the training pictures nearest to a picture, class by class.

    Similarity is the cosine of the features a run's head reads, less their mean over training pictures, and 0 where
    that is negative: without the mean all pictures are alike, since nearly all features are positive.

    Args:
        home: The home.
        run: The run.
        features: Float32 (D,): features of the picture.
        labels: Classes to look in; None looks in all.
        count: How many to find in each.

    Raises:
        RunError: No training picture has features any more.
    """
    train = run.products[run.products["split"] == SPLIT_NAMES[TRAIN]]
    center = _center(home, run, train)
    query = _unit(features[None, :] - center)[0]
    return [_nearest(home, run, train, query, center, label=label, count=count) for label in labels]


def picture_features(home: Home, run: RunFiles, picture_hash: str) -> np.ndarray:
    """Read the features of a picture of the run's catalog, float32 (D,).

    Raises:
        RunError: They are not kept (any more).
    """
    features, known = gather_features(home, [picture_hash], backbone=run.run.encoder)
    if not known[0]:
        raise RunError(
            f"the features of this picture by {run.run.encoder!r} are not kept: "
            f"embed the catalog first, `embed {run.run.catalog} --backbone {run.run.encoder}`"
        )
    return np.asarray(features[0])


def _center(home: Home, run: RunFiles, train: pd.DataFrame) -> np.ndarray:
    sample = _evenly(train, _SAMPLE)
    features, known = gather_features(home, sample["picture_hash"].tolist(), backbone=run.run.encoder)
    if not known.any():
        raise RunError(
            f"no training picture of run {run.run.run_id!r} has features any more: "
            f"embed its catalog first, `embed {run.run.catalog} --backbone {run.run.encoder}`"
        )
    return np.asarray(features[known].mean(axis=0))


def _nearest(
    home: Home,
    run: RunFiles,
    train: pd.DataFrame,
    query: np.ndarray,
    center: np.ndarray,
    *,
    label: str | None,
    count: int,
) -> NearestTraining:
    of_label = train if label is None else train[train["label"] == label]
    rows = _evenly(of_label, MOST_SOUGHT)
    similarity = np.full(len(rows), -1.0, dtype=np.float32)
    for block, features, known in _blocks(home, run, rows):
        found = np.maximum(_unit(features - center) @ query, 0)
        similarity[block] = np.where(known, np.minimum(found, 1), -1)
    best = np.argsort(-similarity, kind="stable")[: 4 * count]
    nearest = rows.iloc[best].assign(similarity=similarity[best].astype(float))
    nearest = nearest[nearest["similarity"] >= 0].drop_duplicates("picture_hash").head(count)
    columns = ["product_id", "picture_hash", "label", "similarity"]
    return NearestTraining(label, nearest[columns].reset_index(drop=True), sought=len(rows), of=len(of_label))


def _blocks(home: Home, run: RunFiles, rows: pd.DataFrame) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    hashes = rows["picture_hash"].tolist()
    for start in range(0, len(hashes), BLOCK_ROWS):
        block = slice(start, min(start + BLOCK_ROWS, len(hashes)))
        yield block, *read_features(home, hashes[block], backbone=run.run.encoder)


def _evenly(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    return rows if len(rows) <= most else rows.iloc[:: -(-len(rows) // most)]


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
