"""Small tables written for a test, and opened as a user would."""

from core.catalog.source_settings import SourceSettings
from core.catalog.tables.table_readers import open_table
from core.catalog.tables.table_source import open_table_source
from core.progress import SilentProgress


def write(folder, content, name="shop.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path, **settings):
    """The columns, the cells of every row, and what was skipped, as (name, reason)."""
    reader = open_table(str(path), SourceSettings(**settings))
    rows = [tuple(row.values()) for _, row in reader.rows()]
    return reader.columns, rows, [(file.name, file.reason) for file in reader.skipped()]


def source(home, path, **settings):
    return open_table_source(home, str(path), SourceSettings(**settings), SilentProgress())


def records(home, path, **settings):
    return list(source(home, path, **settings).records())


def skips(opened):
    return [(file.name, file.reason) for file in opened.skipped()]
