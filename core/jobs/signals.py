"""Turning Ctrl-C and SIGTERM into a request to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from core.jobs.reports import StopRequest


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Let the first SIGINT or SIGTERM ask the work to stop; a second SIGINT breaks it off where it is.

    In a thread other than the main one signals cannot be taken, and only the cancel flag stops the work.
    """
    stop = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
