"""Kinds of jobs that do nothing but count, wait or fail, so that supervision is tested without real work."""

import time
from dataclasses import dataclass
from pathlib import Path

from core.errors import CatalogError, SettingsError
from core.jobs.kinds import Kind

WAITS_SECONDS = 90
"""A worker whose test is gone must not wait for ever."""


@dataclass(frozen=True)
class CountArguments:
    """Count to `steps`; with `until`, wait at `pause_at` for that file to appear, reporting or not."""

    steps: int = 5
    pause_at: int | None = None
    until: str = ""
    deaf: bool = False

    def __post_init__(self):
        if self.steps < 0:
            raise SettingsError(f"steps must be at least 0, not {self.steps}")


def count(home, arguments, *, actor, progress):
    """Append each step to a file once; a step that is there is not done again."""
    checkpoint = progress.folder / "steps.txt"
    done = checkpoint.read_text().split() if checkpoint.exists() else []
    for step in range(len(done), arguments.steps):
        progress.report(step, arguments.steps, f"step {step}")
        give_up = time.monotonic() + WAITS_SECONDS
        while step == arguments.pause_at and not Path(arguments.until).exists():
            if time.monotonic() > give_up:
                raise TimeoutError(f"nobody made {arguments.until}")
            if not arguments.deaf:
                progress.report(step, arguments.steps, "waiting")
            time.sleep(0.01)
        with checkpoint.open("a") as file:
            file.write(f"{step}\n")
        progress.record("step", {"step": step, "loss": float("nan")})
    progress.report(arguments.steps, arguments.steps, "counted")
    return {"steps": checkpoint.read_text().split(), "actor": actor, "ratio": float("inf")}


@dataclass(frozen=True)
class FailArguments:
    """How to fail."""

    how: str = "fault"


def fail(home, arguments, *, actor, progress):
    """Fail on the user's input or on a fault."""
    if arguments.how == "input":
        raise CatalogError("column 'price' is missing: found id, name;\nname it with --map price=COLUMN")
    raise ZeroDivisionError("a private detail")


@dataclass(frozen=True)
class LearnArguments:
    """Learn `epochs` epochs; each waits for a file "NUMBER" in the folder `until`, and tells when it ran."""

    until: str
    epochs: int = 3
    log: str = ""


def learn(home, arguments, *, actor, progress):
    """Keep an epoch in a checkpoint first and record it then, as every recipe does."""
    checkpoint = progress.folder / "epochs.txt"
    done = checkpoint.read_text().split() if checkpoint.exists() else []
    for epoch in range(len(done) + 1, arguments.epochs + 1):
        give_up = time.monotonic() + WAITS_SECONDS
        while not (Path(arguments.until) / str(epoch)).exists():
            if time.monotonic() > give_up:
                raise TimeoutError(f"nobody made {epoch} in {arguments.until}")
            progress.report(epoch - 1, arguments.epochs, f"epoch {epoch}")
            time.sleep(0.01)
        with checkpoint.open("a") as file:
            file.write(f"{epoch}\n")
        progress.record("epoch", {"epoch": epoch, "train_loss": 1 / epoch})
    return {"epochs": checkpoint.read_text().split()}


KINDS = {
    "count": Kind(CountArguments, count),
    "fail": Kind(FailArguments, fail),
    "learn": Kind(LearnArguments, learn, queued=True),
}
