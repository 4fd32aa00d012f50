"""Rows of numbers kept by picture hash, in files that are only ever added.

A folder holds pairs of files: `<name>.npy`, the rows, and `<name>.hashes.npy`, the pictures they belong to. The rows
are written first; a pair counts once its hashes are there, so a writer that is killed leaves nothing half-written.
Names are unique, so any number of processes may write at once; a picture that two of them wrote has equal rows and
either is read. Nothing is ever changed in place: readers map the files into memory.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from core.files import load_array, save_array_whole
from core.vision.stored_arrays import damage_named, map_array

_HASH_BYTES = 32
_HASHES = ".hashes.npy"
SMALL_SHARD_ROWS = 8192
MANY_SHARDS = 24
_READ_ATTEMPTS = 5


@dataclass(frozen=True)
class _Index:
    """Where every known picture's row is: keys sorted, with the whole hash, shard and row of each."""

    keys: np.ndarray
    hashes: np.ndarray
    shards: np.ndarray
    rows: np.ndarray
    paths: tuple[Path, ...]


class RowShards:
    """A store of one row of numbers a picture.

    Args:
        folder: Where the files are; made when the first rows are written.
        row_shape: Shape of one row.
        dtype: Type of its numbers.
    """

    def __init__(self, folder: Path, *, row_shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.folder = folder
        self.row_shape = row_shape
        self.dtype = np.dtype(dtype)

    def append(self, picture_hashes: Sequence[str], rows: np.ndarray) -> None:
        """Add rows, whole or not at all.

        Args:
            picture_hashes: P hashes of 64 hex digits.
            rows: (P, *row_shape), converted to the store's type.

        Raises:
            ValueError: The number or shape of the rows is wrong.
            OSError: The disk refused; what was there before stays.
        """
        expected = (len(picture_hashes), *self.row_shape)
        if rows.shape != expected:
            raise ValueError(f"rows of shape {expected} expected, {rows.shape} received")
        if len(picture_hashes):
            self._write(hash_bytes(picture_hashes), rows)

    def known(self, picture_hashes: Sequence[str]) -> np.ndarray:
        """Tell which pictures have a row; bool (P,)."""
        return _places(self._index(), hash_bytes(picture_hashes)) >= 0

    def read(self, picture_hashes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Read the rows of pictures.

        Args:
            picture_hashes: P hashes; repeats are welcome.

        Returns:
            rows (P, *row_shape) in the store's type, zero where unknown, and bool (P,) telling which are known.
        """
        out = np.zeros((len(picture_hashes), *self.row_shape), dtype=self.dtype)
        known = np.zeros(len(picture_hashes), dtype=bool)
        for start, rows, mask in self.read_blocks(picture_hashes, block_rows=max(1, len(picture_hashes))):
            out[start : start + len(rows)], known[start : start + len(rows)] = rows, mask
        return out, known

    def read_blocks(
        self, picture_hashes: Sequence[str], *, block_rows: int = 4096
    ) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Read the rows of many pictures, a block at a time.

        Yields:
            The position of the block's first picture, its rows and its mask, as `read` gives them.
        """
        index = self._index()
        for start in range(0, len(picture_hashes), block_rows):
            wanted = hash_bytes(picture_hashes[start : start + block_rows])
            try:
                rows, known = self._gather(index, wanted)
            except FileNotFoundError:  # merged by another process since the index was read
                index = self._index()
                rows, known = self._gather(index, wanted)
            yield start, rows, known

    def compact(self) -> bool:
        """Merge small shards into one when there are many; another process that is at it is left alone.

        Returns:
            Whether anything was merged.
        """
        if len(self._small_shards()) < MANY_SHARDS:
            return False
        try:
            with FileLock(self.folder / ".compact.lock", timeout=0):
                return self._merge(self._small_shards())
        except Timeout:
            return False

    def _write(self, hashes: np.ndarray, rows: np.ndarray) -> None:
        name = f"{len(rows):07d}-{uuid.uuid4().hex}"
        save_array_whole(self.folder / f"{name}.npy", np.ascontiguousarray(rows, dtype=self.dtype))
        save_array_whole(self.folder / f"{name}{_HASHES}", hashes)

    def _small_shards(self) -> list[Path]:
        names = sorted(self.folder.glob(f"*{_HASHES}"))
        return [path for path in names if int(path.name.partition("-")[0]) < SMALL_SHARD_ROWS]

    def _merge(self, shards: list[Path]) -> bool:
        if len(shards) < MANY_SHARDS:
            return False
        hashes = np.concatenate([load_array(path, mmap_mode=None) for path in shards])
        rows = np.concatenate([load_array(_rows_path(path), mmap_mode=None) for path in shards])
        first = np.sort(np.unique(hashes, axis=0, return_index=True)[1])
        for start in range(0, len(first), SMALL_SHARD_ROWS):
            chosen = first[start : start + SMALL_SHARD_ROWS]
            self._write(hashes[chosen], rows[chosen])
        for path in shards:
            # Where an open file cannot be deleted it stays, as a copy that does no harm. Hashes go first: without
            # them the rows no longer count.
            with contextlib.suppress(PermissionError):
                path.unlink()
                _rows_path(path).unlink()
        return True

    def _index(self) -> _Index:
        """Read the hashes of every shard, sorted for searching."""
        for _ in range(_READ_ATTEMPTS):
            paths = sorted(self.folder.glob(f"*{_HASHES}"))
            try:
                hashes = np.dtype(np.uint8)
                parts = [np.array(map_array(path, dtype=hashes, row_shape=(_HASH_BYTES,))) for path in paths]
            except FileNotFoundError:  # merged by another process between listing and reading
                continue
            return _sorted_index(parts, tuple(_rows_path(path) for path in paths))
        raise FileNotFoundError(f"{self.folder} keeps changing while it is read")

    def _gather(self, index: _Index, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        out = np.zeros((len(wanted), *self.row_shape), dtype=self.dtype)
        places = _places(index, wanted)
        known = places >= 0
        shards = np.where(known, index.shards[places] if len(index.shards) else 0, -1)
        for shard in np.unique(shards[known]):
            here = np.flatnonzero(shards == shard)
            path = index.paths[shard]
            mapped = map_array(path, dtype=self.dtype, row_shape=self.row_shape)
            with damage_named(path):
                rows = index.rows[places[here]]
                if rows.max() >= len(mapped):
                    raise ValueError(f"expected at least {rows.max() + 1} rows, found {len(mapped)}")
                out[here] = mapped[rows]
        return out, known


def hash_bytes(picture_hashes: Sequence[str]) -> np.ndarray:
    """Turn hashes of 64 hex digits into uint8 (P, 32)."""
    data = bytes.fromhex("".join(picture_hashes))
    return np.frombuffer(data, dtype=np.uint8).reshape(len(picture_hashes), _HASH_BYTES)


def _rows_path(hashes_path: Path) -> Path:
    return hashes_path.with_name(hashes_path.name.removesuffix(_HASHES) + ".npy")


def _keys(hashes: np.ndarray) -> np.ndarray:
    """Take the first 8 bytes of uint8 (P, 32) as P numbers to search by; the rest is compared after."""
    return np.ascontiguousarray(hashes[:, :8]).view("<u8").reshape(-1)


def _sorted_index(parts: list[np.ndarray], paths: tuple[Path, ...]) -> _Index:
    lengths = [len(part) for part in parts]
    hashes = np.concatenate([np.zeros((0, _HASH_BYTES), dtype=np.uint8), *parts])
    keys = _keys(hashes)
    order = np.argsort(keys, kind="stable")
    shards = np.repeat(np.arange(len(parts)), lengths)
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(length) for length in lengths)])
    return _Index(keys[order], hashes[order], shards[order], rows[order], paths)


def _places(index: _Index, wanted: np.ndarray) -> np.ndarray:
    """Find each wanted hash in the index; -1 where it is not."""
    if not len(index.keys):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(index.keys, _keys(wanted)), len(index.keys) - 1)
    return np.where((index.hashes[places] == wanted).all(axis=1), places, -1)
