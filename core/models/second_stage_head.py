"""The head of the recipe `second-stage`: a first model and its specialists as arrays, and what they predict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.models.head_parts import softmax
from core.models.learning import Arrays
from core.models.linear import predict_linear
from core.models.second_stage_sets import ConfusableSet
from core.models.second_stage_settings import DEEPEST_TREE
from core.models.second_stage_trees import Forest, join_forests

SMALLEST_CHANCE = 1e-6
"""A specialist that starts from the first model still can find what that one holds for impossible."""

_LARGEST_LOG_ODDS = 1e4
_NODES = ("feature", "threshold", "left", "right", "value")


@dataclass(frozen=True)
class Specialist:
    """What tells the members of a confusable set apart.

    Attributes:
        members: Int64 (K,): categories it chooses among, ascending.
        roots: Int32 (rounds * K,): its trees.
        trust: Its share in the prediction, 0..1; 0 leaves the first model alone.
        correct_first: Whether it starts from the first model's log-probabilities, or from nothing.
        replace: Whether its answer stands alone, or shares out what the first model gives to the set.
    """

    members: np.ndarray
    roots: np.ndarray
    trust: float
    correct_first: bool
    replace: bool

    def starts(self, chances: np.ndarray) -> np.ndarray:
        """Give the log-odds it starts from, float32 (N, K), for the first model's probabilities (N, C)."""
        inside = np.maximum(chances[:, self.members], np.float32(SMALLEST_CHANCE))
        return np.log(inside) if self.correct_first else np.zeros_like(inside)

    def predict(self, chances: np.ndarray, added: np.ndarray) -> np.ndarray:
        """Put the prediction of the first model and its own together.

        Args:
            chances: Float32 array of shape (N, C): the first model's probabilities.
            added: Float32 array of shape (N, K): what its trees add to the log-odds.

        Returns:
            Float32 array of shape (N, C), rows sum to 1.
        """
        own = softmax(np.clip(self.starts(chances) + added, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS))
        inside = chances[:, self.members]
        mass = np.maximum(inside.sum(axis=1, keepdims=True), np.float32(SMALLEST_CHANCE))
        trust = np.float32(self.trust)
        dealt = (1 - trust) * inside / mass + trust * own
        combined = np.zeros_like(chances) if self.replace else chances.copy()
        combined[:, self.members] = dealt if self.replace else mass * dealt
        return combined


@dataclass(frozen=True)
class Stage:
    """The whole second stage, checked.

    Attributes:
        sets: One a specialist.
        specialists: In the same order.
        forest: All their trees.
    """

    sets: tuple[ConfusableSet, ...]
    specialists: tuple[Specialist, ...]
    forest: Forest

    def predict(self, chances: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Ask the specialist of each picture's predicted category; gives float32 (N, C), rows sum to 1."""
        first, combined = chances.argmax(axis=1), chances
        for each, specialist in zip(self.sets, self.specialists, strict=True):
            rows = np.flatnonzero(first == each.category)
            if len(rows) and specialist.trust > 0:
                combined = combined.copy() if combined is chances else combined
                added = add_rounds(self.forest.leaf_values(specialist.roots, features[rows]), len(specialist.members))
                combined[rows] = specialist.predict(chances[rows], added[:, -1])
        return combined


def add_rounds(values: np.ndarray, classes: int) -> np.ndarray:
    """Sum the values of leaves, float32 (N, rounds * K), over the rounds so far: float32 (N, rounds, K)."""
    rounds = values.shape[1] // classes
    return values.reshape(len(values), rounds, classes).cumsum(axis=1, dtype=np.float32)


def predict_second_stage(head: Arrays, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all classes, in numpy alone.

    Args:
        head: Arrays of the linear head, and those of :func:`stage_arrays`.
        features: Float32 array of shape (N pictures, D dimensions).

    Returns:
        Float32 array of shape (N, C), rows sum to 1.

    Raises:
        ValueError: The arrays do not fit together.
    """
    chances = predict_linear(head, features)
    stage = read_stage(head, dimensions=features.shape[1], class_count=chances.shape[1])
    return stage.predict(chances, np.asarray(features))


def stage_arrays(sets: Sequence[ConfusableSet], specialists: Sequence[Specialist], forests: Sequence[Forest]) -> Arrays:
    """Lay a second stage out as arrays. S sets, M members of all sets, T trees, N nodes.

    Returns:
        ``set_categories`` (S,), ``set_starts`` (S + 1,) and ``set_members`` (M,), ``set_mistakes`` (S,), ``set_trust``
        (S,), ``correct_first`` (), ``replace`` (), ``tree_starts`` (S + 1,), ``tree_roots`` (T,), ``node_*`` (N,) and
        ``tree_depth`` ().
    """
    forest = join_forests(forests)
    return {
        "set_categories": np.array([each.category for each in sets], dtype=np.int32),
        "set_starts": _starts([len(each.members) for each in sets]),
        "set_members": np.array([member for each in sets for member in each.members], dtype=np.int32),
        "set_mistakes": np.array([each.mistakes for each in sets], dtype=np.int32),
        "set_trust": np.array([each.trust for each in specialists], dtype=np.float32),
        "correct_first": np.array(any(each.correct_first for each in specialists), dtype=np.uint8),
        "replace": np.array(any(each.replace for each in specialists), dtype=np.uint8),
        "tree_starts": _starts([len(each.roots) for each in forests]),
        "tree_roots": forest.roots,
        "tree_depth": np.array(forest.depth, dtype=np.int32),
        **{f"node_{name}": getattr(forest, name) for name in _NODES},
    }


def read_stage(head: Arrays, *, dimensions: int, class_count: int) -> Stage:
    """Read a second stage from arrays that may come from strangers.

    Args:
        head: What :func:`stage_arrays` gives.
        dimensions: Length of a feature: no node may look beyond.
        class_count: Number of classes: no set may name another.

    Raises:
        ValueError: The arrays do not fit together.
        KeyError: One is missing.
    """
    forest = _read_forest(head, dimensions)
    categories = _whole(head, "set_categories", below=class_count)
    members = _whole(head, "set_members", below=class_count)
    mistakes = _whole(head, "set_mistakes", below=2**31, length=len(categories))
    starts = _read_starts(head, "set_starts", sets=len(categories), end=len(members))
    trees = _read_starts(head, "tree_starts", sets=len(categories), end=len(forest.roots))
    trust = _numbers(head, "set_trust", length=len(categories))
    if len(np.unique(categories)) < len(categories) or ((trust < 0) | (trust > 1)).any():
        raise ValueError("a category has two sets, or a specialist a share outside 0 to 1")
    correct_first, replace = (bool(np.asarray(head[name]).reshape(())) for name in ("correct_first", "replace"))
    sets, specialists = [], []
    for place, category in enumerate(categories.tolist()):
        own = members[starts[place] : starts[place + 1]]
        roots = forest.roots[trees[place] : trees[place + 1]]
        _check_set(own, category, trees=len(roots), trusted=bool(trust[place] > 0))
        sets.append(ConfusableSet(category, tuple(own.tolist()), int(mistakes[place])))
        specialists.append(Specialist(own, roots, float(trust[place]), correct_first, replace))
    return Stage(tuple(sets), tuple(specialists), forest)


def _check_set(members: np.ndarray, category: int, *, trees: int, trusted: bool) -> None:
    if len(members) < 2 or (np.diff(members) <= 0).any() or category not in members:
        raise ValueError(f"the set of category {category} does not name two categories or more, itself among them")
    if trees % len(members) or (trusted and not trees):
        raise ValueError(f"the specialist of category {category} has {trees} trees for {len(members)} categories")


def _read_forest(head: Arrays, dimensions: int) -> Forest:
    value = _numbers(head, "node_value")
    count = len(value)
    depth = int(np.asarray(head["tree_depth"]).reshape(()))
    if not 0 <= depth <= DEEPEST_TREE:
        raise ValueError(f"tree_depth is {depth}: expected 0 to {DEEPEST_TREE}")
    return Forest(
        roots=_whole(head, "tree_roots", below=count),
        feature=_whole(head, "node_feature", below=dimensions, length=count),
        threshold=_numbers(head, "node_threshold", length=count),
        left=_whole(head, "node_left", below=count, length=count),
        right=_whole(head, "node_right", below=count, length=count),
        value=value,
        depth=depth,
    )


def _starts(lengths: list[int]) -> np.ndarray:
    return np.cumsum([0, *lengths], dtype=np.int64)


def _read_starts(head: Arrays, name: str, *, sets: int, end: int) -> np.ndarray:
    starts = _whole(head, name, below=end + 1, length=sets + 1)
    if starts[0] != 0 or starts[-1] != end or (np.diff(starts) < 0).any():
        raise ValueError(f"{name} does not lead from 0 to {end}")
    return starts


def _whole(head: Arrays, name: str, *, below: int, length: int | None = None) -> np.ndarray:
    """Read whole numbers of 0 to ``below`` - 1, int64 (length,)."""
    found = _row(head, name, kinds="iu", length=length)
    if len(found) and (int(found.min()) < 0 or int(found.max()) >= below):
        raise ValueError(f"{name} holds {int(found.min())} to {int(found.max())}: expected 0 to {below - 1}")
    return found.astype(np.int64)


def _numbers(head: Arrays, name: str, *, length: int | None = None) -> np.ndarray:
    """Read finite numbers, float32 (length,)."""
    found = _row(head, name, kinds="f", length=length).astype(np.float32)
    if not np.isfinite(found).all():
        raise ValueError(f"{name} holds values that are no numbers")
    return found


def _row(head: Arrays, name: str, *, kinds: str, length: int | None) -> np.ndarray:
    found = head[name]
    if found.ndim != 1 or found.dtype.kind not in kinds or (length is not None and len(found) != length):
        raise ValueError(f"{name} is {found.dtype} of shape {found.shape}: expected {length or 'any number of'} values")
    return found
