"""Getting products ready for a catalog: their pictures read, checked and stored, in threads, in order."""

import hashlib
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from sqlalchemy import select

from core.catalog.database import read
from core.catalog.picture_formats import printable, read_picture_file
from core.catalog.pictures import StoredPicture, is_stored, store_picture_bytes
from core.catalog.schema import pictures, product_pictures, products
from core.catalog.source_keys import bears_key
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from core.errors import PictureError
from core.home import Home

RECORDS_A_LOOKUP = 200
BYTES_A_LOOKUP = 32 * 2**20
LOOKUPS_AHEAD = 2
MAX_THREADS = 8


@dataclass(frozen=True)
class StagedPicture:
    """A stored picture together with the file it came from.

    Attributes:
        name: What the source calls it.
        stored: The picture in the home.
        source_bytes: Size of the source's file.
        source_modified_ns: Its time of change, nanoseconds since 1970; None where it is no file of its own.
    """

    name: str
    stored: StoredPicture
    source_bytes: int
    source_modified_ns: int | None


@dataclass(frozen=True)
class StagedRecord:
    """A product whose pictures are stored; those that cannot be used are in `skipped`."""

    record: SourceRecord
    pictures: tuple[StagedPicture, ...]
    skipped: tuple[SkippedFile, ...]

    @property
    def is_usable(self) -> bool:
        """Whether there is a product: one that is nothing but its picture needs it."""
        return bool(self.pictures) or not self.record.needs_picture

    @property
    def picture_hashes(self) -> tuple[str, ...]:
        """The product's pictures in order."""
        return tuple(picture.stored.picture_hash for picture in self.pictures)


def stage_records(
    home: Home, records: Iterable[SourceRecord], *, catalog_id: int, source: str, max_pixels: int
) -> Generator[StagedRecord, None, None]:
    """Store the pictures of products, a few hundred products ahead of whoever takes them.

    Files that the catalog knows, with size and time unchanged, are not read again.

    Args:
        home: Where the pictures go.
        records: The products.
        catalog_id: The catalog whose knowledge of files counts.
        source: Description of the source; only what came from it is known.
        max_pixels: Larger pictures are skipped.

    Yields:
        The products in the given order.

    Raises:
        CatalogError: The disk is full.
    """
    waiting: deque[Future[StagedRecord] | StagedRecord] = deque()
    threads = ThreadPoolExecutor(min(MAX_THREADS, max(2, os.cpu_count() or 1)), thread_name_prefix="store")
    try:
        for chunk in _batched(records, RECORDS_A_LOOKUP):
            shown = [record.product_id for record in chunk if record.pictures]
            known = _known_pictures(home, shown, catalog_id, source) if shown else {}
            for record in chunk:
                if record.pictures:
                    mine = known.get(record.product_id, {})
                    waiting.append(threads.submit(_stage, home, record, known=mine, max_pixels=max_pixels))
                else:  # nothing to wait for, so no thread either
                    waiting.append(StagedRecord(record, (), ()))
            while len(waiting) > len(chunk) * (LOOKUPS_AHEAD - 1):
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
    finally:
        threads.shutdown(wait=True, cancel_futures=True)


def _result(staged: Future[StagedRecord] | StagedRecord) -> StagedRecord:
    return staged if isinstance(staged, StagedRecord) else staged.result()


def _batched(records: Iterable[SourceRecord], size: int) -> Iterator[list[SourceRecord]]:
    """Gather records into lists of `size`; shorter where their sources hold large pictures inside themselves."""
    chunk: list[SourceRecord] = []
    held_bytes = 0
    for record in records:
        chunk.append(record)
        held_bytes += sum(len(picture.data) for picture in record.pictures if picture.data)
        if len(chunk) >= size or held_bytes >= BYTES_A_LOOKUP:
            yield chunk
            chunk, held_bytes = [], 0
    if chunk:
        yield chunk


def _stage(home: Home, record: SourceRecord, *, known: dict[str, StagedPicture], max_pixels: int) -> StagedRecord:
    """Store the pictures of one product."""
    staged, skipped = [], []
    for picture in record.pictures:
        if picture.path is None and picture.data is None:
            continue  # it could not be had: its source lists it
        try:
            staged.append(_stage_picture(home, picture, known=known.get(picture.name), max_pixels=max_pixels))
        except PictureError as error:
            skipped.append(SkippedFile(picture.name, error.reason, str(error)))
    return StagedRecord(_without_bytes(record), tuple(staged), tuple(skipped))


def _without_bytes(record: SourceRecord) -> SourceRecord:
    """Let go of pictures that are stored by now: a batch of products waits long for its turn to be written."""
    if all(picture.data is None for picture in record.pictures):
        return record
    return replace(record, pictures=tuple(replace(picture, data=None) for picture in record.pictures))


def _stage_picture(
    home: Home, picture: SourcePicture, *, known: StagedPicture | None, max_pixels: int
) -> StagedPicture:
    """Store one picture, unless it is the one that was stored before."""
    if picture.path is None:
        return _stage_bytes(home, picture, picture.data or b"", known=known, max_pixels=max_pixels)
    try:
        status = picture.path.stat()
    except OSError as error:
        reason = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise PictureError(f"{printable(str(picture.path))}: {error.strerror}", reason=reason) from error
    size, modified_ns = status.st_size, status.st_mtime_ns
    unchanged = known is not None and (known.source_bytes, known.source_modified_ns) == (size, modified_ns)
    if known is not None and unchanged and _is_whole(home, known.stored):
        return known
    data = read_picture_file(picture.path)
    stored = store_picture_bytes(home, data, name=printable(str(picture.path)), max_pixels=max_pixels)
    return StagedPicture(picture.name, stored, size, modified_ns)


def _stage_bytes(
    home: Home, picture: SourcePicture, data: bytes, *, known: StagedPicture | None, max_pixels: int
) -> StagedPicture:
    """Store a picture that its source holds inside itself; its bytes tell whether it is known."""
    is_known = known is not None and known.stored.picture_hash == hashlib.sha256(data).hexdigest()
    if known is not None and is_known and _is_whole(home, known.stored):
        return StagedPicture(picture.name, known.stored, len(data), None)
    stored = store_picture_bytes(home, data, name=printable(picture.name), max_pixels=max_pixels)
    return StagedPicture(picture.name, stored, len(data), None)


def _is_whole(home: Home, stored: StoredPicture) -> bool:
    return is_stored(home, stored.picture_hash, stored.extension, size_bytes=stored.bytes)


def _known_pictures(home: Home, keys: list[str], catalog_id: int, source: str) -> dict[str, dict[str, StagedPicture]]:
    """Look up what the catalog knows of these products' files: source key -> name of the picture -> picture."""
    bearers = select(products.c.product_id, products.c.source_key).where(
        products.c.catalog_id == catalog_id, products.c.source_values["source"].as_string() == source
    )
    # In two steps: joined, SQLite walks through the pictures of the whole catalog to find the few that bear a key.
    shown = (
        select(product_pictures, pictures)
        .join(pictures, pictures.c.picture_hash == product_pictures.c.picture_hash)
        .where(product_pictures.c.catalog_id == catalog_id)
        .where(product_pictures.c.source_bytes.is_not(None))
    )
    known: dict[str, dict[str, StagedPicture]] = {}
    with read(home) as connection:
        found = [tuple(row) for bearing in bears_key(keys) for row in connection.execute(bearers.where(bearing))]
        key_of = {product_id: source_key for product_id, source_key in found}
        for row in connection.execute(shown.where(product_pictures.c.product_id.in_(key_of))):
            stored = StoredPicture(row.picture_hash, row.extension, row.width_px, row.height_px, row.bytes, row.format)
            staged = StagedPicture(row.source_name, stored, row.source_bytes, row.source_modified_ns)
            known.setdefault(key_of[row.product_id], {})[row.source_name] = staged
    return known
