"""Train, validation and test: which pictures a run learns from, chooses by, and is judged on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SPLIT_NAMES = ("train", "validation", "test")
TRAIN, VALIDATION, TEST = range(3)

FRACTIONS = (0.7, 0.1, 0.2)
"""Shares of train, validation and test where the source says nothing.

Test gets the double of the usual tenth: with a few hundred pictures the 95 % interval of an accuracy measured on a
tenth is wider than the differences people want to see, and validation only has to rank a handful of settings.
"""


@dataclass(frozen=True)
class Splits:
    """The side of every row.

    Attributes:
        sides: Uint8 array of shape (N,): 0 train, 1 validation, 2 test.
        leaked: Validation and test rows whose group also has rows in train; only the source's own splits have any.
        notes: What was decided, in sentences for the user.
    """

    sides: np.ndarray
    leaked: int
    notes: tuple[str, ...]


def assign_splits(labels: np.ndarray, groups: np.ndarray, *, source: Sequence[str | None], seed: int) -> Splits:
    """Give every row a side; what belongs together stays together.

    Where the source has splits they stay as they are, even when near duplicates stand on both sides: figures stay
    comparable with those of others, and the leak is counted. What the source lacks is carved from train, by group.

    Args:
        labels: Int array of shape (N rows,): class of each row.
        groups: Int array of shape (N,): rows of one group (a product, its duplicates) never part.
        source: The source's split of each row, ``train``, ``validation``, ``test`` or None.
        seed: Seed of the draw.

    Returns:
        The sides, the number of leaked rows, and notes.
    """
    given = np.array([SPLIT_NAMES.index(name) if name in SPLIT_NAMES else -1 for name in source], dtype=np.int64)
    present = set(np.unique(given[given >= 0]).tolist())
    if TRAIN not in present or not present & {VALIDATION, TEST}:
        note = "the source has no usable splits: pictures were drawn 70 % train, 10 % validation, 20 % test"
        return Splits(_deal(labels, groups, FRACTIONS, seed=seed), 0, (note,))
    notes = []
    missing = int((given < 0).sum())
    if missing:
        given = _join_groups_of_missing(given, groups)
        notes.append(f"{missing} pictures have no split in the source: they joined train, or their duplicates' split")
    for side in (VALIDATION, TEST):
        if side not in present:
            given = _carve(given, side, labels=labels, groups=groups, seed=seed)
            notes.append(f"the source has no {SPLIT_NAMES[side]} split: it was drawn from train")
    sides = given.astype(np.uint8)
    return Splits(sides, _count_leaked(sides, groups), tuple(notes))


def _join_groups_of_missing(given: np.ndarray, groups: np.ndarray) -> np.ndarray:
    side_of_group = np.full(int(groups.max()) + 1, -1, dtype=np.int64)
    np.maximum.at(side_of_group, groups, given)
    joined = np.where(given < 0, side_of_group[groups], given)
    return np.where(joined < 0, TRAIN, joined)


def _carve(given: np.ndarray, side: int, *, labels: np.ndarray, groups: np.ndarray, seed: int) -> np.ndarray:
    """Move a share of the train groups that stand in train alone."""
    elsewhere = np.unique(groups[given != TRAIN])
    rows = np.flatnonzero((given == TRAIN) & ~np.isin(groups, elsewhere))
    if not len(rows):
        return given
    share = FRACTIONS[side] / (FRACTIONS[TRAIN] + FRACTIONS[side])
    fractions = [0.0, 0.0, 0.0]
    fractions[TRAIN], fractions[side] = 1 - share, share
    carved = given.copy()
    carved[rows] = _deal(labels[rows], groups[rows], fractions, seed=seed + side)
    return carved


def _count_leaked(sides: np.ndarray, groups: np.ndarray) -> int:
    return int(np.isin(groups[sides != TRAIN], np.unique(groups[sides == TRAIN])).sum())


def _deal(labels: np.ndarray, groups: np.ndarray, fractions: Sequence[float], *, seed: int) -> np.ndarray:
    """Deal whole groups to the sides, class by class, so that each side holds about its share of every class."""
    numbers, members = np.unique(groups, return_inverse=True)
    sizes = np.bincount(members)
    classes = _main_label(labels, members, len(numbers))
    order = np.random.default_rng(seed).permutation(len(numbers))
    # Largest groups first: a large one dealt late could not be balanced any more.
    order = order[np.lexsort((-sizes[order], classes[order]))]
    sides = np.empty(len(numbers), dtype=np.uint8)
    starts = np.flatnonzero(np.diff(classes[order], prepend=-1))
    for part in np.split(order, starts[1:]):
        sides[part] = _deal_class(sizes[part].tolist(), fractions)
    return sides[members]


def _deal_class(sizes: list[int], fractions: Sequence[float]) -> list[int]:
    """Give each group to the side that lacks the largest part of its share; ties go to train, then test.

    The first groups of a class therefore go to train, test and validation, one each: three products are enough to
    learn from, to choose by and to be judged on.
    """
    shares = {side: fractions[side] * sum(sizes) for side in (TRAIN, TEST, VALIDATION) if fractions[side] > 0}
    lacking = dict(shares)
    dealt = []
    for size in sizes:
        side = max(lacking, key=lambda name: lacking[name] / shares[name])
        lacking[side] -= size
        dealt.append(side)
    return dealt


def _main_label(labels: np.ndarray, members: np.ndarray, count: int) -> np.ndarray:
    """Most frequent label of each group; the lowest wins a tie."""
    pairs, frequencies = np.unique(np.stack((members, labels)), axis=1, return_counts=True)
    order = np.lexsort((pairs[1], -frequencies, pairs[0]))
    firsts = order[np.unique(pairs[0][order], return_index=True)[1]]
    main = np.empty(count, dtype=np.int64)
    main[pairs[0][firsts]] = pairs[1][firsts]
    return main
