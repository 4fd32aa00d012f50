"""Collecting garbage now and then instead of after every run, and without looking through the libraries.

Streamlit would collect all generations after every run of a page and hold the interpreter meanwhile: with the objects
that pandas, Plotly and our own modules bring, that is 0.1 to 0.2 seconds in which nobody's answer leaves the server,
and with 25 visitors a third of its time. So `.streamlit/config.toml` turns that off.
"""

import gc
import sys
import threading
import time

MODULES_WORTH_IT = 20
"""What is set aside is never looked at again, so it is done only after so many more modules were loaded."""

COLLECTED_EVERY_SECONDS = 10.0

_lock = threading.Lock()
_modules_then = 0
_collected = 0.0


def tidy_memory() -> None:
    """Free what nobody needs any more, unless that was done a moment ago. Every run of a page ends with this.

    Where libraries were loaded since the last time, what is alive is set aside for good: nearly all of it is theirs.
    """
    global _collected, _modules_then
    with _lock:
        loaded = len(sys.modules) >= _modules_then + MODULES_WORTH_IT
        if not loaded and time.monotonic() < _collected + COLLECTED_EVERY_SECONDS:
            return
        gc.collect()  # before setting aside: garbage that is set aside would stay
        if loaded:
            _modules_then = len(sys.modules)
            gc.freeze()
        _collected = time.monotonic()
