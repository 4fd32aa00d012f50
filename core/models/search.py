"""Search the settings of a recipe: many trials on the same cached features, the best on validation trained once more.

Trials never see a label of test: those are blanked out before the first one. Only the run that is trained at the end
with the best settings is judged on test, like any other run.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog, list_catalogs
from core.errors import TrainingError
from core.home import Home
from core.models.balance import BalanceSettings
from core.models.balanced_training import BalancedSet, balance_training_set, weighted_settings
from core.models.plan_learning import learn
from core.models.recipes import Recipe, find_recipe
from core.models.run_writer import machine
from core.models.search_figures import validation_figures
from core.models.search_guide import GridGuide, TpeGuide
from core.models.search_loop import Budget, Loop
from core.models.search_space import Axis, Point, grid_points, read_space
from core.models.search_store import SEARCH_FORMAT, planned_search_id, write_search
from core.models.search_trials import Figures, Trial, TrialLog, best_trial, check_measure
from core.models.settings import settings_to_json
from core.models.splits import SPLIT_NAMES, TEST, TRAIN
from core.models.targets import parse_target
from core.models.train import ASKED, train_run
from core.models.training_manifest import TrainingPlan
from core.models.training_set import TrainingSet, build_training_set
from core.progress import Progress
from core.progress_parts import in_parts
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.embed import embed_catalog

METHODS = ("grid", "guided")
DEFAULT_TRIALS = 30
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SearchPlan:
    """What a search is asked to do.

    Attributes:
        recipe: Name of the recipe.
        method: ``grid`` or ``guided``.
        space: Setting to ``V1,V2`` or ``LOW:HIGH``; empty takes what is worth varying of the recipe.
        fixed: Settings that are the same in every trial.
        backbone: Name of the backbone.
        target: What to predict.
        seed: Of split, trainings and choices.
        budget: How long it may take.
        measure: What of validation is to be best: accuracy, macro_f1 or loss.
        pruner: How a guided search gives up trials: median, hyperband or none.
        balance: How classes are balanced.
        balance_source: Where that wish comes from.
        name: What people call the run of the best; made up when None.
    """

    recipe: str
    method: str = "grid"
    space: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    backbone: str = DEFAULT_BACKBONE
    target: str = "category"
    seed: int = 0
    budget: Budget = field(default_factory=Budget)
    measure: str = "accuracy"
    pruner: str = "median"
    balance: BalanceSettings = field(default_factory=BalanceSettings)
    balance_source: str = ASKED
    name: str | None = None

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What is varied.

        Raises:
            SettingsError: It cannot be varied so.
        """
        return read_space(find_recipe(self.recipe), self.space, fixed=self.fixed, grid=self.method == "grid")

    @property
    def expected_trials(self) -> int:
        """How many trials there will be at most; 0 when only the time is limited."""
        if self.method == "grid":
            points = sum(1 for _ in grid_points(self.axes))
            return min(points, self.budget.trials) if self.budget.trials else points
        return self.budget.trials or (0 if self.budget.minutes else DEFAULT_TRIALS)


def check_plan(plan: SearchPlan) -> None:
    """Check everything that can be known before anything costs time.

    Raises:
        TrainingError: Recipe, target or method is unknown.
        SettingsError: A setting, the space or the budget will not do.
    """
    recipe = find_recipe(plan.recipe)
    if plan.method not in METHODS:
        raise TrainingError(f"there is no method {plan.method[:80]!r} of a search; there are: {', '.join(METHODS)}")
    check_measure(plan.measure)
    recipe.check_target(parse_target(plan.target).text)
    weighted_settings(recipe.parse_settings(plan.fixed), plan.fixed, plan.balance)
    if plan.method == "grid":
        _ = plan.axes
    else:
        TpeGuide(plan.axes, seed=plan.seed, measure=plan.measure, pruner=plan.pruner, epochs=1)


def search_settings(
    home: Home, catalog: Catalog, plan: SearchPlan, *, actor: str, progress: Progress
) -> dict[str, Any]:
    """Search, then train a run with the best settings.

    Killed or cancelled and called again with the same progress folder, it goes on: trials that are over are not run
    again, the one that ran continues from its checkpoint, and the same trials follow as if nothing had happened.

    Args:
        home: The home.
        catalog: The catalog.
        plan: What to search.
        actor: Who asks.
        progress: Told of every step.

    Returns:
        ``search``, ``run``, ``recipe``, ``trials`` (counts by state), ``best`` (its settings and validation figures),
        ``seconds``, ``metrics`` of the run, and ``warnings``.

    Raises:
        TrainingError: There is too little to learn from, or no trial could be finished.
        Cancelled: Someone asked to stop; what was reached is kept.
    """
    check_plan(plan)
    started, search_id = time.monotonic(), planned_search_id(progress)
    # Only a guess for the bar: getting ready and the last training cost about as much as a trial each.
    shares = in_parts(progress, {"prepare": 1, "trials": plan.expected_trials or DEFAULT_TRIALS, "train": 1})
    embed_catalog(home, catalog, backbone=plan.backbone, actor=actor, progress=shares["prepare"])
    catalog = next((each for each in list_catalogs(home) if each.catalog_id == catalog.catalog_id), catalog)
    rows = build_training_set(home, catalog, target=plan.target, backbone=plan.backbone, seed=plan.seed)
    balanced = balance_training_set(without_test_labels(rows), plan.balance, seed=plan.seed)
    trials, guide = _run_trials(home, catalog, plan, balanced, shares["trials"])
    best = best_trial(trials, measure=plan.measure)
    if best is None:
        raise TrainingError(f"no trial was finished: {_why_none(trials)}")
    trained = train_run(
        home,
        catalog,
        recipe=plan.recipe,
        backbone=plan.backbone,
        target=plan.target,
        settings={**plan.fixed, **best.settings},
        seed=plan.seed,
        name=plan.name or f"Best of {len(trials)} trials: {find_recipe(plan.recipe).title} on {catalog.name}"[:100],
        balance=plan.balance,
        balance_source=plan.balance_source,
        actor=actor,
        progress=shares["train"],
    )
    found = _report(home, catalog, plan, trials, best, trained)
    found |= {
        "search": search_id,
        "importance": guide.importance(trials) if isinstance(guide, TpeGuide) else {},
        "validation_pictures": int((balanced.rows.rows["split"] == "validation").sum()),
        "seconds": time.monotonic() - started,
    }
    write_search(home, found)
    return _result(found, trained)


def without_test_labels(rows: TrainingSet) -> TrainingSet:
    """Blank out the labels of test: whatever a trial does, it cannot depend on them."""
    frame = rows.rows.copy()
    test = frame["split"] == SPLIT_NAMES[TEST]
    frame.loc[test, "label"] = frame.loc[frame["split"] == SPLIT_NAMES[TRAIN], "label"].iloc[0]
    sets = rows.label_sets
    if sets is not None:
        sets = np.where(test.to_numpy()[:, None], 0, sets).astype(sets.dtype)
    return replace(rows, rows=frame, label_sets=sets)


def _run_trials(
    home: Home, catalog: Catalog, plan: SearchPlan, balanced: BalancedSet, progress: Progress
) -> tuple[list[Trial], GridGuide | TpeGuide]:
    recipe = find_recipe(plan.recipe)
    epochs = int(getattr(recipe.parse_settings(plan.fixed), "epochs", 1))
    guide: GridGuide | TpeGuide = GridGuide(plan.axes)
    if plan.method == "guided":
        guide = TpeGuide(plan.axes, seed=plan.seed, measure=plan.measure, pruner=plan.pruner, epochs=epochs)

    def judge(point: Point, watched: Progress) -> tuple[Figures, Sequence[dict[str, Any]]]:
        trial = _training_plan(home, plan, recipe, point)
        learned = learn(home, catalog, balanced, trial, watched)
        return validation_figures(recipe, learned, balanced.rows, target=plan.target), learned.head.history

    trials = TrialLog(progress.folder)
    budget = replace(plan.budget, trials=plan.expected_trials)
    return Loop(guide, judge, trials, budget, plan.measure, progress, plan.expected_trials).run(), guide


def _training_plan(home: Home, plan: SearchPlan, recipe: Recipe, point: Point) -> TrainingPlan:
    given = {**plan.fixed, **point}
    return TrainingPlan(
        recipe=recipe,
        settings=weighted_settings(recipe.parse_settings(given), given, plan.balance),
        backbone=find_backbone(plan.backbone, home=home).name,
        target=parse_target(plan.target),
        seed=plan.seed,
        name=None,
        balance=plan.balance,
        balance_source=plan.balance_source,
    )


def _why_none(trials: Sequence[Trial]) -> str:
    failed = [trial.error for trial in trials if trial.error]
    if failed:
        return failed[0]
    return "the time was up before the first one ended; allow more minutes"


def _report(
    home: Home, catalog: Catalog, plan: SearchPlan, trials: Sequence[Trial], best: Trial, trained: dict[str, Any]
) -> dict[str, Any]:
    """Put together what `search.json` says, but for its id and time."""
    return {
        "format": SEARCH_FORMAT,
        "catalog": catalog.name,
        "catalog_id": catalog.catalog_id,
        "catalog_version": catalog.version,
        "recipe": plan.recipe,
        "backbone": find_backbone(plan.backbone, home=home).name,
        "target": plan.target,
        "method": plan.method,
        "measure": plan.measure,
        "pruner": plan.pruner if plan.method == "guided" else "none",
        "space": [axis.to_json() for axis in plan.axes],
        "fixed": {name: value if isinstance(value, int | float) else str(value) for name, value in plan.fixed.items()},
        "balance": None if plan.balance.is_nothing else settings_to_json(plan.balance),
        "budget": asdict(plan.budget),
        "seed": plan.seed,
        "trials": [trial.to_json() for trial in trials],
        "counts": counts_by_state(trials),
        "best": best.to_json(),
        "run": trained["run"],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
    }


def counts_by_state(trials: Sequence[Trial]) -> dict[str, int]:
    """Count trials by how they ended."""
    states = [trial.state for trial in trials]
    return {state: states.count(state) for state in dict.fromkeys(states)}


def _result(found: dict[str, Any], trained: dict[str, Any]) -> dict[str, Any]:
    kept = ("search", "run", "recipe", "backbone", "method", "measure", "seconds", "validation_pictures")
    best = found["best"]
    return {
        **{name: found[name] for name in kept},
        "trials": found["counts"],
        "best": {"number": best["number"], "settings": best["settings"], **best["figures"]},
        "metrics": trained["metrics"],
        "warnings": trained["warnings"],
    }
