"""Recipes `basic-cnn`, `vanilla-cnn` and `small-vgg`: the reports' networks, trained from random weights.

They are what transfer learning is measured against (K1, L3, S1). Pictures are decoded once; every epoch then warps the
squares anew, so that no view is ever stored.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.models.checkpoints import fingerprint
from core.models.epochs import CheckpointPlace, run_epochs
from core.models.label_thresholds import choose_thresholds
from core.models.learning import Arrays
from core.models.learning_pictures import PictureData, TrainedNetwork
from core.models.multi_label import predict_labels
from core.models.network_files import write_network
from core.models.scratch_fit import ScratchData, ScratchFit
from core.models.scratch_networks import NETWORKS
from core.models.scratch_settings import ScratchSettings
from core.models.splits import VALIDATION
from core.progress import Progress
from core.progress_parts import in_parts
from core.vision.backbones import NETWORK_WEIGHTS, Backbone
from core.vision.jpeg import read_quickly
from core.vision.picture_fit import PictureFit, fit_picture
from core.vision.squares import open_squares

CHECKPOINT_NAME = "scratch-checkpoint.npz"
_SAMPLES = 8
_FIT: PictureFit = "resize"
"""The reports stretch pictures to the square, as Keras' folders do."""
_READING = 0.05
"""Decoding a picture against learning from it once; only for the bar."""


def train_scratch(data: PictureData, *, settings: ScratchSettings, seed: int, progress: Progress) -> TrainedNetwork:
    """Train one of the reports' networks from random weights; the settings' class says which.

    Args:
        data: Pictures, classes and sides; test is only looked at by the finished network.
        settings: The recipe's settings.
        seed: Of first weights, order, views and dropout.
        progress: Told of every step; its folder keeps the checkpoint of the last epoch.

    Raises:
        TrainingError: The disk is too small for the decoded pictures.
        Cancelled: Someone asked to stop; finished epochs are kept.
    """
    distinct = list({file.picture_hash: file for file in data.files}.values())
    places = {file.picture_hash: place for place, file in enumerate(distinct)}
    parts = in_parts(progress, {"read": _READING * len(distinct), "learn": len(distinct) * settings.epochs})
    belongs_to = fingerprint(
        type(settings).__name__,
        settings,
        seed,
        data.class_count,
        "".join(file.picture_hash for file in data.files),
        data.labels.tobytes(),
        data.sides.tobytes(),
        b"" if data.label_sets is None else data.label_sets.tobytes(),
    )
    with open_squares(data.home, distinct, side_px=settings.side_px, fit=_FIT, progress=parts["read"]) as squares:
        rows = np.array([places[file.picture_hash] for file in data.files], dtype=np.int64)
        fit = ScratchFit(
            ScratchData(squares, rows, data.labels, data.sides, data.class_count, data.label_sets),
            settings=settings,
            seed=seed,
        )
        state = run_epochs(
            fit,
            total=settings.epochs,
            patience=settings.patience,
            checkpoint=CheckpointPlace(CHECKPOINT_NAME, belongs_to),
            progress=parts["learn"],
        )
        fit.take(state.best)
        features = fit.features(np.arange(len(data.files)))
    backbone = _described(settings, int(features.shape[1]))
    return TrainedNetwork(
        arrays=_with_thresholds(fit.head_arrays(), features, data),
        features=features,
        history=state.history,
        choices={"best_epoch": state.best_epoch, "trained_weights": fit.weight_count},
        backbone=backbone,
        write=lambda folder: _write(folder, fit, backbone, data),
    )


def _with_thresholds(head: Arrays, features: np.ndarray, data: PictureData) -> Arrays:
    """Add a threshold for each label, chosen on validation; a head of classes needs none."""
    if data.label_sets is None:
        return head
    validation = data.sides == VALIDATION
    chances = predict_labels(head, features[validation])
    return {**head, "thresholds": choose_thresholds(chances, data.label_sets[validation]).values}


def _described(settings: ScratchSettings, dimensions: int) -> Backbone:
    network = NETWORKS[type(settings)]
    return Backbone(
        name="scratch",
        title=network.title,
        side_px=settings.side_px,
        feature_dimensions=dimensions,
        preprocessing=network.preprocessing,
        picture_fit=_FIT,
        licence="yours: trained from random weights",
        download_mb=0,
        weights_source="trained here",
        weights_file=NETWORK_WEIGHTS,
    )


def _write(folder: Path, fit: ScratchFit, backbone: Backbone, data: PictureData) -> dict[str, Any]:
    spread = np.linspace(0, len(data.files) - 1, min(_SAMPLES, len(data.files))).astype(int)
    pictures = [read_quickly(data.files[place].path, enough_px=backbone.side_px) for place in spread]
    samples = [fit_picture(picture, side_px=backbone.side_px, fit=backbone.picture_fit) for picture in pictures]
    return write_network(fit.graph, backbone, folder, samples=samples)
