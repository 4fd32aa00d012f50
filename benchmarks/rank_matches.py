"""Rank a whole catalog: ShelfLens with all four parts against scikit-learn's brute nearest neighbours by cosine.

Both answer the same queries in the same process on the same synthetic unit vectors. The peer compares embeddings only;
ShelfLens compares embeddings, palettes, price levels and categories, then ranks by the weighted mean.

    python -m benchmarks.rank_matches [--products 100000] [--dimensions 256] [--queries 50] [--seed 7] [--json]
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from benchmarks.measuring import machine_words
from core.recommend.index import CatalogIndex, build_index
from core.recommend.ranking import RankWeights, rank, score_parts

MATCHES = 48
WEIGHTS = RankWeights(visual=1.0, color=0.5, price=0.5, category=0.25)
MOVED_WEIGHTS = RankWeights(visual=1.0, color=0.8, price=0.2, category=0.25)


def synthetic_index(products: int, dimensions: int, *, seed: int) -> CatalogIndex:
    """Make a catalog: clustered unit vectors, 200 categories on 2 levels, 10 % without a price, 2 currencies."""
    random = np.random.default_rng(seed)
    centers = random.standard_normal((200, dimensions), dtype=np.float32)
    category = random.integers(0, len(centers), products)
    embeddings = centers[category] + random.standard_normal((products, dimensions), dtype=np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    priced = random.random(products) > 0.1
    prices = np.exp(random.normal(8, 1, products)).astype(np.int64)
    table = pd.DataFrame(
        {
            "product_id": [f"p{row}" for row in range(products)],
            "category": [f"Group {code % 20} > Kind {code}" for code in category],
            "price_minor_units": pd.Series(prices, dtype="Int64").where(priced),
            "currency": pd.Series(np.where(random.random(products) < 0.8, "EUR", "INR")).where(priced, None),
        }
    )
    palettes = (
        random.integers(0, 768, (products, 5)).astype(np.uint16),
        random.dirichlet([4, 3, 2, 1, 1], products).astype(np.float32),
    )
    return build_index(table, embeddings, palettes=palettes)


def milliseconds(action: Callable[[int], object], queries: Sequence[int]) -> dict[str, float]:
    """Time an action for each query after two warm-up calls: median and 95th percentile, milliseconds."""
    for row in queries[:2]:
        action(row)
    times = []
    for row in queries:
        start = time.perf_counter()
        action(row)
        times.append((time.perf_counter() - start) * 1000)
    return {"median_ms": round(float(np.median(times)), 2), "p95_ms": round(float(np.percentile(times, 95)), 2)}


def measure(products: int, dimensions: int, *, queries: int, seed: int) -> dict[str, object]:
    """Run both contestants."""
    import sklearn
    from sklearn.neighbors import NearestNeighbors

    start = time.perf_counter()
    index = synthetic_index(products, dimensions, seed=seed)
    opened = time.perf_counter() - start
    rows = np.random.default_rng(seed + 1).choice(products, min(queries, products), replace=False).tolist()
    neighbours = NearestNeighbors(n_neighbors=MATCHES + 1, algorithm="brute", metric="cosine").fit(index.embeddings)
    query_parts = {row: score_parts(index.query_product(f"p{row}"), index) for row in rows[:4]}
    moved = [rows[place % len(query_parts)] for place in range(len(rows))]
    ours = milliseconds(lambda row: rank(score_parts(index.query_product(f"p{row}"), index), WEIGHTS, k=MATCHES), rows)
    reweighted = milliseconds(lambda row: rank(query_parts[row], MOVED_WEIGHTS, k=MATCHES), moved)
    peer = milliseconds(lambda row: neighbours.kneighbors(index.embeddings[row : row + 1]), rows)
    return {
        "products": products,
        "dimensions": dimensions,
        "queries": len(rows),
        "matches": MATCHES,
        "index_seconds": round(opened, 2),
        "all_parts": ours,
        "new_weights_only": reweighted,
        "scikit_learn_brute_cosine": peer,
        "ratio": round(peer["median_ms"] / ours["median_ms"], 2),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "machine": machine_words(),
    }


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.products, options.dimensions, queries=options.queries, seed=options.seed)
    if options.json:
        print(json.dumps(result))
        return
    print(
        f"{result['products']:,} products x {result['dimensions']} dimensions, {result['queries']} queries, "
        f"best {MATCHES}, {result['machine']}"
    )
    print(f"versions: {', '.join(f'{name} {version}' for name, version in result['versions'].items())}")
    for title, key in (
        ("ShelfLens, all four parts", "all_parts"),
        ("ShelfLens, only the weights changed", "new_weights_only"),
        ("scikit-learn NearestNeighbors, brute, cosine", "scikit_learn_brute_cosine"),
    ):
        print(f"{title:<46} median {result[key]['median_ms']:>8.2f} ms   95 % {result[key]['p95_ms']:>8.2f} ms")
    print(f"ratio of medians: {result['ratio']}")


if __name__ == "__main__":
    main()
