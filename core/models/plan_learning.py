"""Learning what a plan asks for, from features or from pictures: the part of a training that a search repeats."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.errors import TrainingError
from core.home import Home
from core.models.balanced_training import BalancedSet, with_repeats, with_views
from core.models.learning import LearningData, TrainedHead
from core.models.learning_pictures import PictureData
from core.models.training_manifest import TrainingPlan
from core.models.training_set import TrainingSet
from core.progress import Progress
from core.progress_parts import in_parts
from core.vision.backbones import find_backbone
from core.vision.engine import PictureFile


@dataclass(frozen=True)
class Learned:
    """What learning gave.

    Attributes:
        head: The head, its history, and what was chosen on validation.
        features: Float32 (P, D): what the head reads, one row a picture of the training set.
        write_network: Writes the run's own network, if it trained one.
        origin: What the run's network is like, for the manifest.
    """

    head: TrainedHead
    features: np.ndarray
    write_network: Callable[[Path], dict[str, Any]] | None = None
    origin: dict[str, Any] = field(default_factory=dict)


def learn(home: Home, catalog: Catalog, balanced: BalancedSet, plan: TrainingPlan, progress: Progress) -> Learned:
    """Learn.

    Args:
        home: The home.
        catalog: Whose pictures they are.
        balanced: What is learned from, chosen by and judged on.
        plan: Recipe, settings, backbone and seed.
        progress: Told of every step; its folder keeps checkpoints.

    Raises:
        TrainingError: The recipe cannot learn from this.
        Cancelled: Someone asked to stop; checkpoints stay.
    """
    if plan.recipe.load_trainer is not None:
        return _learn_from_features(home, catalog, balanced, plan, progress)
    if plan.recipe.load_picture_trainer is None:
        raise TrainingError(f"recipe {plan.recipe.name!r} has nothing that trains")
    rows = balanced.rows
    pictures = PictureData(
        home=home,
        backbone=find_backbone(plan.backbone, home=home),
        files=_files(home, catalog, rows),
        features=rows.features,
        labels=rows.labels,
        sides=rows.sides,
        class_count=len(rows.classes),
        product_ids=rows.rows["product_id"].tolist(),
        label_sets=rows.label_sets,
    )
    trainer = plan.recipe.load_picture_trainer()
    network = trainer(with_repeats(pictures, balanced), settings=plan.settings, seed=plan.seed, progress=progress)
    shape = {
        "picture_fit": network.backbone.picture_fit,
        "side_px": network.backbone.side_px,
        "feature_dimensions": network.backbone.feature_dimensions,
    }
    head = TrainedHead(network.arrays, network.history, network.choices)
    return Learned(head, network.features[: len(rows.rows)], network.write, shape)


def _learn_from_features(
    home: Home, catalog: Catalog, balanced: BalancedSet, plan: TrainingPlan, progress: Progress
) -> Learned:
    rows, learning = balanced.rows, progress
    data = LearningData(rows.features, rows.labels, rows.sides, len(rows.classes), rows.classes, rows.label_sets)
    if len(balanced.repeated):
        # Only a guess for the bar: a view costs a pass, learning about as much as 200 of them.
        parts = in_parts(progress, {"views": len(balanced.repeated), "learn": 200})
        learning = parts["learn"]
        data = with_views(
            home,
            data,
            balanced,
            find_backbone(plan.backbone, home=home),
            files=lambda: _files(home, catalog, rows),
            seed=plan.seed,
            progress=parts["views"],
        )
    if plan.recipe.load_trainer is None:
        raise TrainingError(f"recipe {plan.recipe.name!r} does not learn from features")
    head = plan.recipe.load_trainer()(data, settings=plan.settings, seed=plan.seed, progress=learning)
    return Learned(head, rows.features)


def _files(home: Home, catalog: Catalog, rows: TrainingSet) -> list[PictureFile]:
    table = picture_table(home, catalog).drop_duplicates("picture_hash").set_index("picture_hash")
    hashes = rows.rows["picture_hash"]
    pairs = zip(hashes, table["extension"].reindex(hashes), strict=True)
    return [PictureFile(name, home.picture_path(name, extension)) for name, extension in pairs]
