"""Opening the file of a table with the reader it needs."""

from pathlib import Path

from core.catalog.source_settings import SourceSettings
from core.catalog.sources import RowReader
from core.catalog.tables.table_files import checked_file, table_kind
from core.errors import CatalogError, SettingsError


def open_table(text: str, settings: SourceSettings) -> RowReader:
    """Open a table's file: CSV, TSV and the like, JSON, Parquet or a workbook, told apart by how it begins.

    Args:
        text: Its path.
        settings: Encoding, delimiter and sheet, where a user named them.

    Raises:
        CatalogError: It is not there or cannot be read.
        SettingsError: A setting does not fit the file.
    """
    path = checked_file(text)
    try:
        kind = table_kind(path)
    except OSError as error:
        raise CatalogError(f"{path.name} cannot be read: {error.strerror or error}") from error
    _check_settings(kind, settings)
    return _reader(path, kind, settings)


def _reader(path: Path, kind: str, settings: SourceSettings) -> RowReader:
    """Make the reader; each needs a library of its own, imported only here."""
    if kind == "parquet":
        from core.catalog.tables.parquet_rows import ParquetReader

        return ParquetReader(path)
    if kind == "workbook":
        from core.catalog.tables.workbook import WorkbookReader

        return WorkbookReader(path, sheet=settings.sheet)
    if kind == "json":
        from core.catalog.tables.json_rows import JsonReader

        return JsonReader(path, encoding=settings.encoding)
    from core.catalog.tables.delimited import DelimitedReader

    return DelimitedReader(path, encoding=settings.encoding, delimiter=settings.delimiter)


def _check_settings(kind: str, settings: SourceSettings) -> None:
    """Refuse settings that mean nothing for the file, so that none is silently ignored."""
    fitting = {"encoding": ("text", "json"), "delimiter": ("text",), "sheet": ("workbook",)}
    for name, kinds in fitting.items():
        if getattr(settings, name) is not None and kind not in kinds:
            raise SettingsError(f"--{name} says nothing of a {kind} file: leave it out")
