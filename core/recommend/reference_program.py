"""Rank as the preset beside this file does, without ShelfLens: python rank.py PRODUCT_ID [K]. Needs numpy alone."""

import json
import sys
from pathlib import Path

import numpy as np


def _price(own: int, a: dict, s: dict) -> np.ndarray:
    p, levels, codes, mode = a["prices"].astype(float), a["price_levels"], a["currencies"], s["price_mode"]
    q = s["budget"] if mode == "budget" else p[own]
    code = a["budget_currency"] if mode == "budget" and a["budget_currency"] >= 0 else codes[own]
    same, dearer = np.where(p == q, 1, np.minimum(p, q) / np.maximum(p, q)), np.where(p + q == 0, 0.5, p / (p + q))
    level = (np.float32(3) - abs(levels - levels[own])) / np.float32(3)
    modes = {"level": level, "same": same, "dearer": dearer, "cheaper": 1 - dearer, "budget": np.minimum(q / p, 1)}
    return np.where((codes == code) & (code >= 0), modes[mode], np.nan)


def _parts(own: int, a: dict, s: dict) -> np.ndarray:
    levels, brands, words, weights = a["category_levels"], a["brands"], a["text_words"], a["text_weights"]
    visual, color = (np.clip((v * v[own].astype(float)).sum(1), 0, 1) for v in (a["embeddings"], a["colors"]))
    depth, shared = (levels >= 0).sum(1), ((levels == levels[own]) & (levels >= 0)).sum(1)
    mine = np.zeros(1 << 18)  # the words of the query's own title
    mine[words[a["text_rows"] == own]] = weights[a["text_rows"] == own]
    text = np.clip(np.bincount(a["text_rows"], mine[words] * weights, len(levels)), 0, 1)
    values = {"visual": visual, "color": color, "category": shared / np.maximum(depth, depth[own])}
    values |= {"price": _price(own, a, s), "brand": brands == brands[own], "text": text}
    titled = np.bincount(a["text_rows"], minlength=len(levels)) > 0
    known = {"color": a["colors"].any(1), "category": depth > 0, "brand": brands >= 0, "text": titled}
    values |= {name: np.where(here & here[own], values[name], np.nan) for name, here in known.items()}
    return np.array([values.get(name, a.get(name)) for name in s["weights"]])  # the others are the same for all


@np.errstate(all="ignore")
def rank(product_id: str, k: int, a: dict, s: dict) -> list[tuple[str, float]]:
    """Give the k best matches of a product and their scores, 0..1."""
    ids, share = a["product_ids"].tolist(), np.array(list(s["weights"].values())) / max(s["weights"].values())
    own, diversity, chosen = ids.index(product_id), s["diversity"], list[int]()
    parts, rows = _parts(own, a, s), np.flatnonzero(a["allowed"] & (np.arange(len(ids)) != own))
    rows = np.sort(rows[np.argsort(-parts[[*s["weights"]].index("visual"), rows], kind="stable")[: s["pool"]]])
    weight = share[:, None] * ~np.isnan(parts[:, rows])  # what is missing counts on neither side
    rows, weight = rows[weight.sum(0) > 0], weight[:, weight.sum(0) > 0]
    score = np.minimum((np.nan_to_num(parts[:, rows]) * weight).sum(0) / weight.sum(0), 1)
    order = np.argsort(-score, kind="stable")[: max(100, 8 * k) if diversity or s["group_variants"] else k]
    order = order[np.sort(np.unique(a["variants"][rows[order]], return_index=True)[1])]  # the best of each group
    order = order[a["variants"][rows[order]] != a["variants"][own]]
    looks, nearest = a["embeddings"][rows[order]], np.zeros(len(order))
    for _ in range(min(k, len(order))):  # one after another, each unlike those before it
        gain = (1 - diversity) * score[order] - diversity * nearest
        chosen.append(int(np.argmax(np.where(np.isin(np.arange(len(gain)), chosen), -np.inf, gain))))
        nearest = np.maximum(nearest, np.clip(looks @ looks[chosen[-1]], 0, 1))
    return [(ids[rows[place]], float(score[place])) for place in order[chosen]]


if __name__ == "__main__":
    folder, k = Path(__file__).parent, int([*sys.argv[2:], "10"][0])
    preset = json.loads((folder / "preset.json").read_bytes())
    for match, value in rank(sys.argv[1], k, dict(np.load(folder / "arrays.npz")), preset["settings"]):
        sys.stdout.write(f"{match}\t{value:.6f}\n")
