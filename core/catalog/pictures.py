"""The only place that opens a picture from outside.

A picture is data from strangers: its format is taken from its first bytes and must be on a short list, its
size is read from the header and limited before anything is decoded, and whatever a decoder raises becomes a
`PictureError`.
"""

import errno
import hashlib
import io
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.catalog.picture_formats import EXTENSIONS, FORMATS, HEAD_BYTES, check_head, printable, read_picture_file
from core.catalog.picture_modes import orientation, upright_rgb
from core.catalog.picture_structure import check_metadata, check_scans
from core.catalog.thumbnails import encode_thumbnail, thumbnail_size
from core.errors import CatalogError, PictureError
from core.home import Home

MAX_PIXELS = 100_000_000
MIN_SIDE_PX = 8

LARGE_PIXELS = 25_000_000
LARGE_PICTURES = threading.Lock()

# Pillow's own guard warns at one size and refuses at twice that; MAX_PIXELS, checked before decoding,
# replaces it.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class StoredPicture:
    """A picture kept in a home.

    Attributes:
        picture_hash: sha256 of the file's bytes, 64 hex digits.
        extension: Of the kept file, without the dot; from the content, not from the name.
        width_px: Upright, that is after turning as EXIF says.
        height_px: Likewise.
        bytes: Size of the file.
        format: A key of `EXTENSIONS`.
    """

    picture_hash: str
    extension: str
    width_px: int
    height_px: int
    bytes: int
    format: str


def read_picture(
    source: Path | str | bytes, *, max_pixels: int = MAX_PIXELS, enough_px: int | None = None
) -> np.ndarray:
    """Read a picture: first frame, upright, transparency on white.

    Args:
        source: A file, or the bytes of one.
        max_pixels: Larger pictures are refused before they are decoded.
        enough_px: Neither side needs to be longer. A large JPEG is then decoded at a half, a quarter or an
            eighth, several times faster, with both sides still at least this long. None decodes in full.

    Returns:
        uint8 (H, W, 3): H rows of W pixels, RGB, 0..255.

    Raises:
        PictureError: With `reason` "empty", "not_a_picture", "unreadable", "too_small" or "too_large".
    """
    name = "the picture" if isinstance(source, bytes) else printable(str(source))
    data = source if isinstance(source, bytes) else read_picture_file(Path(source))
    with _decoding(name):
        image = _open(data, name=name, max_pixels=max_pixels)
        if enough_px is not None:
            _reduce(image, (enough_px, enough_px))
        return np.asarray(_decode(image))


def store_picture(home: Home, path: Path, *, max_pixels: int = MAX_PIXELS) -> StoredPicture:
    """Copy a picture into a home, with its thumbnail. One that is there already is not written again.

    Args:
        home: Where to keep it.
        path: The file to copy.
        max_pixels: Larger pictures are refused before they are decoded.

    Raises:
        PictureError: The picture cannot be used; nothing is kept of it.
        CatalogError: The disk is full or the home cannot be written; nothing half-written stays.
    """
    return store_picture_bytes(home, read_picture_file(path), name=printable(str(path)), max_pixels=max_pixels)


def store_picture_bytes(home: Home, data: bytes, *, name: str, max_pixels: int = MAX_PIXELS) -> StoredPicture:
    """Keep the bytes of a picture file in a home, as `store_picture` does; `name` is for messages."""
    picture_hash = hashlib.sha256(data).hexdigest()
    with _decoding(name):
        image = _open(data, name=name, max_pixels=max_pixels)
        stored = _described(image, data, picture_hash)
        # The same bytes were decoded when they were first stored: a copy costs its header.
        if is_stored(home, picture_hash, stored.extension, size_bytes=len(data)):
            return stored
        _reduce(image, thumbnail_size(*image.size))
        with _turn(image):
            thumbnail = encode_thumbnail(_decode(image))
    with _writing(home):
        _keep(home.thumbnail_path(picture_hash), thumbnail)
        _keep(home.picture_path(picture_hash, stored.extension), data)
    return stored


def _described(image: Image.Image, data: bytes, picture_hash: str) -> StoredPicture:
    """Describe a picture by its header."""
    width_px, height_px = image.size
    if orientation(image) >= 5 and image.format != "TIFF":  # turned by a quarter; Pillow gives a TIFF's size upright
        width_px, height_px = height_px, width_px
    # A JPEG with further frames, as phones write them, calls itself MPO.
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    return StoredPicture(picture_hash, EXTENSIONS[kind], width_px, height_px, len(data), kind)


def is_stored(home: Home, picture_hash: str, extension: str, *, size_bytes: int) -> bool:
    """Tell whether a picture, all `size_bytes` of it, and its thumbnail are both in the home."""
    return (
        _size(home.picture_path(picture_hash, extension)) == size_bytes and _size(home.thumbnail_path(picture_hash)) > 0
    )


def _open(data: bytes, *, name: str, max_pixels: int) -> Image.Image:
    """Read the header of a picture and check its size; no pixel is decoded."""
    check_head(data[:HEAD_BYTES], name=name)
    check_metadata(data, name=name)
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    width_px, height_px = image.size
    if width_px * height_px > max_pixels:
        raise PictureError(
            f"{name} has {width_px} x {height_px} pixels: at most {max_pixels:,} are read; save it smaller",
            reason="too_large",
        )
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise PictureError(
            f"{name} has {width_px} x {height_px} pixels: each side must have at least {MIN_SIDE_PX}",
            reason="too_small",
        )
    check_scans(data, pixels=width_px * height_px, name=name)
    return image


def _reduce(image: Image.Image, enough_px: tuple[int, int]) -> None:
    """Have a JPEG decoded at a half, quarter or eighth that is still `enough_px` wide and high."""
    image.draft(None, enough_px)  # other formats ignore it


def _decode(image: Image.Image) -> Image.Image:
    """Decode a picture to upright RGB."""
    image.load()
    return upright_rgb(image)


@contextmanager
def _turn(image: Image.Image) -> Iterator[None]:
    """Let large pictures be decoded one after the other, so that threads together do not fill the memory."""
    if image.width * image.height < LARGE_PIXELS:
        yield
        return
    with LARGE_PICTURES:
        yield


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into a `PictureError`."""
    try:
        yield
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(f"{name} is damaged or cut short: its header cannot be read") from error
    except MemoryError as error:
        raise PictureError(f"{name} needs more memory than there is; save it smaller", reason="too_large") from error
    except Exception as error:  # decoders of damaged files raise anything
        raise PictureError(f"{name} is damaged or cut short: {error}; save or copy it again") from error


@contextmanager
def _writing(home: Home) -> Iterator[None]:
    """Turn a refusal of the disk into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CatalogError(
                f"the disk is full: cannot store a picture in {home.root}; free some space and import again, "
                "it continues where it stopped"
            ) from error
        raise CatalogError(f"cannot write in {home.root}: {error.strerror or error}; check its permissions") from error


def _keep(path: Path, data: bytes) -> None:
    """Write a file whose name tells its content, whole or not at all, unless it is there.

    It is not flushed to the disk here: waiting for the disk twice a picture would take longer than all the rest.
    `flush_pictures` does it once an import. Should the power fail before, the file's size tells.
    """
    if _size(path) == len(data):
        return
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        try:
            temporary.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
        os.replace(temporary, path)  # noqa: PTH105 - os.replace is what the fault tests make fail
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def flush_pictures() -> None:
    """Wait until every stored picture is on the disk itself, where the system offers it."""
    if hasattr(os, "sync"):
        os.sync()


def _size(path: Path) -> int:
    """Size of a file in bytes; -1 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1
