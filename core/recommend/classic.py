"""The preset "classic": the report's recommender, as it states it.

    candidates   the nearest `pool` products by embedding, 20 as given
    price score  (3 - |difference of the price levels|) / 3, levels from the category's own quantiles 30, 65, 90 %
    color score  1 - distance / largest distance among the candidates
    total        price score * price weight + color score * color weight

Source: report F of the seed systems (F7 to F9). It leaves the color score open, and the distance of two palettes; the
color score above is ours, and so is the distance: 1 - similarity of the five most frequent of 12 x 8 x 8 HSV colors
(`core.recommend.color`). What is missing scores 0 in the sum. The score told is the total divided by the sum of the
two weights, which keeps the order and lies in 0..1.
"""

from collections.abc import Sequence

import numpy as np

from core.catalog.price_levels import LEVELS
from core.errors import SettingsError
from core.recommend.ranking import Matches, QueryParts, exact_parts, rank
from core.recommend.ranking_settings import CLASSIC_POOL, RankingSettings
from core.recommend.weights import PARTS, RankWeights

_FARTHEST = 3.0


def rank_classic(parts: QueryParts, settings: RankingSettings, *, k: int, allowed: np.ndarray | None = None) -> Matches:
    """Rank the nearest products by price and color as the report does.

    Args:
        parts: From `score_parts`.
        settings: Whose price and color weights, and pool, count.
        k: Matches wanted.
        allowed: bool (N,), which products may be matches; None = every one.

    Returns:
        The matches; their color part is the color score, their price part the price score.

    Raises:
        SettingsError: Price and color weigh nothing.
    """
    price_weight, color_weight = settings.weights.price, settings.weights.color
    if not price_weight + color_weight > 0:
        raise SettingsError("the classic ranking weighs price and color: received price 0 and color 0")
    pool = settings.pool or CLASSIC_POOL
    nearest = rank(parts, RankWeights.only("visual"), k=pool, allowed=allowed)
    rows = nearest.rows
    table = exact_parts(parts, rows, ("visual",))
    table[:, PARTS.index("color")] = color_scores(parts, rows)
    table[:, PARTS.index("price")] = _price_scores(parts, rows)
    known = np.nan_to_num(table)
    total = known[:, PARTS.index("price")] * price_weight + known[:, PARTS.index("color")] * color_weight
    order = np.argsort(-total, kind="stable")[:k]  # equal totals stay in the order of the embedding
    ids: Sequence[str] = parts.index.product_ids
    scores = total[order] / (price_weight + color_weight)
    chosen = rows[order]
    told = table[order].astype(np.float32)
    return Matches(tuple(ids[row] for row in chosen), chosen, scores, told, 0, len(rows), pool)


def color_scores(parts: QueryParts, rows: np.ndarray) -> np.ndarray:
    """Give 1 - distance / largest distance among the candidates; float64 (m,), NaN = no palette."""
    index, query = parts.index, parts.query
    if not np.any(query.palette_shares > 0) or not len(rows):
        return np.full(len(rows), np.nan)
    palettes = index.palettes.of_rows(rows)
    distance = 1.0 - palettes.similarity_to(query.palette_bins, query.palette_shares).astype(np.float64)
    distance[~palettes.known] = np.nan
    largest = np.nanmax(distance) if palettes.known.any() else 0.0
    return np.asarray(1.0 - distance / largest if largest > 0 else np.where(np.isnan(distance), np.nan, 1.0))


def _price_scores(parts: QueryParts, rows: np.ndarray) -> np.ndarray:
    """Score price levels of the category's own quantiles, however few its prices are."""
    levels = parts.index.exact_price
    price, currency = parts.query.price, parts.query.currency
    level = None if price is None else levels.level(round(price), currency, category=parts.query.category)
    scores = np.full(len(rows), np.nan)
    if level is None or currency not in levels.currencies:
        return scores
    codes = levels.codes[rows]
    same = codes // len(LEVELS) == levels.currencies.index(currency)
    scores[same] = (_FARTHEST - np.abs(LEVELS[codes[same] % len(LEVELS)] - level)) / _FARTHEST
    return scores
