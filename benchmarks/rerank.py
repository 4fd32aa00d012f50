"""Re-rank a whole catalog: all eight parts after a slider moved, and for a new query, against plain ways to do it.

Synthetic products, the same for all, in one process:

- ShelfLens, other weights: the parts of the query are known, every product is scored anew and the best are found.
- ShelfLens, another query: the five parts that depend on the query are found too.
- numpy + pandas, plainly: the eight parts as columns, missing ones as NaN, a weighted mean by row, `nlargest`.
- FAISS, exact inner product (where `faiss-cpu` is installed; it is no requirement): nearest by embedding alone, one
  part of the eight.

    python -m benchmarks.rerank [--products 100000] [--dimensions 256] [--queries 30] [--write]
"""

import argparse
import importlib.util
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measuring import markdown_table, peak_mib, show, versions
from core.recommend.index import CatalogIndex, build_index
from core.recommend.rank_products import rank_parts
from core.recommend.ranking import QueryParts, score_parts
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS, RankWeights
from core.vision.color_histogram import COLORS

MATCHES = 24
KINDS = 200
WORDS = 4_000
FIRST = RankWeights(1, 0.5, 0.5, 0.25, 0.2, 0.1, 0.1, 0.3)
MOVED = RankWeights(1, 0.8, 0.2, 0.25, 0.2, 0.2, 0.1, 0.3)
_BLOCK = 50_000


def synthetic_index(products: int, dimensions: int, *, seed: int) -> CatalogIndex:
    """Make a catalog: clustered unit vectors, sparse histograms, 10 % without a price, 20 % without a date."""
    random = np.random.default_rng(seed)
    centers = random.standard_normal((KINDS, dimensions), dtype=np.float32)
    kinds = random.integers(0, KINDS, products)
    embeddings = np.empty((products, dimensions), np.float32)
    histograms = np.zeros((products, COLORS), np.uint8)
    for start in range(0, products, _BLOCK):  # whole arrays of random numbers would be the peak of the memory
        block = slice(start, min(start + _BLOCK, products))
        count = block.stop - start
        rows = centers[kinds[block]] + random.standard_normal((count, dimensions), dtype=np.float32)
        embeddings[block] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        places = random.integers(0, COLORS, (count, 6))
        histograms[np.arange(start, block.stop)[:, None], places] = random.integers(30, 200, (count, 6))
    priced = random.random(products) > 0.1
    prices = np.exp(random.normal(8, 1, products)).astype(np.int64)
    words = random.integers(0, WORDS, (products, 5))
    table = pd.DataFrame(
        {
            "product_id": [f"p{row}" for row in range(products)],
            "title": [" ".join(f"word{word}" for word in row) for row in words.tolist()],
            "brand": [f"brand {code}" for code in random.integers(0, 500, products).tolist()],
            "category": [f"Group {code % 20} > Kind {code}" for code in kinds.tolist()],
            "price_minor_units": pd.Series(prices, dtype="Int64").where(priced),
            "currency": pd.Series(np.where(random.random(products) < 0.8, "EUR", "INR")).where(priced, None),
        }
    )
    nothing = (np.zeros((products, 5), np.uint16), np.zeros((products, 5), np.float32))
    index = build_index(table, embeddings, palettes=nothing, histograms=histograms)
    freshness = random.random(products, np.float32)
    freshness[random.random(products) < 0.2] = np.nan
    index.__dict__.update(popularity=random.random(products, np.float32), freshness=freshness)
    return index


def milliseconds(action: Callable[[int], object], rows: Sequence[int]) -> dict[str, float]:
    """Time an action for each row after two warm-up calls: median and 95th percentile, milliseconds."""
    for row in rows[:2]:
        action(row)
    times = []
    for row in rows:
        start = time.perf_counter()
        action(row)
        times.append((time.perf_counter() - start) * 1000)
    return {"median_ms": round(float(np.median(times)), 2), "p95_ms": round(float(np.percentile(times, 95)), 2)}


def plain_table(parts: QueryParts) -> pd.DataFrame:
    """Lay the parts out as columns, missing ones as NaN, as one would without thinking of speed."""
    columns = {}
    for name in PARTS:
        found = parts.part(name)
        columns[name] = found.values if found.missing is None else np.where(found.missing, np.nan, found.values)
    return pd.DataFrame(columns, index=list(parts.index.product_ids))


def plain_rank(table: pd.DataFrame, weights: RankWeights, own: str) -> pd.Series:
    """Rank with pandas as it is commonly written."""
    share = pd.Series(weights.to_json())
    scores = (table * share).sum(axis=1) / (table.notna() * share).sum(axis=1)
    return scores.drop(own).nlargest(MATCHES)


def measure(products: int, dimensions: int, *, queries: int, seed: int) -> dict[str, Any]:
    """Measure all ways on the same catalog."""
    start = time.perf_counter()
    index = synthetic_index(products, dimensions, seed=seed)
    settings = RankingSettings(weights=FIRST)
    moved = replace(settings, weights=MOVED)
    rows = np.random.default_rng(seed + 1).choice(products, min(queries, products), replace=False).tolist()
    kept = score_parts(index.query_product(f"p{rows[0]}"), index)
    first = rank_parts(kept, settings, k=MATCHES)  # makes what the index makes when it is first asked for
    made = time.perf_counter() - start
    result: dict[str, Any] = {
        "products": products,
        "dimensions": dimensions,
        "queries": len(rows),
        "made_seconds": round(made, 1),
        "other_weights": milliseconds(lambda row: rank_parts(kept, moved if row % 2 else settings, k=MATCHES), rows),
        "other_query": milliseconds(
            lambda row: rank_parts(score_parts(index.query_product(f"p{row}"), index), settings, k=MATCHES), rows
        ),
        "peak_mib": round(peak_mib()),
    }
    table, own = plain_table(kept), f"p{rows[0]}"
    few = rows[: max(3, len(rows) // 5)]
    result["pandas_other_weights"] = milliseconds(lambda _row: plain_rank(table, MOVED, own), few)
    result["same_order_as_pandas"] = list(plain_rank(table, FIRST, own).index) == list(first.product_ids)
    result["faiss_other_query"] = faiss_milliseconds(index, rows)
    packages = ["numpy", "pandas", *(["faiss-cpu"] if result["faiss_other_query"] else [])]
    return {**result, "versions": versions(*packages)}


def faiss_milliseconds(index: CatalogIndex, rows: Sequence[int]) -> dict[str, float] | None:
    """Search the embeddings alone with FAISS, exactly; None where it is not installed."""
    if importlib.util.find_spec("faiss") is None:
        return None
    import faiss

    flat = faiss.IndexFlatIP(index.embeddings.shape[1])
    flat.add(index.embeddings)
    return milliseconds(lambda row: flat.search(index.embeddings[row : row + 1], MATCHES + 1), rows)


def body(result: dict[str, Any]) -> str:
    """Lay out the table."""
    ways = [
        ("ShelfLens, 8 parts, other weights", "other_weights"),
        ("ShelfLens, 8 parts, another query", "other_query"),
        ("numpy + pandas, 8 known parts, other weights", "pandas_other_weights"),
        ("FAISS exact, embedding alone, another query", "faiss_other_query"),
    ]
    rows = [[title, result[key]["median_ms"], result[key]["p95_ms"]] for title, key in ways if result[key]]
    words = (
        f"{result['products']:,} products of {result['dimensions']} dimensions, {result['queries']} queries, best "
        f"{MATCHES}. Most memory with the catalog made and ranked {result['peak_mib']:,} MiB, "
        f"before the peers. Same order as pandas: {'yes' if result['same_order_as_pandas'] else 'no'}."
    )
    return f"{markdown_table(['way', 'median ms', '95 % ms'], rows)}\n\n{words}"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--queries", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    result = measure(given.products, given.dimensions, queries=given.queries, seed=given.seed)
    show("rerank", "Re-ranking a catalog", body(result), result, write=given.write, data=f"--products {given.products}")


if __name__ == "__main__":
    main()
