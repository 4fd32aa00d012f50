"""Fetching a weights file: announced, continued where an earlier attempt stopped, and checked before it is used.

What came is kept as `.part-<file>` beside the place it goes to, with a note of what it belongs to, so that a cancel or
a kill loses nothing. Requests go through the one client of the project, which asks no private host unless allowed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from core.catalog.sources import skip_reason
from core.catalog.web.addresses import checked_url
from core.catalog.web.answers import content_length, drain, read_pieces
from core.catalog.web.client import READ_SECONDS, open_client
from core.catalog.web.fetch_errors import FetchError, fetch_error
from core.errors import BackboneError
from core.files import read_json, write_json_whole
from core.home import Home
from core.progress import Progress
from core.vision.backbone import Backbone
from core.vision.hdf5_weights import MOST_WEIGHTS_BYTES
from core.vision.weights import missing_weights

ATTEMPTS = 4
_BACKOFF_SECONDS = 0.5
_REPORT_SECONDS = 0.3
_SPARE_BYTES = 50 * 2**20
_FINAL = frozenset({"private_address", "bad_url", "tls", "too_large", "too_many_redirects", "wrong_encoding"})
_WORTH_WAITING = frozenset({"http_408", "http_425", "http_429"})


@dataclass(frozen=True)
class FetchedFile:
    """A file that came whole, still under its provisional name.

    Attributes:
        path: Where it is.
        size_bytes: Its size.
        fetched_bytes: How many of them came just now; the rest was there from an earlier attempt.
    """

    path: Path
    size_bytes: int
    fetched_bytes: int


class WeightsFetch:
    """One download of a backbone's weights.

    Args:
        home: Whose weights folder it goes to.
        backbone: Which one; must have weights on the web.
        url: Where from.
        allowed_hosts: Hosts that may be on private networks.
        progress: Told of kilobytes; may cancel.
        read_seconds: Most time between two pieces of an answer.
    """

    def __init__(
        self,
        home: Home,
        backbone: Backbone,
        url: str,
        *,
        allowed_hosts: Sequence[str],
        progress: Progress,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.path = home.weights / f".part-{backbone.weights_file}"
        self._note = self.path.with_suffix(".json")
        self._home, self._backbone, self._url = home, backbone, url
        self._allowed, self._read_seconds = tuple(allowed_hosts), read_seconds
        self._progress = progress
        self._fetched = 0
        self._told = 0.0

    def run(self) -> FetchedFile:
        """Fetch what is missing.

        Raises:
            BackboneError: It cannot be had now; the message says how to go on. What came is kept.
            Cancelled: `progress` asked to stop; what came is kept.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path.with_suffix(".lock"), timeout=0):
                return asyncio.run(self._fetch())
        except Timeout as error:
            raise BackboneError(
                f"the weights of backbone '{self._backbone.name}' are being downloaded already: wait for that job"
            ) from error
        except FetchError as error:
            raise missing_weights(
                self._home, self._backbone, because=f" and they cannot be downloaded from {self._url} ({_said(error)})"
            ) from error
        except OSError as error:
            raise BackboneError(f"cannot write {self.path}: {error.strerror or error}; free some space") from error

    def drop(self) -> None:
        """Forget what came."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    async def _fetch(self) -> FetchedFile:
        """Ask until the file is whole, at most a few times."""
        failed: FetchError | None = None
        address = checked_url(self._url)
        async with open_client(allowed_hosts=self._allowed, read_seconds=self._read_seconds) as client:
            for attempt in range(ATTEMPTS):
                if failed is not None:
                    await asyncio.sleep(_BACKOFF_SECONDS * 2**attempt)
                try:
                    size_bytes = await self._ask(client, address)
                    return FetchedFile(self.path, size_bytes, self._fetched)
                except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, FetchError, TimeoutError) as error:
                    failed = fetch_error(error)
                    if failed.reason in _FINAL or _is_refused(failed.reason):
                        break
        raise failed or FetchError("it was never asked for", reason="timeout")

    async def _ask(self, client: httpx.AsyncClient, address: httpx.URL) -> int:
        half_bytes, validator = self._half()
        headers = {"Accept-Encoding": "identity"}
        if half_bytes:
            headers |= {"Range": f"bytes={half_bytes}-", "If-Range": validator}
        async with client.stream("GET", address, headers=headers) as response:
            if half_bytes and not _continues(response, half_bytes):
                self.drop()
                half_bytes = 0
                if response.status_code in (206, 416):
                    raise FetchError("the host cannot continue the file", reason="half_refused")
            if response.status_code not in (200, 206):
                await drain(response)
                status = response.status_code
                raise FetchError(f"it answers with status {status}", reason=f"http_{status}")
            return await self._write(response, half_bytes)

    async def _write(self, response: httpx.Response, half_bytes: int) -> int:
        """Write the answer behind what is there; give the size of the whole file."""
        announced = content_length(response)
        self._check_room(announced)
        total = None if announced is None else half_bytes + announced
        if not half_bytes:
            write_json_whole(self._note, {"url": self._url, "validator": _validator(response)})
        size = half_bytes
        with self.path.open("ab" if half_bytes else "wb") as file:
            self._report(size, total, is_due=True)
            async for piece in read_pieces(response, most_bytes=MOST_WEIGHTS_BYTES - half_bytes):
                file.write(piece)
                size += len(piece)
                self._fetched += len(piece)
                self._report(size, total)
            file.flush()
            os.fsync(file.fileno())
        if total is not None and size != total:
            raise FetchError(f"{size:,} of {total:,} bytes came", reason="truncated")
        self._report(size, size, is_due=True)
        return size

    def _half(self) -> tuple[int, str]:
        """Give how many bytes are there and by what the host recognizes the file; 0 and "" when it begins anew."""
        try:
            note = dict(read_json(self._note))
            size_bytes = self.path.stat().st_size if self.path.is_file() and not self.path.is_symlink() else 0
        except (OSError, ValueError, TypeError):
            note, size_bytes = {}, 0
        validator = note.get("validator")
        if size_bytes and note.get("url") == self._url and isinstance(validator, str) and validator:
            return size_bytes, validator
        self.drop()  # also a link that somebody put there, which must not be written through
        return 0, ""

    def _check_room(self, announced: int | None) -> None:
        needed = (announced if announced is not None else self._backbone.download_mb * 10**6) + _SPARE_BYTES
        free = shutil.disk_usage(self.path.parent).free
        if free < needed:
            raise BackboneError(
                f"the weights of backbone '{self._backbone.name}' need {needed / 1e6:,.0f} MB in {self.path.parent}, "
                f"where {free / 1e6:,.0f} MB are free: free some space, or name another home with --home DIR"
            )

    def _report(self, size: int, total: int | None, *, is_due: bool = False) -> None:
        if is_due or time.monotonic() - self._told >= _REPORT_SECONDS:
            self._told = time.monotonic()
            done, whole = size // 1000, None if total is None else -(-total // 1000)
            of_all = "" if whole is None else f" of {whole:,}"
            self._progress.report(done, whole, f"Downloading {self._backbone.title}: {done:,}{of_all} kB")


def _is_refused(reason: str) -> bool:
    return reason.startswith("http_4") and reason not in _WORTH_WAITING


def _said(error: FetchError) -> str:
    return skip_reason(error.reason) if error.reason.startswith("http_") else str(error)


def _validator(response: httpx.Response) -> str:
    """Give by what the host will recognize this very file; "" when it may not be continued."""
    if response.headers.get("Accept-Ranges", "").lower() == "none":
        return ""
    etag = response.headers.get("ETag", "")
    found = etag if etag.startswith('"') else "" if etag else response.headers.get("Last-Modified", "")
    return found if len(found) <= 1000 and found.isascii() and found.isprintable() else ""


def _continues(response: httpx.Response, half_bytes: int) -> bool:
    starts_there = response.headers.get("Content-Range", "").lower().startswith(f"bytes {half_bytes}-")
    return response.status_code == 206 and starts_there
