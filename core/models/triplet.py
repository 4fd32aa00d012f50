"""Recipe `triplet`: an embedding in which pictures of one category are near and others far (F6 of the reports).

The report trains a dense layer on top of ResNet50, and the network with it, with a triplet loss. Here the network stays
frozen, so that an epoch over cached features costs a second; the layers learned are then put behind it, and the whole
is a backbone of its own for search, map and recommendations.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.models.checkpoints import fingerprint
from core.models.epochs import CheckpointPlace, run_epochs
from core.models.head_parts import few_threads, softmax, training_marks
from core.models.learning import Arrays, LearningData
from core.models.learning_pictures import PictureData, TrainedNetwork
from core.models.network_files import write_network
from core.models.scores import SMALLEST_PROBABILITY
from core.models.splits import TRAIN, VALIDATION
from core.models.triplet_fit import TripletData, TripletFit, centers_of
from core.models.triplet_settings import TripletSettings
from core.progress import Progress
from core.vision.backbones import NETWORK_WEIGHTS, Backbone
from core.vision.jpeg import read_quickly
from core.vision.learned_layers import write_layers
from core.vision.picture_fit import fit_picture

CHECKPOINT_NAME = "triplet-checkpoint.npz"
_SAMPLES = 8
_SHARPNESSES = np.geomspace(1.0, 200.0, 80)


def train_triplet(data: PictureData, *, settings: TripletSettings, seed: int, progress: Progress) -> TrainedNetwork:
    """Train an embedding, and a head of one center a category on top.

    Args:
        data: Features, classes, sides and products; test is only placed by the finished embedding.
        settings: The recipe's settings.
        seed: Of first weights, batches and dropout.
        progress: Told of every epoch; its folder keeps the checkpoint of the last one.

    Raises:
        TrainingError: Fewer than two categories have two pictures to learn from.
        Cancelled: Someone asked to stop; finished epochs are kept.
    """
    products = pd.factorize(np.asarray(data.product_ids or [file.picture_hash for file in data.files], dtype=object))[0]
    learned = LearningData(data.features, data.labels, data.sides, data.class_count)
    place = fingerprint("triplet", settings, seed, data.class_count, products.tobytes(), *training_marks(learned))
    with few_threads(max(settings.dimensions, settings.hidden_layer)):
        progress.report(0, settings.epochs, "measuring the features")
        fit = TripletFit(
            TripletData(data.features, data.labels, data.sides, products, data.class_count),
            settings=settings,
            seed=seed,
        )
        state = run_epochs(
            fit,
            total=settings.epochs,
            patience=settings.patience,
            checkpoint=CheckpointPlace(CHECKPOINT_NAME, place),
            progress=progress,
            measure=lambda row: -row["validation_precision"],
        )
        fit.take(state.best)
        points = fit.points(np.arange(len(data.labels)))
    head, sharpness = center_head(points, data.labels, data.sides, class_count=data.class_count)
    backbone = _described(data.backbone, points.shape[1])
    progress.report(settings.epochs, settings.epochs, "trained")
    best = state.history[state.best_epoch - 1] if state.best_epoch else {}
    return TrainedNetwork(
        arrays=head,
        features=points,
        history=state.history,
        choices={
            "best_epoch": state.best_epoch,
            "validation_precision": best.get("validation_precision"),
            "sharpness": sharpness,
        },
        backbone=backbone,
        write=partial(_write, data=data, backbone=backbone, arrays=fit.folded()),
    )


def center_head(points: np.ndarray, labels: np.ndarray, sides: np.ndarray, *, class_count: int) -> tuple[Arrays, float]:
    """Make a head that says how near a picture is to the center of each category.

    Its probabilities are a softmax of cosines times a sharpness, which is chosen on validation: pictures that the
    embedding has learned lie closer to their centers than new ones. Source: Guo et al., "On calibration of modern
    neural networks" (2017), temperature scaling.

    Args:
        points: Float32 (P, d), rows of length 1.
        labels: Int64 (P,).
        sides: Uint8 (P,).
        class_count: Number of classes.

    Returns:
        The head as the predictor of a linear head reads it, and the sharpness.
    """
    train, validation = np.flatnonzero(sides == TRAIN), np.flatnonzero(sides == VALIDATION)
    centers = centers_of(points[train], labels[train], class_count=class_count)
    cosines, given = points[validation] @ centers.T, labels[validation]
    losses = []
    for sharpness in _SHARPNESSES:
        chances = softmax(np.float32(sharpness) * cosines)[np.arange(len(given)), given]
        losses.append(-np.log(np.maximum(chances, SMALLEST_PROBABILITY)).mean(dtype=np.float64))
    sharpness = float(_SHARPNESSES[int(np.argmin(losses))])
    weights = np.ascontiguousarray(np.float32(sharpness) * centers.T)
    head = {"weights": weights, "bias": np.zeros(class_count, np.float32), "feature_power": np.array(1.0, np.float32)}
    return head, sharpness


def _described(backbone: Backbone, dimensions: int) -> Backbone:
    return Backbone(
        name="triplet",
        title=f"{backbone.title}, triplet embedding",
        side_px=backbone.side_px,
        feature_dimensions=dimensions,
        preprocessing=backbone.preprocessing,
        picture_fit=backbone.picture_fit,
        licence=backbone.licence,
        download_mb=0,
        weights_source="trained here",
        weights_file=NETWORK_WEIGHTS,
    )


def _write(folder: Path, *, data: PictureData, backbone: Backbone, arrays: Arrays) -> dict[str, Any]:
    from core.models.triplet_graph import triplet_graph

    spread = np.linspace(0, len(data.files) - 1, min(_SAMPLES, len(data.files))).astype(int)
    pictures = [read_quickly(data.files[place].path, enough_px=backbone.side_px) for place in spread]
    samples = [fit_picture(picture, side_px=backbone.side_px, fit=backbone.picture_fit) for picture in pictures]
    notes = write_network(triplet_graph(data.home, data.backbone, arrays), backbone, folder, samples=samples)
    write_layers(folder, arrays, home=data.home, backbone=data.backbone)
    return notes
