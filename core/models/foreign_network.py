"""Loading a model from elsewhere in a process of its own, which may take so much memory and time and no more."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import core
from core.errors import RunError
from core.files import load_arrays, read_json, write_json_whole
from core.models.foreign_loading import ANSWER, HEAD_FILE, MODEL, NETWORK_FOLDER, REQUEST, SAMPLES
from core.models.foreign_settings import ForeignSettings
from core.models.keras_archive import rewrite_archive
from core.models.learning import Arrays
from core.progress import Progress

_ROOT = Path(core.__file__).resolve().parent.parent
_LOOK_SECONDS = 1.0
_KEPT_OF_THE_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")


@dataclass(frozen=True)
class ForeignNetwork:
    """A model from elsewhere, made ready.

    Attributes:
        folder: Its network as `core.models.network_files` writes one.
        head: Arrays of its head.
        about: What was found: classes, side_px, feature_dimensions, parameters, head, output, agreement,
            keras_version.
    """

    folder: Path
    head: Arrays
    about: dict[str, Any]


def load_foreign(
    path: Path, folder: Path, *, samples: np.ndarray, settings: ForeignSettings, progress: Progress
) -> ForeignNetwork:
    """Check a `.keras` file and make of it what pages can run.

    Args:
        path: The file, from anywhere.
        folder: An empty folder for the work; the caller removes it.
        samples: Uint8 (N, S, S, 3): a few pictures to compare Keras and OpenVINO on.
        settings: What its pictures look like to it, and what loading may cost.
        progress: May ask to stop.

    Raises:
        RunError: It is refused; the message says why.
        Cancelled: Someone asked to stop.
    """
    about = rewrite_archive(path, folder / MODEL)
    request = {
        "side_px": settings.side_px,
        "scaling": settings.scaling,
        "picture_fit": settings.picture_fit,
        "output": settings.output,
        "memory_mib": settings.memory_mib,
        "seconds": settings.seconds,
    }
    write_json_whole(folder / REQUEST, request)
    np.save(folder / SAMPLES, samples, allow_pickle=False)
    code = _run(folder, settings, progress)
    answer = _answer(folder)
    if code != 0 or "error" in answer:
        raise RunError(f"{path.name} is not loaded: {answer.get('error') or _death(code, settings)}")
    return ForeignNetwork(folder / NETWORK_FOLDER, load_arrays(folder / HEAD_FILE), {**about, **answer})


def _run(folder: Path, settings: ForeignSettings, progress: Progress) -> int:
    """Run the loading process to its end; it is ended when it takes too long or somebody asks to stop."""
    started = time.monotonic()
    with _started(folder) as process:
        while process.poll() is None:
            progress.report(0, None, "Loading the model")  # raises when somebody asked to stop
            if time.monotonic() - started > settings.seconds:
                raise RunError(
                    f"loading the model took more than {settings.seconds} seconds: allow more with --set seconds=N"
                )
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_SECONDS)
        return int(process.returncode)


@contextmanager
def _started(folder: Path) -> Iterator[subprocess.Popen]:
    with (folder / "loading.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.models.foreign_loading", str(folder)],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Give little of this process's own environment: no passwords, no home, no folder of Keras settings."""
    kept = {name: os.environ[name] for name in _KEPT_OF_THE_ENVIRONMENT if name in os.environ}
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}
    own = {"PYTHONPATH": str(_ROOT), "HOME": str(folder), "KERAS_HOME": str(folder), "TMPDIR": str(folder)}
    return {**kept, **quiet, **own, "PYTHONDONTWRITEBYTECODE": "1"}


def _answer(folder: Path) -> dict[str, Any]:
    try:
        answer = read_json(folder / ANSWER)
    except (OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _death(code: int, settings: ForeignSettings) -> str:
    """Say why a process that left no answer ended."""
    if code < 0 and -code == signal.SIGXCPU:
        return f"it took more processor time than {4 * settings.seconds} seconds"
    return (
        f"loading it needed more than the {settings.memory_mib:,} MiB of memory it may take, or broke Keras (code "
        f"{code}); allow more with --set memory_mib=N if you trust it"
    )
