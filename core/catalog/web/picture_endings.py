"""Telling whether a fetched file is a picture, and a whole one, before it is called finished."""

import threading
from pathlib import Path

from core.catalog.picture_formats import HEAD_BYTES, looks_like_picture, read_head
from core.catalog.pictures import read_picture
from core.catalog.web.fetch_errors import FetchError
from core.errors import PictureError

_TAIL_BYTES = 32
_DECODING = threading.Lock()


def check_beginning(head: bytes) -> None:
    """Refuse an answer whose first bytes are of no picture format, such as a page that says "not found".

    Args:
        head: The first 16 bytes, fewer where there are no more.

    Raises:
        FetchError: With reason "wrong_type" or "empty".
    """
    if not head:
        raise FetchError("the answer holds no bytes", reason="empty")
    if not looks_like_picture(head[:HEAD_BYTES]):
        raise FetchError("the answer is no picture", reason="wrong_type")


def check_whole(path: Path) -> None:
    """Refuse a picture that is cut, by decoding it; not needed where :func:`ends_well` says so.

    Raises:
        FetchError: With reason "truncated".
    """
    try:
        with _DECODING:  # one at a time, since nothing is known of its size
            read_picture(path, enough_px=64)
    except PictureError as error:
        if error.reason == "unreadable":
            raise FetchError("the picture ends too early", reason="truncated") from error


def ends_well(path: Path) -> bool:
    """Tell whether a file ends as its format ends; False when that cannot be told.

    Such a file is passed on as it is: whoever stores the picture decodes all of it anyway.
    """
    size_bytes = path.stat().st_size
    head = read_head(path)
    with path.open("rb") as file:
        file.seek(max(0, size_bytes - _TAIL_BYTES))
        tail = file.read(_TAIL_BYTES)
    if head.startswith(b"\xff\xd8"):
        return tail.endswith(b"\xff\xd9")
    if head.startswith(b"\x89PNG"):
        return tail.endswith(b"\0\0\0\0IEND\xae\x42\x60\x82")
    if head.startswith(b"GIF8"):
        return tail.endswith(b"\0;")
    if head.startswith(b"RIFF"):
        return int.from_bytes(head[4:8], "little") + 8 <= size_bytes
    return False
