"""What a comparison needs of each run; a run that lost files is still listed, with what is left of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from core.errors import RunError
from core.home import Home
from core.models.picture_speed import PictureSpeed, read_speed
from core.models.runs import Run, find_run, open_run

MOST_RUNS = 24
"""More runs than this make no chart anybody could read."""

_NEEDED = ["product_id", "picture_hash", "label", "predicted"]


@dataclass(frozen=True)
class ComparedRun:
    """One run of a comparison.

    Attributes:
        run: The run.
        test: One row a test picture: product_id, picture_hash, label, predicted (class names), right; None when the
            run keeps none that can be read.
        history: One row an epoch.
        manifest: Where the run comes from; empty when it is gone.
        speed: How long it takes to classify a picture; None when nobody measured it.
        problem: What is missing, in a sentence; empty when nothing is.
    """

    run: Run
    test: pd.DataFrame | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    speed: PictureSpeed | None = None
    problem: str = ""

    @property
    def figures(self) -> dict[str, Any]:
        """The run's figures on its test pictures."""
        found = self.run.metrics.get("test") if isinstance(self.run.metrics, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def choices(self) -> dict[str, Any]:
        """What the run chose on validation."""
        found = self.manifest.get("choices")
        return found if isinstance(found, dict) else {}


def load_compared(home: Home, run_id: str) -> ComparedRun:
    """Read a run for comparing.

    Raises:
        RunError: There is no such run.
    """
    run = find_run(home, run_id)
    try:
        files = open_run(home, run_id)
    except RunError as error:
        return ComparedRun(run, problem=str(error))
    test, history, problems = None, [], []
    try:
        test = _test_rows(files.products)
    except RunError as error:
        problems.append(str(error))
    try:
        history = list(files.history)
    except RunError as error:
        problems.append(str(error))
    return ComparedRun(run, test, history, dict(files.manifest), read_speed(home, run_id), "; ".join(problems))


def chosen_ids(run_ids: Sequence[str]) -> list[str]:
    """Give every id once, in order.

    Raises:
        RunError: There are none, or more than can be compared.
    """
    found = list(dict.fromkeys(each.strip() for each in run_ids if each.strip()))
    if not found:
        raise RunError("name the runs to compare; `runs` lists them")
    if len(found) > MOST_RUNS:
        raise RunError(f"{len(found)} runs are too many to compare: at most {MOST_RUNS} at a time")
    return found


def _test_rows(products: pd.DataFrame) -> pd.DataFrame | None:
    """Give the test pictures; None for runs whose rows have no single class each."""
    if not {*_NEEDED, "split"} <= set(products.columns):
        return None
    rows = products.loc[products["split"] == "test", _NEEDED].reset_index(drop=True)
    if "right" in products:
        right = products.loc[products["split"] == "test", "right"].to_numpy(bool)
    else:
        right = (rows["label"] == rows["predicted"]).to_numpy()
    return rows.assign(right=right)
