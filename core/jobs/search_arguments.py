"""What a job of kind `search` takes."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import SettingsError
from core.jobs.arguments import check_seed

if TYPE_CHECKING:
    from core.models.balance import BalanceSettings
    from core.models.search import SearchPlan


@dataclass(frozen=True)
class SearchArguments:
    """Search the settings of a recipe on a catalog.

    Attributes:
        catalog: Name of the catalog.
        recipe: A name of ``core.models.recipes.RECIPES``.
        method: ``grid`` or ``guided``.
        space: Setting to ``V1,V2,...`` or, for a guided search, ``LOW:HIGH``; empty takes what is worth varying.
        settings: Settings that are the same in every trial.
        backbone: Frozen network that gives the features; empty takes the default one.
        target: What to predict.
        trials: At most so many; 0 takes the whole grid, or 30 of a guided search without minutes.
        minutes: At most so long; 0 for no limit.
        measure: What of validation is to be best: accuracy, macro_f1 or loss.
        pruner: How a guided search gives up trials: median, hyperband or none.
        seed: Makes the search repeatable.
        name: What people call the run of the best; None makes one up.
        balance: As for a training.
    """

    catalog: str
    recipe: str = "linear"
    method: str = "grid"
    space: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    backbone: str = ""
    target: str = "category"
    trials: int = 0
    minutes: int | float = 0
    measure: str = "accuracy"
    pruner: str = "median"
    seed: int = 0
    name: str | None = None
    balance: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Imported here, because they bring the database along, which listing jobs does without.
        from core.jobs.balance_wish import read_balance
        from core.models.runs import check_run_name
        from core.models.search import check_plan
        from core.vision.backbones import DEFAULT_BACKBONE, find_backbone, may_be_trained

        check_seed(self.seed)
        if not all(isinstance(text, str) for text in self.space.values()):
            raise SettingsError("what is varied is written as V1,V2 or LOW:HIGH")
        if self.name is not None:
            check_run_name(self.name)
        if not may_be_trained(self.backbone):
            object.__setattr__(self, "backbone", find_backbone(self.backbone or DEFAULT_BACKBONE).name)
        check_plan(self.plan(read_balance(self.balance)))

    def plan(self, balance: "BalanceSettings", source: str = "") -> "SearchPlan":
        """Give the plan of the search.

        Args:
            balance: How classes are balanced.
            source: Where that wish comes from.
        """
        from core.models.search import SearchPlan
        from core.models.search_loop import Budget

        return SearchPlan(
            recipe=self.recipe,
            method=self.method,
            space=self.space,
            fixed=self.settings,
            backbone=self.backbone,
            target=self.target,
            seed=self.seed,
            budget=Budget(trials=self.trials, minutes=float(self.minutes)),
            measure=self.measure,
            pruner=self.pruner,
            balance=balance,
            balance_source=source,
            name=self.name,
        )
