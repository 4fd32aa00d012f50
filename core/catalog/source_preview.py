"""What a source holds, before anything is imported: its first rows as they are, and the products they become."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from core.catalog.import_values import category_path
from core.catalog.money import to_major_units
from core.catalog.open_source import open_source, source_format
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, Source, SourceRecord, skip_reason
from core.catalog.tables.cells import cell_text
from core.catalog.tables.column_mapping import MappedColumn
from core.catalog.tables.table_source import TableSource
from core.home import Home
from core.progress import Progress, SilentProgress

PREVIEW_ROWS = 20
LONGEST_CELL = 500

_WITHOUT = {
    "title": "no column was taken for the title, so categories or ids stand in for it",
    "category": "no column was taken for the category, so products have none",
}


@dataclass(frozen=True)
class SourcePreview:
    """The beginning of a source.

    Attributes:
        format: How it was read, one of ``FORMATS`` but "auto".
        count: How many products or rows there are; None where that is not known without reading all of them.
        columns: Names of a table's columns; empty for sources that have none.
        rows: The first 20 rows as they are, texts by column, long cells cut.
        mapping: Which columns were taken for which field, and why.
        records: The first 20 products.
        warnings: What to look at before importing.
        skipped: What could not be used so far.
    """

    format: str
    count: int | None
    columns: tuple[str, ...] = ()
    rows: tuple[dict[str, str], ...] = ()
    mapping: tuple[MappedColumn, ...] = ()
    records: tuple[SourceRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    skipped: tuple[SkippedFile, ...] = field(default=(), repr=False)

    @property
    def attribute_columns(self) -> tuple[str, ...]:
        """The columns that become attributes under their own name."""
        taken = {column for each in self.mapping for column in each.columns}
        return tuple(column for column in self.columns if column not in taken)

    def to_json(self) -> dict[str, Any]:
        """Give the preview as the command `preview` prints it."""
        return {
            "format": self.format,
            "count": self.count,
            "columns": list(self.columns),
            "mapping": [
                {
                    "field": each.field,
                    "column": each.column,
                    "columns": list(each.columns),
                    "confidence": each.confidence,
                    "reason": each.reason,
                }
                for each in self.mapping
            ],
            "attributes": list(self.attribute_columns),
            "rows": list(self.rows),
            "products": [_product_json(record) for record in self.records],
            "skipped": [
                {"name": each.name, "reason": each.reason, "detail": each.detail} for each in self.skipped[:100]
            ],
            "warnings": list(self.warnings),
        }


def preview_source(
    home: Home, text: str, *, settings: SourceSettings | None = None, progress: Progress | None = None
) -> SourcePreview:
    """Look at the beginning of a source; nothing is written but what unpacking and fetching keep for the import.

    Args:
        home: The home.
        text: A path, the address of a database or of a result page.
        settings: How to read it; None finds out.
        progress: Hears of long preparations, and may cancel them; None tells nobody.

    Raises:
        CatalogError: The source cannot be read, or a column that was named is not there.
    """
    settings = settings or SourceSettings()
    chosen = source_format(text, settings)
    if chosen == "web":  # a crawl takes long and asks much of a shop: its first page tells enough
        from core.catalog.web.crawl_first_page import first_records

        crawled, notes = first_records(home, text, settings, progress or SilentProgress())
        return SourcePreview(chosen, None, records=crawled, warnings=notes)
    source = open_source(home, text, settings=settings, progress=progress)
    table = getattr(source, "inside", source)  # an archive holds another source
    if isinstance(table, TableSource):
        return _preview_table(table, chosen)
    records = tuple(islice(source.records(), PREVIEW_ROWS))
    skipped = tuple(source.skipped())
    return SourcePreview(
        chosen, _count(source, records), records=records, warnings=_skip_warnings(skipped), skipped=skipped
    )


def _preview_table(source: TableSource, chosen: str) -> SourcePreview:
    records = tuple(source.head(PREVIEW_ROWS))
    skipped = tuple(source.skipped())
    missing = [words for name, words in _WITHOUT.items() if name not in source.mapping]
    return SourcePreview(
        chosen,
        source.known_count(),
        columns=source.columns,
        rows=tuple(
            {name: cell_text(row.get(name))[:LONGEST_CELL] for name in source.columns}
            for row in source.first_rows[:PREVIEW_ROWS]
        ),
        mapping=tuple(source.mapping.values()),
        records=records,
        warnings=(*source.notes(), *missing, *_skip_warnings(skipped)),
        skipped=skipped,
    )


def _count(source: Source, records: tuple[SourceRecord, ...]) -> int | None:
    """Count the products; those of a source that ends within the preview are known."""
    return source.count() if len(records) == PREVIEW_ROWS else len(records)


def _skip_warnings(skipped: tuple[SkippedFile, ...]) -> tuple[str, ...]:
    """Say by reason what was left out among the first."""
    counts = Counter(each.reason for each in skipped)
    return tuple(f"{count:,} × {skip_reason(reason)}" for reason, count in counts.most_common())


def _product_json(record: SourceRecord) -> dict[str, Any]:
    """Write a product as the command `products` does, pictures by what the source calls them."""
    price = None
    if record.price_minor_units is not None and record.currency:
        price = to_major_units(record.price_minor_units, record.currency)
    return {
        "product_id": record.product_id,
        "title": record.title,
        "category": category_path(record.category),
        "price": price,
        "currency": record.currency,
        "brand": record.brand,
        "color": record.color,
        "description": record.description,
        "split": record.split,
        "attributes": record.attributes,
        "pictures": [picture.name for picture in record.pictures],
    }
