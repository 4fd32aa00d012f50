"""Import a large generated BSON file of products with pictures and print the most memory the process ever held.

The file is like the one of the Cdiscount challenge: a product a document, 1 to 4 JPEG pictures of 180x180 inside it.
There are 4,000 distinct pictures, drawn here, that come again and again; each time they are hashed and decoded as in a
real import. Beside it the same file is read by `bson.decode_file_iter` alone, which does nothing with what it reads.

    python -m benchmarks.import_bson [--gigabytes 2] [--json FILE]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import bson
import numpy as np

from benchmarks.measuring import PrintedProgress, peak_mib
from benchmarks.synthetic_pictures import drawings, numbered
from core.catalog.imports import import_source
from core.catalog.open_source import open_source
from core.home import open_home

DRAWINGS = 1000
SIDE_PX = 180
CATEGORIES = 500
LIMIT_MIB = 500
DISTINCT_PICTURES = 4_000


def documents(originals: list[bytes]) -> Iterator[bytes]:
    """Yield documents without an end."""
    random = np.random.default_rng(11)
    product = picture = 0
    while True:
        count = int(random.integers(1, 5))
        places = range(picture, picture + count)
        pictures = [numbered(originals[n % DRAWINGS], n % DISTINCT_PICTURES) for n in places]
        category = int(random.integers(CATEGORIES))
        yield bson.encode({"_id": product, "imgs": [{"picture": data} for data in pictures], "category_id": category})
        product += 1
        picture += count


def write_source(folder: Path, gigabytes: float) -> Path:
    """Write the file and the names of its categories."""
    names = "".join(f"{n},Level {n // 50},Level {n // 5},Category {n}\n" for n in range(CATEGORIES))
    header = "category_id,category_level1,category_level2,category_level3\n"
    (folder / "category_names.csv").write_text(header + names)
    path, size = folder / "generated.bson", 0
    with path.open("wb") as file:
        for document in documents(drawings(DRAWINGS, side_px=SIDE_PX, noise=12)):
            file.write(document)
            size += len(document)
            if size >= gigabytes * 2**30:
                return path
    return path


def measure_import(path: Path, folder: Path) -> dict:
    """Import the file into a new home, in this process."""
    before = peak_mib()
    began = time.monotonic()
    home = open_home(folder / "home")
    source = open_source(home, str(path))
    report = import_source(home, source, catalog_name="generated", actor="benchmark", progress=PrintedProgress())
    seconds = time.monotonic() - began
    return {
        "documents": report.totals.products,
        "pictures": report.totals.pictures,
        "skipped": len(report.skipped),
        "seconds": round(seconds, 1),
        "documents_per_second": round(report.totals.products / seconds),
        "peak_mib": round(peak_mib()),
        "peak_before_mib": round(before),
    }


def measure_plain(path: Path) -> dict:
    """Decode the file with the library alone."""
    began, count = time.monotonic(), 0
    with path.open("rb") as file:
        for _document in bson.decode_file_iter(file):
            count += 1
    seconds = time.monotonic() - began
    return {"documents": count, "seconds": round(seconds, 1), "documents_per_second": round(count / seconds)}


def in_process(part: str, folder: Path) -> dict:
    """Measure one part in a process of its own, so that neither generating nor the other part counts."""
    command = [sys.executable, "-m", "benchmarks.import_bson", "--part", part, "--folder", str(folder)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main() -> None:
    """Run the benchmark; exit 1 when the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=2.0, help="size of the generated file")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--part", choices=("import", "plain"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        path = options.folder / "generated.bson"
        print(json.dumps(measure_import(path, options.folder) if options.part == "import" else measure_plain(path)))
        return
    with tempfile.TemporaryDirectory() as name:
        path = write_source(Path(name), options.gigabytes)
        size = path.stat().st_size
        imported, plain = in_process("import", Path(name)), in_process("plain", Path(name))
    if imported["documents"] != plain["documents"] or imported["skipped"]:
        raise SystemExit(f"only {imported['documents']} of {plain['documents']} documents were imported")
    result = {"gigabytes": round(size / 2**30, 2), "import": imported, "bson.decode_file_iter": plain}
    result |= {"limit_mib": LIMIT_MIB, "cores": os.cpu_count(), "python": platform.python_version()}
    print(f"{imported['documents']:,} documents with {imported['pictures']:,} pictures, {result['gigabytes']} GiB")
    for part in ("import", "bson.decode_file_iter"):
        print(f"{part:>22}: {result[part]['seconds']:,} s, {result[part]['documents_per_second']:,} documents/s")
    print(f"peak memory {imported['peak_mib']} MiB (limit {LIMIT_MIB}; {imported['peak_before_mib']} before)")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    sys.exit(imported["peak_mib"] > LIMIT_MIB)


if __name__ == "__main__":
    main()
