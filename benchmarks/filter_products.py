"""Filter a catalog of a million products as the Catalog page does, beside plain pandas on the same rows in memory.

Every query counts what passes and reads the first page of 48 products. The first query of a fresh process and the first
one after an edit are measured on their own, and the memory of a process that did nothing but ask. The peer holds the
whole table in memory and makes no products of its rows; for words it lower-cases and searches the joined texts.

    python -m benchmarks.filter_products [--rows 1000000] [--repeats 20] [--seed 7] [--home DIR] [--json]

With --home, a home that `benchmarks.import_table` or an earlier run filled is used again.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.import_table import CATALOG, import_ours
from benchmarks.measuring import machine_words
from benchmarks.synthetic_table import write_table
from core.catalog.catalogs import find_catalog, list_catalogs
from core.catalog.product_filter import ProductFilter
from core.catalog.products import edit_product, facets, find_products
from core.home import open_home

PAGE = 48
FILTERS: dict[str, ProductFilter] = {
    "everything": ProductFilter(),
    "category": ProductFilter(category="Clothing"),
    "category, 3 levels": ProductFilter(category="Clothing > Clothing A > Clothing A0"),
    "price range": ProductFilter(price_min=1000, price_max=3000, currency="EUR"),
    "color": ProductFilter(color="red"),
    "brand": ProductFilter(brand="Brand 7"),
    "split": ProductFilter(split="test"),
    "has picture": ProductFilter(has_picture=True),
    "text, a word": ProductFilter(text="clothing"),
    "text, two words": ProductFilter(text="clothing cotton red"),
    "text, a beginning": ProductFilter(text="clo"),
    "combined": ProductFilter(category="Shoes", color="red", split="train", price_min=500, currency="EUR"),
    "sorted by title": ProductFilter(order_by="title"),
    "sorted by price": ProductFilter(order_by="-price"),
    "combined, sorted": ProductFilter(category="Shoes", color="red", order_by="price"),
    "far page": ProductFilter(color="red"),
}
OFFSETS = {"far page": 50_000}


def timed(action: Callable[[], object], repeats: int) -> dict[str, float]:
    """Time an action: 50th and 95th percentile, milliseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return {"p50_ms": round(float(np.median(times)), 1), "p95_ms": round(float(np.percentile(times, 95)), 1)}


def ours(home_root: Path, repeats: int) -> dict[str, object]:
    """Ask ShelfLens, in this process."""
    home = open_home(home_root)
    before = resident_mib()
    catalog = find_catalog(home, CATALOG)
    first = timed(lambda: find_products(home, catalog, FILTERS["combined"], limit=PAGE), 1)
    found, times = {}, {}
    for name, chosen in FILTERS.items():
        offset = OFFSETS.get(name, 0)
        found[name] = find_products(home, catalog, chosen, limit=PAGE, offset=offset)[1]
        times[name] = timed(
            lambda chosen=chosen, offset=offset: find_products(home, catalog, chosen, limit=PAGE, offset=offset),
            repeats,
        )
    times["facets of everything"] = timed(lambda: facets(home, catalog, ProductFilter()), repeats)
    times["facets, combined"] = timed(lambda: facets(home, catalog, FILTERS["combined"]), repeats)
    times["list of catalogs"] = timed(lambda: list_catalogs(home), repeats)
    product = find_products(home, catalog, limit=1)[0][0]
    edit_product(home, catalog, product.product_id, {"color": "red"}, actor="benchmark")
    after_edit = timed(lambda: find_products(home, catalog, FILTERS["combined"], limit=PAGE), 1)
    return {
        "first_query_ms": first["p50_ms"],
        "first_after_an_edit_ms": after_edit["p50_ms"],
        "memory_before_mib": before,
        "memory_after_mib": resident_mib(),
        "found": found,
        "times": times,
    }


def matching(frame: Any, joined: Any, chosen: ProductFilter) -> Any:
    """Tell which rows of a frame pass a filter, the pandas way."""
    kept = frame["product_id"].notna()
    for name in ("color", "brand", "split", "currency"):
        if getattr(chosen, name) is not None:
            kept &= frame[name] == getattr(chosen, name)
    if chosen.category:
        kept &= frame["category"].str.startswith(chosen.category + " > ") | (frame["category"] == chosen.category)
    if chosen.price_min is not None:
        kept &= frame["minor"] >= chosen.price_min
    if chosen.price_max is not None:
        kept &= frame["minor"] <= chosen.price_max
    if chosen.has_picture:
        kept &= False
    for word in chosen.text.split():
        kept &= joined.str.contains(word, regex=False)
    return kept


def peer(table: Path, repeats: int) -> dict[str, object]:
    """Ask pandas, in this process."""
    import pandas as pd

    before = resident_mib()
    frame = pd.read_csv(table)
    frame["minor"] = (frame["price"] * 100).round()
    texts = ["product_id", "title", "brand", "color", "category", "description", "material"]
    joined = frame[texts].fillna("").agg(" ".join, axis=1).str.lower()

    def ask(chosen: ProductFilter, offset: int) -> tuple[int, object]:
        rows = frame[matching(frame, joined, chosen)]
        if chosen.order_by != "position":
            by = ["title"] if chosen.order_by == "title" else ["currency", "minor"]
            rows = rows.sort_values(by, ascending=not chosen.order_by.startswith("-"), kind="stable")
        return len(rows), rows.iloc[offset : offset + PAGE]

    times = {
        name: timed(lambda chosen=chosen, name=name: ask(chosen, OFFSETS.get(name, 0)), max(3, repeats // 5))
        for name, chosen in FILTERS.items()
    }
    counted = ["category", "brand", "color", "split", "currency"]
    times["facets of everything"] = timed(lambda: [frame[name].value_counts() for name in counted], 3)
    return {"memory_before_mib": before, "memory_after_mib": resident_mib(), "times": times}


def resident_mib() -> int:
    """Tell how much memory this process holds now, without what it only maps from files; Linux."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return round(sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024)


def measure(rows: int, *, repeats: int, seed: int, home: Path | None) -> dict[str, object]:
    """Make table and catalog, then run both contestants in processes of their own."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        table, root = Path(folder) / "products.csv", home or Path(folder) / "home"
        write_table(table, rows, seed=seed)
        if not any(catalog.name == CATALOG and catalog.products for catalog in list_catalogs(open_home(root))):
            import_ours(table, root)
        answers = {}
        for part in ("ours", "pandas"):
            call = [sys.executable, "-m", "benchmarks.filter_products", "--part", part, "--home", str(root)]
            call += ["--table", str(table), "--repeats", str(repeats)]
            answers[part] = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
    return {
        "rows": rows,
        "repeats": repeats,
        **answers,
        "load": [round(value, 1) for value in os.getloadavg()],
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "pandas": pd.__version__},
        "machine": machine_words(),
    }


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--home", type=Path, help="use the catalog of this home, filled when it is not")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("ours", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        told = ours(options.home, options.repeats) if options.part == "ours" else peer(options.table, options.repeats)
        print(json.dumps(told))
        return
    result = measure(options.rows, repeats=options.repeats, seed=options.seed, home=options.home)
    if options.json:
        print(json.dumps(result))
        return
    mine, other = result["ours"], result["pandas"]
    print(f"{result['rows']:,} products, page of {PAGE}, {result['machine']}, load {result['load']}")
    print(f"versions: {', '.join(f'{name} {version}' for name, version in result['versions'].items())}")
    print(f"{'milliseconds':<24} {'found':>9}  {'p50':>7} {'p95':>7}   pandas p50 {'p95':>8}")
    for name, times in mine["times"].items():
        beside = other["times"].get(name, {"p50_ms": float("nan"), "p95_ms": float("nan")})
        found = f"{mine['found'][name]:,}" if name in mine["found"] else ""
        print(
            f"{name:<24} {found:>9}  {times['p50_ms']:>7.1f} {times['p95_ms']:>7.1f}   "
            f"{beside['p50_ms']:>10.1f} {beside['p95_ms']:>8.1f}"
        )
    print(
        f"first query of a process {mine['first_query_ms']:.0f} ms, "
        f"after an edit {mine['first_after_an_edit_ms']:.0f} ms"
    )
    for title, told in (("ShelfLens", mine), ("pandas", other)):
        print(f"memory of its own, {title}: {told['memory_before_mib']} MiB, then {told['memory_after_mib']} MiB")


if __name__ == "__main__":
    main()
