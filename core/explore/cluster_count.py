"""How many clusters: the elbow of the distances, the silhouette, and how sure either is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.explore.sampling import stratified_rows
from core.progress import Progress

CANDIDATES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48)
RESAMPLES = 5
_SAMPLE_PRODUCTS = 4_000
_SILHOUETTE_PRODUCTS = 1_500
_SHARE = 0.8
_BATCH = 1024


@dataclass(frozen=True)
class ClusterCount:
    """What speaks for which number of clusters.

    Attributes:
        tried: The numbers tried.
        distance: Mean squared distance of a product to its center for each, lower is nearer.
        silhouette: -1..1 for each, mean over resamples; higher means that clusters are further apart.
        silhouette_spread: Standard deviation over resamples for each.
        elbow: The number after which the distance falls but slowly.
        best_silhouette: The number of the best silhouette of all; where products fall into two halves it is 2, however
            much a further cluster would still tell.
        recommended: From the elbow on, the smallest number whose silhouette is within one standard error of the best.
        low: Smallest of the best numbers of the resamples.
        high: Largest of them.
        products: How many products this rests on.
        resamples: How many times products were drawn again, each time with another seed.
        silhouette_without_groups: The silhouette for each number of one cloud of the same spread: what k-means cuts
            out of products that fall into no groups at all.
        flat: Whether the best silhouette is hardly better than that; then no number is better than another.
        at_end: Whether a resample chose the largest number tried, so that still more may be better.
    """

    tried: tuple[int, ...]
    distance: tuple[float, ...]
    silhouette: tuple[float, ...]
    silhouette_spread: tuple[float, ...]
    elbow: int
    best_silhouette: int
    recommended: int
    low: int
    high: int
    products: int
    resamples: int
    silhouette_without_groups: tuple[float, ...]
    flat: bool
    at_end: bool

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def recommend_count(rows: np.ndarray, *, strata: np.ndarray, seed: int, progress: Progress) -> ClusterCount | None:
    """Try several numbers of clusters on several resamples.

    Sources: Rousseeuw, "Silhouettes", 1987; Satopaa et al., "Finding a kneedle in a haystack", 2011; the rule of one
    standard error, Breiman et al., 1984; one normal cloud as what to compare with, Liu et al., "Statistical
    significance of clustering for high-dimension, low-sample size data", 2008.

    Args:
        rows: float32 (N, d).
        strata: int (N,), groups that keep their share in the sample.
        seed: Of samples and starts.
        progress: Told after each fit; may cancel.

    Returns:
        The choice; None when there are too few products that differ.
    """
    sample = rows[stratified_rows(strata, _SAMPLE_PRODUCTS, seed=seed)]
    tried = [k for k in CANDIDATES if k <= len(np.unique(sample, axis=0)) // 3]
    if not tried:
        return None
    turns = [_resample(sample, turn, least=2 * tried[-1], seed=seed) for turn in range(RESAMPLES)]
    turns.append(_one_cloud(turns[0], seed=seed))
    distances, silhouettes = np.empty((len(turns), len(tried))), np.empty((len(turns), len(tried)))
    for turn, drawn in enumerate(turns):
        judged = drawn[:_SILHOUETTE_PRODUCTS]
        apart = _distances(judged)
        for place, k in enumerate(tried):
            progress.report(turn * len(tried) + place, len(turns) * len(tried), "trying numbers of clusters")
            labels, distances[turn, place] = fitted(drawn, k, seed=seed + turn)
            silhouettes[turn, place] = silhouette(apart, labels[: len(judged)])
    return _choice(tried, distances[:-1], silhouettes[:-1], without=silhouettes[-1], products=len(sample))


def count_doubts(count: Mapping[str, Any]) -> list[str]:
    """Say in sentences why the recommended number may mean little.

    Args:
        count: Fields of :class:`ClusterCount`; what an earlier version did not keep counts as no doubt.
    """
    said, most = [], count["tried"][-1] if count else 0
    if count.get("flat"):
        said.append(
            f"The silhouettes are flat: at best {max(count['silhouette']):.2f}, and a cloud without any groups gives "
            f"{max(count['silhouette_without_groups']):.2f}. These products do not fall into groups: no number is "
            "better than another."
        )
    if count.get("flat") and count.get("at_end"):
        said.append(
            f"That {most}, the largest number tried, does best is part of that: ever smaller pieces look tighter."
        )
    elif count.get("at_end"):
        said.append(f"{most} is the largest number that was tried: more clusters may fit better still.")
    return said


def _resample(sample: np.ndarray, turn: int, *, least: int, seed: int) -> np.ndarray:
    order = np.random.default_rng([seed, turn]).permutation(len(sample))
    return sample[order[: max(int(_SHARE * len(sample)), least)]]


def _one_cloud(rows: np.ndarray, *, seed: int) -> np.ndarray:
    """Draw as many rows from one normal distribution as wide along each axis; principal axes do not correlate."""
    drawn = np.random.default_rng([seed, RESAMPLES]).standard_normal(rows.shape, dtype=np.float32)
    return drawn * rows.std(axis=0)


def fitted(rows: np.ndarray, k: int, *, seed: int, starts: int = 1) -> tuple[np.ndarray, float]:
    """Fit k-means in small batches.

    Returns:
        Labels int (N,), and the mean squared distance of a row to its center.
    """
    from sklearn.cluster import MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    model = MiniBatchKMeans(n_clusters=k, random_state=seed % 2**32, batch_size=_BATCH, n_init=starts)
    # A batch is small: more threads gain little, and where other work holds a core they wait for one another.
    with threadpool_limits(1):
        model.fit(rows)
    return model.labels_.astype(np.int64), float(model.inertia_) / len(rows)


def silhouette(apart: np.ndarray, labels: np.ndarray) -> float:
    """Give the mean silhouette of products, -1..1; 0 when all are in one cluster.

    Args:
        apart: float32 (M, M), distances.
        labels: int (M,).
    """
    names, codes = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        return 0.0
    member = np.zeros((len(codes), len(names)), np.float32)
    member[np.arange(len(codes)), codes] = 1.0
    sizes = member.sum(axis=0)
    sums = apart @ member
    own = sizes[codes]
    inside = sums[np.arange(len(codes)), codes] / np.maximum(own - 1, 1)
    means = sums / sizes
    means[np.arange(len(codes)), codes] = np.inf
    outside = means.min(axis=1)
    wide = np.maximum(inside, outside)
    values = np.divide(outside - inside, wide, out=np.zeros_like(wide), where=wide > 0)
    return float(np.where(own > 1, values, 0.0).mean())


def elbow_place(tried: list[int], distances: np.ndarray) -> int:
    """Find the point farthest below the line between the first and the last; 0 when there are fewer than three."""
    if len(tried) < 3:
        return 0
    x = (np.array(tried, float) - tried[0]) / (tried[-1] - tried[0])
    span = distances[0] - distances[-1]
    y = (distances - distances[-1]) / span if span > 0 else np.zeros(len(distances))
    return int(np.argmax((1 - x) - y))


def _choice(
    tried: list[int], distances: np.ndarray, silhouettes: np.ndarray, *, without: np.ndarray, products: int
) -> ClusterCount:
    mean, spread = silhouettes.mean(axis=0), silhouettes.std(axis=0, ddof=1)
    elbow = elbow_place(tried, distances.mean(axis=0))
    best = elbow + int(mean[elbow:].argmax())
    near_best = mean[elbow:] >= mean[best] - spread[best] / np.sqrt(len(silhouettes))
    elbows = [elbow_place(tried, each) for each in distances]
    winners = [tried[start + int(each[start:].argmax())] for start, each in zip(elbows, silhouettes, strict=True)]
    recommended = tried[elbow + int(np.argmax(near_best))]
    return ClusterCount(
        tried=tuple(tried),
        distance=tuple(float(each) for each in distances.mean(axis=0)),
        silhouette=tuple(float(each) for each in mean),
        silhouette_spread=tuple(float(each) for each in spread),
        elbow=tried[elbow],
        best_silhouette=tried[int(mean.argmax())],
        recommended=recommended,
        low=min(*winners, recommended),
        high=max(*winners, recommended),
        products=products,
        resamples=len(silhouettes),
        silhouette_without_groups=tuple(float(each) for each in without),
        flat=_hardly_better(float(mean.max()), float(without.max())),
        at_end=max(*winners, recommended) == tried[-1],
    )


def _hardly_better(own: float, without: float) -> bool:
    """Tell whether a silhouette is at most half as high again, or a tenth of what is left to 1, above another.

    Measured: noise of 3 to 128 dimensions stays below both; ten groups that overlap, and real pictures, lie at three
    times. Two clear halves cannot reach that, because halves of a long cloud have a high silhouette already.
    """
    return own <= without + min(without / 2, (1 - without) / 10)


def _distances(rows: np.ndarray) -> np.ndarray:
    lengths = (rows**2).sum(axis=1)
    squared = lengths[:, None] + lengths[None] - 2 * rows @ rows.T
    apart: np.ndarray = np.sqrt(np.maximum(squared, 0)).astype(np.float32)
    np.fill_diagonal(apart, 0)
    return apart
