"""Principal components of picture features, fitted in blocks, and the projection to short unit vectors."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.files import load_arrays, write_whole

MAX_DIMENSIONS = 256
MIN_CENTERED_PICTURES = 64
_LEAST_SHARE = 1e-7  # of the largest variance: smaller directions are rounding
_LEAST_VARIANCE = 1e-20


@dataclass(frozen=True)
class Projection:
    """How features become an embedding.

    Attributes:
        mean: Subtracted from unit features, float32 (D,).
        components: Orthonormal columns, float32 (D, d).
        fitted_pictures: How many pictures it was fitted on.
    """

    mean: np.ndarray
    components: np.ndarray
    fitted_pictures: int

    @property
    def dimensions(self) -> int:
        """Length d of an embedding."""
        return int(self.components.shape[1])

    @property
    def key(self) -> str:
        """Name the projection by its content, 12 hex digits."""
        return hashlib.sha256(self.mean.tobytes() + self.components.tobytes()).hexdigest()[:12]

    def project(self, features: np.ndarray) -> np.ndarray:
        """Turn features into embeddings.

        Args:
            features: float32 (M, D).

        Returns:
            float32 (M, d), rows of length 1; a row is zero when its features have nothing to do with the fit.
        """
        return unit_rows((unit_rows(features) - self.mean) @ self.components)

    def save(self, path: Path) -> None:
        """Write the projection as `.npz` without pickle, whole."""
        buffer = io.BytesIO()
        np.savez(buffer, mean=self.mean, components=self.components, fitted_pictures=np.int64(self.fitted_pictures))
        write_whole(path, buffer.getvalue())


def load_projection(path: Path) -> Projection:
    """Read a projection that was saved.

    Raises:
        FileNotFoundError: There is none.
        ValueError: The file is damaged.
    """
    saved = load_arrays(path)
    return Projection(saved["mean"], saved["components"], int(saved["fitted_pictures"]))


def fit_projection(blocks: Iterable[np.ndarray], *, dimensions: int = MAX_DIMENSIONS) -> Projection:
    """Fit principal components of unit features.

    Sums and products are gathered block by block in double precision, so any number of rows fits in memory. Below 64
    pictures the mean is not subtracted: with few pictures it would leave little but its own noise (two pictures would
    come out exactly opposite), and cosines of the embedding then equal those of the features.

    Args:
        blocks: Features, float32 (any, D); at least one row in all.
        dimensions: At most so many; fewer when the features span fewer.

    Returns:
        The projection, the same for the same rows: each component's largest entry is positive.
    """
    sums = _Sums()
    for block in blocks:
        sums.add(unit_rows(block).astype(np.float64))
    centered = sums.count >= MIN_CENTERED_PICTURES
    mean = sums.total / sums.count if centered else np.zeros_like(sums.total)
    variances, vectors = sums.principal_components(mean)
    kept = variances > max(_LEAST_SHARE * variances[0], _LEAST_VARIANCE)
    kept[0] = True
    components = vectors[:, kept][:, :dimensions]
    largest = np.abs(components).argmax(axis=0)
    components = components * np.where(components[largest, np.arange(components.shape[1])] < 0, -1.0, 1.0)
    return Projection(mean.astype(np.float32), np.ascontiguousarray(components, dtype=np.float32), sums.count)


class _Sums:
    """Rows while they are fewer than their dimensions, sums and products of them from then on."""

    def __init__(self) -> None:
        self.count = 0
        self.total: np.ndarray = np.zeros(0)
        self._rows: list[np.ndarray] = []
        self._products: np.ndarray | None = None

    def add(self, rows: np.ndarray) -> None:
        self.count += len(rows)
        self.total = rows.sum(axis=0) + (self.total if self.total.size else 0.0)
        if self._products is not None:
            self._products += rows.T @ rows
            return
        self._rows.append(rows)
        if self.count > rows.shape[1]:
            together = np.concatenate(self._rows)
            self._rows, self._products = [], together.T @ together

    def principal_components(self, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give variances, largest first, and the directions they lie in, as columns."""
        if self._products is None:
            # With fewer rows than dimensions the rows themselves are the smaller problem.
            _left, singular, right = np.linalg.svd(np.concatenate(self._rows) - mean, full_matrices=False)
            return singular**2 / self.count, right.T
        variances, vectors = np.linalg.eigh(self._products / self.count - np.outer(mean, mean))
        return variances[::-1], vectors[:, ::-1]


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Scale rows to length 1, float32; rows of length 0 stay."""
    rows = rows.astype(np.float32, copy=False)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.maximum(lengths, np.finfo(np.float32).tiny)
