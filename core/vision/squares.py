"""Pictures decoded once into one array on disk, for networks that look at every pixel in every epoch."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from core.errors import TrainingError
from core.home import Home
from core.progress import Progress
from core.vision.engine import PictureFile
from core.vision.jpeg import read_quickly
from core.vision.picture_fit import PictureFit, fit_picture

DISK_LIMIT_BYTES = 12 * 2**30
"""100,000 pictures of 200 x 200."""
FREE_SHARE = 0.5
"""At most this share of the free disk is taken."""
_THREADS = 2
_REPORT_SECONDS = 0.5


@contextmanager
def open_squares(
    home: Home, files: Sequence[PictureFile], *, side_px: int, fit: PictureFit, progress: Progress
) -> Iterator[np.ndarray]:
    """Decode pictures into a file without a name: the disk is free again whenever the process ends, however it does.

    Args:
        home: In whose cache the file lies.
        files: P pictures.
        side_px: Side S of the squares.
        fit: How they become square.
        progress: Told about every few pictures; may cancel.

    Yields:
        uint8 (P, S, S, 3), memory-mapped.

    Raises:
        PictureError: A picture cannot be read.
        TrainingError: There is too little disk.
    """
    shape = (len(files), side_px, side_px, 3)
    home.cache.mkdir(parents=True, exist_ok=True)
    _check_room(home, needed=int(np.prod(shape)), pictures=len(files), side_px=side_px)
    with tempfile.TemporaryFile(dir=home.cache) as file:
        _reserve(file.fileno(), int(np.prod(shape)), home)
        squares = np.memmap(file, dtype=np.uint8, mode="r+", shape=shape)
        _fill(squares, files, fit=fit, progress=progress)
        yield squares


def _fill(squares: np.ndarray, files: Sequence[PictureFile], *, fit: PictureFit, progress: Progress) -> None:
    side_px, told = squares.shape[1], time.monotonic()

    def put(place: int) -> None:
        squares[place] = fit_picture(read_quickly(files[place].path, enough_px=side_px), side_px=side_px, fit=fit)

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="squares") as pool:
        for start in range(0, len(files), 32):
            list(pool.map(put, range(start, min(start + 32, len(files)))))
            if time.monotonic() - told >= _REPORT_SECONDS:
                told = time.monotonic()
                progress.report(start, len(files), "Reading the pictures")


def _check_room(home: Home, *, needed: int, pictures: int, side_px: int) -> None:
    room = min(DISK_LIMIT_BYTES, int(shutil.disk_usage(home.cache).free * FREE_SHARE))
    if needed > room:
        raise TrainingError(
            f"{pictures:,} pictures of {side_px} x {side_px} pixels take {needed / 2**20:,.1f} MiB, "
            f"{room / 2**20:,.1f} MiB can be used in {home.cache}: free some space, or set a smaller side_px"
        )


def _reserve(descriptor: int, size: int, home: Home) -> None:
    """Take the room now: a disk that fills up later would end the process when a page of the array is written."""
    try:
        if hasattr(os, "posix_fallocate") and size:
            os.posix_fallocate(descriptor, 0, size)
        else:
            os.ftruncate(descriptor, size)
    except OSError as error:
        raise TrainingError(
            f"{size / 2**20:,.1f} MiB cannot be reserved in {home.cache} ({error.strerror}): free some space, or set a "
            "smaller side_px"
        ) from error
