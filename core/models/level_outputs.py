"""A softmax for each parent of the category tree: a class has the product of the probabilities along its path."""

import numpy as np

from core.models.class_tree import ClassTree


class LevelOutputs:
    """Reads a head's K numbers as the choices along the paths of C classes.

    A column is a child among its siblings; the siblings below one parent share a softmax. Where a parent has one child
    there is nothing to choose and no column. The probabilities of a parent's classes therefore add up to the parent's
    own, so that no prediction of a class can contradict the one of its parent.

    Attributes:
        groups: Int64 (K,): number of the parent whose child a column is, ascending from 0 without gaps.
        paths: Int64 (C, L levels): a class's column at each level; -1 where there is nothing to choose.
    """

    def __init__(self, groups: np.ndarray, paths: np.ndarray) -> None:
        """Keep the tree.

        Raises:
            ValueError: The arrays do not describe one.
        """
        self.groups, self.paths = np.asarray(groups), np.asarray(paths)
        kinds = self.groups.dtype.kind + self.paths.dtype.kind
        if kinds != "ii" or self.groups.ndim != 1 or self.paths.ndim != 2 or not len(self.groups):
            raise ValueError("groups and paths hold no tree of choices")
        steps = np.diff(self.groups, prepend=-1)
        if steps[0] != 1 or not np.isin(steps, (0, 1)).all():
            raise ValueError("groups are not numbered from 0 without gaps")
        if self.paths.size and (self.paths.min() < -1 or self.paths.max() >= len(self.groups)):
            raise ValueError("paths lead to columns that are not there")
        self._starts = np.flatnonzero(steps)
        # Bool (C, K): whether a column is one of the choices on the way to a class.
        met = np.zeros((len(self.paths), len(self._starts)), dtype=bool)
        for column in self.paths.T:
            chosen = np.flatnonzero(column >= 0)
            met[chosen, self.groups[column[chosen]]] = True
        self._met = met[:, self.groups]

    @property
    def columns(self) -> int:
        """How many numbers there are, K."""
        return len(self.groups)

    def chances(self, logits: np.ndarray) -> np.ndarray:
        """Turn logits, float32 (..., K), into probabilities among siblings, in place."""
        logits -= np.maximum.reduceat(logits, self._starts, axis=-1)[..., self.groups]
        np.exp(logits, out=logits)
        logits /= np.add.reduceat(logits, self._starts, axis=-1)[..., self.groups]
        return logits

    def class_chances(self, chances: np.ndarray) -> np.ndarray:
        """Multiply the probabilities along the paths: float32 (..., K) to (..., C), which sums to 1."""
        found = np.ones((*chances.shape[:-1], len(self.paths)), dtype=np.float32)
        for column in self.paths.T:
            chosen = np.flatnonzero(column >= 0)
            found[..., chosen] *= chances[..., column[chosen]]
        return found

    def judge(self, chances: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the probability of the true class, float32 (B, S), and whether it is the likeliest, bool (B, S)."""
        classes = self.class_chances(chances)
        return classes[np.arange(len(labels)), :, labels], classes.argmax(axis=2) == labels[:, None]

    def subtract_truth(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Turn probabilities into the gradient of the log loss: choices that are not on a picture's way get none."""
        chances *= self._met[labels][:, None, :]
        for column in self.paths.T:
            met = np.flatnonzero(column[labels] >= 0)
            chances[met, :, column[labels[met]]] -= 1
        return chances


def level_outputs(tree: ClassTree) -> LevelOutputs:
    """Lay out the choices of a tree: parents level by level, the children of each side by side."""
    paths = np.full(tree.nodes.shape, -1, dtype=np.int64)
    groups: list[np.ndarray] = []
    columns = parents = 0
    for level in range(tree.levels):
        nodes = tree.nodes[:, level]
        parent_of = np.zeros(len(tree.names[level]), dtype=np.int64)
        parent_of[nodes] = tree.nodes[:, level - 1] if level else 0
        choices = np.flatnonzero(np.bincount(parent_of)[parent_of] > 1)
        choices = choices[np.argsort(parent_of[choices], kind="stable")]
        column_of = np.full(len(parent_of), -1, dtype=np.int64)
        column_of[choices] = columns + np.arange(len(choices))
        paths[:, level] = column_of[nodes]
        found, numbers = np.unique(parent_of[choices], return_inverse=True)
        groups.append(parents + numbers.astype(np.int64))
        columns, parents = columns + len(choices), parents + len(found)
    return LevelOutputs(np.concatenate(groups), paths)
