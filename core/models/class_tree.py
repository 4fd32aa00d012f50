"""Classes as leaves of a tree: which class lies under which node at every level."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.catalog.category_names import path_levels
from core.models.targets import LEVEL_SEPARATOR

MOST_LEVELS = 20
"""Levels beyond this are one: a hostile path of a thousand levels costs no more than this."""

VERDICTS = ("right", "right parent", "wrong")
"""In the order of their numbers; right parent is also called half right."""


@dataclass(frozen=True)
class ClassTree:
    """The tree that the names of C classes span, such as ``A > B > C``.

    The node of a class at level L is its path cut there; a class that has no further levels stays its own node. So
    every class is under exactly one node of every level, at the last level every class is a node, and a class ``A``
    beside another ``A > B`` is a leaf under the node ``A``.

    Attributes:
        nodes: Int64 (C, L levels): number of the class's node at each level, from 0 at every level.
        names: For each level the names of its nodes, in the order of their numbers.
        depths: Int64 (C,): levels of each class's own path.
    """

    nodes: np.ndarray
    names: tuple[tuple[str, ...], ...]
    depths: np.ndarray

    @property
    def levels(self) -> int:
        """How many levels there are, at least 1."""
        return self.nodes.shape[1]

    def sum_leaves(self, probabilities: np.ndarray, level: int) -> np.ndarray:
        """Add the probabilities of classes up to the nodes above them, so that a parent has what its children have.

        Args:
            probabilities: Float array of shape (N, C).
            level: From 1, the top.

        Returns:
            Float array of shape (N, nodes of that level).
        """
        codes = self.nodes[:, level - 1]
        if len(self.names[level - 1]) == len(codes):  # every class is a node: nothing to add up
            return np.asarray(probabilities[:, np.argsort(codes, kind="stable")])
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(self.names[level - 1])))
        return np.add.reduceat(probabilities[:, order], starts, axis=1)

    def verdicts(self, labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Judge predictions as right, half right or wrong.

        Half right is a wrong class with the right parent: the first level is right, and so is every level of the true
        path but the last. A top-level class is half right only when a class below it was predicted.

        Args:
            labels: Int array of shape (N,): true classes.
            predicted: Int array of shape (N,): given classes.

        Returns:
            Int64 (N,): 0 right, 1 right parent, 2 wrong.
        """
        needed = np.maximum(self.depths[labels] - 1, 1)
        deep = np.arange(self.levels) < np.minimum(self.depths[labels], self.depths[predicted])[:, None]
        agreed = np.cumprod(deep & (self.nodes[labels] == self.nodes[predicted]), axis=1).sum(axis=1)
        return np.where(labels == predicted, 0, np.where(agreed >= needed, 1, 2)).astype(np.int64)


def class_tree(classes: Sequence[str]) -> ClassTree:
    """Read the tree in the names of classes.

    Args:
        classes: C different names, levels parted by `` > ``; any order.
    """
    paths = [_bounded(path_levels(name)) for name in classes]
    levels = max((len(path) for path in paths), default=1)
    nodes, names = np.zeros((len(paths), levels), dtype=np.int64), []
    for level in range(levels):
        cut = [path[: level + 1] for path in paths]
        numbers = {path: number for number, path in enumerate(sorted(set(cut)))}
        nodes[:, level] = [numbers[path] for path in cut]
        names.append(tuple(LEVEL_SEPARATOR.join(path) for path in numbers))
    return ClassTree(nodes, tuple(names), np.array([len(path) for path in paths], dtype=np.int64))


def _bounded(path: tuple[str, ...]) -> tuple[str, ...]:
    """Join what lies below the most levels into the last one, so that different paths stay different."""
    if len(path) <= MOST_LEVELS:
        return path
    return (*path[: MOST_LEVELS - 1], LEVEL_SEPARATOR.join(path[MOST_LEVELS - 1 :]))
