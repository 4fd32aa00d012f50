"""Recipe `fine-tune`: the upper blocks of a pretrained network learn, the lower ones run once a view.

Two phases as in the item categorization report (L4) and the recommender report (F5): first, if asked for, only the new
output layer; then the upper blocks with it. What the lower blocks give is computed once for every view of a picture
(`core.vision.activations`), so that an epoch costs only the upper blocks. Sources of the training itself: decoupled
weight decay (Loshchilov & Hutter 2019), warm-up and cosine decay (Loshchilov & Hutter 2017), label smoothing (Szegedy
et al. 2016), averaging of weights (Polyak & Juditsky 1992), mixing (Zhang et al. 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.models.checkpoints import fingerprint
from core.models.fine_tune_fit import Fit, FitData
from core.models.fine_tune_settings import FineTuneSettings
from core.models.learning_pictures import PictureData, TrainedNetwork
from core.models.network_files import write_network
from core.models.splits import TRAIN, VALIDATION
from core.progress import Progress
from core.progress_parts import in_parts
from core.vision.activations import Activations, affordable_views, open_activations
from core.vision.cut_backbone import CutBackbone, cut_backbone
from core.vision.engine import PictureFile
from core.vision.jpeg import read_quickly
from core.vision.picture_fit import fit_picture

_SAMPLES = 8
_BLOCK_ROWS = 256


def fine_tune(data: PictureData, *, settings: FineTuneSettings, seed: int, progress: Progress) -> TrainedNetwork:
    """Train the upper blocks of a network and a softmax on top.

    Args:
        data: Pictures, classes and sides; test is only looked at by the finished network.
        settings: The recipe's settings.
        seed: Of views, order and dropout.
        progress: Told of every step; its folder keeps the checkpoint of the last epoch.

    Raises:
        TrainingError: The network cannot be cut there, or the disk is too small.
        Cancelled: Someone asked to stop; views and finished epochs are kept.
    """
    parts = in_parts(progress, _shares(data, settings))
    parts["views"].report(0, None, "Cutting the network")
    cut = cut_backbone(data.home, data.backbone, trained_blocks=settings.trained_blocks)
    pictures = _Pictures(data)
    views = affordable_views(data.home, cut, pictures=len(pictures.train_files), wanted=settings.views)
    with ExitStack() as stack:
        open_views = partial(
            open_activations, data.home, cut, settings=settings.view_settings, seed=seed, progress=parts["views"]
        )
        learned = stack.enter_context(open_views(pictures.train_files, views=views))
        others = stack.enter_context(open_views(pictures.other_files, views=1))
        fit = Fit(cut.upper, pictures.fit_data(data, learned, others), settings=settings, seed=seed)
        fit.run(parts["learn"], belongs_to=_belongs_to(data, cut, settings, seed))
        features = pictures.features(fit, learned, others)
    choices = {"best_epoch": fit.best_epoch, "views": views, "cut_after": cut.layer, "trained_weights": fit.trained}
    return TrainedNetwork(
        arrays=fit.head_arrays(),
        features=features,
        history=fit.history,
        choices=choices,
        backbone=data.backbone,
        write=lambda folder: _write(folder, cut, data),
    )


def _write(folder: Path, cut: CutBackbone, data: PictureData) -> dict[str, Any]:
    backbone = data.backbone
    spread = np.linspace(0, len(data.files) - 1, min(_SAMPLES, len(data.files))).astype(int)
    pictures = [read_quickly(data.files[place].path, enough_px=backbone.side_px) for place in spread]
    samples = [fit_picture(picture, side_px=backbone.side_px, fit=backbone.picture_fit) for picture in pictures]
    return write_network(cut.fused(), backbone, folder, samples=samples)


def _shares(data: PictureData, settings: FineTuneSettings) -> dict[str, float]:
    """Guess how the time is divided: a view costs about as much as a step of a picture through the upper blocks."""
    train = int((data.sides == TRAIN).sum())
    return {"views": train * settings.views + len(data.sides) - train, "learn": train * settings.epochs}


def _belongs_to(data: PictureData, cut: CutBackbone, settings: FineTuneSettings, seed: int) -> str:
    hashes = "".join(file.picture_hash for file in data.files)
    return fingerprint(settings, seed, cut.layer, data.class_count, hashes, data.labels.tobytes(), data.sides.tobytes())


class _Pictures:
    """Every distinct picture once, those to learn from apart, and where each row finds its own."""

    def __init__(self, data: PictureData) -> None:
        hashes = [file.picture_hash for file in data.files]
        is_train = data.sides == TRAIN
        self.train_files = _distinct(data.files, np.flatnonzero(is_train))
        self.other_files = _distinct(data.files, np.flatnonzero(~is_train))
        self._places = (_places(self.train_files), _places(self.other_files))
        self._train_rows, self._other_rows = np.flatnonzero(is_train), np.flatnonzero(~is_train)
        self._train_places = np.array([self._places[0][hashes[row]] for row in self._train_rows], dtype=np.int64)
        self._other_places = np.array([self._places[1][hashes[row]] for row in self._other_rows], dtype=np.int64)

    def fit_data(self, data: PictureData, learned: Activations, others: Activations) -> FitData:
        """Give what the fit reads: train with all its views, validation with one."""
        validation = data.sides[self._other_rows] == VALIDATION
        return FitData(
            train=learned.array,
            train_places=self._train_places,
            train_labels=data.labels[self._train_rows],
            train_features=data.features[self._train_rows],
            validation=others.array,
            validation_places=self._other_places[validation],
            validation_labels=data.labels[self._other_rows][validation],
            validation_features=data.features[self._other_rows][validation],
            class_count=data.class_count,
        )

    def features(self, fit: Fit, learned: Activations, others: Activations) -> np.ndarray:
        """Compute what the finished network makes of every row's picture, float32 (P, D)."""
        rows = len(self._train_rows) + len(self._other_rows)
        found = np.empty((rows, fit.feature_dimensions), dtype=np.float32)
        sources = (
            (learned, self._train_rows, self._train_places),
            (others, self._other_rows, self._other_places),
        )
        for source, positions, places in sources:
            for start in range(0, len(positions), _BLOCK_ROWS):
                block = slice(start, start + _BLOCK_ROWS)
                found[positions[block]] = fit.features(source.array[0, places[block]])
        return found


def _distinct(files: Sequence[PictureFile], rows: np.ndarray) -> list[PictureFile]:
    return list({files[row].picture_hash: files[row] for row in rows}.values())


def _places(files: Sequence[PictureFile]) -> dict[str, int]:
    return {file.picture_hash: place for place, file in enumerate(files)}
