"""What a training will cost, said before it starts: minutes, memory and disk for the settings that are chosen."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.errors import SettingsError, TrainingError
from core.home import Home
from core.models.estimate_history import correction, past_manifests, usual_error
from core.models.estimate_note import Basis
from core.models.learning_costs import LearningCost, LearningSize
from core.models.machine_speed import pictures_per_second, step_seconds
from core.models.recipes import Recipe, find_recipe
from core.models.splits import FRACTIONS, TRAIN
from core.models.targets import labeled_pictures, parse_target
from core.vision.backbones import find_backbone
from core.vision.feature_store import FEATURE_DTYPE, feature_shards

LEAST_EMBEDDED = 100
"""A run that embedded fewer new pictures says more about starting up than about speed."""

_BASE_MEMORY_MIB = 600
_NETWORK_MEMORY_MIB = 2200
_START_SECONDS = 20
"""Loading TensorFlow, cutting the network, and writing it down at the end."""
_PREPARE_SECONDS = 2
"""Reading features, splitting, judging and writing, for recipes on features."""
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
        rests_on: The same as one word.
        uncorrected_seconds: Before it was corrected by how far off earlier estimates were.
        usual_error: How far off the last estimates of this recipe were, 0.25 for a quarter; None without any.
        shortages: What will not suffice, in sentences; empty when everything does.
    """

    seconds: float | None
    pictures_to_embed: int
    memory_mib: float
    disk_mib: float
    basis: str
    rests_on: Basis = "probe"
    uncorrected_seconds: float | None = None
    usual_error: float | None = None
    shortages: tuple[str, ...] = ()

    def to_note(self) -> dict[str, Any]:
        """Give what a job and its run keep, to be held against what it took."""
        return {
            "seconds": self.seconds,
            "uncorrected_seconds": self.uncorrected_seconds,
            "memory_mib": self.memory_mib,
            "disk_mib": self.disk_mib,
            "rests_on": self.rests_on,
        }


def estimate_training(
    home: Home,
    catalog: Catalog,
    recipe: str,
    backbone: str,
    *,
    target: str = "category",
    settings: Mapping[str, object] | None = None,
) -> Estimate:
    """Estimate a training from past runs on this machine, or else from a short probe.

    Args:
        home: The home.
        catalog: The catalog.
        recipe: Name of the recipe.
        backbone: Name of the backbone.
        target: What it shall predict.
        settings: Settings of the recipe that differ from its defaults.

    Raises:
        TrainingError: The recipe or target is unknown.
        SettingsError: A setting is unknown or out of its range.
        BackboneError: The backbone is unknown or has no weights.
    """
    found, chosen = find_backbone(backbone, home=home), find_recipe(recipe)
    parsed = chosen.parse_settings(settings or {})
    rows, _ = labeled_pictures(home, catalog, parse_target(target))
    hashes = picture_table(home, catalog)["picture_hash"].unique().tolist()
    missing = int((~feature_shards(home, backbone=found.name).known(hashes)).sum())
    past = past_manifests(home, backbone=found.name)
    work = _Work(home, chosen, parsed, rows, missing, found.name, found.feature_dimensions)
    own = [each for each in past if each.get("recipe") == recipe and _has_known_settings(chosen, each)]
    part = _of_pictures(work, own, past) if chosen.passes is not None else _of_features(work, own, past)
    factor, errors = correction(own, part.rests_on)
    basis = part.basis
    if errors and abs(factor - 1) >= 0.05:
        basis += f" Times {factor:.2f}, as the last {errors} were off."
    return Estimate(
        seconds=None if part.seconds is None else part.seconds * factor,
        pictures_to_embed=missing,
        memory_mib=part.memory_mib,
        disk_mib=part.disk_mib,
        basis=basis,
        rests_on=part.rests_on,
        uncorrected_seconds=part.seconds,
        usual_error=usual_error(own),
        shortages=_shortages(home, part),
    )


def _has_known_settings(recipe: Recipe, manifest: Mapping[str, Any]) -> bool:
    """Tell whether a run can be compared: an earlier version may have had settings of other names."""
    try:
        recipe.parse_settings(manifest["settings"])
    except (SettingsError, KeyError, TypeError):
        return False
    return True


@dataclass(frozen=True)
class _Work:
    """What there is to do."""

    home: Home
    recipe: Recipe
    settings: Any
    rows: pd.DataFrame
    missing: int
    backbone: str
    dimensions: int


@dataclass(frozen=True)
class _Part:
    """An estimate before it is corrected."""

    seconds: float | None
    memory_mib: float
    disk_mib: float
    basis: str
    rests_on: Basis


def _of_features(work: _Work, own: Sequence[dict[str, Any]], past: Sequence[dict[str, Any]]) -> _Part:
    """Estimate a recipe that learns from cached features."""
    rate, embedding = _embedding_rate(work, past) if work.missing else (1.0, "every picture is embedded")
    size = LearningSize(len(work.rows), int(work.rows["label"].explode().nunique()), work.dimensions)
    cost = _learning_cost(work.recipe, work.settings, size)
    learning, basis, rests_on = _learning_seconds(work.recipe, own, cost)
    features = size.pictures * size.dimensions * 4
    written = work.missing * size.dimensions * FEATURE_DTYPE.itemsize
    written += 4 * (size.classes * size.pictures + cost.head_values)
    return _Part(
        seconds=None if rate is None else learning + work.missing / rate,
        memory_mib=_BASE_MEMORY_MIB + (3 * min(features, 256 * _MIB) + cost.memory_bytes) / _MIB,
        disk_mib=written / _MIB,
        basis=f"Embedding: {embedding}. Learning: {basis}.",
        rests_on=rests_on,
    )


def _of_pictures(work: _Work, own: Sequence[dict[str, Any]], past: Sequence[dict[str, Any]]) -> _Part:
    """Estimate a recipe that learns from pictures: so many passes through the backbone at its speed."""
    learned = int((work.rows["split"] == "train").sum()) or round(FRACTIONS[TRAIN] * len(work.rows))
    passes = _passes(work.recipe, work.settings, learned, len(work.rows))
    rate, basis = _embedding_rate(work, past)
    seconds = None if rate is None else _START_SECONDS + (work.missing + passes) / rate
    rests_on: Basis = "probe"
    for manifest in own:
        pictures = manifest["pictures"]
        before = work.recipe.parse_settings(manifest["settings"])
        done = _passes(work.recipe, before, pictures["train"], sum(pictures.values()))
        if done > 0 and rate is not None:
            learning = _scaled_seconds(manifest, passes / done)
            seconds, basis, rests_on = learning + work.missing / rate, f"scaled from run {manifest['run']}", "run"
            break
    views = getattr(work.settings, "views", 1) * learned
    return _Part(
        seconds=seconds,
        memory_mib=_NETWORK_MEMORY_MIB,
        disk_mib=views * _ACTIVATION_BYTES / _MIB + 40,
        basis=f"{passes:,.0f} passes through the network: {basis}.",
        rests_on=rests_on,
    )


def _passes(recipe: Recipe, settings: Any, learned: int, pictures: int) -> float:
    return recipe.passes(settings, learned, pictures) if recipe.passes else 0.0


def _embedding_rate(work: _Work, past: Sequence[dict[str, Any]]) -> tuple[float | None, str]:
    """Pictures a second, and where the figure comes from."""
    for manifest in past:
        embedded = manifest["embedding"]
        if embedded["new_pictures"] >= LEAST_EMBEDDED and embedded["seconds"] > 0:
            rate = embedded["new_pictures"] / embedded["seconds"]
            return rate, f"{rate:.0f} pictures a second, as in run {manifest['run']}"
    probed = pictures_per_second(work.home, work.backbone)
    if probed is None:
        return None, "its speed is known once the first pictures went through; the job then shows the time left"
    return probed, f"{probed:.0f} pictures a second in a short probe of this machine"


def _learning_cost(recipe: Recipe, settings: Any, size: LearningSize) -> LearningCost:
    if recipe.learning_cost is None:
        raise TrainingError(f"recipe {recipe.name!r} does not say what its learning costs")
    return recipe.learning_cost(settings, size)


def _learning_seconds(recipe: Recipe, own: Sequence[dict[str, Any]], cost: LearningCost) -> tuple[float, str, Basis]:
    """Scale the last run of the recipe, or else time one step."""
    for manifest in own:
        size = LearningSize(
            sum(manifest["pictures"].values()), len(manifest["classes"]), manifest["feature_dimensions"]
        )
        before = _learning_cost(recipe, recipe.parse_settings(manifest["settings"]), size)
        return _scaled_seconds(manifest, cost.products / before.products), f"scaled from run {manifest['run']}", "run"
    seconds = _PREPARE_SECONDS + step_seconds(cost) * cost.steps
    return seconds, f"a probe of one step just now, for at most {cost.epochs} epochs", "probe"


def _scaled_seconds(manifest: Mapping[str, Any], times: float) -> float:
    """Scale what a run learned; reading, judging and writing take as long as they did."""
    parts = manifest["seconds_by_part"]
    learned = parts["learn"] + parts["prepare"]
    others = max(manifest["seconds"] - learned - parts["embed"], 0.0)
    return float(learned * times + others)


def _shortages(home: Home, part: _Part) -> tuple[str, ...]:
    """Say what will not suffice, as far as the system tells what there is."""
    found = []
    free_disk = shutil.disk_usage(home.root).free / _MIB
    if part.disk_mib > 0.9 * free_disk:
        found.append(
            f"The disk of the home has {free_disk:,.0f} MiB free, this needs about {part.disk_mib:,.0f}: free some "
            "space, or choose fewer views or a recipe on features."
        )
    free_memory = free_memory_mib()
    if free_memory is not None and part.memory_mib > 0.9 * free_memory:
        found.append(
            f"About {free_memory:,.0f} MiB of memory are free, this needs about {part.memory_mib:,.0f}: close other "
            "programs, let other jobs end first, or choose smaller batches or a recipe on features."
        )
    return tuple(found)


def free_memory_mib() -> float | None:
    """Tell how much memory is free, caches that can be dropped included; None where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:  # noqa: PTH123 - a file of the system, read in one go
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        return int(lines["MemAvailable"].split()[0]) / 1024
    except (OSError, ValueError, KeyError, IndexError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES") / _MIB
    except (AttributeError, ValueError, OSError):
        return None
