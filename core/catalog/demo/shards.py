"""Drawing all pictures with every core: each process draws a share of the products.

The shares are drawn by plain subprocesses (`python -m core.catalog.demo.shards`), which work wherever the caller runs:
in a job's worker, a script or a test. What is drawn does not depend on how many there are.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import cv2
import numpy as np

from core.catalog.demo.drawing import altered, draw_view, encode
from core.catalog.demo.products import make_products
from core.catalog.demo.truths import Listed, plant
from core.progress import Progress

_MOST_SHARES = 8
_POLL_SECONDS = 0.1
# A picture needs dozens of arrays of two megabytes for a moment each. The C library of Linux hands such blocks back to
# the system and asks for them anew every time, which costs a fifth of the drawing; these settings make it keep them.
_KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(256 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
    "MALLOC_TOP_PAD_": str(64 << 20),
}


def draw_pictures(
    folder: Path, listed: Sequence[Listed], *, seed: int, progress: Progress, shares: int | None = None
) -> None:
    """Draw the pictures of all products into a folder.

    Args:
        folder: Exists and is empty.
        listed: The products as planted from the seed.
        seed: Lets the processes plan the same products.
        progress: Told ten times a second; may cancel.
        shares: Processes to use; as many as there are cores when left out.

    Raises:
        Cancelled: The progress asked to stop; the processes are stopped.
        RuntimeError: A process failed; the message carries what it said.
    """
    shares = shares or min(_MOST_SHARES, _cores())
    with ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(shares)]
        running = [_start(folder, seed, share, shares, said[share]) for share in range(shares)]
        stack.callback(_stop, running)
        while any(process.poll() is None for process in running):
            time.sleep(_POLL_SECONDS)
            progress.report(sum(1 for _ in folder.glob("*-1.jpg")), len(listed), "drawing products")
            _refuse_failure(running, said)
        _refuse_failure(running, said)
    progress.report(len(listed), len(listed), "drawing products")


def _refuse_failure(running: Sequence[subprocess.Popen[bytes]], said: Sequence[IO[bytes]]) -> None:
    for process, words in zip(running, said, strict=True):
        if process.poll():
            words.seek(0)
            reason = words.read().decode(errors="replace").strip()[-2000:]
            raise RuntimeError(f"a process drawing the demo ended with {process.returncode}: {reason}")


def _stop(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()


def picture_name(product_id: str, view: int) -> str:
    """Name the picture of a view, counted from 0."""
    return f"{product_id}-{view + 1}.jpg"


def _draw_share(folder: Path, listed: Sequence[Listed], share: int, shares: int) -> None:
    for entry in listed[share::shares]:
        _draw_product(folder, entry)


def _draw_product(folder: Path, entry: Listed) -> None:
    look = entry.product.look
    quality = int(look.chance(50).integers(82, 95))
    for view in range(entry.product.views):
        picture = draw_view(look, view)
        if entry.product.copy == "near":
            chance = np.random.default_rng([look.seed, look.number, 60])
            picture, quality = altered(picture, chance), int(chance.integers(58, 78))
        (folder / picture_name(entry.product_id, view)).write_bytes(encode(picture, quality))


def _start(folder: Path, seed: int, share: int, shares: int, said: IO[bytes]) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[3]
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "core.catalog.demo.shards", str(folder), str(seed), str(share), str(shares)]
    environment = {**os.environ, **_KEEP_MEMORY, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _main(arguments: Sequence[str]) -> None:
    folder, (seed, share, shares) = Path(arguments[0]), (int(value) for value in arguments[1:])
    cv2.setNumThreads(1)  # the pictures are small, and every core already draws
    _draw_share(folder, plant(make_products(seed), seed), share, shares)


if __name__ == "__main__":
    _main(sys.argv[1:])
