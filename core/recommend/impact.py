"""Impact: what a proposed setting would change for shoppers, measured on many queries before it is shipped.

For each sampled query both settings rank; each measure is one number a query, so that its mean has a bootstrap
interval over queries, and the difference a paired one. Queries are drawn category by category in proportion to its
products, seeded.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.errors import SettingsError
from core.home import Home
from core.progress import Progress, SilentProgress
from core.recommend.catalog_index import CatalogIndex
from core.recommend.index import open_index
from core.recommend.rank_products import rank_in, rank_parts
from core.recommend.ranking import Matches, exact_parts, score_parts
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS, RankWeights

LEAST_QUERIES, MOST_QUERIES = 1, 10_000
MOST_K = 100
RESAMPLES = 1_000
CHANGED_SHOWN = 24

MEASURES = {
    "same_category": "Matches in the query's own category, share 0..1",
    "price_drift": "Mean ln(price / query's price) of matches in its currency: 0 the same, 0.1 about 10 % dearer",
    "color_distance": "1 - cosine of the color vectors of query and matches, 0..1: 0 the same colors",
    "coverage": "Different products shown / places shown, 0..1: 1 no product is shown twice",
    "diversity": "1 - cosine between the matches of a query, mean over pairs: 0 all alike",
    "popularity": "Popularity part of the matches, 0..1: how much the popular are favored",
}
"""What is measured for each setting, and its unit."""


@dataclass(frozen=True)
class Figure:
    """A mean over queries with its 95 % bootstrap interval.

    Attributes:
        value: The mean; None where no query has the measure.
        low: Lower end.
        high: Upper end.
        queries: How many queries have it.
    """

    value: float | None
    low: float | None
    high: float | None
    queries: int

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return {"value": self.value, "interval": [self.low, self.high], "queries": self.queries}


def sample_queries(index: CatalogIndex, *, queries: int, seed: int = 0) -> list[str]:
    """Draw queries in proportion to the categories, largest remainders first.

    Args:
        index: The products.
        queries: How many; all products when there are fewer.
        seed: Makes the draw repeatable.

    Returns:
        Product ids in the catalog's order.
    """
    random = np.random.default_rng(seed)
    count = min(queries, len(index))
    codes = index.category.codes
    sizes = np.bincount(codes, minlength=len(index.category.paths) + 1)
    exact = sizes * (count / max(len(index), 1))
    taken = np.floor(exact).astype(int)
    # Ties of remainders are broken at random, or small categories would always go by the alphabet.
    left = np.lexsort((random.random(len(exact)), -(exact - taken)))
    taken[left[: count - int(taken.sum())]] += 1
    rows = [random.choice(np.flatnonzero(codes == code), taken[code], replace=False) for code in np.flatnonzero(taken)]
    return [index.product_ids[row] for row in np.sort(np.concatenate(rows))] if rows else []


def measure_impact(
    home: Home,
    catalog: Catalog,
    current: RankingSettings,
    proposed: RankingSettings,
    *,
    queries: int = 100,
    k: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure what changes from one setting to another.

    Args:
        home: The home.
        catalog: The catalog.
        current: The setting now.
        proposed: The setting that may come.
        queries: How many sample queries.
        k: Matches a query.
        seed: Of the sample and of the bootstrap.
        progress: Hears how far it is, and may cancel.

    Returns:
        JSON values: catalog, version, queries, k, seed, overlap, measures (current, proposed and difference, each with
        its interval), and the queries that change most with both lists.

    Raises:
        SettingsError: A number is out of range.
        CatalogError: An embedding is missing, or the catalog has no products to ask for.
    """
    _check("queries", queries, LEAST_QUERIES, MOST_QUERIES)
    _check("k", k, 1, MOST_K)
    told = progress or SilentProgress()
    told.report(0, queries, "opening the index")
    index = open_index(home, catalog, backbone=current.embedding)
    other = index if proposed.embedding == current.embedding else open_index(home, catalog, backbone=proposed.embedding)
    asked = [product_id for product_id in sample_queries(index, queries=queries, seed=seed) if product_id in other.rows]
    before, after = [], []
    for number, product_id in enumerate(asked):
        told.report(number, len(asked), f"ranking for {number + 1:,} of {len(asked):,} queries")
        before.append(rank_in(home, catalog, index, product_id, current, k=k))
        after.append(rank_in(home, catalog, other, product_id, proposed, k=k))
    told.report(len(asked), len(asked), "comparing")
    overlaps = np.array([_overlap(one, two, k) for one, two in zip(before, after, strict=True)])
    measured = [_measures(index, asked, before), _measures(index, asked, after)]
    return {
        "catalog": catalog.name,
        "version": index.catalog_version,
        "queries": len(asked),
        "k": k,
        "seed": seed,
        "overlap": _figure(overlaps, seed=seed).to_json(),
        "measures": {name: _compared(measured[0][name], measured[1][name], seed=seed) for name in MEASURES},
        "changed": _most_changed(asked, before, after, overlaps),
    }


def trade_off(
    index: CatalogIndex,
    settings: RankingSettings,
    parts: tuple[str, str],
    *,
    queries: int = 60,
    k: int = 10,
    steps: int = 11,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Draw the curve of what one part gains and another loses as weight moves from the one to the other.

    The two share the sum of their weights (1 when both are 0); all other weights stay.

    Args:
        index: The products.
        settings: Where the other weights come from.
        parts: The two parts.
        queries: How many sample queries.
        k: Matches a query.
        steps: Points of the curve.
        seed: Of the sample.

    Returns:
        One point a step: `share` of the weight that the second part has, and the mean of either part among the
        matches under its name.

    Raises:
        SettingsError: The parts are unknown or the same.
    """
    first, second = parts
    if first == second or first not in PARTS or second not in PARTS:
        raise SettingsError(f"a trade-off needs two different parts of {', '.join(PARTS)}: received {first}, {second}")
    weights = {part: getattr(settings.weights, part) for part in PARTS}
    budget = weights[first] + weights[second] or 1.0
    asked = sample_queries(index, queries=queries, seed=seed)
    means = np.full((steps, 2, len(asked)), np.nan)
    for number, product_id in enumerate(asked):
        scored = score_parts(index.query_product(product_id), index)
        for step in range(steps):
            share = step / (steps - 1)
            moved = RankWeights(**(weights | {first: budget * (1 - share), second: budget * share}))
            best = rank_parts(scored, replace(settings, weights=moved), k=k).rows
            table = exact_parts(scored, best, parts)[:, [PARTS.index(first), PARTS.index(second)]]
            means[step, :, number] = _means(table)
    values = _means(means.reshape(steps * 2, -1).T).reshape(steps, 2)
    return [
        {"share": step / (steps - 1), first: float(values[step, 0]), second: float(values[step, 1])}
        for step in range(steps)
        if not np.isnan(values[step]).any()
    ]


def _overlap(one: Matches, two: Matches, k: int) -> float:
    longest = max(len(one.product_ids), len(two.product_ids))
    return len(set(one.product_ids) & set(two.product_ids)) / min(k, longest) if longest else 1.0


def _measures(index: CatalogIndex, asked: Sequence[str], shown: Sequence[Matches]) -> dict[str, np.ndarray]:
    """Measure each query's matches; NaN where a query has nothing to measure. All are measured on one index."""
    often = Counter(product_id for each in shown for product_id in each.product_ids)
    rows = [_measure_one(index, product_id, each, often) for product_id, each in zip(asked, shown, strict=True)]
    table = np.array(rows, np.float64).reshape(len(rows), len(MEASURES))
    return dict(zip(MEASURES, table.T, strict=True))


def _measure_one(index: CatalogIndex, product_id: str, shown: Matches, often: Counter[str]) -> list[float]:
    rows = np.array([index.rows[each] for each in shown.product_ids if each in index.rows], np.intp)
    if not len(rows):
        return [np.nan] * len(MEASURES)
    own = index.rows[product_id]
    same = np.nan
    if index.category_of(own) is not None:
        same = float((index.category.codes[rows] == index.category.codes[own]).mean())
    return [
        same,
        _price_drift(index, own, rows),
        _color_distance(index, own, rows),
        # Summed over all queries this is exactly: different products / places.
        float(np.mean([1 / often[each] for each in shown.product_ids])),
        _diversity(index.embeddings[rows]),
        _means(index.popularity[rows][:, None])[0],
    ]


def _price_drift(index: CatalogIndex, own: int, rows: np.ndarray) -> float:
    price, currency = index.prices_minor_units[own], index.currencies[own]
    if not price or price <= 0:
        return np.nan
    ratios = [
        np.log(index.prices_minor_units[row] / price)  # type: ignore[operator]
        for row in rows.tolist()
        if index.currencies[row] == currency and (index.prices_minor_units[row] or 0) > 0
    ]
    return float(np.mean(ratios)) if ratios else np.nan


def _color_distance(index: CatalogIndex, own: int, rows: np.ndarray) -> float:
    """Mean of 1 - color part; found anew, since the classic formula tells a color score of its own."""
    known = rows[index.colors_known[rows]]
    if not index.colors_known[own] or not len(known):
        return np.nan
    return float(1 - np.clip(index.colors[known] @ index.colors[own], 0, 1).mean(dtype=np.float64))


def _diversity(vectors: np.ndarray) -> float:
    """Mean of 1 - cosine over pairs of rows of length 1."""
    count = len(vectors)
    if count < 2:
        return np.nan
    whole = np.asarray(vectors, np.float64).sum(axis=0)
    return float(1 - (whole @ whole - count) / (count * (count - 1)))


def _means(table: np.ndarray) -> np.ndarray:
    """Average columns over the rows that exist; NaN where none does."""
    exists = ~np.isnan(table)
    count = exists.sum(axis=0)
    return np.divide(np.nan_to_num(table).sum(axis=0), count, out=np.full(len(count), np.nan), where=count > 0)


def _figure(values: np.ndarray, *, seed: int) -> Figure:
    known = values[~np.isnan(values)]
    if not len(known):
        return Figure(None, None, None, 0)
    random = np.random.default_rng(seed)
    means = known[random.integers(0, len(known), (RESAMPLES, len(known)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Figure(float(known.mean()), float(low), float(high), len(known))


def _compared(current: np.ndarray, proposed: np.ndarray, *, seed: int) -> dict[str, Any]:
    return {
        "current": _figure(current, seed=seed).to_json(),
        "proposed": _figure(proposed, seed=seed).to_json(),
        "difference": _figure(proposed - current, seed=seed).to_json(),
    }


def _most_changed(
    asked: Sequence[str], before: Sequence[Matches], after: Sequence[Matches], overlaps: np.ndarray
) -> list[dict[str, Any]]:
    order = np.argsort(overlaps, kind="stable")[:CHANGED_SHOWN]
    return [
        {
            "query": asked[place],
            "overlap": float(overlaps[place]),
            "current": list(before[place].product_ids),
            "proposed": list(after[place].product_ids),
        }
        for place in order
        if overlaps[place] < 1 or before[place].product_ids != after[place].product_ids
    ]


def _check(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most:,}: received {value!r}")
