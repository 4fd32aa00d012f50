"""The model behind `predict-categories`: trained on products whose category is trusted, honest about held-out ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.learning import LearningData
from core.models.linear import predict_linear, train_linear
from core.models.linear_settings import LinearSettings
from core.models.scores import SMALLEST_PROBABILITY
from core.models.splits import TEST, VALIDATION
from core.models.training_set import split_training_set
from core.progress import Progress

_TEMPERATURES = np.geomspace(0.2, 5.0, 80)
_BLOCK = 4096


@dataclass(frozen=True)
class HeldOut:
    """How good the model is on products it never saw.

    Attributes:
        products: Products of the test side.
        pictures: Their pictures.
        accuracy: Share of all of them it puts into the right category.
        sure: Products it is sure enough of.
        accuracy_when_sure: Share of those that is right; None when there are none.
        mean_confidence_when_sure: What it promises for those; near the line above when it is honest.
    """

    products: int
    pictures: int
    accuracy: float
    sure: int
    accuracy_when_sure: float | None
    mean_confidence_when_sure: float | None


@dataclass(frozen=True)
class Predictions:
    """What the model says of products without a trusted category.

    Attributes:
        product_ids: N products that have a picture with features.
        categories: The most probable category of each.
        confidences: Float64 array of shape (N,): its calibrated probability.
        trained_products: How many products it learned from.
        classes: How many categories it tells apart.
        held_out: How good it is.
        temperature: What logarithms of probabilities were divided by, so that confidences on validation are right.
        warnings: What makes the figures worse or better than they should be, in sentences.
    """

    product_ids: tuple[str, ...]
    categories: tuple[str, ...]
    confidences: np.ndarray
    trained_products: int
    classes: int
    held_out: HeldOut
    temperature: float
    warnings: tuple[str, ...]


def predict_categories(
    home: Home,
    catalog: Catalog,
    *,
    trusted: pd.DataFrame,
    wanted: Sequence[str],
    backbone: str,
    confidence: float,
    seed: int,
    progress: Progress,
) -> Predictions:
    """Train on the trusted products, measure on held-out ones, predict the wanted ones.

    The products are dealt to train, validation and test with near duplicates on one side. The head is chosen on
    validation and its confidence calibrated there, by one temperature (Guo et al., "On calibration of modern neural
    networks", 2017); test is only measured on. A product's probabilities are the mean over its pictures.

    Args:
        home: The home.
        catalog: The catalog; its pictures are embedded already.
        trusted: One row a trusted product: product_id, label, split (or None).
        wanted: Products to predict.
        backbone: Whose features.
        confidence: From which confidence on a prediction counts as sure, 0..1.
        seed: Seed of the deal and the training.
        progress: Told of every epoch.

    Raises:
        TrainingError: There is too little to learn from.
    """
    shown = picture_table(home, catalog)[["product_id", "picture_hash"]].drop_duplicates()
    rows = shown.merge(trusted, on="product_id", how="inner").reset_index(drop=True)
    rows["split"] = rows["split"].astype(object).where(rows["split"].notna(), None)
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=backbone)
    made = split_training_set(rows, features, known, seed=seed)
    data = LearningData(made.features, made.labels, made.sides, len(made.classes))
    head = train_linear(data, settings=LinearSettings(), seed=seed, progress=progress).arrays
    temperature = _temperature(head, data)
    sides = made.sides == TEST
    held = _by_product(made.rows["product_id"][sides], _logits(head, made.features[np.flatnonzero(sides)]), temperature)
    labels = made.rows[sides].drop_duplicates("product_id").set_index("product_id")["label"]
    asked = shown[shown["product_id"].isin(set(wanted))].reset_index(drop=True)
    asked_features, asked_known = gather_features(home, asked["picture_hash"].tolist(), backbone=backbone)
    usable = np.flatnonzero(asked_known)
    found = _by_product(asked["product_id"].iloc[usable], _logits(head, asked_features[usable]), temperature)
    return Predictions(
        product_ids=tuple(found.index),
        categories=tuple(made.classes[number] for number in found.to_numpy().argmax(axis=1)) if len(found) else (),
        confidences=found.to_numpy().max(axis=1) if len(found) else np.empty(0),
        trained_products=int(made.rows["product_id"].nunique()),
        classes=len(made.classes),
        held_out=_judge(held, labels, made.classes, pictures=int(sides.sum()), confidence=confidence),
        temperature=temperature,
        warnings=made.warnings,
    )


def _logits(head: dict[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Logarithms of the probabilities, float64 (P, C), block by block."""
    parts = [
        np.log(np.maximum(predict_linear(head, features[start : start + _BLOCK]), SMALLEST_PROBABILITY))
        for start in range(0, len(features), _BLOCK)
    ]
    return np.concatenate(parts).astype(np.float64) if parts else np.empty((0, len(head["bias"])))


def _soft(logits: np.ndarray, temperature: float) -> np.ndarray:
    scaled = logits / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    np.exp(scaled, out=scaled)
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def _temperature(head: dict[str, np.ndarray], data: LearningData) -> float:
    """Find the temperature with the least loss on validation.

    N pictures that are all right do not prove that the next is: as in Platt scaling the truth counts for
    (N + 1) / (N + 2), so that confidence cannot grow beyond what N pictures can show.
    """
    rows = np.flatnonzero(data.sides == VALIDATION)
    logits, labels = _logits(head, data.features[rows]), data.labels[rows]
    doubt = 1 / (len(rows) + 2)

    def loss(temperature: float) -> float:
        given = _soft(logits, temperature)[np.arange(len(rows)), labels]
        right, wrong = np.maximum(given, SMALLEST_PROBABILITY), np.maximum(1 - given, SMALLEST_PROBABILITY)
        return float(-((1 - doubt) * np.log(right) + doubt * np.log(wrong)).mean())

    return float(min(_TEMPERATURES, key=loss))


def _by_product(product_ids: pd.Series, logits: np.ndarray, temperature: float) -> pd.DataFrame:
    """Probabilities by product: the mean over its pictures, products in their order."""
    frame = pd.DataFrame(_soft(logits, temperature) if len(logits) else logits)
    return frame.groupby(product_ids.to_numpy(), sort=False).mean()


def _judge(
    held: pd.DataFrame, labels: pd.Series, classes: tuple[str, ...], *, pictures: int, confidence: float
) -> HeldOut:
    values = held.to_numpy()
    right = np.array(classes, dtype=object)[values.argmax(axis=1)] == labels.loc[held.index].to_numpy()
    top = values.max(axis=1)
    sure = top >= confidence
    return HeldOut(
        products=len(held),
        pictures=pictures,
        accuracy=float(right.mean()),
        sure=int(sure.sum()),
        accuracy_when_sure=float(right[sure].mean()) if sure.any() else None,
        mean_confidence_when_sure=float(top[sure].mean()) if sure.any() else None,
    )
