"""Trials of a search as JSON lines, only ever added to: a search that is killed goes on after the last whole one."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import SettingsError
from core.files import open_appending, read_ordinary
from core.models.search_space import Point

TRIALS = "trials.jsonl"
MEASURES = ("accuracy", "macro_f1", "loss")
FINISHED, PRUNED, STOPPED, FAILED = "finished", "pruned", "stopped", "failed"
STATES = (FINISHED, PRUNED, STOPPED, FAILED)


@dataclass(frozen=True)
class Figures:
    """What a trial reached on validation; nothing of test is ever in here.

    Attributes:
        accuracy: Share of validation pictures put into their class (of labels: with all labels right).
        macro_f1: Mean F1 of the classes.
        loss: Mean negative log-probability of the right class.
    """

    accuracy: float
    macro_f1: float
    loss: float

    def rank(self, measure: str) -> tuple[float, float]:
        """Give what is to be large: the measure first, then a small loss where it is equal."""
        return (-self.loss if measure == "loss" else float(getattr(self, measure)), -self.loss)


@dataclass(frozen=True)
class Trial:
    """One trial.

    Attributes:
        number: From 0, in the order they were run.
        settings: The varied settings.
        state: ``finished``, ``pruned`` (it was behind the others), ``stopped`` (time was up) or ``failed``.
        seconds: What it took; what a killed worker spent on it is not in here.
        epochs: How many it ran.
        figures: What it reached; None unless finished.
        values: One validation figure an epoch.
        error: Why it failed.
    """

    number: int
    settings: Point
    state: str
    seconds: float
    epochs: int
    figures: Figures | None = None
    values: tuple[float, ...] = ()
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the trial as plain JSON values."""
        figures = None if self.figures is None else {name: getattr(self.figures, name) for name in MEASURES}
        return {**asdict(self), "figures": figures, "values": list(self.values)}

    @staticmethod
    def from_json(values: dict[str, Any]) -> "Trial":
        """Read back what :meth:`to_json` gave.

        Raises:
            ValueError: It is something else.
        """
        try:
            figures, curve = values["figures"], tuple(float(value) for value in values["values"])
            return Trial(
                number=int(values["number"]),
                settings=dict(values["settings"]),
                state=_known(values["state"]),
                seconds=float(values["seconds"]),
                epochs=int(values["epochs"]),
                figures=None if figures is None else Figures(**{name: float(figures[name]) for name in MEASURES}),
                values=curve,
                error=str(values.get("error", "")),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no trial: {error}") from error


class TrialLog:
    """The trials of one search, and how far the one that runs is.

    Args:
        folder: Where the file lies; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / TRIALS

    def read(self) -> list[Trial]:
        """Read every whole trial, in order."""
        return read_trials(self._path) if self._path is not None else []

    def running_values(self, number: int) -> list[float]:
        """Read the figures of the epochs that trial `number` ran before it was interrupted."""
        values: list[float] = []
        for line in _lines(self._path) if self._path is not None else []:
            if line.get("kind") != "epoch" or line.get("trial") != number:
                continue
            epoch, value = line.get("epoch"), line.get("value")
            if isinstance(epoch, int) and isinstance(value, int | float) and 1 <= epoch <= len(values) + 1:
                values[epoch - 1 :] = [float(value)]
        return values

    def add_epoch(self, number: int, epoch: int, value: float) -> None:
        """Keep the figure of an epoch."""
        self._append({"kind": "epoch", "trial": number, "epoch": epoch, "value": value})

    def add(self, trial: Trial) -> None:
        """Keep a trial that is over."""
        self._append({"kind": "trial", **trial.to_json()})

    def _append(self, line: dict[str, Any]) -> None:
        if self._path is None:
            return
        # A killed worker may have left half a line: the newline closes it, and readers skip it.
        data = b"\n" + json.dumps(line, allow_nan=False).encode() + b"\n"
        with open_appending(self._path) as file:
            file.write(data)
            if line["kind"] == "trial":
                os.fsync(file.fileno())


def read_trials(path: Path) -> list[Trial]:
    """Read the trials of a file, in order, each number once; torn and foreign lines are left out."""
    found: dict[int, Trial] = {}
    for line in _lines(path):
        if line.get("kind") != "trial":
            continue
        try:
            trial = Trial.from_json(line)
        except ValueError:
            continue
        found.setdefault(trial.number, trial)
    return [found[number] for number in sorted(found)]


def best_trial(trials: Sequence[Trial], *, measure: str) -> Trial | None:
    """Give the finished trial that is best on validation; of equal ones the one with the lower loss, then the first."""
    finished = [trial for trial in trials if trial.figures is not None and trial.state == FINISHED]
    return max(finished, key=lambda trial: (*_rank(trial, measure), -trial.number), default=None)


def check_measure(measure: str) -> None:
    """Check the name of a measure.

    Raises:
        SettingsError: There is no such measure.
    """
    if measure not in MEASURES:
        raise SettingsError(f"there is no measure {measure[:80]!r} of a search; there are: {', '.join(MEASURES)}")


def _rank(trial: Trial, measure: str) -> tuple[float, float]:
    return trial.figures.rank(measure) if trial.figures is not None else (float("-inf"), 0.0)


def _known(state: str) -> str:
    if state not in STATES:
        raise ValueError(f"no state of a trial: {state!r}")
    return state


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        data = read_ordinary(path)
    except (OSError, ValueError):  # none yet, or a pipe in its place
        return []
    found = []
    for raw in data.split(b"\n"):
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
