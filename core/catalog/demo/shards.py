"""Drawing all pictures with every core: this process draws one share, others of its kind draw the rest.

The shares are drawn by plain subprocesses (`python -m core.catalog.demo.shards`), which work wherever the caller runs:
in a job's worker, a script or a test. What is drawn does not depend on how many there are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from core.catalog.demo.drawing import altered, draw_view, encode
from core.catalog.demo.products import make_products
from core.catalog.demo.truths import Listed, plant
from core.progress import Progress, SilentProgress

_MOST_SHARES = 8


def draw_pictures(
    folder: Path, listed: Sequence[Listed], *, seed: int, progress: Progress, shares: int | None = None
) -> None:
    """Draw the pictures of all products into a folder.

    Args:
        folder: Exists and is empty.
        listed: The products as planted from the seed.
        seed: Lets the other processes plan the same products.
        progress: Told of every product; may cancel.
        shares: Processes to use; as many as there are cores when left out.

    Raises:
        Cancelled: The progress asked to stop; the other processes are stopped too.
        RuntimeError: Another process failed; the message carries what it said.
    """
    shares = shares or min(_MOST_SHARES, _cores())
    others = [_start(folder, seed, share, shares) for share in range(1, shares)]
    try:
        _draw_share(folder, listed, 0, shares, progress)
        for process in others:
            said = process.communicate()[1]
            if process.returncode != 0:
                raise RuntimeError(f"drawing the demo failed in another process: {said.strip()[-2000:]}")
    finally:
        for process in others:
            if process.poll() is None:
                process.kill()
                process.communicate()
    progress.report(len(listed), len(listed), "drawing products")


def picture_name(product_id: str, view: int) -> str:
    """Name the picture of a view, counted from 0."""
    return f"{product_id}-{view + 1}.jpg"


def _draw_share(folder: Path, listed: Sequence[Listed], share: int, shares: int, progress: Progress) -> None:
    with _one_thread():
        for entry in listed[share::shares]:
            _draw_product(folder, entry)
            progress.report(sum(1 for _ in folder.glob("*-1.jpg")), len(listed), "drawing products")


def _draw_product(folder: Path, entry: Listed) -> None:
    look = entry.product.look
    quality = int(look.chance(50).integers(82, 95))
    for view in range(entry.product.views):
        picture = draw_view(look, view)
        if entry.product.copy == "near":
            chance = np.random.default_rng([look.seed, look.number, 60])
            picture, quality = altered(picture, chance), int(chance.integers(58, 78))
        (folder / picture_name(entry.product_id, view)).write_bytes(encode(picture, quality))


def _start(folder: Path, seed: int, share: int, shares: int) -> subprocess.Popen[str]:
    root = Path(__file__).parents[3]
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "core.catalog.demo.shards", str(folder), str(seed), str(share), str(shares)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep OpenCV to one thread: the pictures are small and every core already draws."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _main(arguments: Sequence[str]) -> None:
    folder, (seed, share, shares) = Path(arguments[0]), (int(value) for value in arguments[1:])
    _draw_share(folder, plant(make_products(seed), seed), share, shares, SilentProgress())


if __name__ == "__main__":
    _main(sys.argv[1:])
