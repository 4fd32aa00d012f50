"""Recommend from histories: the order method against popularity, plain item-item and a library, on Amazon Beauty.

Leave-last-out: of each of 22,363 users the last product is to be found among all 12,101, given the ones before; those
the user has already are left out of the ranking (nobody has a product twice there). Products of equal score share their
places: a product tied with others has the middle of their ranks. The settings were chosen on the next-to-last products
with the last ones taken away; ``--tune`` prints that search.

    python -m benchmarks.histories_beauty --data ../shared/data [--tune] [--write]
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from benchmarks.measuring import markdown_table, peak_mib, show, versions
from core.recommend.collaborative_order import OrderSettings, order_similarities, recency_weights
from core.recommend.collaborative_similarity import MEASURES, column_similarities
from core.recommend.history_table import HistoryTable, lines_of, without_last

USERS_A_BLOCK = 1000
PUBLISHED = {
    "GRU4Rec, published": (0.0283, 0.0137),
    "SASRec, published": (0.0605, 0.0318),
    "S3-Rec, published": (0.0647, 0.0327),
}
GRID = {
    "recency": (0.7, 1.0, 1.5),
    "backward": (0.1, 0.2, 0.4, 0.7),
    "gap": (0.25, 0.5, 1.0),
    "from_power": (0.3, 0.5, 0.8),
    "to_power": (0.0, 0.1, 0.3, 0.5),
    "reach": (10, 20, 50),
}

Scores = Callable[[slice], np.ndarray]
"""Scores of all products for the users of a slice, float (B, P)."""


def judged(table: HistoryTable, target: np.ndarray, scores: Scores) -> tuple[float, float]:
    """Rank all products for every user; give HR@10 and NDCG@10."""
    hits = gain = 0.0
    for start in range(0, len(table.users), USERS_A_BLOCK):
        block = slice(start, min(start + USERS_A_BLOCK, len(table.users)))
        found, wanted = scores(block), target[block]
        own = table.matrix[block].tocoo()
        found[own.row, own.col] = -np.inf
        value = found[np.arange(len(wanted)), wanted]
        above = (found > value[:, None]).sum(axis=1)
        rank = above + ((found == value[:, None]).sum(axis=1) - 1) / 2
        hits += np.count_nonzero(rank < 10)
        gain += (1 / np.log2(rank[rank < 10] + 2)).sum()
    return hits / len(target), gain / len(target)


def by_items(table: HistoryTable, similar: csr_array, *, recency: float) -> Scores:
    """Score by products alike those of the history."""
    weights = np.concatenate([recency_weights(count, recency) for count in np.diff(table.starts)])
    profiles = csr_array((weights, table.products, table.starts), shape=table.matrix.shape)
    return lambda block: (profiles[block] @ similar).toarray()


def by_users(table: HistoryTable, measure: str) -> Scores:
    """Score by what the 100 users most alike have."""
    near = column_similarities(table.by_product, measure, neighbors=100)
    return lambda block: (near[block] @ table.matrix).toarray()


def by_popularity(table: HistoryTable) -> Scores:
    """Score by how many users have a product."""
    counts = table.popularity.astype(np.float32)
    return lambda block: np.tile(counts, (block.stop - block.start, 1))


def by_library(table: HistoryTable) -> dict[str, tuple[Callable[[], Scores], str]]:
    """Score by the library implicit, item-item BM25 and ALS at usual settings; nothing when it is not there."""
    try:
        import implicit
    except ImportError:
        print("implicit is not installed: left out", file=sys.stderr)
        return {}
    from scipy.sparse import csr_matrix

    users = csr_matrix(table.matrix)

    def items() -> Scores:
        model = implicit.nearest_neighbours.BM25Recommender(K=200, num_threads=2)
        model.fit(users, show_progress=False)
        similar = csr_array(model.similarity)
        return lambda block: (table.matrix[block] @ similar).toarray()

    def factors() -> Scores:
        model = implicit.als.AlternatingLeastSquares(factors=128, iterations=15, random_state=7, num_threads=2)
        model.fit(users, show_progress=False)
        return lambda block: model.user_factors[block] @ model.item_factors.T

    return {"implicit, item-item BM25": (items, "library"), "implicit, ALS 128": (factors, "library")}


def methods(table: HistoryTable, settings: OrderSettings) -> dict[str, Callable[[], Scores]]:
    """Name every contestant and how its scores are made."""
    found: dict[str, Callable[[], Scores]] = {
        "order (ours)": lambda: by_items(table, order_similarities(table, settings), recency=settings.recency),
        "popularity": lambda: by_popularity(table),
    }
    for measure in MEASURES:
        found[f"item-item {measure}, plain"] = lambda measure=measure: by_items(
            table, column_similarities(table.matrix, measure), recency=0.0
        )
        found[f"user-user {measure}"] = lambda measure=measure: by_users(table, measure)
    return found | {name: make for name, (make, _kind) in by_library(table).items()}


def tune(table: HistoryTable) -> OrderSettings:
    """Choose settings one after the other on the next-to-last products, twice around; prints every trial."""
    known, target = without_last(table, 2)
    best, reached = OrderSettings(), 0.0
    for _around in range(2):
        for name, values in GRID.items():
            for value in values:
                trial = replace(best, **{name: value})
                scores = by_items(known, order_similarities(known, trial), recency=trial.recency)
                hit_rate, gain = judged(known, target, scores)
                print(f"{name} {value}: HR@10 {hit_rate:.4f}, NDCG@10 {gain:.4f}", file=sys.stderr, flush=True)
                if gain > reached:
                    best, reached = trial, gain
    return best


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds interactions-beauty")
    parser.add_argument("--tune", action="store_true", help="choose the settings anew on the next-to-last products")
    parser.add_argument("--write", action="store_true", help="keep the page under docs/benchmarks")
    given = parser.parse_args()
    with (given.data / "interactions-beauty" / "Beauty.txt").open(encoding="utf-8") as file:
        table = lines_of([line.split() for line in file])
    settings = tune(table) if given.tune else OrderSettings()
    known, target = without_last(table, 1)
    rows, figures = [], {}
    for name, make in methods(known, settings).items():
        began = time.perf_counter()
        scores = make()
        made = time.perf_counter()
        hit_rate, gain = judged(known, target, scores)
        seconds = time.perf_counter() - began
        figures[name] = {"hr10": round(hit_rate, 4), "ndcg10": round(gain, 4), "seconds": round(seconds, 1)}
        rows.append([name, f"{hit_rate:.4f}", f"{gain:.4f}", f"{made - began:.1f} s", f"{seconds:.1f} s"])
        print(rows[-1], file=sys.stderr, flush=True)
    rows += [[name, f"{hit:.4f}", f"{gain:.4f}", "", ""] for name, (hit, gain) in PUBLISHED.items()]
    body = markdown_table(["method", "HR@10", "NDCG@10", "to learn", "with ranking all"], rows) + (
        f"\n\n{len(table.users):,} users, {len(table.product_ids):,} products, {len(table.products):,} events. Each "
        "user's last product is ranked among all products but those the user has already. Settings of the order "
        f"method, chosen on the next-to-last products: {settings}."
    )
    libraries = ("numpy", "scipy", "implicit") if any("implicit" in name for name in figures) else ("numpy", "scipy")
    result = {"methods": figures, "settings": vars(settings), "peak_mib": round(peak_mib())}
    show(
        "histories_beauty",
        "Recommending from histories: Amazon Beauty",
        body,
        result | versions(*libraries),
        write=given.write,
        data="--data ../shared/data",
    )


if __name__ == "__main__":
    main()
