"""Embed a catalog of 100,000 synthetic pictures and print the most memory the process ever held.

Every picture is a JPEG of its own: 200 drawings, each with a number written into a comment, so that no two files have
the same hash while drawing them takes seconds. The run is the real one, from the database to the written embedding.

    python -m benchmarks.embed_memory [--pictures 100000] [--json FILE]
"""

import argparse
import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import PrintedProgress, peak_mib
from benchmarks.synthetic_pictures import drawings, numbered
from core.catalog import schema
from core.catalog.catalogs import Catalog, create_catalog, find_catalog
from core.catalog.database import write
from core.home import Home, open_home
from core.vision.embed import embed_catalog

DRAWINGS = 200
SIDE_PX = 240
LIMIT_MIB = 2048
_ROWS_A_WRITE = 5000


def fill(home: Home, catalog: Catalog, pictures: int) -> None:
    """Put the pictures into the home and the catalog, one a product, past the import, which is not measured here."""
    for rows in _blocks(home, catalog, pictures):
        with write(home) as connection:
            for table, values in zip((schema.products, schema.pictures, schema.product_pictures), rows, strict=True):
                connection.execute(table.insert(), values)


def _blocks(home: Home, catalog: Catalog, pictures: int) -> Iterator[tuple[list[dict], list[dict], list[dict]]]:
    originals = drawings(DRAWINGS, side_px=SIDE_PX)
    products, stored, links = [], [], []
    for number in range(pictures):
        data = numbered(originals[number % DRAWINGS], number)
        picture_hash = hashlib.sha256(data).hexdigest()
        path = home.picture_path(picture_hash, "jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        key = {"catalog_id": catalog.catalog_id, "product_id": f"p{number}"}
        texts = {"title": f"Product {number}", "source_key": f"p{number}", "attributes": {}, "source_values": {}}
        products.append({**key, **texts, "position": number})
        size = {"width_px": SIDE_PX, "height_px": SIDE_PX, "bytes": len(data)}
        stored.append({"picture_hash": picture_hash, "extension": "jpg", "format": "JPEG", **size})
        links.append({**key, "position": 0, "picture_hash": picture_hash, "source_name": f"{number}.jpg"})
        if len(links) == _ROWS_A_WRITE or number == pictures - 1:
            yield products, stored, links
            products, stored, links = [], [], []


def measure(pictures: int) -> dict:
    """Build the catalog, embed it, and put the figures together."""
    with tempfile.TemporaryDirectory() as name:
        home = open_home(Path(name) / "home")
        fill(home, create_catalog(home, "synthetic", actor="benchmark"), pictures)
        before = peak_mib()
        catalog = find_catalog(home, "synthetic")
        report = embed_catalog(home, catalog, actor="benchmark", progress=PrintedProgress())
    if report.unreadable or report.pictures != pictures:
        raise SystemExit(f"only {report.pictures - report.unreadable} of {pictures} pictures were embedded")
    return {
        "pictures": report.pictures,
        "peak_mib": round(peak_mib()),
        "peak_before_embedding_mib": round(before),
        "limit_mib": LIMIT_MIB,
        "seconds": round(report.seconds, 1),
        "pictures_per_second": round(report.pictures_per_second, 1),
        "embedding_dimensions": report.embedding_dimensions,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def main() -> None:
    """Run the benchmark; exit 1 when the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    result = measure(options.pictures)
    print(f"{result['pictures']:,} pictures embedded in {result['seconds']:,} s on {result['cores']} cores")
    print(f"peak memory {result['peak_mib']} MiB (limit {LIMIT_MIB}; {result['peak_before_embedding_mib']} before)")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    sys.exit(result["peak_mib"] > LIMIT_MIB)


if __name__ == "__main__":
    main()
