"""Opening what a user names as source: a folder, a table, an archive, a database or an address."""

import importlib
from pathlib import Path
from typing import cast

from core.catalog.picture_formats import printable
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import Source
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress, SilentProgress

# Where each format is opened: a module and its function `open(home, text, settings, progress) -> Source`. Imported
# when needed: a folder needs no library for databases.
_OPENERS = {
    "folder": ("core.catalog.folder_source", "open_folder_source"),
    "table": ("core.catalog.tables.table_source", "open_table_source"),
    "bson": ("core.catalog.bson_source", "open_bson_source"),
    "archive": ("core.catalog.archives", "open_archive_source"),
    "sql": ("core.catalog.sql_source", "open_sql_source"),
    "web": ("core.catalog.web.crawl_source", "open_crawl_source"),
}

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".xls", ".ods")
ARCHIVE_SUFFIXES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tbz2", ".txz")


def open_source(
    home: Home, text: str, *, settings: SourceSettings | None = None, progress: Progress | None = None
) -> Source:
    """Open what a user names as source.

    Args:
        home: Where fetched and unpacked files are kept while they are imported.
        text: A path, the address of a database or of a result page.
        settings: How to read it; None finds out.
        progress: Hears of long preparations such as unpacking, and may cancel them; None tells nobody.

    Raises:
        CatalogError: The source is not there, or is of a kind that cannot be imported.
    """
    settings = settings or SourceSettings()
    if settings.format in ("auto", "folder", "table"):
        from core.catalog.export_source import ExportSource, find_export

        export = find_export(text)
        if export is not None:
            return ExportSource(export)
    module, function = _OPENERS[source_format(text, settings)]
    opener = getattr(importlib.import_module(module), function)
    return cast(Source, opener(home, text, settings, progress or SilentProgress()))


def source_format(text: str, settings: SourceSettings) -> str:
    """Tell the format of a source from its name: one of ``FORMATS`` but "auto".

    Raises:
        CatalogError: It cannot be told; the message names the formats to choose from.
    """
    if settings.format != "auto":
        return settings.format
    if "://" in text:
        return "web" if text.lower().startswith(("http://", "https://")) else "sql"
    name = text.lower()
    if name.endswith(ARCHIVE_SUFFIXES):
        return "archive"
    if name.endswith(".bson"):
        return "bson"
    if name.endswith(TABLE_SUFFIXES) and not _is_folder(text):
        return "table"
    if _is_file(text):
        raise CatalogError(
            f"{printable(text)} is a file whose ending tells no format: expected a folder, or one of "
            f"{', '.join(TABLE_SUFFIXES + ARCHIVE_SUFFIXES)}, .bson; name its format with --format"
        )
    return "folder"


def _is_folder(text: str) -> bool:
    try:
        return Path(text).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):
        return False


def _is_file(text: str) -> bool:
    try:
        return Path(text).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False
