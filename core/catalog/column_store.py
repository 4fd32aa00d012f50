"""Keeping the columns of large catalogs in files, and giving each reader those of the catalog's present version.

An import writes the columns and the text index of what it made, so that the first page that asks finds them ready.
Small catalogs are read whenever they changed: that takes no longer than opening files.
"""

import shutil
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from core.catalog.database import read
from core.catalog.product_columns import (
    CODED,
    MOST_MENDED,
    ROWS_A_READ,
    TEXT_FIELDS,
    ProductColumns,
    catalog_state,
    mend_columns,
    read_columns,
)
from core.catalog.schema import events, products
from core.catalog.text_columns import TextColumn
from core.catalog.text_index import Text, TextIndex, write_text_index
from core.files import load_array, read_json, whole_folder, write_json_whole
from core.home import Home
from core.progress import Progress, SilentProgress

KEPT_PRODUCTS = 5_000
"""Catalogs of at least so many products have their columns kept in files."""

OPEN_CATALOGS = 4
_FORMAT = 1
_TEXTS = "texts.db"


@dataclass
class _OpenColumns:
    """Columns in use, with the index of their texts once somebody searched.

    Attributes:
        lock: Held by whoever opens or mends them.
        columns: The columns; None before they were first asked for.
        folder: Where they are kept; None for those of a small catalog, or in a home that cannot be written.
        text: The index of the texts as the columns were read.
        mended_text: The index of the texts that changed since, with the number of columns' version it is of.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    columns: ProductColumns | None = None
    folder: Path | None = None
    text: TextIndex | None = None
    mended_text: tuple[int, TextIndex] | None = field(default=None)


def open_columns(home: Home, catalog_id: int) -> ProductColumns:
    """Give the columns of a catalog's present version.

    Raises:
        CatalogError: A row is damaged.
    """
    opened = _opened(home.root, home.database_url, catalog_id)
    with opened.lock, read(home) as connection:
        columns = None if opened.columns is None else mend_columns(connection, opened.columns)
        if columns is None:
            columns, opened.folder = _open_anew(home, connection, catalog_id)
            opened.text = opened.mended_text = None
        opened.columns = columns
        return columns


def text_rows(home: Home, columns: ProductColumns, text: str) -> np.ndarray:
    """Find the rows of columns whose products hold every word of a text; int64, in no order."""
    opened = _opened(home.root, home.database_url, columns.catalog_id)
    with opened.lock:
        if opened.columns is None or opened.columns.text_key != columns.text_key:
            opened = _OpenColumns()  # they were read anew in between: rows of one are none of the other
        if opened.text is None:
            opened.text = _open_text(home, columns, opened)
        rows = opened.text.rows(text)
        if not columns.mended:
            return rows
        if opened.mended_text is None or opened.mended_text[0] != columns.version:
            opened.mended_text = (columns.version, TextIndex.in_memory(_mended_texts(columns)))
        later = opened.mended_text[1].rows(text)
    changed = np.fromiter(columns.mended, dtype=np.int64, count=len(columns.mended))
    return np.concatenate([rows[~np.isin(rows, changed)], later])


def keep_columns(home: Home, catalog_id: int, *, progress: Progress | None = None) -> None:
    """Write the columns and the text index of a large catalog into files, unless those there are nearly of today.

    Called at the end of work that changes many products. Where the home cannot be written nothing is kept.

    Args:
        home: The home.
        catalog_id: The catalog.
        progress: Hears of it and may cancel; None tells nobody.
    """
    progress = progress or SilentProgress()
    with read(home) as connection:
        count = connection.execute(select(func.count()).where(products.c.catalog_id == catalog_id)).scalar_one()
        if count < KEPT_PRODUCTS:
            return
        stored = _load(home, connection, catalog_id)
        mended = None if stored is None else mend_columns(connection, stored[0])
        if mended is not None and len(mended.mended) < MOST_MENDED // 2 and stored and (stored[1] / _TEXTS).is_file():
            return
        progress.report(0, count, f"sorting {count:,} products")
        columns = read_columns(connection, catalog_id)
        _save(home, connection, columns, texts=_told(_texts(connection, columns), count, progress))


def _told(texts: Iterable[tuple[int, Text]], count: int, progress: Progress) -> Iterator[tuple[int, Text]]:
    for row, text in texts:
        if row % 20_000 == 0:
            progress.report(row, count, f"indexing the texts of {count:,} products")
        yield row, text


@lru_cache(maxsize=OPEN_CATALOGS)
def _opened(_root: Path, _address: str, _catalog_id: int) -> _OpenColumns:
    """What a process has open of a catalog; the least used is let go."""
    return _OpenColumns()


def _open_anew(home: Home, connection: Connection, catalog_id: int) -> tuple[ProductColumns, Path | None]:
    """Open the kept columns, or read them from the database."""
    stored = _load(home, connection, catalog_id)
    if stored is not None:
        mended = mend_columns(connection, stored[0])
        if mended is not None:
            return mended, stored[1]
    columns = read_columns(connection, catalog_id)
    return columns, None if len(columns) < KEPT_PRODUCTS else _save(home, connection, columns, texts=None)


def _open_text(home: Home, columns: ProductColumns, opened: _OpenColumns) -> TextIndex:
    """Open the kept index of the texts, or make one: kept in the folder of the columns, or in memory."""
    if opened.folder is not None:
        path = opened.folder / _TEXTS
        try:
            if not path.exists():
                with read(home) as connection:
                    partial = path.with_name(f".{uuid.uuid4().hex}.{_TEXTS}")
                    write_text_index(partial, _texts(connection, columns))
                    partial.replace(path)
            return TextIndex.open(path)
        except (OSError, sqlite3.DatabaseError):
            opened.folder = None
    with read(home) as connection:
        return TextIndex.in_memory(_texts(connection, columns))


def _texts(connection: Connection, columns: ProductColumns) -> Iterator[tuple[int, Text]]:
    """Read the texts of the products by row. Rows that changed since the columns were read may tell of today."""
    query = select(products.c.position, *(products.c[name] for name in TEXT_FIELDS))
    query = query.where(products.c.catalog_id == columns.catalog_id)
    query = query.order_by(products.c.position, products.c.product_id)
    expected = 0
    for found in connection.execute(query, execution_options={"yield_per": ROWS_A_READ}):
        if expected >= len(columns) or columns.positions[expected] != found.position:
            continue  # added since
        yield expected, tuple(found[1:])
        expected += 1


def _mended_texts(columns: ProductColumns) -> Iterator[tuple[int, Text]]:
    for row, texts in columns.mended.items():
        yield row, tuple(texts[name] for name in TEXT_FIELDS)


def _folder(home: Home, catalog_id: int) -> Path:
    return home.cache / "columns" / str(int(catalog_id))


def _save(
    home: Home, connection: Connection, columns: ProductColumns, *, texts: Iterable[tuple[int, Text]] | None
) -> Path | None:
    """Keep columns in a folder named by their version, and remove those of earlier versions."""
    parent = _folder(home, columns.catalog_id)
    folder = parent / str(columns.version)
    try:
        if folder.exists():
            shutil.rmtree(folder)
        with whole_folder(folder) as making:
            for name, array in _arrays(columns).items():
                np.save(making / f"{name}.npy", array, allow_pickle=False)
            if texts is not None:
                write_text_index(making / _TEXTS, texts)
            values = {name: list(values) for name, values in columns.values.items()}
            write_json_whole(making / "columns.json", _stamp(connection, columns) | {"values": values})
        for other in parent.iterdir():
            if other.name != folder.name and other.name.isdecimal():
                shutil.rmtree(other, ignore_errors=True)
    except (OSError, sqlite3.DatabaseError):
        return None  # the disk is full or the home read-only: it goes without
    return folder


def _arrays(columns: ProductColumns) -> dict[str, np.ndarray]:
    return {
        "positions": columns.positions,
        "prices": columns.prices,
        "has_picture": columns.has_picture,
        "title_order": columns.title_order,
        "product_id_ends": columns.product_ids.ends,
        "product_ids": columns.product_ids.data,
        "title_ends": columns.titles.ends,
        "titles": columns.titles.data,
        **{f"code_{name}": columns.codes[name] for name in CODED},
    }


def _stamp(connection: Connection, columns: ProductColumns) -> dict[str, Any]:
    """Say of which catalog, version and moment columns are: a backup brought back has other moments."""
    last = select(events.c.event_id, events.c.at).order_by(events.c.event_id.desc()).limit(1)
    row = connection.execute(last).first()
    event = None if row is None else [row.event_id, row.at]
    return {"format": _FORMAT, "catalog_id": columns.catalog_id, "version": columns.version, "event": event}


def _load(home: Home, connection: Connection, catalog_id: int) -> tuple[ProductColumns, Path] | None:
    """Open the kept columns that can be used; None without."""
    version, since = catalog_state(connection, catalog_id)
    try:
        kept = sorted(int(each.name) for each in _folder(home, catalog_id).iterdir() if each.name.isdecimal())
    except OSError:
        return None
    for number in reversed([number for number in kept if since <= number <= version]):
        folder = _folder(home, catalog_id) / str(number)
        try:
            return _read_folder(connection, folder, catalog_id=catalog_id, version=number), folder
        except (OSError, ValueError, KeyError, TypeError):
            continue  # damaged or of another database: read anew
    return None


def _read_folder(connection: Connection, folder: Path, *, catalog_id: int, version: int) -> ProductColumns:
    stamp = read_json(folder / "columns.json")
    if (stamp["format"], stamp["catalog_id"], stamp["version"]) != (_FORMAT, catalog_id, version):
        raise ValueError(f"{folder} holds other columns")
    event_id, at = stamp["event"]
    if connection.execute(select(events.c.at).where(events.c.event_id == event_id)).scalar() != at:
        raise ValueError(f"{folder} belongs to another database")
    names = ("positions", "prices", "has_picture", "title_order", "product_id_ends", "product_ids", "title_ends")
    arrays = {
        name: load_array(folder / f"{name}.npy") for name in (*names, "titles", *(f"code_{name}" for name in CODED))
    }
    values = {name: tuple(stamp["values"][name]) for name in CODED}
    _check(arrays, values)
    return ProductColumns(
        catalog_id=catalog_id,
        version=version,
        positions=arrays["positions"],
        product_ids=TextColumn(arrays["product_id_ends"], arrays["product_ids"]),
        titles=TextColumn(arrays["title_ends"], arrays["titles"]),
        codes={name: arrays[f"code_{name}"] for name in CODED},
        values=values,
        prices=arrays["prices"],
        has_picture=arrays["has_picture"],
        title_order=arrays["title_order"],
        text_key=f"{catalog_id}/{version}",
    )


def _check(arrays: dict[str, np.ndarray], values: dict[str, tuple[str, ...]]) -> None:
    """Refuse files that do not belong together.

    Raises:
        ValueError: Their lengths differ, or a number stands for no value.
    """
    rows = len(arrays["positions"])
    for name, array in arrays.items():
        if array.ndim != 1 or (name not in ("product_ids", "titles") and len(array) != rows):
            raise ValueError(f"{name} has the shape {array.shape}, expected {rows}")
    for name in CODED:
        codes = arrays[f"code_{name}"]
        if rows and not -1 <= int(codes.min()) <= int(codes.max()) < len(values[name]):
            raise ValueError(f"{name} has numbers that stand for no value")
