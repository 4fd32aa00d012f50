"""Rank as the preset beside this file does, without ShelfLens: python rank.py PRODUCT_ID [K]. Needs numpy alone."""

import json
import sys
from pathlib import Path

import numpy as np

PARTS = ("visual", "color", "price", "category", "brand", "popularity", "freshness", "text")


def rank(product_id: str, k: int, arrays: dict, preset: dict) -> list[tuple[str, float]]:
    """Give the k best matches of a product and their scores, 0..1."""
    ids, settings = arrays["product_ids"].tolist(), preset["settings"]
    own = ids.index(product_id)
    parts = {name: _part(name, own, arrays, settings) for name in PARTS if settings["weights"][name] > 0}
    rows = np.flatnonzero(arrays["allowed"] & (np.arange(len(ids)) != own))
    if settings["pool"]:
        visual = _part("visual", own, arrays, settings)[rows]
        rows = np.sort(rows[np.lexsort((rows, -visual))[: settings["pool"]]])
    largest = max(settings["weights"].values())
    total, weight = np.zeros(len(rows)), np.zeros(len(rows))
    for name, values in parts.items():  # the weighted mean of the parts that exist
        exists, share = ~np.isnan(values[rows]), settings["weights"][name] / largest
        total += np.where(exists, values[rows], 0.0) * share
        weight += exists * share
    rows, score = rows[weight > 0], np.minimum(total[weight > 0] / weight[weight > 0], 1.0)
    order = np.lexsort((rows, -score))  # best first, equal ones in the order of the catalog
    plain = not settings["diversity"] and not settings["group_variants"]
    order = order[: k if plain else max(100, 8 * k)]
    rows, score = rows[order], score[order]
    if settings["group_variants"]:
        groups = arrays["variants"][rows]
        first = np.sort(np.unique(groups, return_index=True)[1])
        first = first[groups[first] != arrays["variants"][own]]
        rows, score = rows[first], score[first]
    if settings["diversity"]:
        chosen = _diverse(score, arrays["embeddings"][rows], settings["diversity"], k)
        rows, score = rows[chosen], score[chosen]
    return [(ids[row], float(value)) for row, value in zip(rows[:k], score[:k], strict=True)]


def _part(name: str, own: int, arrays: dict, settings: dict) -> np.ndarray:
    """Compare a product with all by one part: float64, 0..1, NaN = missing."""
    if name in ("visual", "color"):
        vectors = arrays["embeddings" if name == "visual" else "colors"]
        cosine = np.clip((vectors * vectors[own].astype(np.float64)).sum(axis=1), 0.0, 1.0)
        known = vectors.any(axis=1)
        return np.where(known & known[own], cosine, np.nan) if name == "color" else cosine
    if name == "price":
        return _price(own, arrays, settings).astype(np.float32).astype(np.float64)
    if name == "category":
        levels = arrays["category_levels"]  # a number for the path down to each level, -1 below its end
        shared = ((levels == levels[own]) & (levels >= 0)).sum(axis=1)
        longer = np.maximum((levels >= 0).sum(axis=1), (levels[own] >= 0).sum())
        known = (levels >= 0).any(axis=1) & (levels[own] >= 0).any()
        return np.where(known, shared / np.maximum(longer, 1), np.nan).astype(np.float32).astype(np.float64)
    if name == "brand":
        codes = arrays["brands"]
        return np.where((codes >= 0) & (codes[own] >= 0), (codes == codes[own]).astype(float), np.nan)
    if name == "text":
        starts, words, weights = arrays["text_starts"], arrays["text_words"], arrays["text_weights"]
        mine = np.zeros(1 << 18, np.float32)
        mine[words[starts[own] : starts[own + 1]]] = weights[starts[own] : starts[own + 1]]
        sums = np.concatenate([[0.0], np.cumsum(mine[words] * weights, dtype=np.float64)])
        cosine = np.round(sums[starts[1:]] - sums[starts[:-1]], 7)
        known = np.diff(starts) > 0
        return np.where(known & known[own], np.clip(cosine, 0, 1), np.nan)
    return arrays[name].astype(np.float64)  # popularity and freshness are the same for every query


def _price(own: int, arrays: dict, settings: dict) -> np.ndarray:
    prices, codes, mode = arrays["prices"].astype(np.float64), arrays["currencies"], settings["price_mode"]
    price, code = prices[own], codes[own]
    if mode == "level":
        gap = np.abs(arrays["price_levels"] - arrays["price_levels"][own])
        values = (np.float32(3) - gap) / np.float32(3)
    elif mode == "budget":
        price = float(settings["budget"])
        code = arrays["budget_currency"] if arrays["budget_currency"] >= 0 else code
        values = np.where(prices <= price, 1.0, price / np.where(prices > 0, prices, 1))
    else:
        low, high = np.minimum(prices, price), np.maximum(prices, price)
        same = np.where(high > 0, low / np.where(high > 0, high, 1), 1.0)
        dearer = np.where(low + high > 0, prices / np.where(low + high > 0, low + high, 1), 0.5)
        values = {"same": same, "dearer": dearer, "cheaper": 1 - dearer}[mode]
    return np.where((codes == code) & (code >= 0) & ~np.isnan(prices) & ~np.isnan(price), values, np.nan)


def _diverse(scores: np.ndarray, vectors: np.ndarray, diversity: float, k: int) -> list[int]:
    """Choose one after another: (1 - diversity) * score - diversity * cosine to the nearest one chosen."""
    chosen: list[int] = []
    nearest, left = np.zeros(len(scores)), np.ones(len(scores), bool)
    while len(chosen) < min(k, len(scores)):
        gain = (1 - diversity) * scores - diversity * nearest if chosen else scores
        chosen.append(int(np.argmax(np.where(left, gain, -np.inf))))
        left[chosen[-1]] = False
        nearest = np.maximum(nearest, np.clip(vectors @ vectors[chosen[-1]], 0, 1))
    return chosen


if __name__ == "__main__":
    folder = Path(__file__).resolve().parent
    loaded = dict(np.load(folder / "arrays.npz", allow_pickle=False))
    kept = json.loads((folder / "preset.json").read_text(encoding="utf-8"))
    for place, (match, value) in enumerate(rank(sys.argv[1], int((sys.argv[2:] or ["10"])[0]), loaded, kept), 1):
        sys.stdout.write(f"{place}\t{match}\t{value:.6f}\n")
