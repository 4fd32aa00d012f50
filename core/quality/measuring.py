"""Measuring the pictures of a catalog: those without measures yet, in threads, kept as they come."""

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, insert, or_, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read, write
from core.catalog.pictures import LARGE_PICTURES, LARGE_PIXELS, read_picture
from core.catalog.schema import picture_measures, pictures, product_pictures, products
from core.errors import HomeError, PictureError
from core.home import Home
from core.progress import Progress
from core.vision.picture_measures import MEASURES_VERSION, SIDE_PX, measure_picture

PICTURES_A_WRITE = 250
MAX_THREADS = 8
_MOST_MESSAGE = 300

Row = dict[str, Any]


@dataclass(frozen=True)
class MeasureReport:
    """What measuring did.

    Attributes:
        catalog: Name of the catalog.
        pictures: Different pictures of the catalog.
        measured: Pictures measured now.
        reused: Pictures whose measures were there.
        unreadable: Pictures of those measured now that could not be opened.
        seconds: Duration.
        pictures_per_second: Pictures measured a second; 0 when there were none.
    """

    catalog: str
    pictures: int
    measured: int
    reused: int
    unreadable: int
    seconds: float
    pictures_per_second: float


def measure_pictures(home: Home, catalog: Catalog, *, progress: Progress) -> MeasureReport:
    """Measure every picture of a catalog that has no measures of the present version.

    Measures are derived data: they are written a few hundred at a time and not logged, so what was finished before a
    cancel or a kill is kept and the next call goes on from there.

    Args:
        home: The home.
        catalog: The catalog.
        progress: Told of every picture; may cancel.

    Raises:
        HomeError: The database cannot be written.
        Cancelled: `progress` asked to stop.
    """
    began = time.monotonic()
    with read(home) as connection:
        total = count_pictures(connection, catalog.catalog_id)
        waiting = [tuple(row) for row in connection.execute(_unmeasured(catalog.catalog_id))]
    unreadable, unwritten = 0, list[Row]()
    progress.report(0, len(waiting), _told(0, len(waiting)))
    try:
        for done, row in enumerate(_measured(home, waiting), start=1):
            unwritten.append(row)
            unreadable += row["problem"] is not None
            if len(unwritten) >= PICTURES_A_WRITE:
                _keep(home, unwritten)
                unwritten = []
            progress.report(done, len(waiting), _told(done, len(waiting)))
    finally:
        _keep(home, unwritten)
    seconds = time.monotonic() - began
    return MeasureReport(
        catalog=catalog.name,
        pictures=total,
        measured=len(waiting),
        reused=total - len(waiting),
        unreadable=unreadable,
        seconds=round(seconds, 3),
        pictures_per_second=round(len(waiting) / seconds, 1) if waiting and seconds else 0.0,
    )


def count_unmeasured(home: Home, catalog: Catalog) -> int:
    """Count the different pictures of a catalog that have no measures of the present version."""
    with read(home) as connection:
        query = select(func.count()).select_from(_unmeasured(catalog.catalog_id).subquery())
        return int(connection.execute(query).scalar_one())


def count_pictures(connection: Connection, catalog_id: int) -> int:
    """Count the different pictures of a catalog's products."""
    return int(connection.execute(select(func.count()).select_from(own_pictures(catalog_id).subquery())).scalar_one())


def own_pictures(catalog_id: int) -> Select[Any]:
    """Select the different hashes of the pictures of a catalog's products, those left out not among them."""
    same = and_(
        products.c.catalog_id == product_pictures.c.catalog_id, products.c.product_id == product_pictures.c.product_id
    )
    return (
        select(product_pictures.c.picture_hash)
        .join(products, same)
        .where(product_pictures.c.catalog_id == catalog_id, products.c.left_out.is_(None))
        .distinct()
    )


def _unmeasured(catalog_id: int) -> Select[Any]:
    missing = or_(picture_measures.c.picture_hash.is_(None), picture_measures.c.version != MEASURES_VERSION)
    mine = own_pictures(catalog_id).subquery()
    return (
        select(pictures.c.picture_hash, pictures.c.extension, pictures.c.width_px * pictures.c.height_px)
        .join(mine, mine.c.picture_hash == pictures.c.picture_hash)
        .outerjoin(picture_measures, picture_measures.c.picture_hash == pictures.c.picture_hash)
        .where(missing)
    )


def _measured(home: Home, waiting: Iterable[tuple[str, str, int]]) -> Iterator[Row]:
    """Measure pictures in threads, a bounded number ahead of whoever takes them."""
    stream = iter(waiting)
    threads = ThreadPoolExecutor(min(MAX_THREADS, max(2, os.cpu_count() or 1)), thread_name_prefix="measure")
    under_way: deque[Future[Row]] = deque()
    try:
        under_way.extend(threads.submit(_measure, home, *picture) for picture in islice(stream, PICTURES_A_WRITE))
        while under_way:
            yield under_way.popleft().result()
            under_way.extend(threads.submit(_measure, home, *picture) for picture in islice(stream, 1))
    finally:
        threads.shutdown(wait=True, cancel_futures=True)


def _measure(home: Home, picture_hash: str, extension: str, pixels: int) -> Row:
    row: Row = {"picture_hash": picture_hash, "version": MEASURES_VERSION, "problem": None}
    try:
        path = home.picture_path(picture_hash, extension)
        if pixels < LARGE_PIXELS:
            picture = read_picture(path, enough_px=SIDE_PX)
        else:
            with LARGE_PICTURES:  # one after the other, so that threads together do not fill the memory
                picture = read_picture(path, enough_px=SIDE_PX)
        return row | asdict(measure_picture(picture))
    except (PictureError, HomeError) as error:
        empty = {column.name: None for column in picture_measures.columns if column.name not in row}
        return row | empty | {"problem": str(error)[:_MOST_MESSAGE]}


def _keep(home: Home, rows: list[Row]) -> None:
    if not rows:
        return
    with write(home) as connection:
        hashes = [row["picture_hash"] for row in rows]
        connection.execute(delete(picture_measures).where(picture_measures.c.picture_hash.in_(hashes)))
        connection.execute(insert(picture_measures), rows)


def _told(done: int, total: int) -> str:
    return f"measuring {done:,} of {total:,} pictures"
