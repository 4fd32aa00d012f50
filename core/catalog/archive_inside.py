"""Recognising what an unpacked archive holds: pictures in folders, a table with pictures, or a BSON file."""

from dataclasses import replace
from pathlib import Path

from core.catalog.category_names import NAMES_FILE
from core.catalog.export_manifest import is_export
from core.catalog.export_source import ExportSource
from core.catalog.folder_source import PICTURE_SUFFIXES, SPLIT_FOLDERS, FolderSource
from core.catalog.open_source import TABLE_SUFFIXES
from core.catalog.picture_formats import printable
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import Source
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

# A text or JSON file beside pictures is more often a note than the table.
_LIKELY_NOTES = (".txt", ".json")


def open_inside(home: Home, folder: Path, *, settings: SourceSettings, progress: Progress, shown: str) -> Source:
    """Open what an archive holds.

    One folder that wraps everything else is passed over. A BSON file or a table at the top is the source, with the
    pictures beside it; without one the folders are categories.

    Args:
        home: The home.
        folder: Holds the unpacked files.
        settings: How to read them; `images` is a folder inside the archive.
        progress: Hears of long preparations.
        shown: The archive's name, printable.

    Raises:
        CatalogError: There is more than one table, or nothing that can be imported.
    """
    top = _without_wrapping(folder)
    if is_export(top):
        return ExportSource(top)
    documents = _files(top, (".bson",))
    tables = _tables(top)
    if len(documents) + len(tables) > 1:
        names = ", ".join(printable(path.name)[:60] for path in [*documents, *tables][:5])
        raise CatalogError(f"{shown} holds several tables ({names}): pack each with its pictures into its own archive")
    if documents:
        return _open_documents(home, documents[0], top, settings=settings, progress=progress)
    if tables:
        from core.catalog.tables.table_source import open_table_source

        chosen = replace(settings, format="table", images=_images(top, settings.images, shown))
        return open_table_source(home, str(tables[0]), chosen, progress)
    if settings.columns:
        raise CatalogError(f"{shown} holds no table, so --map names no column: expected one at the top of the archive")
    return FolderSource(top, labels=settings.labels)


def _without_wrapping(folder: Path) -> Path:
    """Pass over one folder that holds everything, unless it says something itself: a split or the only category."""
    entries = list(folder.iterdir())
    if len(entries) != 1 or not entries[0].is_dir() or entries[0].name.casefold() in SPLIT_FOLDERS:
        return folder
    [only] = entries
    holds_more = any(each.is_dir() for each in only.iterdir()) or _files(only, (".bson",)) or _tables(only)
    return only if holds_more else folder


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.name.lower().endswith(suffixes) and each.is_file())


def _tables(folder: Path) -> list[Path]:
    """Find the tables at the top; notes count only where there is nothing else."""
    found = [path for path in _files(folder, TABLE_SUFFIXES) if path.name.lower() != NAMES_FILE]
    sure = [path for path in found if not path.name.lower().endswith(_LIKELY_NOTES)]
    if sure or any(each.is_dir() for each in folder.iterdir()) or _files(folder, tuple(PICTURE_SUFFIXES)):
        return sure
    return found


def _images(top: Path, named: str | None, shown: str) -> str | None:
    """Choose the folder of a table's pictures: the one named, the only one, or the top itself; None without any."""
    if named is not None:
        chosen = (top / named).resolve()
        if not chosen.is_dir() or not chosen.is_relative_to(top.resolve()):
            raise CatalogError(f"{shown} holds no folder {printable(named)[:200]!r}: name one inside it with --images")
        return str(chosen)
    if not any(path.suffix.lower() in PICTURE_SUFFIXES for path in top.rglob("*")):
        return None
    folders = sorted(each for each in top.iterdir() if each.is_dir())
    if len(folders) == 1 and not _files(top, tuple(PICTURE_SUFFIXES)):
        return str(folders[0])
    return str(top)


def _open_documents(home: Home, path: Path, top: Path, *, settings: SourceSettings, progress: Progress) -> Source:
    """Open a BSON file; the names of its categories may lie beside it under any case."""
    from core.catalog.bson_source import open_bson_source

    names = [each for each in _files(top, (".csv",)) if each.name.lower() == NAMES_FILE]
    if settings.category_names is None and names:
        settings = replace(settings, category_names=str(names[0]))
    return open_bson_source(home, str(path), settings, progress)
