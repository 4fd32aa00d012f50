"""The environment of processes that do the work."""

import os
from pathlib import Path

import core

PACKAGE_ROOT = Path(core.__file__).resolve().parent.parent
"""The folder that holds ``core``; workers find it wherever the application was started from."""

_QUIET = {
    # TensorFlow's start-up lines would fill worker.log and hide the one that matters.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "KERAS_BACKEND": "tensorflow",
}


def worker_environment() -> dict[str, str]:
    """Return the environment for a new worker: this process's own, quiet, and able to import ``core``."""
    paths = [str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    plain = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **_QUIET, **plain}


def quiet_this_process() -> None:
    """Silence the libraries of the work in this process; what the user has set keeps its value."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
