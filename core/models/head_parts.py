"""What every head learned in numpy shares: probabilities, weights of classes, threads, and marks of its data."""

from contextlib import AbstractContextManager, nullcontext

import numpy as np

from core.models.learning import LearningData
from core.models.splits import TRAIN, VALIDATION

_FEW_COLUMNS = 512
"""Below so many outputs the steps are too small to share: several threads only wait for one another."""


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities along the last axis, in place."""
    logits -= logits.max(axis=-1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=-1, keepdims=True)
    return logits


def class_weights(labels: np.ndarray, class_count: int, power: float) -> np.ndarray:
    """Weigh classes (n / n_class) ** power, float32 (C,), scaled so that a train picture weighs 1 on average."""
    counts = np.maximum(np.bincount(labels, minlength=class_count), 1)
    weights = (len(labels) / counts) ** power
    return (weights / weights[labels].mean()).astype(np.float32)


def few_threads(columns: int) -> AbstractContextManager[object]:
    """Keep matrix products of so few columns to one thread while the context lasts."""
    if columns >= _FEW_COLUMNS:
        return nullcontext()
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def pace(pictures: int, seconds: float, learning_rate: float) -> dict[str, float]:
    """Tell those who watch how fast an epoch was; kept out of the history, which is the same on every machine.

    Args:
        pictures: Learned from in the epoch.
        seconds: What it took, the look at validation included.
        learning_rate: Size of its last steps.
    """
    return {"learning_rate": float(learning_rate), "pictures_per_second": pictures / max(seconds, 1e-6)}


def training_marks(data: LearningData) -> tuple[object, ...]:
    """Give labels, sides and a sample of the features: a checkpoint of other data is not continued.

    Labels of test are left out: nothing may depend on them.
    """
    sample = np.asarray(data.features[:: max(1, len(data.features) // 64)][:64])
    seen = (data.sides == TRAIN) | (data.sides == VALIDATION)
    return data.labels[seen].tobytes(), data.sides.tobytes(), data.features.shape, sample.tobytes()
