"""Perceptual hashes: 256 bits a picture that change little when it is saved again, made smaller or brighter.

Each bit says whether one place of a coarse gray picture is darker than the place to its right. Source: "dHash",
N. Krawetz, "Kind of like that" (2013), at 16 x 16 instead of 8 x 8 places.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.home import Home
from core.progress import Progress
from core.vision.row_shards import RowShards

BITS = 256
BANDS = 16
_SIDE = 16
_LEAST_STEP = 2  # below it a difference is noise of the encoder, as on a white background
_BATCH = 1024
_MOST_IN_BUCKET = 200
_PAIRS_AT_ONCE = 200_000
_BYTE_BITS = np.array([number.bit_count() for number in range(256)], dtype=np.uint16)


def make_prints(home: Home, picture_hashes: Sequence[str], *, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Give the perceptual hashes of pictures, computing those that are missing from their thumbnails.

    Args:
        home: Where they are kept, under its cache.
        picture_hashes: P hashes.
        progress: Told how far it is; may cancel, and what was computed is kept.

    Returns:
        Uint8 array of shape (P, 32), and bool (P,) telling which pictures have one; a thumbnail that is gone has none.
    """
    shards = RowShards(home.cache / "picture_prints" / "dhash-16", row_shape=(BITS // 8,), dtype=np.dtype(np.uint8))
    missing = [each for each, known in zip(picture_hashes, shards.known(picture_hashes), strict=True) if not known]
    done = 0
    with ThreadPoolExecutor(2) as pool:
        for batch in _parts(missing, _BATCH):
            progress.report(done, len(missing), "looking at thumbnails")
            found = list(pool.map(lambda each: _print_of(home, each), batch))
            kept = [(name, bits) for name, bits in zip(batch, found, strict=True) if bits is not None]
            if kept:
                shards.append([name for name, _bits in kept], np.stack([bits for _name, bits in kept]))
            done += len(batch)
    shards.compact()
    return shards.read(picture_hashes)


def distances(prints: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Count the bits that differ in each pair: uint16 (pairs,) of prints (P, 32) and pairs (pairs, 2)."""
    return _BYTE_BITS[prints[pairs[:, 0]] ^ prints[pairs[:, 1]]].sum(axis=1, dtype=np.uint16)


def near_prints(prints: np.ndarray, *, most_bits: int) -> np.ndarray:
    """Find pairs of pictures with nearly the same hash, without comparing all with all.

    Hashes are cut into 16 bands; only pictures with an equal band are compared. Of two hashes that differ in 24 places
    97 % share a band, of those that differ in 48 places half do. A band that more than 200 pictures share, such as
    that of a white corner, tells nothing and is passed over.

    Args:
        prints: Uint8 array of shape (P, 32).
        most_bits: Pairs that differ in more places are left out.

    Returns:
        Int64 array of shape (pairs, 2), first below second, in ascending order.
    """
    found = [np.empty((0, 2), dtype=np.int64)]
    bands = np.ascontiguousarray(prints).view("<u2")
    for band in range(BANDS):
        for pairs in _bucket_pairs(bands[:, band]):
            found.append(pairs[distances(prints, pairs) <= most_bits])
    return np.unique(np.concatenate(found), axis=0)


def _bucket_pairs(values: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the pairs of positions with equal values, a bounded number at a time."""
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order].astype(np.int64), prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    pending: list[np.ndarray] = []
    count = 0
    for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        if not 2 <= size <= _MOST_IN_BUCKET:
            continue
        members = np.sort(order[start : start + size])
        first, second = np.triu_indices(size, 1)
        pending.append(np.stack((members[first], members[second]), axis=1))
        count += len(first)
        if count >= _PAIRS_AT_ONCE:
            yield np.concatenate(pending)
            pending, count = [], 0
    if pending:
        yield np.concatenate(pending)


def _print_of(home: Home, picture_hash: str) -> np.ndarray | None:
    try:
        with Image.open(home.thumbnail_path(picture_hash)) as image:
            gray = image.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.BOX)
    except (OSError, UnidentifiedImageError):
        return None
    steps = np.diff(np.asarray(gray, dtype=np.int16), axis=1)
    return np.packbits((steps >= _LEAST_STEP).ravel())


def _parts(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
