"""The products of a crawl's first page as they would be imported, without crawling."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, SourceRecord
from core.catalog.web.crawl_preview import SHOWN_PRODUCTS, CrawlPreview, preview_crawl
from core.catalog.web.crawl_settings import crawl_settings
from core.catalog.web.crawl_source import crawl_columns, product_cells
from core.home import Home
from core.progress import Progress


class FirstPageRows:
    """The products of a preview as rows; those that nothing names are left out.

    Args:
        preview: Of the crawl.
    """

    def __init__(self, preview: CrawlPreview) -> None:
        self._preview = preview
        self.description = preview.address
        self._fields, self._attributes = crawl_columns(preview.settings)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, as a finished crawl has them."""
        return (*self._fields, *self._attributes)

    def count(self) -> None:
        """Return None: only the crawl itself tells how many there are."""
        return

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield a row a product."""
        for number, product in enumerate(self._preview.products, start=1):
            if product.product_id is not None:
                yield number, product_cells(product.product_id, product, self._attributes)

    def skipped(self) -> list[SkippedFile]:
        """Return nothing: what is left out stands in the preview's warnings."""
        return []


def first_records(
    home: Home, address: str, settings: SourceSettings, progress: Progress
) -> tuple[tuple[SourceRecord, ...], tuple[str, ...]]:
    """Give the first products of a crawl, and what to look at before importing; raises as `preview_crawl`."""
    from core.catalog.tables.table_source import TableSource
    from core.catalog.web.crawl_source import crawl_mapping

    preview = preview_crawl(
        home, address, crawl_settings(settings.crawl), allowed_hosts=settings.allowed_hosts, progress=progress
    )
    if not preview.products:
        return (), preview.warnings
    mapping = {**crawl_mapping(preview.settings), **settings.columns}
    source = TableSource(
        home, FirstPageRows(preview), replace(settings, format="table", columns=mapping), progress=progress
    )
    records = tuple(source.head(SHOWN_PRODUCTS))
    return records, (*preview.warnings, *source.notes())
