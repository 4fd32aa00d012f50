"""What a training will cost, said before it starts."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.errors import BackboneError, TrainingError
from core.files import read_json
from core.home import Home
from core.models.learning_costs import LearningCost, LearningSize
from core.models.recipes import Recipe, find_recipe
from core.models.run_writer import machine
from core.models.runs import MANIFEST, list_runs
from core.models.splits import FRACTIONS, TRAIN
from core.models.targets import labeled_pictures, parse_target
from core.vision.backbones import Backbone, find_backbone
from core.vision.encode import encode_pictures
from core.vision.feature_store import FEATURE_DTYPE, feature_shards

LEAST_EMBEDDED = 100
"""A run that embedded fewer new pictures says more about starting up than about speed."""

_BASE_MEMORY_MIB = 600
_NETWORK_MEMORY_MIB = 2200
_START_SECONDS = 20
"""Loading TensorFlow, cutting the network, and writing it down at the end."""
_ACTIVATION_BYTES = 7 * 7 * 192 * 2
_MIB = 2**20


@dataclass(frozen=True)
class Estimate:
    """What a training will cost.

    Attributes:
        seconds: Wall time of everything; None when the speed of embedding is not known on this machine yet.
        pictures_to_embed: Pictures without features of this backbone.
        memory_mib: Memory of the worker at its peak.
        disk_mib: What the training adds to the home.
        basis: What the estimate rests on, one or two sentences.
    """

    seconds: float | None
    pictures_to_embed: int
    memory_mib: float
    disk_mib: float
    basis: str


def estimate_training(
    home: Home, catalog: Catalog, recipe: str, backbone: str, *, target: str = "category"
) -> Estimate:
    """Estimate a training from past runs on this machine, or else from a short probe.

    Args:
        home: The home.
        catalog: The catalog.
        recipe: Name of the recipe.
        backbone: Name of the backbone.
        target: What it shall predict.

    Raises:
        TrainingError: The recipe or target is unknown.
        BackboneError: The backbone is unknown or has no weights.
    """
    found, chosen = find_backbone(backbone, home=home), find_recipe(recipe)
    rows, _ = labeled_pictures(home, catalog, parse_target(target))
    hashes = picture_table(home, catalog)["picture_hash"].unique().tolist()
    missing = int((~feature_shards(home, backbone=found.name).known(hashes)).sum())
    classes = int(rows["label"].nunique())
    past = list(_past_manifests(home, backbone=found.name))
    rate, embedding_basis = _embedding_rate(home, found.name, past) if missing else (1.0, "every picture is embedded")
    own = [each for each in past if each["recipe"] == recipe]
    if chosen.passes is not None:
        return _picture_estimate(home, chosen, found, rows, missing=missing, past=own, everything=past)
    size = LearningSize(len(rows), classes, found.feature_dimensions)
    cost = _learning_cost(chosen, {}, size)
    learning, learning_basis = _learning_seconds(chosen, own, cost)
    features = size.pictures * size.dimensions * 4
    kept = missing * size.dimensions * FEATURE_DTYPE.itemsize + 4 * (classes * size.pictures + cost.head_values)
    return Estimate(
        seconds=None if rate is None else learning + missing / rate,
        pictures_to_embed=missing,
        memory_mib=_BASE_MEMORY_MIB + (3 * min(features, 256 * _MIB) + cost.memory_bytes) / _MIB,
        disk_mib=kept / _MIB,
        basis=f"Embedding: {embedding_basis}. Learning: {learning_basis}.",
    )


def _picture_estimate(
    home: Home,
    recipe: Recipe,
    backbone: Backbone,
    rows: pd.DataFrame,
    *,
    missing: int,
    past: list[dict[str, Any]],
    everything: list[dict[str, Any]],
) -> Estimate:
    """Estimate a recipe that learns from pictures: so many passes through the backbone at its speed."""
    settings = recipe.parse_settings({})
    learned = int((rows["split"] == "train").sum()) or round(FRACTIONS[TRAIN] * len(rows))
    rate, basis = _embedding_rate(home, backbone.name, everything)
    passes = recipe.passes(settings, learned, len(rows)) if recipe.passes else 0.0
    seconds = None if rate is None else _START_SECONDS + (missing + passes) / rate
    for manifest in past:
        pictures = manifest["pictures"]
        before = recipe.parse_settings(manifest["settings"])
        work = recipe.passes(before, pictures["train"], sum(pictures.values())) if recipe.passes else 0.0
        if work > 0 and rate is not None:
            learning = manifest["seconds_by_part"]["learn"] * passes / work
            seconds, basis = learning + missing / rate, f"scaled from run {manifest['run']}"
            break
    views = getattr(settings, "views", 1) * learned
    return Estimate(
        seconds=seconds,
        pictures_to_embed=missing,
        memory_mib=_NETWORK_MEMORY_MIB,
        disk_mib=views * _ACTIVATION_BYTES / _MIB + 40,
        basis=f"{passes:,.0f} passes through the network: {basis}.",
    )


def _past_manifests(home: Home, *, backbone: str) -> Iterator[dict[str, Any]]:
    """Runs with this backbone on a machine like this one, newest first."""
    here = machine()
    for run in list_runs(home):
        if run.backbone == backbone and run.state == "done":
            manifest = dict(read_json(home.runs / run.run_id / MANIFEST))
            if manifest.get("machine") == here:
                yield manifest


def _embedding_rate(home: Home, backbone: str, past: list[dict[str, Any]]) -> tuple[float | None, str]:
    """Pictures a second, and where the figure comes from."""
    for manifest in past:
        embedded = manifest["embedding"]
        if embedded["new_pictures"] >= LEAST_EMBEDDED and embedded["seconds"] > 0:
            rate = embedded["new_pictures"] / embedded["seconds"]
            return rate, f"{rate:.0f} pictures a second, as in run {manifest['run']}"
    blank = [np.zeros((256, 256, 3), dtype=np.uint8)] * 8
    try:
        encode_pictures(home, blank[:1], backbone=backbone)
        started = time.perf_counter()
        encode_pictures(home, blank, backbone=backbone)
    except BackboneError:
        return None, "its speed is known once the first pictures went through; the job then shows the time left"
    rate = len(blank) / (time.perf_counter() - started)
    return rate, f"{rate:.0f} pictures a second in a probe of {len(blank)} pictures just now"


def _learning_cost(recipe: Recipe, values: Mapping[str, object], size: LearningSize) -> LearningCost:
    if recipe.learning_cost is None:
        raise TrainingError(f"recipe {recipe.name!r} does not say what its learning costs")
    return recipe.learning_cost(recipe.parse_settings(values), size)


def _learning_seconds(recipe: Recipe, past: list[dict[str, Any]], cost: LearningCost) -> tuple[float, str]:
    """Scale the last run of the recipe, or else time one step."""
    for manifest in past:
        pictures, classes = sum(manifest["pictures"].values()), len(manifest["classes"])
        size = LearningSize(pictures, classes, manifest["feature_dimensions"])
        before = _learning_cost(recipe, manifest["settings"], size)
        parts = manifest["seconds_by_part"]
        seconds = (parts["learn"] + parts["prepare"]) * cost.products / before.products
        return seconds, f"scaled from run {manifest['run']}"
    return _probe_step(cost) * cost.steps, f"a probe of one step just now, for at most {cost.epochs} epochs"


def _probe_step(cost: LearningCost) -> float:
    """Time one step on made-up numbers: a product forth and one back."""
    columns = min(cost.step_columns, 4096)
    inputs = np.ones((min(cost.step_rows, 4096), cost.step_inputs), dtype=np.float32)
    weights = np.ones((cost.step_inputs, columns), dtype=np.float32)
    started = time.perf_counter()
    outputs = inputs @ weights
    gradient = inputs.T @ np.exp(-outputs)
    weights -= gradient
    step = time.perf_counter() - started
    return step * (cost.step_columns / columns) * (cost.step_rows / len(inputs))
