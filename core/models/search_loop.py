"""The loop of a search: trial after trial, until the budget is used or there is nothing left to try."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BackboneError, SettingsError, TrainingError
from core.models.search_guide import Guide
from core.models.search_space import Point
from core.models.search_trials import FAILED, FINISHED, PRUNED, STOPPED, Figures, Trial, TrialLog, best_trial
from core.progress import Progress

Judge = Callable[[Point, Progress], tuple[Figures, Sequence[dict[str, Any]]]]
"""Trains with the settings of a trial; gives what it reached on validation, and its history."""

_STEPS = 1000


@dataclass(frozen=True)
class Budget:
    """How long a search may take.

    Attributes:
        trials: At most so many; 0 leaves it to the guide.
        minutes: At most so long, over all attempts; 0 for no limit. A trial that runs when the time is up is stopped.
    """

    trials: int = 0
    minutes: float = 0.0

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            SettingsError: One is negative.
        """
        if self.trials < 0 or not 0 <= self.minutes < float("inf"):
            raise SettingsError(f"a budget of {self.trials} trials and {self.minutes} minutes: expected 0 or more")


class _GivenUp(Exception):
    """The trial is hopeless, or the time is up."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass
class Loop:
    """A search that runs.

    Attributes:
        guide: Chooses trials.
        judge: Runs one.
        log: Keeps them.
        budget: How long it may take.
        measure: What is to be best.
        progress: Told of every step; its folder keeps the checkpoint of the trial that runs.
        expected: How many trials there will be, for the bar; 0 when only the time is limited.
    """

    guide: Guide
    judge: Judge
    log: TrialLog
    budget: Budget
    measure: str
    progress: Progress
    expected: int

    def run(self) -> list[Trial]:
        """Run all trials that are missing.

        Raises:
            Cancelled: Someone asked to stop; finished trials and the checkpoint of the running one are kept.
        """
        trials = self.log.read()
        while not self._is_over(trials):
            point = self.guide.propose(trials)
            if point is None:
                break
            trial = self._trial(point, trials)
            self.log.add(trial)
            self.progress.record("trial", {"number": trial.number, "state": trial.state})
            trials.append(trial)
        return trials

    def _is_over(self, trials: Sequence[Trial]) -> bool:
        if self.budget.trials and len(trials) >= self.budget.trials:
            return True
        spent = sum(trial.seconds for trial in trials)
        return bool(self.budget.minutes) and spent >= 60 * self.budget.minutes

    def _trial(self, point: Point, trials: Sequence[Trial]) -> Trial:
        started, number = time.monotonic(), len(trials)
        watch = _TrialProgress(self, trials, started)
        figures, state, error = None, FINISHED, ""
        try:
            figures, history = self.judge(point, watch)
            values = [value for row in history if (value := epoch_value(row, self.measure)) is not None]
        except _GivenUp as given_up:
            state, values = given_up.state, watch.values
        except (TrainingError, SettingsError, BackboneError) as problem:
            state, values, error = FAILED, watch.values, str(problem)[:500]
        if watch.folder is not None:
            shutil.rmtree(watch.folder, ignore_errors=True)
        seconds = time.monotonic() - started
        return Trial(number, point, state, seconds, len(values), figures, tuple(values), error)


def epoch_value(row: dict[str, Any], measure: str) -> float | None:
    """Give the validation figure of an epoch that a pruner compares; None where it has none."""
    value = row.get("validation_loss" if measure == "loss" else "validation_accuracy")
    return None if value is None else float(value)


class _TrialProgress:
    """The progress of one trial: told as a share of the search, watched by the guide and by the clock."""

    def __init__(self, loop: Loop, trials: Sequence[Trial], started: float) -> None:
        self._loop, self._number, self._started = loop, len(trials), started
        self._spent = sum(trial.seconds for trial in trials)
        best = best_trial(trials, measure=loop.measure)
        self._best = "" if best is None or best.figures is None else f", best {_shown(best.figures, loop.measure)}"
        self.values = loop.log.running_values(self._number)
        self.folder: Path | None = None
        if loop.progress.folder is not None:
            self.folder = loop.progress.folder / "running" / f"{self._number:05d}"
            self.folder.mkdir(parents=True, exist_ok=True)

    def report(self, done: int, total: int | None, message: str) -> None:
        """Tell how far the search is; may stop the trial."""
        loop, part = self._loop, min(done / total, 1.0) if total else 0.0
        share, of = 0.0, ""
        if loop.expected:
            share, of = (self._number + part) / loop.expected, f" of {loop.expected:,}"
        if loop.budget.minutes:
            spent = (self._spent + time.monotonic() - self._started) / (60 * loop.budget.minutes)
            if spent >= 1:
                raise _GivenUp(STOPPED)
            share = max(share, spent)
        words = f"Trial {self._number + 1:,}{of}{self._best}: {message[:1].lower()}{message[1:]}"
        loop.progress.report(round(_STEPS * min(share, 1.0)), _STEPS, words)

    def record(self, kind: str, values: dict[str, Any]) -> None:
        """Keep the figure of an epoch; may give the trial up."""
        value = epoch_value(values, self._loop.measure) if kind == "epoch" else None
        if value is None:
            return
        # A trial whose checkpoint was lost begins anew: its epochs are counted again, not added.
        epoch = min(max(int(values.get("epoch", len(self.values) + 1)), 1), len(self.values) + 1)
        self.values[epoch - 1 :] = [value]
        self._loop.log.add_epoch(self._number, epoch, value)
        if self._loop.guide.gives_up(self.values):
            raise _GivenUp(PRUNED)


def _shown(figures: Figures, measure: str) -> str:
    return f"loss {figures.loss:.4g}" if measure == "loss" else f"{100 * getattr(figures, measure):.1f} %"
