"""One epoch of UMAP's layout, compiled. Imported only where a map is laid out: it brings numba along.

The update rule is that of McInnes, Healy, Melville, "UMAP", 2018, algorithm 5, with the step, the clipping and the
negative samples of umap-learn. Ours: every product reads the positions of the epoch before and moves only itself, so
that the cores can share the products, and the same seed gives the same map on any number of them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

_CLIP = 4.0
_LEAST_SQUARED = 0.001  # keeps the repulsion of products at one place finite
_NEGATIVE_SAMPLES = 5


def compiled(function: Callable[..., Any]) -> Any:
    """Compile, and keep the machine code beside this file where that can be written."""
    try:
        return njit(function, cache=True, nogil=True, fastmath=True, error_model="numpy")
    except RuntimeError:  # no folder of the cache can be written, as in a read-only installation
        return njit(function, nogil=True, fastmath=True, error_model="numpy")


def _move(
    part: tuple[int, int],
    edges: tuple[np.ndarray, np.ndarray, np.ndarray],
    positions: np.ndarray,
    moved: np.ndarray,
    curve: np.ndarray,
    epoch: int,
    seed: int,
) -> None:
    """Move some products by the forces of one epoch.

    Args:
        part: The first of them, and one after the last.
        edges: int64 (N + 1,), where the edges of each product begin; int32 (E,), the other end of each edge; and
            float32 (E,), 0..1, in which share of the epochs it pulls.
        positions: float32 (N, 3), before the epoch; the third axis is 0 on a flat map and stays so.
        moved: float32 (N, 3), written where they are.
        curve: float32 (3,): a and b of 1 / (1 + a x^(2b)), and the step, 0..1, which falls from epoch to epoch.
        epoch: Its number, from 0.
        seed: Of the negative samples.
    """
    total = np.int64(positions.shape[0])
    starts, ends, chances = edges
    a, b, size = curve[0], curve[1], curve[2]
    one = np.float32(1.0)
    clip = np.float32(_CLIP)
    pull = np.float32(-2.0) * a * b
    push = np.float32(2.0) * b
    for row in range(part[0], part[1]):
        x, y, z = positions[row, 0], positions[row, 1], positions[row, 2]
        state = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ np.uint64(row + 1)) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(29)) ^ np.uint64(epoch + 1)) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31)) | np.uint64(1)
        for edge in range(starts[row], starts[row + 1]):
            chance = chances[edge]
            if np.int64((epoch + 1) * chance) == np.int64(epoch * chance):
                continue
            other = ends[edge]
            # Twice, for umap-learn samples each edge from both ends and moves both.
            for _ in range(2):
                dx, dy, dz = x - positions[other, 0], y - positions[other, 1], z - positions[other, 2]
                squared = dx * dx + dy * dy + dz * dz
                if squared > 0:
                    power = squared**b
                    force = pull * power / (squared * (one + a * power))
                    x += size * min(max(force * dx, -clip), clip)
                    y += size * min(max(force * dy, -clip), clip)
                    z += size * min(max(force * dz, -clip), clip)
            for _ in range(_NEGATIVE_SAMPLES):
                state ^= state << np.uint64(13)
                state ^= state >> np.uint64(7)
                state ^= state << np.uint64(17)
                other = np.int64(state >> np.uint64(33)) % total
                if other == row:
                    continue
                dx, dy, dz = x - positions[other, 0], y - positions[other, 1], z - positions[other, 2]
                squared = dx * dx + dy * dy + dz * dz
                if squared > 0:
                    force = push / ((np.float32(_LEAST_SQUARED) + squared) * (one + a * squared**b))
                    x += size * min(max(force * dx, -clip), clip)
                    y += size * min(max(force * dy, -clip), clip)
                    z += size * min(max(force * dz, -clip), clip)
        moved[row, 0], moved[row, 1], moved[row, 2] = x, y, z


move_products = compiled(_move)
