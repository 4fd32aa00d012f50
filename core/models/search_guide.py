"""What chooses the next trial of a search: every point of a grid in turn, or a guide that learns from those before.

The guide is Optuna's tree-structured Parzen estimator (Bergstra et al., "Algorithms for hyper-parameter optimization",
2011). Its study is built anew from the finished trials for every choice and its draws are seeded by the number of the
trial: a search that was killed goes on with the very trials it would have had.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np

from core.errors import SettingsError
from core.models.search_space import Axis, Point, grid_points, rounded
from core.models.search_trials import FINISHED, PRUNED, Trial

PRUNERS = ("median", "hyperband", "none")
_WARM_UP_TRIALS = 5
_WARM_UP_EPOCHS = 2
_RETRIES = 20


class Guide(Protocol):
    """What chooses trials."""

    def propose(self, trials: Sequence[Trial]) -> Point | None:
        """Choose the settings of the next trial; None when there is nothing left to try."""

    def gives_up(self, values: Sequence[float]) -> bool:
        """Tell whether the trial that was proposed last is hopeless.

        Args:
            values: Its validation figure of every epoch so far.
        """


class GridGuide:
    """Every combination of values, in order; nothing is cut short.

    Args:
        axes: Settings with their values.
    """

    def __init__(self, axes: Sequence[Axis]) -> None:
        self._axes = axes

    def propose(self, trials: Sequence[Trial]) -> Point | None:
        """Give the next point of the grid."""
        return next(islice(grid_points(self._axes), len(trials), None), None)

    def gives_up(self, values: Sequence[float]) -> bool:
        """Never."""
        return False


class TpeGuide:
    """Optuna's estimator with a pruner.

    Args:
        axes: Settings with their values or ranges.
        seed: Makes the choices repeatable.
        measure: What is to be good; only a loss is to be small.
        pruner: ``median`` gives up what is worse than half of the others at the same epoch, ``hyperband`` gives more
            epochs to fewer, ``none`` lets every trial end.
        epochs: Most epochs of a trial.
    """

    def __init__(self, axes: Sequence[Axis], *, seed: int, measure: str, pruner: str, epochs: int) -> None:
        if pruner not in PRUNERS:
            raise SettingsError(f"there is no pruner {pruner[:80]!r}; there are: {', '.join(PRUNERS)}")
        self._axes, self._seed, self._measure = axes, seed, measure
        self._pruner, self._epochs = pruner, epochs
        self._asked: Any = None
        self._reported: set[int] = set()

    def propose(self, trials: Sequence[Trial]) -> Point | None:
        """Choose by what is known of the trials so far; a point that was tried already is not tried again."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        tried = [trial.settings for trial in trials]
        for attempt in range(_RETRIES):
            study = self._study(trials, attempt)
            self._asked = study.ask(self._distributions())
            point = {axis.name: self._drawn(axis, self._asked.params[axis.name]) for axis in self._axes}
            if point not in tried:
                return point
        return None

    def gives_up(self, values: Sequence[float]) -> bool:
        """Ask the pruner."""
        if self._pruner == "none" or not values:
            return False
        for epoch, value in enumerate(values, start=1):
            if epoch not in self._reported:
                self._asked.report(value, epoch)
                self._reported.add(epoch)
        return bool(self._asked.should_prune())

    def importance(self, trials: Sequence[Trial]) -> dict[str, float]:
        """Give how much of the differences each setting explains, 0..1; empty when there are too few trials.

        Source: Watanabe et al., "PED-ANOVA", 2023.
        """
        import optuna

        if sum(trial.state == FINISHED for trial in trials) < 2 * _WARM_UP_TRIALS or len(self._axes) < 2:
            return {}
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        found = optuna.importance.get_param_importances(self._study(trials, 0), evaluator=evaluator)
        return {name: float(share) for name, share in found.items() if np.isfinite(share)}

    def _study(self, trials: Sequence[Trial], attempt: int) -> Any:
        import optuna

        seed = int(np.random.SeedSequence((self._seed, len(trials), attempt)).generate_state(1)[0])
        study = optuna.create_study(
            study_name="search",
            direction="minimize" if self._measure == "loss" else "maximize",
            sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=2 * _WARM_UP_TRIALS),
            pruner=self._optuna_pruner(),
        )
        self._reported = set()
        states = {FINISHED: optuna.trial.TrialState.COMPLETE, PRUNED: optuna.trial.TrialState.PRUNED}
        for trial in trials:
            finished = trial.state == FINISHED and trial.figures is not None
            study.add_trial(
                optuna.create_trial(
                    state=states.get(trial.state, optuna.trial.TrialState.FAIL),
                    value=getattr(trial.figures, self._measure) if finished else None,
                    params={axis.name: trial.settings[axis.name] for axis in self._axes},
                    distributions=self._distributions(),
                    intermediate_values=dict(enumerate(trial.values, start=1)),
                )
            )
        return study

    def _optuna_pruner(self) -> Any:
        import optuna

        if self._pruner == "median":
            return optuna.pruners.MedianPruner(_WARM_UP_TRIALS, _WARM_UP_EPOCHS)
        if self._pruner == "hyperband":
            return optuna.pruners.HyperbandPruner(1, max(self._epochs, 3), 3)
        return optuna.pruners.NopPruner()

    def _distributions(self) -> dict[str, Any]:
        return {axis.name: _distribution(axis) for axis in self._axes}

    @staticmethod
    def _drawn(axis: Axis, value: Any) -> Any:
        if axis.values or axis.whole or axis.low is None or axis.high is None:
            return value
        return min(max(rounded(value), axis.low), axis.high)


def _distribution(axis: Axis) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if axis.low is None or axis.high is None:
        return CategoricalDistribution(axis.values)
    if axis.whole:
        return IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return FloatDistribution(axis.low, axis.high, log=axis.log)
