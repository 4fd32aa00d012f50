"""The process that tries a network from elsewhere: ``python -m core.models.network_check MODEL SIDE DIMENSIONS``.

OpenVINO reads networks with native code. One that somebody else sent is read here first, with limits, so that a broken
one ends this process and no other.
"""

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

import core
from core.errors import RunError

MEMORY_MIB, SECONDS = 8192, 120
_ROOT = Path(core.__file__).resolve().parent.parent


def main(model: str, side_px: str, dimensions: str) -> int:
    """Run one gray picture; give 0 when as many numbers come out as expected, 2 otherwise."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_MIB * 2**20),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    from core.vision.networks import OpenVinoNetwork

    gray = np.full((int(side_px), int(side_px), 3), 127, dtype=np.uint8)
    [(_, features)] = list(OpenVinoNetwork(Path(model)).run([(0, gray)]))
    return 0 if features.shape == (int(dimensions),) and np.isfinite(features).all() else 2


def check_network(model: Path, *, side_px: int, dimensions: int) -> None:
    """Try a network in a process of its own.

    Args:
        model: Its ``.xml`` file, the weights beside it.
        side_px: Side of its pictures.
        dimensions: Numbers it shall give for a picture.

    Raises:
        RunError: It cannot be run, or gives something else.
    """
    command = [sys.executable, "-m", "core.models.network_check", str(model), str(side_px), str(dimensions)]
    environment = {"PYTHONPATH": str(_ROOT), "HOME": str(model.parent), "PATH": ""}
    try:
        done = subprocess.run(
            command, cwd=model.parent, env=environment, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RunError(f"its network takes longer than {SECONDS} seconds for a picture") from error
    if done.returncode:
        raise RunError(f"its network cannot be run, or does not give {dimensions:,} numbers for a picture")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
