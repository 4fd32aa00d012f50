"""Fetching pictures by their addresses: retried, continued where they stopped, checked, kept."""

import asyncio
import os
import random
import sqlite3
import ssl
import time
from pathlib import Path
from typing import BinaryIO

import httpx

from core.catalog.picture_formats import HEAD_BYTES, read_head
from core.catalog.web.answers import content_length, drain, read_pieces, retry_after_seconds
from core.catalog.web.download_cache import DownloadCache, Kept, key_of
from core.catalog.web.fetch_errors import FetchError, fetch_error
from core.catalog.web.fetch_limits import FetchLimits
from core.catalog.web.host_gate import HostGate
from core.catalog.web.picture_endings import check_beginning, check_whole, ends_well

_RETRIED = frozenset(
    {
        "timeout",
        "refused",
        "unreachable",
        "dns",
        "disconnected",
        "truncated",
        "half_refused",
        *(f"http_{status}" for status in (408, 425, 429, 500, 502, 503, 504)),
    }
)
_LONGEST_HEADER = 1000


class PictureFetch:
    """Fetches pictures in one event loop.

    Args:
        client: Asks the hosts.
        cache: Where the files go.
        limits: How often, how long and how much.
    """

    def __init__(self, client: httpx.AsyncClient, cache: DownloadCache, limits: FetchLimits) -> None:
        self._client, self._cache, self._limits = client, cache, limits
        self._places = asyncio.Semaphore(limits.at_once)
        self._gates: dict[str, HostGate] = {}

    async def fetch(self, url: httpx.URL) -> Path:
        """Fetch a picture, or give the file that is there.

        Raises:
            FetchError: It could not be had.
            OSError: The disk refused.
        """
        known = self._cache.find(key_of(str(url)))
        if known is not None and known.is_current:
            return known.path
        failed: FetchError | None = None
        for attempt in range(self._limits.attempts):
            if attempt:
                longest = self._limits.backoff_seconds * 2 ** (attempt - 1)
                await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - no secret hangs on it
            try:
                return await self._attempt(url, known)
            except _WaitError as error:
                failed = error
            except FetchError as error:
                if failed is None or error.reason != "host_given_up":
                    raise
                raise failed from error  # what was asked in vain keeps its own reason
        raise failed or FetchError("it was never asked for", reason="timeout")

    async def _attempt(self, url: httpx.URL, known: Kept | None) -> Path:
        """Ask once, when it is this picture's turn.

        Raises:
            _WaitError: It may be had later.
            FetchError: It may not.
        """
        gate = self._gates.setdefault(url.netloc.decode("ascii"), HostGate(url.host, self._limits))
        async with gate.turn() as began, self._places:
            wait_seconds = 0.0
            try:
                async with asyncio.timeout(self._limits.file_seconds):
                    path = await self._asked(url, known)
            except (FetchError, TimeoutError) as error:
                failure = fetch_error(error)
                wait_seconds = getattr(failure, "wait_seconds", 0.0)
            else:
                gate.note(str(url), None, began=began)
                return path
            longest = self._limits.longest_wait_seconds
            gate.note(str(url), failure.reason, began=began, wait_seconds=min(wait_seconds, longest))
        if failure.reason in _RETRIED and wait_seconds <= longest and not isinstance(failure, _CutPictureError):
            raise _WaitError(str(failure), reason=failure.reason) from failure
        raise failure

    async def _asked(self, url: httpx.URL, known: Kept | None) -> Path:
        """Ask, and tell what the host did wrong from what the disk did wrong.

        Raises:
            FetchError: The host.
            OSError: The disk, or the time is up.
        """
        try:
            return await self._ask(url, known)
        except (ssl.SSLError, ConnectionError) as error:
            raise fetch_error(error) from error
        except (OSError, sqlite3.Error, FetchError):
            raise
        except Exception as error:  # what a host can make a library raise has no end
            raise fetch_error(error) from error

    async def _ask(self, url: httpx.URL, known: Kept | None) -> Path:
        key = key_of(str(url))
        half_bytes, validator = (0, "") if known else self._cache.half(key)
        async with self._client.stream("GET", url, headers=_headers(known, half_bytes, validator)) as response:
            if response.status_code == 304 and known is not None:
                self._cache.confirm(key)
                return known.path
            if half_bytes and not _continues(response, half_bytes):
                half_bytes = 0
                if response.status_code in (206, 416):  # the host has something else now
                    self._cache.drop_half(key)
                    raise FetchError("the host cannot continue the file", reason="half_refused")
            if response.status_code not in (200, 206) or (response.status_code == 206 and not half_bytes):
                await drain(response)
                raise _StatusError(response)
            await self._write(response, key, half_bytes=half_bytes)
            return await self._finished(response, key)

    async def _write(self, response: httpx.Response, key: str, *, half_bytes: int) -> None:
        """Write the answer into the half file; what came stays when it can be continued later."""
        if not half_bytes:
            self._cache.begin_half(key, _validator(response))
        part = self._cache.part(key)
        head = read_head(part) if half_bytes else b""
        most_bytes = self._limits.most_bytes - half_bytes
        try:
            with _open_part(part, is_new=not half_bytes) as file:
                async for piece in read_pieces(response, most_bytes=most_bytes):
                    if len(head) < HEAD_BYTES:
                        head += piece[:HEAD_BYTES]
                        if len(head) >= HEAD_BYTES:
                            check_beginning(head)
                    file.write(piece)
            check_beginning(head)
        except FetchError as error:
            if error.reason not in ("truncated", "timeout") or not self._cache.half(key)[0]:
                self._cache.drop_half(key)
            raise

    async def _finished(self, response: httpx.Response, key: str) -> Path:
        part = self._cache.part(key)
        try:
            if not ends_well(part):
                await asyncio.to_thread(check_whole, part)
        except FetchError as error:
            self._cache.drop_half(key)
            if content_length(response) is None:
                raise
            raise _CutPictureError(str(error), reason=error.reason) from error
        return self._cache.finish(key, etag=_header(response, "ETag"), last_modified=_header(response, "Last-Modified"))


class _WaitError(FetchError):
    """It may be had at the next attempt."""


class _CutPictureError(FetchError):
    """All that was announced came, and the picture is cut: asking again gives the same."""


class _StatusError(FetchError):
    """The host answers with a status that is no success."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"the host answers with status {response.status_code}", reason=f"http_{response.status_code}")
        self.wait_seconds = retry_after_seconds(response, now=time.time()) or 0.0


def _headers(known: Kept | None, half_bytes: int, validator: str) -> dict[str, str]:
    """Say what is wanted: a picture as it lies, unless it is the one that is there, or the rest of it."""
    headers = {"Accept": "image/*, */*;q=0.1", "Accept-Encoding": "identity"}
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    if half_bytes:
        headers |= {"Range": f"bytes={half_bytes}-", "If-Range": validator}
    return headers


def _validator(response: httpx.Response) -> str:
    """Give by what the host will recognize this very file; "" when it may not be continued."""
    if response.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        return ""
    if response.headers.get("Accept-Ranges", "").lower() == "none" or content_length(response) is None:
        return ""
    etag = _header(response, "ETag")
    if etag:
        return etag if etag.startswith('"') else ""
    return _header(response, "Last-Modified")


def _header(response: httpx.Response, name: str) -> str:
    """Read a header that is going to be sent back; "" when that is better left."""
    text = response.headers.get(name, "")
    return text if len(text) <= _LONGEST_HEADER and text.isascii() and text.isprintable() else ""


def _continues(response: httpx.Response, half_bytes: int) -> bool:
    """Tell whether an answer goes on where the half file ends."""
    starts_there = response.headers.get("Content-Range", "").lower().startswith(f"bytes {half_bytes}-")
    return response.status_code == 206 and starts_there


def _open_part(part: Path, *, is_new: bool) -> BinaryIO:
    """Open a half file; a link that somebody put in its place is not followed."""
    flags = os.O_WRONLY | (os.O_CREAT | os.O_EXCL if is_new else os.O_APPEND)
    for name in ("O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(part, flags, 0o666)
    except FileExistsError:
        part.unlink()
        descriptor = os.open(part, flags, 0o666)
    return open(descriptor, "wb" if is_new else "ab")  # noqa: PTH123 - it is open already
