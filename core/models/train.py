"""Train a run: embed what is missing, learn, judge on test, keep everything."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog, list_catalogs
from core.catalog.products import picture_table
from core.errors import RunError, TrainingError
from core.files import read_json, write_json_whole
from core.home import Home
from core.models.learning import LearningData, TrainedHead
from core.models.learning_pictures import PictureData
from core.models.recipes import find_recipe
from core.models.run_writer import FinishedTraining, new_run_id, write_run
from core.models.runs import MANIFEST, check_run_name, find_run, register_run
from core.models.splits import FRACTIONS, SPLIT_NAMES, TRAIN
from core.models.targets import labeled_pictures, parse_target
from core.models.training_manifest import TrainingPlan, contents, embedding, origin
from core.models.training_set import TrainingSet, build_training_set
from core.progress import Progress
from core.progress_parts import in_parts
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.embed import embed_catalog
from core.vision.engine import PictureFile
from core.vision.feature_store import feature_shards

_PLAN = "run.json"
_LOG = logging.getLogger(__name__)


def train_run(  # noqa: PLR0913 - the arguments of a training
    home: Home,
    catalog: Catalog,
    *,
    recipe: str,
    backbone: str = DEFAULT_BACKBONE,
    target: str = "category",
    settings: Mapping[str, object] | None = None,
    seed: int = 0,
    name: str | None = None,
    actor: str,
    progress: Progress,
) -> dict[str, Any]:
    """Train a run on a catalog.

    Stopped and called again with the same progress folder, it goes on where it was: features are kept as they come,
    epochs from the checkpoint, and a folder that was finished but not entered in the list is entered.

    Args:
        home: The home.
        catalog: The catalog.
        recipe: Name of the recipe.
        backbone: Name of the backbone.
        target: ``category``, ``category:LEVEL`` or ``attribute:NAME``.
        settings: Settings of the recipe that differ from its defaults, as strings or values.
        seed: Seed of split and training.
        name: What people call the run; made up when None.
        actor: Who trains.
        progress: Told of every step.

    Returns:
        ``run``, ``name``, ``recipe``, ``backbone``, ``classes`` (how many), ``seconds``, ``metrics`` by split (each
        with ``accuracy``, ``macro_f1``, ``weighted_f1``, ``top3_accuracy``, ``loss``, ``pictures``) and ``warnings``.

    Raises:
        TrainingError: The recipe or target is unknown, or there is too little to learn from.
        SettingsError: A setting is unknown or out of range.
        BackboneError: The backbone or its weights are missing.
        Cancelled: Someone asked to stop; what was reached is kept.
    """
    chosen = find_recipe(recipe)
    plan = TrainingPlan(
        recipe=chosen,
        settings=chosen.parse_settings(settings or {}),
        backbone=find_backbone(backbone, home=home).name,
        target=parse_target(target),
        seed=seed,
        name=None if name is None else check_run_name(name),
    )
    run_id = _planned_run_id(plan, progress)
    finished = home.runs / run_id / MANIFEST
    if finished.exists():  # it was stopped between its folder and its entry in the list
        manifest = dict(read_json(finished))
    else:
        manifest = _train(home, catalog, run_id, plan, actor=actor, progress=progress)
    register_run(home, manifest, actor=actor)
    return _result(home, manifest)


def _train(
    home: Home, catalog: Catalog, run_id: str, plan: TrainingPlan, *, actor: str, progress: Progress
) -> dict[str, Any]:
    started = time.monotonic()
    missing = _missing_features(home, catalog, plan)
    # Only a guess for the bar, in pictures through the backbone: a head learns in the time of about 200.
    shares = in_parts(progress, {"embed": missing + 20, "learn": 200 + _passes(home, catalog, plan)})
    embedded = embed_catalog(home, catalog, backbone=plan.backbone, actor=actor, progress=shares["embed"])
    learning = shares["learn"]
    learning.report(0, None, "Splitting the pictures")
    # Labels are read from here on: an edit made while pictures were embedded belongs to the version the run names.
    catalog = _as_it_stands(home, catalog)
    rows = build_training_set(home, catalog, target=plan.target.text, backbone=plan.backbone, seed=plan.seed)
    for warning in rows.warnings:
        _LOG.warning("%s", warning)
    prepared = time.monotonic()
    learned = _learn(home, catalog, rows, plan, learning)
    predictor = plan.recipe.load_predictor()
    done = time.monotonic()
    finished = FinishedTraining(
        rows=rows.rows,
        labels=rows.labels,
        classes=rows.classes,
        head=learned.head.arrays,
        history=learned.head.history,
        predict_block=lambda block: predictor(learned.head.arrays, learned.features[block]),
        write_network=learned.write_network,
    )
    parts = {"embed": embedded.seconds, "prepare": prepared - started - embedded.seconds, "learn": done - prepared}
    manifest = {
        "run": run_id,
        "name": plan.name or f"{plan.recipe.title} on {catalog.name}",
        **origin(home, catalog, plan),
        **learned.origin,
        **contents(rows, learned.head),
        "embedding": embedding(embedded),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": time.monotonic() - started,
        "seconds_by_part": parts,
    }
    return write_run(home, run_id, finished, manifest=manifest)


@dataclass(frozen=True)
class _Learned:
    """What learning gave: the head, the features it reads, and the run's own network, if it trained one."""

    head: TrainedHead
    features: np.ndarray
    write_network: Callable[[Path], dict[str, Any]] | None = None
    origin: dict[str, Any] = field(default_factory=dict)


def _learn(home: Home, catalog: Catalog, rows: TrainingSet, plan: TrainingPlan, progress: Progress) -> _Learned:
    if plan.recipe.load_trainer is not None:
        data = LearningData(rows.features, rows.labels, rows.sides, len(rows.classes), rows.classes)
        head = plan.recipe.load_trainer()(data, settings=plan.settings, seed=plan.seed, progress=progress)
        return _Learned(head, rows.features)
    if plan.recipe.load_picture_trainer is None:
        raise TrainingError(f"recipe {plan.recipe.name!r} has nothing that trains")
    pictures = PictureData(
        home=home,
        backbone=find_backbone(plan.backbone, home=home),
        files=_files(home, catalog, rows),
        features=rows.features,
        labels=rows.labels,
        sides=rows.sides,
        class_count=len(rows.classes),
        product_ids=rows.rows["product_id"].tolist(),
    )
    network = plan.recipe.load_picture_trainer()(pictures, settings=plan.settings, seed=plan.seed, progress=progress)
    shape = {
        "picture_fit": network.backbone.picture_fit,
        "side_px": network.backbone.side_px,
        "feature_dimensions": network.backbone.feature_dimensions,
    }
    head = TrainedHead(network.arrays, network.history, network.choices)
    return _Learned(head, network.features, network.write, shape)


def _files(home: Home, catalog: Catalog, rows: TrainingSet) -> list[PictureFile]:
    table = picture_table(home, catalog).drop_duplicates("picture_hash").set_index("picture_hash")
    hashes = rows.rows["picture_hash"]
    pairs = zip(hashes, table["extension"].reindex(hashes), strict=True)
    return [PictureFile(name, home.picture_path(name, extension)) for name, extension in pairs]


def _passes(home: Home, catalog: Catalog, plan: TrainingPlan) -> float:
    """What learning from pictures costs, in pictures through the backbone; 0 for recipes that learn from features."""
    if plan.recipe.passes is None:
        return 0.0
    rows, _ = labeled_pictures(home, catalog, plan.target)
    learned = int((rows["split"] == SPLIT_NAMES[TRAIN]).sum()) or round(FRACTIONS[TRAIN] * len(rows))
    return plan.recipe.passes(plan.settings, learned, len(rows))


def _as_it_stands(home: Home, catalog: Catalog) -> Catalog:
    """The catalog with its version of now, under whatever name it has now."""
    return next((each for each in list_catalogs(home) if each.catalog_id == catalog.catalog_id), catalog)


def _missing_features(home: Home, catalog: Catalog, plan: TrainingPlan) -> int:
    """Count pictures still to embed; says at once when nothing has the label asked for."""
    rows, _ = labeled_pictures(home, catalog, plan.target)
    hashes = rows["picture_hash"].unique().tolist()
    return int((~feature_shards(home, backbone=plan.backbone).known(hashes)).sum())


def _planned_run_id(plan: TrainingPlan, progress: Progress) -> str:
    """The id of this training: the one it had before it was stopped, or a new one."""
    if progress.folder is None:
        return new_run_id(plan.recipe.name)
    path = progress.folder / _PLAN
    if not path.exists():
        write_json_whole(path, {"run": new_run_id(plan.recipe.name)})
    return str(read_json(path)["run"])


def _result(home: Home, manifest: dict[str, Any]) -> dict[str, Any]:
    try:
        name = find_run(home, manifest["run"]).name
    except RunError:  # deleted between two attempts of the same job
        name = manifest["name"]
    return {
        "run": manifest["run"],
        "name": name,
        "recipe": manifest["recipe"],
        "backbone": manifest["backbone"],
        "classes": len(manifest["classes"]),
        "seconds": manifest["seconds"],
        "metrics": manifest["metrics"],
        "warnings": manifest["warnings"],
    }
