"""Reading what a host answers without trusting its size, its packing or its end."""

import zlib
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import httpx

from core.catalog.web.fetch_errors import FetchError

PIECE_BYTES = 64 * 1024
MOST_DRAINED_BYTES = 64 * 1024


async def read_pieces(response: httpx.Response, *, most_bytes: int) -> AsyncIterator[bytes]:
    """Read the body of an answer piece by piece, unpacked; a bomb is stopped at the limit, not after it.

    Args:
        response: An answer whose body is not read yet, as from ``client.stream``.
        most_bytes: Most bytes, unpacked.

    Raises:
        FetchError: With reason "too_large", "wrong_encoding", "truncated" or "timeout".
    """
    left = most_bytes
    if (announced := content_length(response)) is not None and announced > most_bytes:
        raise _too_large(most_bytes)
    async for piece in _unpacked(response):
        left -= len(piece)
        if left < 0:
            raise _too_large(most_bytes)
        yield piece


async def read_body(response: httpx.Response, *, most_bytes: int) -> bytes:
    """Read the body of an answer as a whole; raises as `read_pieces` does."""
    return b"".join([piece async for piece in read_pieces(response, most_bytes=most_bytes)])


async def drain(response: httpx.Response) -> None:
    """Read a short body nobody wants, so that the connection can be used again."""
    if (content_length(response) or MOST_DRAINED_BYTES + 1) <= MOST_DRAINED_BYTES:
        async for _piece in _raw(response):
            pass


def content_length(response: httpx.Response) -> int | None:
    """Give the announced bytes of a body, as sent; None when there is no such number."""
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def retry_after_seconds(response: httpx.Response, *, now: float) -> float | None:
    """Read how long a host asks to be left alone: a number of seconds or a date.

    Args:
        response: The answer.
        now: Seconds since 1970.

    Returns:
        Seconds, at least 0; None when it does not say.
    """
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


async def _unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the body in pieces of at most 64 KiB where it is packed."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing in ("", "identity"):
        async for piece in _raw(response):
            yield piece
        return
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise FetchError("the answer is packed in a way that was not asked for", reason="wrong_encoding")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out whether it is gzip or zlib
    async for piece in _raw(response):
        waiting = piece
        while waiting and not unpacker.eof:
            try:
                unpacked = unpacker.decompress(waiting, PIECE_BYTES)
            except zlib.error as error:
                raise FetchError(f"the answer cannot be unpacked: {error}", reason="wrong_encoding") from error
            yield unpacked
            waiting = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise FetchError("the packed answer ends too early", reason="truncated")


async def _raw(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the body as sent; whatever goes wrong now goes wrong in the middle of an answer."""
    try:
        async for piece in response.aiter_raw():
            yield piece
    except httpx.TimeoutException as error:
        raise FetchError("the host stopped sending in the middle of the answer", reason="timeout") from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise FetchError("the connection ended in the middle of the answer", reason="truncated") from error


def _too_large(most_bytes: int) -> FetchError:
    return FetchError(f"the answer has more than {most_bytes:,} bytes", reason="too_large")
