"""Zip and tar archives as a source: unpacked into the cache, then read as what is inside."""

from collections.abc import Iterator
from pathlib import Path

from core.catalog.archive_inside import open_inside
from core.catalog.picture_formats import printable
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, Source, SourceRecord
from core.catalog.unpacked_cache import UnpackedArchive, unpacked
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

_RECORDS_A_TOUCH = 500


class ArchiveSource:
    """What an archive holds: a folder of pictures, a table with pictures, or a BSON file.

    Args:
        description: The archive's path, which stays the same wherever it is unpacked.
        archive: Its files.
        inside: The source they are read as.
    """

    def __init__(self, description: str, archive: UnpackedArchive, inside: Source) -> None:
        self._description, self._archive, self.inside = description, archive, inside

    @property
    def description(self) -> str:
        """The absolute path of the archive, printable."""
        return self._description

    def count(self) -> int | None:
        """Return how many products are inside, or None when that is not known beforehand."""
        return self.inside.count()

    def keys(self) -> set[str]:
        """Return the `product_id` of every product inside."""
        return self.inside.keys()

    def records(self) -> Iterator[SourceRecord]:
        """Yield every product inside."""
        for number, record in enumerate(self.inside.records()):
            if number % _RECORDS_A_TOUCH == 0:
                self._archive.touch()
            yield record

    def skipped(self) -> list[SkippedFile]:
        """Return the files that were not unpacked, then those that could not be used."""
        return [*self._archive.refused, *self.inside.skipped()]


def open_archive_source(home: Home, text: str, settings: SourceSettings, progress: Progress) -> ArchiveSource:
    """Unpack an archive, or find it unpacked, and open what is inside.

    Raises:
        CatalogError: It is no archive, a bomb, there is no room for it, or nothing inside can be imported.
        Cancelled: The user asked to stop; nothing of it is kept.
    """
    try:
        path = Path(text).expanduser().absolute()
    except (RuntimeError, ValueError) as error:
        raise CatalogError(f"{printable(text)} cannot be a path ({error}); check it") from error
    archive = unpacked(home, path, progress=progress)
    shown = printable(str(path))
    inside = open_inside(home, archive.folder, settings=settings, progress=progress, shown=shown)
    return ArchiveSource(shown, archive, inside)
