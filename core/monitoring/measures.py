"""What the layers below tell of how long things take; whoever exports metrics listens, otherwise nobody does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, float, dict[str, str]], None]
"""Hears the name of a measure, its value (seconds, or 1 for something that happened) and its labels."""

_listeners: list[Listener] = []  # of this process, as the handlers of logging are


def listen(listener: Listener) -> Callable[[], None]:
    """Let a listener hear every measure from now on; gives the function that ends it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def tell(measure: str, value: float = 1.0, **labels: str) -> None:
    """Tell a measure to whoever listens."""
    for listener in tuple(_listeners):
        listener(measure, value, labels)


@contextmanager
def timed(measure: str, **labels: str) -> Iterator[None]:
    """Tell how many seconds what is done within takes, however it ends."""
    started = time.perf_counter()
    try:
        yield
    finally:
        tell(measure, time.perf_counter() - started, **labels)
