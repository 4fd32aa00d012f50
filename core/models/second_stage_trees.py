"""Trees of boosted classifiers as plain arrays: read once from the library that grew them, then walked in numpy."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_CELLS = 2**20
"""Pictures times trees walked in one go: some 20 MiB of numbers."""


@dataclass(frozen=True)
class Forest:
    """Trees of any number of specialists. M nodes; a leaf leads to itself.

    Attributes:
        roots: Int32 (T,): first node of each tree, round after round, in a round one tree for each class of the set.
        feature: Int32 (M,): the feature a node looks at.
        threshold: Float32 (M,): below it the walk goes left.
        left: Int32 (M,): the next node then.
        right: Int32 (M,): the next node otherwise.
        value: Float32 (M,): what a leaf adds to the log-odds of its class; 0 for inner nodes.
        depth: Most steps from a root to a leaf.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    depth: int

    def leaf_values(self, roots: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Walk pictures down trees.

        Args:
            roots: Int array of shape (t,): which trees.
            features: Float32 array of shape (N pictures, D dimensions).

        Returns:
            Float32 array of shape (N, t).
        """
        found = np.empty((len(features), len(roots)), dtype=np.float32)
        size = max(1, _CELLS // max(len(roots), 1))
        for start in range(0, len(features), size):
            block = features[start : start + size]
            rows = np.arange(len(block))[:, None]
            nodes = np.broadcast_to(roots, (len(block), len(roots)))
            for _ in range(self.depth):
                below = block[rows, self.feature[nodes]] < self.threshold[nodes]
                nodes = np.where(below, self.left[nodes], self.right[nodes])
            found[start : start + size] = self.value[nodes]
        return found


def read_trees(booster_json: bytes) -> Forest:
    """Read the trees of a booster that was grown in this process.

    Args:
        booster_json: What XGBoost writes with ``save_raw("json")``. A leaf has its value in ``split_conditions``, and
            children -1. Source: XGBoost, "Introduction to Model IO".
    """
    trees = json.loads(booster_json)["learner"]["gradient_booster"]["model"]["trees"]
    return join_forests([_read_tree(tree) for tree in trees])


def join_forests(parts: Sequence[Forest]) -> Forest:
    """Put forests behind one another; roots and children are counted anew."""
    starts = np.cumsum([0, *(len(part.value) for part in parts)])
    moved = list(zip(parts, starts, strict=False))
    return Forest(
        roots=_joined([part.roots + start for part, start in moved], np.int32),
        feature=_joined([part.feature for part in parts], np.int32),
        threshold=_joined([part.threshold for part in parts], np.float32),
        left=_joined([part.left + start for part, start in moved], np.int32),
        right=_joined([part.right + start for part, start in moved], np.int32),
        value=_joined([part.value for part in parts], np.float32),
        depth=max((part.depth for part in parts), default=0),
    )


def first_trees(forest: Forest, count: int) -> Forest:
    """Keep only the first trees of a forest, and their nodes."""
    if count >= len(forest.roots):
        return forest
    end = int(forest.roots[count])
    return Forest(
        roots=forest.roots[:count],
        feature=forest.feature[:end],
        threshold=forest.threshold[:end],
        left=forest.left[:end],
        right=forest.right[:end],
        value=forest.value[:end],
        depth=forest.depth,
    )


def _joined(parts: Sequence[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype=dtype)


def _read_tree(tree: dict[str, list]) -> Forest:
    left, right = (np.array(tree[name], dtype=np.int32) for name in ("left_children", "right_children"))
    numbers, places = np.array(tree["split_conditions"], dtype=np.float32), np.arange(len(left), dtype=np.int32)
    leaf = left < 0
    return Forest(
        roots=np.zeros(1, dtype=np.int32),
        feature=np.where(leaf, 0, np.array(tree["split_indices"], dtype=np.int32)),
        threshold=np.where(leaf, np.float32(0), numbers),
        left=np.where(leaf, places, left),
        right=np.where(leaf, places, right),
        value=np.where(leaf, numbers, np.float32(0)),
        depth=_depth(left, right),
    )


def _depth(left: np.ndarray, right: np.ndarray) -> int:
    """Count the steps from the root to the farthest leaf."""
    level, steps = np.zeros(1, dtype=np.int32), 0
    while True:
        inner = level[left[level] >= 0]
        if not len(inner):
            return steps
        level, steps = np.concatenate((left[inner], right[inner])), steps + 1
