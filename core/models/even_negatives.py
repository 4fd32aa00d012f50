"""Examples of what a category is not, drawn evenly from all other categories."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Samples:
    """Which pictures each of C yes-or-no models learns from: all of its class, and its negatives.

    Attributes:
        positives: Float32 (C,): weight of each picture of the class in its own model.
        negatives: Float32 (C,): weight of each negative of the model. The weights of a model sum to 1.
        starts: Int64 (P + 1,): the models picture p is a negative of are ``models[starts[p]:starts[p + 1]]``.
        models: Int32: classes.
    """

    positives: np.ndarray
    negatives: np.ndarray
    starts: np.ndarray
    models: np.ndarray

    @property
    def positive_shares(self) -> np.ndarray:
        """Float64 (C,): share of each model's weight that lies on pictures of its class."""
        counts = np.bincount(self.models, minlength=len(self.negatives))
        return 1 - counts * self.negatives.astype(np.float64)

    def weights(self, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Lay out the weights of some pictures in every model, float32 (B, C); 0 where a model does not see one.

        Args:
            rows: Int array (B,): positions among the P pictures.
            labels: Int array (B,): their classes.
        """
        made = np.zeros((len(rows), len(self.negatives)), dtype=np.float32)
        counts = self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(counts)
        places = np.arange(counts.sum()) + np.repeat(self.starts[rows] - (ends - counts), counts)
        models = self.models[places]
        made[np.repeat(np.arange(len(rows)), counts), models] = self.negatives[models]
        made[np.arange(len(rows)), labels] = self.positives[labels]
        return made


def draw_samples(labels: np.ndarray, *, class_count: int, most: int, balance: float, seed: int) -> Samples:
    """Draw the negatives of every class.

    Args:
        labels: Int array (P,): classes of the pictures to learn from.
        class_count: Number of classes, C.
        most: Negatives of a model at most.
        balance: How far the smaller side of a model counts for more: 0 not at all, 1 both sides count the same.
        seed: Seed of the draw.
    """
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(labels))
    order = shuffled[np.argsort(labels[shuffled], kind="stable")]  # by class, in random order within
    counts = np.bincount(labels, minlength=class_count)
    firsts = np.cumsum(counts) - counts
    drawn = []
    for model in range(class_count):
        shares = even_shares(np.where(np.arange(class_count) == model, 0, counts), most, random)
        # A stretch of the random order from a random place on: distinct pictures, and new ones for each model.
        begins = random.integers(0, np.maximum(counts, 1))
        within = np.arange(shares.sum()) - np.repeat(np.cumsum(shares) - shares, shares)
        places = (np.repeat(begins, shares) + within) % np.repeat(np.maximum(counts, 1), shares)
        drawn.append(order[np.repeat(firsts, shares) + places])
    sizes = np.array([len(rows) for rows in drawn])
    pictures = np.concatenate(drawn)
    models = np.repeat(np.arange(class_count, dtype=np.int32), sizes)
    starts = np.concatenate(([0], np.cumsum(np.bincount(pictures, minlength=len(labels)))))
    positives, negatives = _weigh(counts, sizes, balance)
    return Samples(positives, negatives, starts, models[np.argsort(pictures, kind="stable")])


def even_shares(available: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """Share a number out evenly: the same from each class, all of those that have fewer, the rest from the others.

    Args:
        available: Int array (C,): pictures of each class.
        most: Pictures to take in all.
        random: Draws which classes give one more when the number does not come out even.

    Returns:
        Int64 array of shape (C,), at most ``available``, summing to the smaller of ``most`` and all there are.
    """
    low, high = 0, int(available.max(initial=0))
    while low < high:
        level = (low + high + 1) // 2
        if np.minimum(available, level).sum() <= most:
            low = level
        else:
            high = level - 1
    shares = np.minimum(available, low).astype(np.int64)
    able = np.flatnonzero(available > low)
    more = random.permutation(able)[: most - int(shares.sum())]
    shares[more] += 1
    return shares


def _weigh(positives: np.ndarray, negatives: np.ndarray, balance: float) -> tuple[np.ndarray, np.ndarray]:
    """Weigh a picture of either side (n / n_side) ** balance, so that a model's weights sum to 1; float32 (C,) each."""
    both = np.maximum(positives + negatives, 1)
    yes, no = (np.where(side > 0, (both / np.maximum(side, 1)) ** balance, 0.0) for side in (positives, negatives))
    total = np.maximum(yes * positives + no * negatives, 1e-12)
    return (yes / total).astype(np.float32), (no / total).astype(np.float32)
