"""Train a run: embed what is missing, learn, judge on test, keep everything."""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.catalog.catalogs import Catalog, list_catalogs
from core.errors import RunError
from core.files import read_json, write_json_whole
from core.home import Home
from core.models.balance import BalanceSettings
from core.models.balanced_training import balance_training_set, weighted_settings
from core.models.plan_learning import learn
from core.models.recipes import find_recipe
from core.models.run_files import MANIFEST
from core.models.run_writer import FinishedTraining, new_run_id, peak_memory_mib, write_run
from core.models.runs import check_run_name, find_run, register_run
from core.models.splits import FRACTIONS, SPLIT_NAMES, TRAIN
from core.models.targets import labeled_pictures, parse_target
from core.models.training_manifest import TrainingPlan, contents, embedding, origin
from core.models.training_set import build_training_set
from core.progress import Progress
from core.progress_parts import in_parts
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.embed import embed_catalog
from core.vision.feature_store import feature_shards

_PLAN = "run.json"
ASKED = "asked for with this training"
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
    balance: BalanceSettings | None = None,
    balance_source: str = ASKED,
    estimate: Mapping[str, Any] | None = None,
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
        target: ``category``, ``category:LEVEL``, ``labels`` or ``attribute:NAME``.
        settings: Settings of the recipe that differ from its defaults, as strings or values.
        seed: Seed of split and training.
        name: What people call the run; made up when None.
        balance: How classes are balanced in train; None leaves them as they are.
        balance_source: Where that wish comes from, for the run's notes.
        estimate: What it was said to cost, see :meth:`core.models.estimate.Estimate.to_note`; kept beside what it took.
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
    chosen, wanted = find_recipe(recipe), balance or BalanceSettings()
    chosen.check_target(parse_target(target).text)
    found = find_backbone(backbone, home=home)
    chosen.check_backbone(found)
    plan = TrainingPlan(
        recipe=chosen,
        settings=weighted_settings(chosen.parse_settings(settings or {}), settings or {}, wanted),
        backbone=found.name,
        target=parse_target(target),
        seed=seed,
        name=None if name is None else check_run_name(name),
        balance=wanted,
        balance_source=balance_source,
        estimate=dict(estimate or {}),
    )
    run_id, resumed = _planned_run_id(plan, progress)
    finished = home.runs / run_id / MANIFEST
    if finished.exists():  # it was stopped between its folder and its entry in the list
        manifest = dict(read_json(finished))
    else:
        manifest = _train(home, catalog, run_id, replace(plan, resumed=resumed), actor=actor, progress=progress)
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
    balanced = balance_training_set(rows, plan.balance, seed=plan.seed)
    rows = balanced.rows
    prepared = time.monotonic()
    learned = learn(home, catalog, balanced, plan, learning)
    predictor = plan.recipe.predictor_of(plan.target.text)
    done = time.monotonic()
    finished = FinishedTraining(
        rows=rows.rows,
        labels=rows.labels,
        classes=rows.classes,
        head=learned.head.arrays,
        history=learned.head.history,
        predict_block=lambda block: predictor(learned.head.arrays, learned.features[block]),
        write_network=learned.write_network,
        label_sets=rows.label_sets,
    )
    parts = {"embed": embedded.seconds, "prepare": prepared - started - embedded.seconds, "learn": done - prepared}
    manifest = {
        "run": run_id,
        "name": plan.name or f"{plan.recipe.title} on {catalog.name}",
        **origin(home, catalog, plan),
        **learned.origin,
        **contents(rows, learned.head),
        "balance": balanced.to_json(plan.balance_source),
        "embedding": embedding(embedded),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": time.monotonic() - started,
        "seconds_by_part": parts,
        "estimate": plan.estimate,
        "resumed": plan.resumed,
        "peak_memory_mib": peak_memory_mib(),
    }
    return write_run(home, run_id, finished, manifest=manifest)


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


def _planned_run_id(plan: TrainingPlan, progress: Progress) -> tuple[str, bool]:
    """The id of this training, a new one or the one it had before it was stopped; and whether it was."""
    if progress.folder is None:
        return new_run_id(plan.recipe.name), False
    path = progress.folder / _PLAN
    stopped_before = path.exists()
    if not stopped_before:
        write_json_whole(path, {"run": new_run_id(plan.recipe.name)})
    return str(read_json(path)["run"]), stopped_before


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
        **({"labels": manifest["labels"]} if "labels" in manifest else {}),
        "warnings": manifest["warnings"],
    }
