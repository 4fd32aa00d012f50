"""What the frozen part of a backbone makes of every view of every picture: computed once, kept as float16 on disk.

One array of shape (V views, P pictures, H, W, C) a setting, in the home's cache. It is filled from front to back and
says how far it is, so that a training that was stopped goes on, and another training with the same views starts at
once. The cache is bounded: the arrays used longest ago go first.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from filelock import FileLock

from core.errors import TrainingError
from core.files import load_array, read_json, write_json_whole
from core.home import Home
from core.progress import Progress
from core.vision.cut_backbone import CutBackbone
from core.vision.engine import PictureFile
from core.vision.jpeg import read_quickly
from core.vision.networks import OpenVinoNetwork
from core.vision.views import VIEWS_FORMAT, ViewSettings, make_view

DISK_LIMIT_BYTES = 12 * 2**30
"""At most so much is kept: six views of 100,000 pictures at 7 x 7 x 192."""

FREE_SHARE = 0.5
"""At most this share of the free disk is taken."""

_ARRAY, _STATE = "activations.npy", "state.json"
_REPORT_SECONDS = 0.3
_SAVE_SECONDS = 5.0
_THREADS = 2
_WINDOW = 16


@dataclass(frozen=True)
class Activations:
    """Activations of pictures.

    Attributes:
        array: Float16 (V, P, H, W, C), memory-mapped.
        views: Number of views a picture, V.
        seconds: What computing them took now; 0 when they were there.
        computed: Views that were computed now.
    """

    array: np.ndarray
    seconds: float
    computed: int

    @property
    def views(self) -> int:
        """Views a picture, V."""
        return int(self.array.shape[0])


def affordable_views(home: Home, cut: CutBackbone, *, pictures: int, wanted: int) -> int:
    """Tell how many views fit the disk.

    Raises:
        TrainingError: Not even one view does.
    """
    home.cache.mkdir(parents=True, exist_ok=True)
    one = pictures * int(np.prod(cut.shape)) * 2
    room = min(DISK_LIMIT_BYTES, int(shutil.disk_usage(home.cache).free * FREE_SHARE))
    if one > room:
        raise TrainingError(
            f"the activations of {pictures:,} pictures take {one / 2**30:.1f} GiB a view, {room / 2**30:.1f} GiB can "
            f"be used in {home.cache}: free some space, train fewer blocks, or use the recipe `linear`"
        )
    return min(wanted, room // one)


@contextmanager
def open_activations(
    home: Home,
    cut: CutBackbone,
    files: Sequence[PictureFile],
    *,
    views: int,
    settings: ViewSettings,
    seed: int,
    progress: Progress,
) -> Iterator[Activations]:
    """Give the activations of pictures, computing what is missing; nobody else may use or delete them meanwhile.

    Args:
        home: Where they are kept.
        cut: The backbone.
        files: P distinct pictures.
        views: Views a picture; the first is the picture itself.
        settings: How the other views are drawn.
        seed: Of the drawing.
        progress: Told about every few pictures; may cancel.

    Yields:
        The activations.

    Raises:
        PictureError: A picture cannot be read.
        TrainingError: There is too little disk.
        Cancelled: Someone asked to stop; what is done is kept.
    """
    name = _name(cut, files, views=views, settings=settings, seed=seed)
    root = home.cache / "activations"
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f"{name}.lock"):
        folder = root / name
        shape = (views, len(files), *cut.shape)
        make_room(home, needed=0 if folder.exists() else 2 * int(np.prod(shape)), keep=name)
        filling = _Filling(folder, shape)
        started = time.monotonic()
        computed = filling.fill(cut, files, settings=settings, seed=seed, progress=progress)
        seconds = time.monotonic() - started if computed else 0.0
        yield Activations(load_array(folder / _ARRAY), seconds, computed)


def make_room(home: Home, *, needed: int, keep: str) -> None:
    """Delete the arrays used longest ago until `needed` bytes fit under the limit; those in use stay."""
    root = home.cache / "activations"
    folders = [path for path in root.iterdir() if path.is_dir() and path.name != keep]
    sizes = {path: sum(file.stat().st_size for file in path.iterdir()) for path in folders}
    for path in sorted(folders, key=lambda path: path.stat().st_mtime):
        if sum(sizes.values()) + needed <= DISK_LIMIT_BYTES:
            return
        lock = FileLock(root / f"{path.name}.lock", timeout=0)
        try:
            with lock:
                shutil.rmtree(path)
        except TimeoutError:  # filelock's Timeout is one: a training reads it right now
            continue
        del sizes[path]


class _Filling:
    """An array on disk that knows how many of its views are done."""

    def __init__(self, folder: Path, shape: tuple[int, ...]) -> None:
        self._folder, self._shape = folder, shape
        self._total = shape[0] * shape[1]
        self._done = self._found()
        if self._done is None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            np.lib.format.open_memmap(folder / _ARRAY, mode="w+", dtype=np.float16, shape=shape).flush()
            self._note(0)
        folder.touch()

    def fill(
        self, cut: CutBackbone, files: Sequence[PictureFile], *, settings: ViewSettings, seed: int, progress: Progress
    ) -> int:
        """Compute what is missing; gives how many views that were."""
        first = self._done or 0
        if first == self._total:
            return 0
        array: Any = load_array(self._folder / _ARRAY, mmap_mode="r+")  # a memmap, which can be flushed
        drawn = _drawn_views(files, cut, range(first, self._total), settings=settings, seed=seed)
        told = saved = time.monotonic()
        done = first
        try:
            for place, values in OpenVinoNetwork(cut.model_path).run(drawn):
                # Values beyond float16 are none a trained network gives; clipping keeps them from becoming infinite.
                array[place % self._shape[0], place // self._shape[0]] = np.clip(values, -65504, 65504)
                done = place + 1
                now = time.monotonic()
                if now - told >= _REPORT_SECONDS:
                    told = now
                    progress.report(done, self._total, "Looking at views of the pictures")
                if now - saved >= _SAVE_SECONDS:
                    saved = now
                    array.flush()
                    self._note(done)
        finally:
            drawn.close()
            array.flush()
            self._note(done)
        return done - first

    def _found(self) -> int | None:
        """How many views an earlier training left; None when there is nothing of use."""
        try:
            state = read_json(self._folder / _STATE)
            array = load_array(self._folder / _ARRAY)
            if array.shape != self._shape or array.dtype != np.float16:
                return None
            return min(max(int(state["done"]), 0), self._total)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _note(self, done: int) -> None:
        self._done = done
        write_json_whole(self._folder / _STATE, {"done": done, "shape": list(self._shape)})


def _drawn_views(
    files: Sequence[PictureFile], cut: CutBackbone, places: range, *, settings: ViewSettings, seed: int
) -> Generator[tuple[int, np.ndarray], None, None]:
    """Draw views in threads, a picture decoded once for all of its views, a few pictures ahead."""
    views = places.stop // len(files)
    cv2.setNumThreads(1)
    waiting: deque[Future[list[tuple[int, np.ndarray]]]] = deque()
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="views")

    def draw(position: int) -> list[tuple[int, np.ndarray]]:
        numbers = [number for number in range(views) if position * views + number >= places.start]
        backbone = cut.backbone
        picture = read_quickly(files[position].path, enough_px=backbone.side_px)
        own = (seed, int(files[position].picture_hash[:12], 16))
        return [
            (
                position * views + number,
                make_view(
                    picture, number, settings=settings, side_px=backbone.side_px, fit=backbone.picture_fit, seed=own
                ),
            )
            for number in numbers
        ]

    try:
        for position in range(places.start // views, len(files)):
            waiting.append(pool.submit(draw, position))
            if len(waiting) >= _WINDOW:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _name(cut: CutBackbone, files: Sequence[PictureFile], *, views: int, settings: ViewSettings, seed: int) -> str:
    digest = hashlib.sha256()
    parts = [VIEWS_FORMAT, str(cut.model_path), cut.layer, views, asdict(settings), seed]
    digest.update(json.dumps(parts, sort_keys=True).encode())
    for file in files:
        digest.update(file.picture_hash.encode())
    return digest.hexdigest()[:32]
