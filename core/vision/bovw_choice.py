"""How many visual words: the elbow of the distances and the silhouette, as report S3 chose its number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.progress import Progress

CANDIDATES = (5, 10, 15, 20, 25, 30, 40, 50, 60)
_SILHOUETTE_SAMPLE = 2000
_CHOICE_SAMPLE = 40_000
_KMEANS_BATCH = 4096


@dataclass(frozen=True)
class FittedWords:
    """Centers of a fit.

    Attributes:
        centers: float32 (K, P).
        distance: Mean squared distance of a descriptor to its word.
    """

    centers: np.ndarray
    distance: float


@dataclass(frozen=True)
class WordChoice:
    """What speaks for which number of words.

    Attributes:
        words: The numbers tried.
        distance: Mean squared distance to the nearest word, for each; lower is nearer.
        silhouette: -1..1 for each; higher means that words are further apart.
        elbow: The number after which the distance falls but slowly: farthest from the line between the ends.
        best_silhouette: The number with the highest silhouette.
    """

    words: tuple[int, ...]
    distance: tuple[float, ...]
    silhouette: tuple[float, ...]
    elbow: int
    best_silhouette: int


def fitted_centers(rows: np.ndarray, words: int, *, seed: int) -> FittedWords:
    """Fit k-means in small batches, the same for the same rows and seed.

    Args:
        rows: float32 (N, P), at least `words` of them.
        words: How many centers, K.
        seed: Of the start.
    """
    from sklearn.cluster import MiniBatchKMeans

    fitted = MiniBatchKMeans(n_clusters=words, random_state=seed, batch_size=_KMEANS_BATCH, n_init=3).fit(rows)
    centers = np.ascontiguousarray(fitted.cluster_centers_, dtype=np.float32)
    return FittedWords(centers, float(fitted.inertia_) / len(rows))


def choose_words(rows: np.ndarray, *, seed: int, progress: Progress) -> WordChoice:
    """Try several numbers of words.

    Args:
        rows: Descriptors, float32 (N, P).
        seed: Of sample and start.
        progress: Told after each; may cancel.
    """
    from sklearn.metrics import silhouette_score

    draw = np.random.default_rng(seed)
    sample = rows[draw.permutation(len(rows))[:_CHOICE_SAMPLE]]
    few = sample[:_SILHOUETTE_SAMPLE]
    tried = [words for words in CANDIDATES if words < len(few)]
    distances, silhouettes = [], []
    for position, words in enumerate(tried):
        progress.report(position, len(tried), f"Trying {words} words")
        fit = fitted_centers(sample, words, seed=seed)
        distances.append(fit.distance)
        nearest = (few @ fit.centers.T - (fit.centers**2).sum(axis=1) / 2).argmax(axis=1)
        silhouettes.append(float(silhouette_score(few, nearest)) if len(set(nearest.tolist())) > 1 else -1.0)
    return WordChoice(
        words=tuple(tried),
        distance=tuple(distances),
        silhouette=tuple(silhouettes),
        elbow=tried[elbow_position(tried, distances)],
        best_silhouette=tried[int(np.argmax(silhouettes))],
    )


def elbow_position(words: list[int], distances: list[float]) -> int:
    """Find the point farthest below the line between the first and the last. Source: Satopaa et al. 2011.

    Args:
        words: Ascending numbers.
        distances: What goes with each.

    Returns:
        Its place, 0 when there are fewer than three.
    """
    if len(words) < 3:
        return 0
    x = (np.array(words, dtype=float) - words[0]) / (words[-1] - words[0])
    span = max(distances) - min(distances)
    y = (np.array(distances) - distances[-1]) / span if span else np.zeros(len(distances))
    return int(np.argmax((1 - x) * y[0] - y))
