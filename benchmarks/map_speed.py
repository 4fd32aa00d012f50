"""Seconds and neighbor preservation of maps of 50,000 products: ours, stock umap-learn, scikit-learn's t-SNE.

The embedding of myntra-3000 (real pictures, 256 dimensions) is repeated with noise, as long as a product's distance
from its nearest neighbor, so that copies are no clumps of duplicates; rows have length 1. Every contestant starts from
the same rows, neighbors included in the time, after a warm-up on 5,000 rows that compiles what it compiles. Smaller
scenes follow that send other layouts into a slow start: rows that are not normalized, clumps of equal rows, groups
without an edge between them.

    python -m benchmarks.map_speed [--data ../shared/data] [--products 50000] [--scene-products 10000]
        [--without-sklearn] [--home DIR] [--write]
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import markdown_table, run_command, show, versions
from core.catalog.catalogs import find_catalog
from core.explore.neighbors import SHARED_NEIGHBORS, Neighbors, exact_neighbors
from core.explore.projections import project
from core.explore.quality import measure_map
from core.home import open_home
from core.vision.embeddings import latest_embedding
from core.vision.pca import unit_rows

MEASURED = 2_000
WARM_UP_PRODUCTS = 5_000  # above 4,096 umap-learn compiles its approximate neighbor search too
OURS, OUR_TSNE = "ShelfLens UMAP", "ShelfLens t-SNE"
SEEDED, UNSEEDED, SKLEARN = "umap-learn, seeded", "umap-learn, unseeded", "scikit-learn t-SNE"
Layout = Callable[[np.ndarray], np.ndarray]


def real_embedding(data: Path, home_root: Path | None) -> np.ndarray:
    """Give the embedding of myntra-3000, made here or read from a home that has the catalog myntra."""
    with tempfile.TemporaryDirectory() as folder:
        root = home_root or Path(folder) / "home"
        if home_root is None:
            pictures = data / "myntra-3000"
            table, images = str(pictures / "styles.csv"), str(pictures / "images")
            run_command("import", table, "--catalog", "myntra", "--images", images, home=root)
            run_command("embed", "myntra", home=root)
        home = open_home(root)
        embedding = latest_embedding(home, find_catalog(home, "myntra"))
        return np.array(embedding.matrix, np.float32)


def repeated(rows: np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """Repeat rows with noise as long as the median distance of a row from its nearest neighbor, and normalize."""
    near = np.sqrt(2 * exact_neighbors(rows, 2)[1][:, 1])
    noise = np.random.default_rng(seed).standard_normal((count, rows.shape[1])).astype(np.float32)
    noise *= float(np.median(near)) / np.sqrt(rows.shape[1])
    return unit_rows(rows[np.arange(count) % len(rows)] + noise)


def layouts(*, with_sklearn: bool) -> dict[str, Layout]:
    """Give the contestants by name."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.modules.setdefault("tensorflow", None)  # type: ignore[arg-type]  # umap-learn imports it where it finds it
    from sklearn.manifold import TSNE
    from umap import UMAP

    def ours(method: str) -> Layout:
        def laid(rows: np.ndarray) -> np.ndarray:
            def find(count: int, told: Callable[[int, int], None]) -> Neighbors:
                wanted = min(max(count, SHARED_NEIGHBORS), len(rows))  # as many as a catalog stores
                return Neighbors(*exact_neighbors(rows, wanted, on_progress=told)).nearest(count)

            return project(rows, method, find_neighbors=find)

        return laid

    found: dict[str, Layout] = {
        OURS: ours("umap"),
        UNSEEDED: lambda rows: UMAP().fit_transform(rows),
        SEEDED: lambda rows: UMAP(random_state=0, n_jobs=1).fit_transform(rows),
        OUR_TSNE: ours("tsne"),
    }
    if with_sklearn:
        found[SKLEARN] = lambda rows: TSNE(random_state=0, n_jobs=-1).fit_transform(rows)
    return found


def timed(name: str, layout: Layout, rows: np.ndarray) -> dict[str, Any]:
    """Run a contestant once and judge its map."""
    print(f"{name}: {len(rows):,} products", file=sys.stderr, flush=True)
    start, used = time.perf_counter(), time.process_time()
    positions = np.asarray(layout(rows), np.float32)
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    quality = measure_map(rows, positions, sample=MEASURED)
    return {
        "layout": name,
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "neighbor_preservation": quality.neighbor_preservation,
        "trustworthiness": quality.trustworthiness,
    }


def scenes(rows: np.ndarray) -> dict[str, np.ndarray]:
    """Make the rows that send other layouts into a slow start."""
    count, random = len(rows), np.random.default_rng(1)
    clumps = rows[: max(count // 40, 1)][np.arange(count) % max(count // 40, 1)]
    axes = np.linalg.qr(random.standard_normal((rows.shape[1], 20)))[0].T.astype(np.float32)
    apart = unit_rows(axes[np.arange(count) % 20] + 0.02 * random.standard_normal(rows.shape).astype(np.float32))
    return {
        "as above": rows,
        "rows not normalized": rows * random.uniform(0.1, 10, (count, 1)).astype(np.float32),
        "clumps of 40 equal rows": np.ascontiguousarray(clumps),
        "20 groups without an edge between them": apart,
    }


def measure(rows: np.ndarray, *, products: int, scene_products: int, with_sklearn: bool) -> dict[str, Any]:
    """Run every contestant on the large set and both UMAPs on the scenes."""
    contestants = layouts(with_sklearn=with_sklearn)
    small = repeated(rows, WARM_UP_PRODUCTS)
    for name, layout in contestants.items():
        print(f"{name}: warm-up", file=sys.stderr, flush=True)
        layout(small if name in (OURS, SEEDED, UNSEEDED) else small[:500])
    large = repeated(rows, products)
    copies = exact_neighbors(large[: min(products, 12_000)], 15)[0][:, 1:] % len(rows)
    clumped = float((copies == (np.arange(len(copies)) % len(rows))[:, None]).mean())
    main = [timed(name, layout, large) for name, layout in contestants.items()]
    hard = []
    for scene, made in scenes(repeated(rows, scene_products)).items():
        for name in (OURS, SEEDED):
            hard.append({"scene": scene, **timed(name, contestants[name], made)})
    by_name = {row["layout"]: row for row in main}
    peers = [row for name, row in by_name.items() if name in (SEEDED, UNSEEDED, SKLEARN)]
    fastest = min(peers, key=lambda row: row["seconds"])
    return {
        "products": products,
        "dimensions": int(rows.shape[1]),
        "scene_products": scene_products,
        "share_of_neighbors_that_are_copies": round(clumped, 3),
        "layouts": main,
        "scenes": hard,
        "ratio_to_the_fastest_peer": round(fastest["seconds"] / by_name[OURS]["seconds"], 2),
        "fastest_peer": fastest["layout"],
        "versions": versions("numpy", "numba", "umap-learn", "scikit-learn", "openTSNE"),
    }


def tables(result: dict[str, Any]) -> str:
    """Write both tables."""
    titles = ["layout", "seconds", "processor seconds", "neighbors kept of 15", "trustworthiness"]
    rows = [[each["layout"], *_figures(each)] for each in result["layouts"]]
    hard = [[each["scene"], each["layout"], *_figures(each)] for each in result["scenes"]]
    return (
        f"{result['products']:,} products x {result['dimensions']} dimensions, neighbors included; figures of quality "
        f"on {MEASURED:,} of them against all. {100 * result['share_of_neighbors_that_are_copies']:.0f} % of a row's "
        f"neighbors are noisy copies of the same picture.\n\n{markdown_table(titles, rows)}\n\n"
        f"Our UMAP is {result['ratio_to_the_fastest_peer']} times as fast as the fastest peer, "
        f"{result['fastest_peer']}. It gives the same map for the same seed on any number of cores; unseeded "
        f"umap-learn does not.\n\nScenes of {result['scene_products']:,} products:\n\n"
        f"{markdown_table(['scene', *titles], hard)}"
    )


def _figures(row: dict[str, Any]) -> list[str]:
    kept, trusted = row["neighbor_preservation"], row["trustworthiness"]
    return [f"{row['seconds']:.1f}", f"{row['processor_seconds']:.1f}", f"{kept:.3f}", f"{trusted:.3f}"]


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--products", type=int, default=50_000)
    parser.add_argument("--scene-products", type=int, default=10_000)
    parser.add_argument("--without-sklearn", action="store_true", help="scikit-learn's t-SNE takes many minutes")
    parser.add_argument("--home", type=Path, help="a home with an embedded catalog myntra, instead of importing")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = real_embedding(given.data, given.home)
    result = measure(
        rows,
        products=given.products,
        scene_products=given.scene_products,
        with_sklearn=not given.without_sklearn,
    )
    show("map_speed", "Speed of maps", tables(result), result, write=given.write)


if __name__ == "__main__":
    main()
