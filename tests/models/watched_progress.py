"""A progress that remembers what it was told."""

from core.errors import Cancelled
from core.progress import SilentProgress


class WatchedProgress(SilentProgress):
    """Keeps checkpoints in a folder, notes epochs, and cancels before a given epoch."""

    def __init__(self, folder=None, *, cancel_before=None):
        self.folder = folder
        self.epochs = []
        self._cancel_before = cancel_before

    def report(self, done, total, message):
        if message == f"epoch {self._cancel_before}":
            raise Cancelled

    def record(self, kind, values):
        assert kind == "epoch"
        self.epochs.append(values["epoch"])
