"""The flipkart table as it was in the original: its pictures are a JSON list of addresses.

Run as a program it imports the table until somebody kills it: HOME TABLE
"""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.catalog.import_report import ImportReport
from core.catalog.imports import import_source
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from core.catalog.web import fetching
from core.catalog.web.fetch_limits import FetchLimits
from core.home import Home, open_home

QUICK = FetchLimits(attempts=2, backoff_seconds=0.02, connect_seconds=5.0, read_seconds=0.3, pause_seconds=0.2)
ALLOWED = SourceSettings(allowed_hosts=("127.0.0.1",))


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


@dataclass
class FlipkartRows:
    """The rows as products, with nothing but what this test needs."""

    table: Path
    description: str = "flipkart"
    problems: list[SkippedFile] = field(default_factory=list)

    def count(self) -> int:
        return len(self.keys())

    def keys(self) -> set[str]:
        return {record.product_id for record in self.records()}

    def skipped(self) -> list[SkippedFile]:
        return self.problems

    def records(self) -> Iterator[SourceRecord]:
        csv.field_size_limit(10_000_000)
        with self.table.open(newline="") as file:
            for row in csv.DictReader(file):
                pictures = tuple(SourcePicture(url, url=url) for url in json.loads(row["image"]))
                yield SourceRecord(row["uniq_id"], row["product_name"], pictures=pictures)


def import_flipkart(home: Home, table: Path, *, settings: SourceSettings = ALLOWED) -> ImportReport:
    """Import the table with short waits."""
    usual, fetching.LIMITS = fetching.LIMITS, QUICK
    try:
        return import_source(home, FlipkartRows(table), catalog_name="flipkart", actor="tests", settings=settings)
    finally:
        fetching.LIMITS = usual


if __name__ == "__main__":
    import_flipkart(open_home(sys.argv[1]), Path(sys.argv[2]))
