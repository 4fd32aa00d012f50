"""Sparing the garbage collector the libraries, which never become garbage.

Streamlit collects all generations after every run of a page and holds the interpreter meanwhile: with the
objects that pandas, Plotly and our own modules bring, that is 0.1 to 0.2 seconds in which nobody's answer leaves the
server.
"""

import gc
import sys
import threading

MODULES_WORTH_IT = 20
"""What is set aside is never looked at again, so it is done only after so many more modules were loaded."""

_lock = threading.Lock()
_modules_then = 0


def set_aside_libraries() -> bool:
    """Take what is alive out of the collector's sight when libraries were loaded since the last time.

    Returns:
        Whether something was set aside.
    """
    global _modules_then
    with _lock:
        if len(sys.modules) < _modules_then + MODULES_WORTH_IT:
            return False
        _modules_then = len(sys.modules)
        gc.collect()  # what is garbage now must not be set aside: it would stay for good
        gc.freeze()
        return True
