"""Features of altered views of pictures: each view goes through the backbone once and is kept in the home's cache."""

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

import cv2
import numpy as np
from filelock import FileLock

from core.home import Home
from core.progress import Progress
from core.vision.backbone import Backbone
from core.vision.backbones import weights_hash
from core.vision.engine import PictureFile
from core.vision.feature_store import FEATURE_DTYPE, feature_row
from core.vision.jpeg import read_quickly
from core.vision.networks import open_network
from core.vision.row_shards import RowShards
from core.vision.views import VIEWS_FORMAT, ViewSettings, make_view

DISK_LIMIT_BYTES = 4 * 2**30
"""Kept at most: 1.6 million views of 1,280 numbers; those of settings used longest ago go first."""

_SHARD_ROWS = 1024
_REPORT_SECONDS = 0.3
_THREADS = 2
_WINDOW = 32


@dataclass(frozen=True)
class View:
    """One view of a picture.

    Attributes:
        file: The picture.
        number: Which view, from 1; 0 is the picture itself.
    """

    file: PictureFile
    number: int


def view_features(
    home: Home,
    backbone: Backbone,
    views: Sequence[View],
    *,
    settings: ViewSettings,
    seed: int,
    out: np.ndarray,
    progress: Progress,
) -> int:
    """Give the features of views, computing those that are missing.

    Args:
        home: Where they are kept.
        backbone: The frozen network.
        views: E views.
        settings: How they are drawn.
        seed: Of the drawing; the same seed draws the same view of a picture wherever it stands.
        out: Float32 (E, D), filled here; may be memory-mapped.
        progress: Told about every few views; may cancel.

    Returns:
        How many were computed now.

    Raises:
        PictureError: A picture cannot be read.
        BackboneError: The backbone or its weights are missing.
        Cancelled: Someone asked to stop; what is done is kept.
    """
    key = _key(home, backbone, settings=settings, seed=seed)
    with _locked(home.cache / "view-features", key) as folder:
        store = RowShards(folder, row_shape=(backbone.feature_dimensions,), dtype=FEATURE_DTYPE)
        names = [_name(view) for view in views]
        known = store.known(names) if names else np.zeros(0, dtype=bool)
        missing = list({name: view for name, view, has in zip(names, views, known, strict=True) if not has}.items())
        if missing:
            _compute(home, backbone, missing, store, settings=settings, seed=seed, progress=progress)
        for start, rows, _ in store.read_blocks(names):
            out[start : start + len(rows)] = rows
    return len(missing)


@contextmanager
def _locked(root: Path, key: str) -> Iterator[Path]:
    """Hold one folder of views, making room by deleting those used longest ago that nobody holds."""
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f"{key}.lock"):
        folder = root / key
        folder.mkdir(exist_ok=True)
        folder.touch()
        folders = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
        sizes = {path: sum(file.stat().st_size for file in path.iterdir()) for path in folders}
        for path in folders:
            if sum(sizes.values()) <= DISK_LIMIT_BYTES:
                break
            if path != folder and _deleted(path):
                del sizes[path]
        yield folder


def _deleted(folder: Path) -> bool:
    try:
        with FileLock(folder.with_name(f"{folder.name}.lock"), timeout=0):
            shutil.rmtree(folder)
    except TimeoutError:  # filelock's Timeout is one: a training reads it right now
        return False
    return True


def _compute(
    home: Home,
    backbone: Backbone,
    missing: list[tuple[str, View]],
    store: RowShards,
    *,
    settings: ViewSettings,
    seed: int,
    progress: Progress,
) -> None:
    """Run views through the backbone and keep them a shard at a time, also what a cancel leaves."""
    told, names, rows = time.monotonic(), [], []
    drawn = _drawn(missing, backbone, settings=settings, seed=seed)
    try:
        for done, (name, features) in enumerate(open_network(home, backbone).run(drawn)):
            names.append(name)
            rows.append(feature_row(features))
            if len(names) >= _SHARD_ROWS:
                store.append(names, np.stack(rows))
                names, rows = [], []
            if time.monotonic() - told >= _REPORT_SECONDS:
                told = time.monotonic()
                progress.report(done, len(missing), "Looking at altered views of small classes")
    finally:
        drawn.close()
        if names:
            store.append(names, np.stack(rows))
        store.compact()


def _drawn(
    missing: list[tuple[str, View]], backbone: Backbone, *, settings: ViewSettings, seed: int
) -> Generator[tuple[str, np.ndarray], None, None]:
    """Draw views in threads, a few ahead."""
    cv2.setNumThreads(1)
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="views")
    waiting: deque[tuple[str, Future[np.ndarray]]] = deque()

    def draw(view: View) -> np.ndarray:
        picture = read_quickly(view.file.path, enough_px=backbone.side_px)
        own = (seed, int(view.file.picture_hash[:12], 16))
        return make_view(
            picture, view.number, settings=settings, side_px=backbone.side_px, fit=backbone.picture_fit, seed=own
        )

    try:
        for name, view in missing:
            waiting.append((name, pool.submit(draw, view)))
            if len(waiting) >= _WINDOW:
                first, square = waiting.popleft()
                yield first, square.result()
        while waiting:
            first, square = waiting.popleft()
            yield first, square.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _name(view: View) -> str:
    return hashlib.sha256(f"{view.file.picture_hash}/{view.number}".encode()).hexdigest()


def _key(home: Home, backbone: Backbone, *, settings: ViewSettings, seed: int) -> str:
    parts = [VIEWS_FORMAT, backbone.name, weights_hash(home, backbone), backbone.settings_key(), asdict(settings), seed]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
