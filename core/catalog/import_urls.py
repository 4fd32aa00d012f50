"""Where an import meets pictures that have to be fetched first."""

from collections.abc import Iterator
from itertools import chain

from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, SourceRecord
from core.home import Home
from core.progress import Progress


def with_fetched_pictures(
    home: Home,
    records: Iterator[SourceRecord],
    *,
    settings: SourceSettings,
    skipped: list[SkippedFile],
    progress: Progress,
    source: str = "",
    total: int | None = None,
) -> Iterator[SourceRecord]:
    """Give the records on, from the first that names a picture by its address with the pictures fetched.

    Most sources name none: then nothing that fetches is even imported.

    Args:
        home: Where fetched files are kept.
        records: The records of the source.
        settings: Says which hosts may be asked.
        skipped: Takes the pictures that could not be fetched.
        progress: Hears how many were fetched, and may cancel.
        source: Where the records come from: an import of it that was stopped is continued.
        total: How many records there are, None when that is not known.

    Yields:
        The records in the given order.
    """
    for record in records:
        if record.pictures and any(picture.url is not None for picture in record.pictures):
            from core.catalog.web.fetching import fetched

            rest = chain([record], records)
            yield from fetched(
                home, rest, settings=settings, skipped=skipped, progress=progress, source=source, total=total
            )
            return
        yield record
