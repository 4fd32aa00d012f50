"""Which picture formats are read, and how a file shows that it is of one."""

import os
import re
import stat
from pathlib import Path

# Importing these modules makes their formats known; nothing here asks Pillow for more, so no other is reachable.
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from core.errors import PictureError
from core.files import read_ordinary

PLUGINS = (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

EXTENSIONS = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "BMP": "bmp",
    "TIFF": "tif",
    "AVIF": "avif",
}
"""Formats that are read, and the extension each is kept under."""

# AVIF is missing where Pillow was built without it.
FORMATS = tuple(name for name in EXTENSIONS if name in Image.OPEN)

MAX_FILE_BYTES = 512 * 2**20
HEAD_BYTES = 16

CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read_picture_file(path: Path) -> bytes:
    """Read a file that should be a picture; one that cannot be is refused by its first bytes.

    Raises:
        PictureError: With `reason` "missing", "empty", "not_a_picture", "unreadable" or "too_large".
    """
    name = printable(str(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe or device might never end
            raise PictureError(f"{name} is no ordinary file: expected a picture", reason="not_a_picture")
        if status.st_size > MAX_FILE_BYTES:
            raise PictureError(
                f"{name} has {status.st_size:,} bytes: at most {MAX_FILE_BYTES:,} are read", reason="too_large"
            )
        check_head(read_head(path), name=name)
        return read_ordinary(path, most_bytes=MAX_FILE_BYTES)
    except FileNotFoundError as error:
        raise PictureError(f"{name} is not there: check the path", reason="missing") from error
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or printable(str(error))
        raise PictureError(f"{name} cannot be read: {detail}", reason="unreadable") from error


def read_head(path: Path) -> bytes:
    """Read the first bytes of a file without waiting: some files of a system give nothing until something happens.

    Raises:
        OSError: It cannot be read, or has nothing to give now.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        return os.read(descriptor, HEAD_BYTES)
    finally:
        os.close(descriptor)


def looks_like_picture(head: bytes) -> bool:
    """Tell from a file's first 16 bytes whether it is of a format that is read."""
    return any(_accepts(name, head) for name in FORMATS)


def printable(name: str) -> str:
    """Return a file name as text that can be shown: undecodable bytes and control characters escaped."""
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # halves of characters that stand for no byte of a file's name
        data = name.encode("utf-8", "backslashreplace")
    text = data.decode("utf-8", "backslashreplace")
    return CONTROL_CHARACTERS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _accepts(name: str, head: bytes) -> bool:
    """Ask the plugin of a format whether a file that begins so may be one."""
    _factory, accept = Image.OPEN[name]
    return accept is None or accept(head) is True


def check_head(head: bytes, *, name: str) -> None:
    """Refuse a file that is empty or begins like none of the formats."""
    if not head:
        raise PictureError(f"{name} is empty: copy the file again", reason="empty")
    if not looks_like_picture(head):
        raise PictureError(f"{name} is no picture: expected one of {', '.join(FORMATS)}", reason="not_a_picture")
