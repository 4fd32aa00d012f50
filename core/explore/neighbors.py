"""Nearest neighbors of every product, exactly, block by block; computed once for an embedding and shared."""

import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.catalog.catalogs import Catalog
from core.errors import BackboneError
from core.explore.catalog_embeddings import CatalogEmbedding
from core.files import save_array_whole, whole_folder
from core.home import Home
from core.vision.pca import unit_rows
from core.vision.stored_arrays import map_array

SHARED_NEIGHBORS = 91
"""How many are stored, the product itself among them: what t-SNE needs at a perplexity of 30, UMAP needs fewer."""

_KEPT = 6
_TILE_ROWS = 512  # squares of similarities of this side stay in the processor's own memory
_BEYOND, _BEFORE_ALL = 4.0, -1.0  # farther than any cosine distance, and nearer than any
_FEW_PRODUCTS = 4096
_UNIT_SLACK = 1e-3


@dataclass(frozen=True)
class Neighbors:
    """The nearest products of every product, itself first.

    Attributes:
        rows: int32 (N, K).
        distances: float32 (N, K), cosine distances 0..2, rising along a row.
    """

    rows: np.ndarray
    distances: np.ndarray

    def nearest(self, count: int) -> "Neighbors":
        """Give only the first so many, itself among them."""
        return Neighbors(np.asarray(self.rows[:, :count]), np.asarray(self.distances[:, :count]))


def shared_neighbors(
    home: Home,
    catalog: Catalog,
    embedding: CatalogEmbedding,
    count: int,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Neighbors:
    """Find the neighbors of an embedding, or open those found before for another purpose.

    Args:
        home: Where they are kept: in its cache, for each version of an embedding once.
        catalog: The catalog.
        embedding: The embedding.
        count: How many are needed, the product itself among them.
        on_progress: Called with products done and all products.

    Returns:
        The first `count` of each product, fewer where there are no more products.
    """
    key = hashlib.sha256(f"{embedding.name}\0{embedding.version}".encode()).hexdigest()[:16]
    folder = home.cache / "neighbors" / str(catalog.catalog_id) / key
    total = len(embedding.product_ids)
    found = _stored(folder, total, min(count, total))
    if found is None:
        rows, distances = exact_neighbors(
            embedding.matrix, min(total, max(count, SHARED_NEIGHBORS)), on_progress=on_progress
        )
        found = Neighbors(rows, distances)
        _store(folder, found)
    return found.nearest(count)


def exact_neighbors(
    embeddings: np.ndarray, count: int, *, on_progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest products of every product by cosine distance, on every core.

    Args:
        embeddings: float32 (N, d); rows of another length than 1 are brought to it.
        count: neighbors of each product, the product itself first; 1..N.
        on_progress: called with products done and all products.

    Returns:
        Rows int32 (N, count) and cosine distances float32 (N, count), 0..2, nearest first; the first column is the
        product itself at distance 0. The same whatever the number of cores.
    """
    total = len(embeddings)
    if not total:
        return np.empty((0, count), np.int32), np.empty((0, count), np.float32)
    units = as_unit_rows(embeddings)
    rows = np.full((total, count), total, np.int32)
    near = np.full((total, count), _BEYOND, np.float32)
    rows[:, -1], near[:, -1] = np.arange(total), _BEFORE_ALL  # the product itself, at the end of its heap
    with one_thread_products(), ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        _compare_all(units, near, rows, threads, on_progress or (lambda done, of: None))
    near[:, 0] = 0.0
    return rows, near


def _compare_all(
    units: np.ndarray, near: np.ndarray, rows: np.ndarray, threads: ThreadPoolExecutor, told: Callable[[int, int], None]
) -> None:
    """Compare every pair of tiles once, each thread one at a time, and sort what was kept."""
    from core.explore.nearest_kept import offer_tile, sort_kept

    total = len(units)
    starts = [*range(0, total, _TILE_ROWS)]
    pairs = [(first, second) for place, first in enumerate(starts) for second in starts[place:]]
    # Two threads may not change the same products at once; comparing, which takes longest, needs no lock.
    locks = {start: threading.Lock() for start in starts}
    limits = near[:, 0].copy()
    own = threading.local()

    def compare(first: int, second: int) -> int:
        if not hasattr(own, "alike"):  # one a thread: fresh memory costs more than what is written into it
            own.alike = np.empty(_TILE_ROWS**2, np.float32)
        some, others = units[first : first + _TILE_ROWS], units[second : second + _TILE_ROWS]
        alike = np.matmul(some, others.T, out=own.alike[: len(some) * len(others)].reshape(len(some), -1))
        with ExitStack() as held:
            for start in dict.fromkeys((first, second)):  # always the earlier one first
                held.enter_context(locks[start])
            offer_tile(alike, first, second, near, rows, limits)
        return 1

    done = 0
    for more in _in_order(threads, compare, pairs):
        done += more
        told(total * done // (len(pairs) + 1), total)
    list(threads.map(lambda start: sort_kept(near, rows, start, min(start + _TILE_ROWS, total)), starts))
    told(total, total)


def largest_columns(values: np.ndarray, count: int) -> np.ndarray:
    """Find the columns of the largest values of each row, unordered.

    The largest `count` values lie in the `count` groups of columns with the largest maxima, so only those are looked
    through; maxima of groups are several times faster to find than a partition of the whole row.

    Args:
        values: float32 (M, N).
        count: 1..N.

    Returns:
        int64 (M, count).
    """
    columns = values.shape[1]
    if count >= columns:
        return np.broadcast_to(np.arange(columns), values.shape).copy()
    members = int(np.sqrt(columns / count))
    groups = columns // max(members, 1)
    if columns < _FEW_PRODUCTS or members < 2 or groups <= count:
        return np.argpartition(-values, count - 1, axis=1)[:, :count]
    grouped = values[:, : members * groups].reshape(len(values), members, groups)
    best = np.argpartition(-grouped.max(axis=1), count - 1, axis=1)[:, :count]
    inside = (best[:, None, :] + groups * np.arange(members)[None, :, None]).reshape(len(values), -1)
    left_over = np.broadcast_to(np.arange(members * groups, columns), (len(values), columns - members * groups))
    looked = np.concatenate([inside, left_over], axis=1)
    chosen = np.argpartition(-np.take_along_axis(values, looked, axis=1), count - 1, axis=1)[:, :count]
    return np.take_along_axis(looked, chosen, axis=1)


def cosine_distances(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compare unit rows: 1 - cosine. float32 (M, d) and (N, d) -> float32 (M, N), 0..2.

    Differences below one millionth are roundings of a float32 product and become 0.
    """
    distance = some @ others.T
    np.subtract(1.0, distance, out=distance)
    distance[distance < 1e-6] = 0.0
    return distance


def as_unit_rows(embeddings: np.ndarray) -> np.ndarray:
    """Bring rows to length 1 unless they are; rows of length 0 stay. float32 (N, d)."""
    rows = np.asarray(embeddings, np.float32)
    lengths = np.einsum("nd,nd->n", rows, rows)
    if (np.abs(lengths[lengths > 0] - 1) < _UNIT_SLACK).all():
        return rows
    return unit_rows(rows)


@contextmanager
def one_thread_products() -> Iterator[None]:
    """Let matrix products use one core each, for there is one thread a core already."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def _in_order(
    threads: ThreadPoolExecutor, work: Callable[[int, int], int], pairs: list[tuple[int, int]]
) -> Iterator[int]:
    """Do work on all threads, no more at a time than is needed to keep them busy."""
    waiting = []
    try:
        for first, second in pairs:
            waiting.append(threads.submit(work, first, second))
            if len(waiting) > 4:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        for each in waiting:
            each.cancel()


def _stored(folder: Path, total: int, count: int) -> Neighbors | None:
    """Open stored neighbors; None when they are missing, damaged or too few, so that they are found again."""
    try:
        rows = map_array(folder / "rows.npy", dtype=np.dtype(np.int32), row_shape=(None,))
        distances = map_array(folder / "distances.npy", dtype=np.dtype(np.float32), row_shape=(None,))
    except (OSError, BackboneError):
        return None
    if rows.shape != distances.shape or len(rows) != total or rows.shape[1] < count:
        return None
    inside = total == 0 or (int(rows.min()) >= 0 and int(rows.max()) < total)
    return Neighbors(rows, distances) if inside else None


def _store(folder: Path, found: Neighbors) -> None:
    """Keep neighbors whole; of each catalog only the newest few stay."""
    if folder.exists():
        shutil.rmtree(folder)
    with whole_folder(folder) as draft:
        save_array_whole(draft / "rows.npy", found.rows)
        save_array_whole(draft / "distances.npy", found.distances)
    others = sorted(folder.parent.glob("[!.]*"), key=lambda path: path.stat().st_mtime)
    for path in others[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
