"""Real kinds of jobs that stop to wait for a file, so that a test can kill them at a known place."""

import time
from dataclasses import dataclass
from pathlib import Path

from core.jobs import work
from core.jobs.arguments import ImportArguments, TrainArguments
from core.jobs.kinds import Kind


class Pausing:
    """A progress that waits for a file once `done` reports or `epochs` records have come."""

    def __init__(self, progress, go_on, *, done=None, epochs=None):
        self.folder = progress.folder
        self._progress, self._go_on, self._done, self._epochs = progress, Path(go_on), done, epochs

    def report(self, done, total, message):
        self._progress.report(done, total, message)
        if self._done is not None and done >= self._done:
            self._wait(done, total)

    def record(self, kind, values):
        self._progress.record(kind, values)
        if self._epochs is not None and kind == "epoch" and values["epoch"] >= self._epochs:
            self._wait(0, None)

    def _wait(self, done, total):
        while not self._go_on.exists():
            self._progress.report(done, total, "waiting")
            time.sleep(0.01)


@dataclass(frozen=True)
class PausedImport(ImportArguments):
    """An import that waits at 200 products: one batch is written, the next is not."""

    go_on: str = ""


@dataclass(frozen=True)
class PausedTraining(TrainArguments):
    """A training that waits at the second epoch."""

    go_on: str = ""


def paused_import(home, arguments, *, actor, progress):
    return work.import_products(home, arguments, actor=actor, progress=Pausing(progress, arguments.go_on, done=200))


def paused_training(home, arguments, *, actor, progress):
    return work.train(home, arguments, actor=actor, progress=Pausing(progress, arguments.go_on, epochs=2))


KINDS = {"paused-import": Kind(PausedImport, paused_import), "paused-training": Kind(PausedTraining, paused_training)}
