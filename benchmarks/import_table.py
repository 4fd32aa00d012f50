"""Import a million-row CSV without pictures, beside `pandas.read_csv` and `to_sql` of the same file.

Each contestant runs in a process of its own; its peak memory is that of the whole process. The peer keeps nothing but
the columns: no log, no undo, no text search, no attributes by name, no second import. `again` imports the unchanged
file once more; `undo` takes the import back.

    python -m benchmarks.import_table [--rows 1000000] [--seed 7] [--json]
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import machine_words
from benchmarks.synthetic_table import write_table

CATALOG = "million"


def import_ours(table: Path, home_root: Path) -> dict[str, object]:
    """Import the table as the command line does."""
    from core.catalog.imports import import_source
    from core.catalog.open_source import open_source
    from core.catalog.source_settings import SourceSettings
    from core.home import open_home

    home = open_home(home_root)
    settings = SourceSettings(format="table")
    source = open_source(home, str(table), settings=settings)
    report = import_source(home, source, catalog_name=CATALOG, actor="benchmark", settings=settings)
    return {"products": report.totals.products, "new": report.new, "skipped": len(report.skipped)}


def undo_ours(_table: Path, home_root: Path) -> dict[str, object]:
    """Undo the import."""
    from core.catalog.catalogs import find_catalog
    from core.catalog.log import list_events, undo
    from core.home import open_home

    home = open_home(home_root)
    imported = next(event for event in list_events(home) if event.kind == "import")
    undo(home, imported.event_id, actor="benchmark")
    return {"products": find_catalog(home, CATALOG).products}


def import_pandas(table: Path, home_root: Path) -> dict[str, object]:
    """Read the table with pandas and write it to SQLite, with the one index that finding a product needs."""
    import sqlite3

    import pandas as pd

    home_root.mkdir(exist_ok=True)
    frame = pd.read_csv(table)
    connection = sqlite3.connect(home_root / "pandas.db")
    frame.to_sql("products", connection, index=False, chunksize=20_000)
    connection.execute("CREATE UNIQUE INDEX by_id ON products(product_id)")
    connection.commit()
    return {"products": int(connection.execute("SELECT count(*) FROM products").fetchone()[0])}


PARTS: dict[str, Callable[[Path, Path], dict[str, object]]] = {
    "import": import_ours,
    "again": import_ours,
    "undo": undo_ours,
    "pandas": import_pandas,
}


def run_part(part: str, table: Path, home_root: Path) -> dict[str, object]:
    """Run one part in this process and measure it."""
    began, cpu = time.perf_counter(), time.process_time()
    told = PARTS[part](table, home_root)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        **told,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mib": round(peak / (1024 if sys.platform != "darwin" else 1024**2)),
    }


def measure(rows: int, *, seed: int) -> dict[str, object]:
    """Make the table and run every part in a process of its own."""
    import pandas as pd
    import sqlalchemy

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "products.csv"
        write_table(table, rows, seed=seed)
        parts = {}
        for part in PARTS:
            root = Path(folder) / ("peer" if part == "pandas" else "home")
            call = [sys.executable, "-m", "benchmarks.import_table", "--part", part, "--table", str(table)]
            answer = subprocess.run([*call, "--home", str(root)], check=True, capture_output=True, text=True)
            parts[part] = json.loads(answer.stdout)
            print(f"{part}: {parts[part]}", file=sys.stderr, flush=True)
        size = table.stat().st_size
        database = (Path(folder) / "home" / "shelflens.db").stat().st_size
    ours, peer = float(parts["import"]["seconds"]), float(parts["pandas"]["seconds"])
    return {
        "rows": rows,
        "table_mb": round(size / 10**6),
        "database_mb": round(database / 10**6),
        "parts": parts,
        "rows_per_second": round(rows / ours),
        "ratio": round(ours / peer, 2),
        "load": [round(value, 1) for value in os.getloadavg()],
        "versions": {
            "python": platform.python_version(),
            "pandas": pd.__version__,
            "sqlalchemy": sqlalchemy.__version__,
        },
        "machine": machine_words(),
    }


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=tuple(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(run_part(options.part, options.table, options.home)))
        return
    result = measure(options.rows, seed=options.seed)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['rows']:,} rows, {result['table_mb']} MB of CSV, {result['machine']}, load {result['load']}")
    print(f"versions: {', '.join(f'{name} {version}' for name, version in result['versions'].items())}")
    titles = {
        "import": "ShelfLens, import",
        "again": "ShelfLens, the same again",
        "undo": "ShelfLens, undo",
        "pandas": "pandas read_csv + to_sql",
    }
    for part, title in titles.items():
        told = result["parts"][part]
        print(
            f"{title:<26} {told['seconds']:>7.1f} s, CPU {told['cpu_seconds']:>6.1f} s, peak {told['peak_mib']:>5} MiB"
        )
    print(f"{result['rows_per_second']:,} rows a second; {result['ratio']} times the time of pandas")


if __name__ == "__main__":
    main()
