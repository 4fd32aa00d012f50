"""The history table of a catalog, read once from the database and kept as arrays until the histories change."""

import hashlib
import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.histories import HistorySet, history_sets
from core.catalog.recorded_history import RECORDED
from core.catalog.schema import history_events
from core.errors import CatalogError
from core.files import load_array, read_json, save_array_whole, whole_folder, write_json_whole
from core.home import Home
from core.recommend.history_table import STRENGTHS, HistoryTable, laid_out

_FORMAT = 1
_ROWS_A_READ = 50_000
_GROWTH = 1.1
_ARRAYS = ("starts", "products", "strengths")
_NO_TIME = np.iinfo(np.int64).min


def history_key(histories: Sequence[HistorySet]) -> str:
    """Name the state of histories: whatever is made of them is kept under it.

    A set that grows view by view names a new state only once it has grown by a tenth.
    """
    state = [(each.history_id, _coarse(each.events) if each.name == RECORDED else each.events) for each in histories]
    return hashlib.sha256(json.dumps([_FORMAT, state]).encode()).hexdigest()[:20]


def open_table(home: Home, catalog: Catalog) -> tuple[HistoryTable, Path]:
    """Open the history table of a catalog; the first time after a change it is read from the database.

    Args:
        home: The home.
        catalog: The catalog.

    Returns:
        The table, empty when the catalog has no histories, and the folder for what is made of it.

    Raises:
        CatalogError: An event holds a time that is none.
    """
    histories = history_sets(home, catalog)
    folder = home.cache / "histories" / str(catalog.catalog_id) / history_key(histories)
    try:
        return _load(folder), folder
    except (OSError, ValueError, KeyError, TypeError):  # not there, or damaged: it can be made again
        shutil.rmtree(folder, ignore_errors=True)
    table = read_table(home, histories)
    try:
        with whole_folder(folder) as draft:
            for name in _ARRAYS:
                save_array_whole(draft / f"{name}.npy", getattr(table, name))
            write_json_whole(draft / "names.json", {"users": table.users, "product_ids": table.product_ids})
    except (FileExistsError, OSError):  # somebody else was faster, or the disk is full: the table is in hand
        return table, folder
    _drop_others(folder)
    return table, folder


def read_table(home: Home, histories: Sequence[HistorySet]) -> HistoryTable:
    """Read the events of sets of histories and lay them out, those of one user in order of time."""
    users: dict[str, int] = {}
    products: dict[str, int] = {}
    chunks: list[tuple[np.ndarray, ...]] = []
    table = history_events
    query = select(table.c.user, table.c.product_id, table.c.event, table.c.at)
    query = query.where(table.c.history_id.in_([each.history_id for each in histories]))
    query = query.order_by(table.c.history_id, table.c.sequence)
    with read(home) as connection:
        for rows in connection.execute(query, execution_options={"yield_per": _ROWS_A_READ}).partitions():
            chunks.append(
                (
                    np.fromiter((users.setdefault(row[0], len(users)) for row in rows), np.int32, len(rows)),
                    np.fromiter((products.setdefault(row[1], len(products)) for row in rows), np.int32, len(rows)),
                    np.fromiter((STRENGTHS.get(row[2], 1.0) for row in rows), np.float32, len(rows)),
                    _seconds([row[3] for row in rows]),
                )
            )
    empty = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.int64))
    user_codes, product_codes, strengths, seconds = (
        np.concatenate([chunk[place] for chunk in (chunks or [empty])]) for place in range(4)
    )
    order = np.lexsort((seconds, user_codes))  # stable: events without a time keep the order of their file
    return laid_out(
        tuple(users),
        tuple(products),
        user_codes=user_codes[order],
        product_codes=product_codes[order],
        strengths=strengths[order],
    )


def recent_of_user(home: Home, catalog: Catalog, user: str, *, most: int = 200) -> list[tuple[str, str, str]]:
    """Read a user's last events from the database, recorded ones of a moment ago included.

    Args:
        home: The home.
        catalog: The catalog.
        user: The user.
        most: At most so many of each set of histories.

    Returns:
        (product id, kind of event, time), oldest first.
    """
    table = history_events
    found: list[tuple[str, str, str]] = []
    with read(home) as connection:
        for each in history_sets(home, catalog):
            query = select(table.c.product_id, table.c.event, table.c.at)
            query = query.where(table.c.history_id == each.history_id, table.c.user == user)
            rows = connection.execute(query.order_by(table.c.sequence.desc()).limit(most)).all()
            found += [(row[0], row[1], row[2]) for row in reversed(rows)]
    times = _seconds([at for _product, _event, at in found])
    return [found[place] for place in np.argsort(times, kind="stable")]


def _seconds(times: Sequence[str]) -> np.ndarray:
    """Read times as int64 seconds since 1970; without a time, before all others."""
    try:
        moments = np.array([at[:19] or "NaT" for at in times], "datetime64[s]")
    except (ValueError, TypeError) as error:
        raise CatalogError(
            f"a history holds a time that is none ({error}): delete the set with `delete-history` and import it again"
        ) from error
    return np.where(np.isnat(moments), _NO_TIME, moments.astype(np.int64))


def _coarse(events: int) -> int:
    return 0 if events <= 0 else int(math.log(events) / math.log(_GROWTH))


def _load(folder: Path) -> HistoryTable:
    names = read_json(folder / "names.json")
    arrays = {name: load_array(folder / f"{name}.npy") for name in _ARRAYS}
    table = HistoryTable(tuple(names["users"]), tuple(names["product_ids"]), **arrays)
    fits = len(table.starts) == len(table.users) + 1 and int(table.starts[-1]) == len(table.products)
    within = not len(table.products) or 0 <= table.products.min() <= table.products.max() < len(table.product_ids)
    if not fits or not within or len(table.products) != len(table.strengths):
        raise ValueError(f"{folder} holds no history table")
    return table


def _drop_others(folder: Path) -> None:
    """Drop what was made of earlier states, but the newest of them: a page may read it still."""
    others = sorted((path for path in folder.parent.iterdir() if path != folder), key=lambda path: path.stat().st_mtime)
    for path in others[:-1]:
        shutil.rmtree(path, ignore_errors=True)
