"""The embedding engine: pictures from disk through decoding threads and the backbone, as a stream.

Nothing is ever held for all pictures: at most `window` of them are between the disk and the caller.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.errors import PictureError, SettingsError
from core.vision.color_histogram import picture_histogram
from core.vision.jpeg import read_quickly
from core.vision.networks import Network
from core.vision.palettes import picture_palette
from core.vision.picture_fit import PICTURE_FITS, PictureFit, fit_picture


@dataclass(frozen=True)
class PictureFile:
    """A stored picture that should be embedded."""

    picture_hash: str
    path: Path


@dataclass(frozen=True)
class EncodedPicture:
    """What the engine found in one picture.

    Attributes:
        picture_hash: Which picture.
        features: float32 (D,).
        bins: Main colors, uint16 (5,).
        shares: Share of each color, float32 (5,).
        histogram: All its colors, uint8 (C,), see `core.vision.color_histogram`.
    """

    picture_hash: str
    features: np.ndarray
    bins: np.ndarray
    shares: np.ndarray
    histogram: np.ndarray


@dataclass(frozen=True)
class UnreadablePicture:
    """A picture that could not be decoded; the others go on.

    Attributes:
        picture_hash: Which picture.
        path: Its file.
        reason: Short code for counting, as of `PictureError`.
        message: What is wrong with it.
    """

    picture_hash: str
    path: Path
    reason: str
    message: str


@dataclass(frozen=True)
class EngineSettings:
    """How the engine works.

    Attributes:
        side_px: Side of the backbone's square.
        fit: How pictures become square.
        threads: Decoding threads; one a core keeps the backbone fed.
        window: Pictures that may be decoded or waiting at a time.
    """

    side_px: int
    fit: PictureFit
    threads: int = max(1, os.cpu_count() or 1)
    window: int = 32

    def __post_init__(self) -> None:
        if self.fit not in PICTURE_FITS:
            raise SettingsError(f"picture_fit is {self.fit!r}: expected one of {', '.join(PICTURE_FITS)}")
        for name in ("side_px", "threads", "window"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}: expected at least 1")


@dataclass(frozen=True)
class _Decoded:
    square: np.ndarray
    bins: np.ndarray
    shares: np.ndarray
    histogram: np.ndarray


def encode_files(
    files: Iterable[PictureFile], network: Network, *, settings: EngineSettings
) -> Iterator[EncodedPicture | UnreadablePicture]:
    """Embed pictures and find their main colors, each decoded once.

    Args:
        files: Pictures that passed the checks of the import.
        network: The backbone.
        settings: How.

    Yields:
        One result for every picture, nearly in order.
    """
    unreadable: deque[UnreadablePicture] = deque()
    decoded = _decoded_stream(files, unreadable, settings=settings)
    for (file, found), features in network.run(((file, found), found.square) for file, found in decoded):
        yield EncodedPicture(file.picture_hash, features, found.bins, found.shares, found.histogram)
        while unreadable:
            yield unreadable.popleft()
    yield from unreadable


def color_files(
    files: Iterable[PictureFile], *, settings: EngineSettings
) -> Iterator[tuple[PictureFile, np.ndarray, np.ndarray, np.ndarray] | UnreadablePicture]:
    """Find only the main colors, for pictures whose features are known.

    Yields:
        File, bins, shares and histogram of every picture that can be decoded, then those that cannot.
    """
    unreadable: deque[UnreadablePicture] = deque()
    for file, found in _decoded_stream(files, unreadable, settings=settings):
        yield file, found.bins, found.shares, found.histogram
    yield from unreadable


def _decoded_stream(
    files: Iterable[PictureFile], unreadable: deque[UnreadablePicture], *, settings: EngineSettings
) -> Iterator[tuple[PictureFile, _Decoded]]:
    """Decode in threads, at most `window` pictures ahead; what cannot be decoded goes to `unreadable`."""
    # OpenCV's own threads would only fight with the decoding threads and the backbone for the same cores.
    cv2.setNumThreads(1)
    waiting: deque[tuple[PictureFile, Future[_Decoded]]] = deque()
    pool = ThreadPoolExecutor(settings.threads, thread_name_prefix="decode")
    try:
        for file in files:
            waiting.append((file, pool.submit(_decode, file, settings)))
            if len(waiting) >= settings.window:
                yield from _next_decoded(waiting, unreadable)
        while waiting:
            yield from _next_decoded(waiting, unreadable)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _next_decoded(
    waiting: deque[tuple[PictureFile, Future[_Decoded]]], unreadable: deque[UnreadablePicture]
) -> Iterator[tuple[PictureFile, _Decoded]]:
    file, future = waiting.popleft()
    try:
        found = future.result()
    except PictureError as error:
        unreadable.append(UnreadablePicture(file.picture_hash, file.path, error.reason, str(error)))
    else:
        yield file, found


def _decode(file: PictureFile, settings: EngineSettings) -> _Decoded:
    # A JPEG far larger than the square is decoded at a fraction of its size, which is several times faster.
    picture = read_quickly(file.path, enough_px=settings.side_px)
    bins, shares = picture_palette(picture)
    square = fit_picture(picture, side_px=settings.side_px, fit=settings.fit)
    return _Decoded(square, bins, shares, picture_histogram(picture))
