"""How right predictions are at each level of the category tree: a wrong shirt may still be clothing."""

from typing import Any

import numpy as np

from core.models.class_tree import VERDICTS, ClassTree

BLOCK_ROWS = 4096


def level_figures(
    tree: ClassTree, probabilities: np.ndarray, rows: np.ndarray, labels: np.ndarray, predicted: np.ndarray
) -> dict[str, Any]:
    """Judge predictions level by level.

    A level is judged in two ways. ``levels`` adds the probabilities of all classes below each node and takes the most
    probable node: the best guess at that level. ``levels_by_leaf`` takes the node above the most probable class, which
    is what someone sees who reads the parent off the prediction. At the last level both are the accuracy.

    Args:
        tree: Of the run's C classes.
        probabilities: Float32 array of shape (P, C); may be memory-mapped.
        rows: Int array of shape (N,): which of its rows to judge, ascending.
        labels: Int array of shape (N,): true class of each.
        predicted: Int array of shape (N,): most probable class of each.

    Returns:
        ``levels`` and ``levels_by_leaf``: shares by level, named "1" and so on; ``half_right``: share of pictures put
        into a wrong class with the right parent, see :meth:`ClassTree.verdicts`. Empty without pictures.
    """
    if not len(rows):
        return {}
    right = np.zeros(tree.levels, dtype=np.int64)
    for start in range(0, len(rows), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        chances = np.asarray(probabilities[rows[block]])
        for level in range(1, tree.levels):
            nodes = tree.sum_leaves(chances, level).argmax(axis=1)
            right[level - 1] += int((nodes == tree.nodes[labels[block], level - 1]).sum())
    right[-1] = int((labels == predicted).sum())
    by_leaf = (tree.nodes[labels] == tree.nodes[predicted]).mean(axis=0)
    halves = tree.verdicts(labels, predicted) == VERDICTS.index("right parent")
    return {
        "levels": {str(level + 1): float(count / len(rows)) for level, count in enumerate(right)},
        "levels_by_leaf": {str(level + 1): float(share) for level, share in enumerate(by_leaf)},
        "half_right": float(halves.mean()),
    }
