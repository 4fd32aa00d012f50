"""The flipkart table as it was in the original: its pictures are a JSON list of addresses.

Run as a program it imports the table until somebody kills it: HOME TABLE
"""

import csv
import json
import sys
from itertools import islice
from pathlib import Path

from core.catalog.import_report import ImportReport
from core.catalog.imports import import_source
from core.catalog.open_source import open_source
from core.catalog.source_settings import SourceSettings
from core.catalog.web import fetching
from core.catalog.web.fetch_limits import FetchLimits
from core.home import Home, open_home

QUICK = FetchLimits(attempts=3, backoff_seconds=0.02, connect_seconds=5.0, read_seconds=2.5, pause_seconds=0.2)
ALLOWED = SourceSettings(format="table", allowed_hosts=("127.0.0.1",))


def write_table(shared: Path, to: Path, address_of, *, most_rows=None) -> list[str]:
    """Write the table with addresses instead of file names; gives the paths that are asked for."""
    csv.field_size_limit(10_000_000)
    given = shared / "flipkart-1050" / "flipkart_com-ecommerce_sample_1050.csv"
    with given.open(newline="") as source, to.open("w", newline="") as target:
        rows = csv.DictReader(source)
        written = csv.DictWriter(target, rows.fieldnames)
        written.writeheader()
        names = []
        for row in islice(rows, most_rows):
            names.append(f"/{row['image']}")
            written.writerow(row | {"image": json.dumps([address_of(names[-1])])})
    return names


def import_flipkart(home: Home, table: Path, *, settings: SourceSettings = ALLOWED) -> ImportReport:
    """Import the table with short waits."""
    usual, fetching.LIMITS = fetching.LIMITS, QUICK
    try:
        return import_source(
            home,
            open_source(home, str(table), settings=settings),
            catalog_name="flipkart",
            actor="tests",
            settings=settings,
        )
    finally:
        fetching.LIMITS = usual


if __name__ == "__main__":
    import_flipkart(open_home(sys.argv[1]), Path(sys.argv[2]))
