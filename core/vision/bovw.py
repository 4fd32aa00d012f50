"""The bag of visual words: a picture as a histogram of the small patterns in it. Only numpy and OpenCV, for pages too.

Source: report S3. SIFT descriptors (Lowe 2004) of a picture are brought to 69 numbers by principal components, each is
given to the nearest of 20 words (k-means), and the features are how often each word occurs, as shares (term frequency;
Sivic & Zisserman 2003). S3 fits a vocabulary a category; here one serves the whole catalog, because features must be
comparable between categories. A picture without keypoints (plain, or smooth all over) has no word: its row is zero.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from core.errors import BackboneError
from core.files import load_arrays, read_ordinary, write_whole
from core.vision.backbone import INSIDE, Backbone

DESCRIPTOR_NUMBERS = 128
REPORT_WORDS, REPORT_COMPONENTS = 20, 69
"""The values of S3."""
MOST_WORDS = 4096
MOST_KEYPOINTS = 500
"""Of a picture; the strongest are kept. It bounds time and memory of a picture full of detail."""

_THREADS = 2
_MOST_FILE_BYTES = 16 * 2**20

Token = TypeVar("Token")

BOVW = Backbone(
    name="bovw",
    title="Bag of visual words",
    side_px=256,
    feature_dimensions=REPORT_WORDS,
    preprocessing=INSIDE,
    picture_fit="pad",
    licence="yours: fitted on your pictures",
    download_mb=0,
    weights_source="fitted on a catalog's pictures at the first `embed --backbone bovw`, or by `fit-words`",
    weights_file="bovw.npz",
    kind="words",
)


@dataclass(frozen=True)
class Vocabulary:
    """What turns descriptors into words.

    Attributes:
        mean: Subtracted from descriptors, float32 (128,).
        components: Orthonormal columns, float32 (128, P).
        centers: The words, float32 (K, P).
    """

    mean: np.ndarray
    components: np.ndarray
    centers: np.ndarray

    def __post_init__(self) -> None:
        components = self.components.shape[1] if self.components.ndim == 2 else 0
        words = len(self.centers) if self.centers.ndim == 2 else 0
        shapes = {
            "mean": (self.mean, (DESCRIPTOR_NUMBERS,)),
            "components": (self.components, (DESCRIPTOR_NUMBERS, components)),
            "centers": (self.centers, (words, components)),
        }
        if not (1 <= components <= DESCRIPTOR_NUMBERS and 1 <= words <= MOST_WORDS):
            raise ValueError(f"{words} words of {components} numbers: expected 1 to {MOST_WORDS}, of 1 to 128")
        for name, (array, shape) in shapes.items():
            if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
                raise ValueError(f"{name} is {array.dtype} of shape {array.shape}: expected finite float32 {shape}")

    @property
    def word_count(self) -> int:
        """Number of words, K."""
        return len(self.centers)

    def reduce(self, descriptors: np.ndarray) -> np.ndarray:
        """Bring descriptors, float32 (N, 128), to float32 (N, P)."""
        return (descriptors - self.mean) @ self.components

    def histogram(self, descriptors: np.ndarray) -> np.ndarray:
        """Count words.

        Args:
            descriptors: float32 (N, 128) of one picture; N may be 0.

        Returns:
            float32 (K,): shares that sum to 1; all zero without descriptors.
        """
        if not len(descriptors):
            return np.zeros(self.word_count, dtype=np.float32)
        # The nearest center; a descriptor's own length says nothing about which that is.
        scores = self.reduce(descriptors) @ self.centers.T - (self.centers**2).sum(axis=1) / 2
        counts = np.bincount(scores.argmax(axis=1), minlength=self.word_count)
        return (counts / len(descriptors)).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the vocabulary as `.npz` without pickle, whole."""
        buffer = io.BytesIO()
        np.savez(buffer, mean=self.mean, components=self.components, centers=self.centers)
        write_whole(path, buffer.getvalue())


def read_vocabulary(path: Path) -> Vocabulary:
    """Read a vocabulary, which may come from strangers.

    Raises:
        BackboneError: The file is missing, damaged, too large, or holds something else.
    """
    try:
        data = io.BytesIO(read_ordinary(path, most_bytes=_MOST_FILE_BYTES))
        saved = load_arrays(data, most_bytes=_MOST_FILE_BYTES)
        return Vocabulary(saved["mean"], saved["components"], saved["centers"])
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise BackboneError(
            f"{path} is no vocabulary of backbone 'bovw' ({reason}): restore it, or fit a new one with "
            "`python -m core fit-words CATALOG`"
        ) from error


def stored_word_count(path: Path) -> int | None:
    """Tell how many words a stored vocabulary has; None when there is none.

    Raises:
        BackboneError: The file is damaged.
    """
    try:
        stat = path.stat()
    except OSError:
        return None
    return _words_at(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _words_at(path: Path, _bytes: int, _modified_ns: int) -> int:
    return read_vocabulary(path).word_count


def find_descriptors(picture: np.ndarray) -> np.ndarray:
    """Describe the strongest keypoints of a picture by SIFT.

    Args:
        picture: uint8 (H, W, 3), RGB.

    Returns:
        float32 (N, 128), N at most 500; N is 0 for a picture without any.
    """
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    sift = cv2.SIFT_create(nfeatures=MOST_KEYPOINTS)  # type: ignore[attr-defined]
    _keypoints, descriptors = sift.detectAndCompute(gray, None)
    if descriptors is None:
        return np.zeros((0, DESCRIPTOR_NUMBERS), dtype=np.float32)
    return np.asarray(descriptors, dtype=np.float32)[:MOST_KEYPOINTS]


class WordsNetwork:
    """The vocabulary where a network would stand: from pictures to features, see `networks.Network`.

    Args:
        vocabulary: Counts the words.
    """

    engine = "opencv"

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def run(self, squares: Iterable[tuple[Token, np.ndarray]]) -> Iterator[tuple[Token, np.ndarray]]:
        """Turn pictures into features, in order, a few at a time."""
        waiting: deque[tuple[Token, Future[np.ndarray]]] = deque()
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="words") as pool:
            for token, square in squares:
                waiting.append((token, pool.submit(self._features, square)))
                if len(waiting) >= 2 * _THREADS:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()

    def _features(self, square: np.ndarray) -> np.ndarray:
        return self._vocabulary.histogram(find_descriptors(square))


@lru_cache(maxsize=2)
def _network_at(path: Path, _bytes: int, _modified_ns: int) -> WordsNetwork:
    return WordsNetwork(read_vocabulary(path))


def open_words(path: Path) -> WordsNetwork:
    """Open a stored vocabulary, kept in memory until the file changes.

    Raises:
        BackboneError: The file is missing or damaged.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise BackboneError(f"cannot read the vocabulary {path}: {error.strerror}") from error
    return _network_at(path, stat.st_size, stat.st_mtime_ns)
