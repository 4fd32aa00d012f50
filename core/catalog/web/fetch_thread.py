"""A thread that fetches pictures while others read them."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from core.catalog.web.addresses import checked_url
from core.catalog.web.client import open_client
from core.catalog.web.download_cache import DownloadCache, key_of
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.fetch_limits import FetchLimits
from core.catalog.web.picture_fetch import PictureFetch

MOST_REMEMBERED = 10_000
_CLOSE_SECONDS = 2.0


class FetchThread:
    """Fetches pictures in an event loop of its own; the same address is asked for once.

    Args:
        cache: Where the files go.
        allowed_hosts: Hosts that may be on private networks.
        limits: How politely, how long and how much.
    """

    def __init__(self, cache: DownloadCache, *, allowed_hosts: Sequence[str], limits: FetchLimits) -> None:
        self.fetched = self.failed = 0
        self._cache, self._allowed, self._limits = cache, tuple(allowed_hosts), limits
        self._asked: OrderedDict[str, Future[Path]] = OrderedDict()
        self._loop = asyncio.new_event_loop()
        self._ready: Future[PictureFetch] = Future()
        self._thread = threading.Thread(target=self._run, name="fetch", daemon=True)
        self._thread.start()
        self._fetch = self._ready.result()

    def submit(self, address: str) -> Future[Path]:
        """Ask for a picture.

        Returns:
            What will be its file, or raise the :class:`FetchError` that says why not.
        """
        try:
            url = checked_url(address)
        except FetchError as error:
            return _failed(error)
        key = key_of(str(url))
        known = self._asked.get(key)
        if known is not None and not (known.done() and known.exception() is None):  # under way, or in vain
            return known
        future = asyncio.run_coroutine_threadsafe(self._fetch.fetch(url), self._loop)
        future.add_done_callback(self._count)
        self._asked[key] = future
        while len(self._asked) > MOST_REMEMBERED and next(iter(self._asked.values())).done():
            self._asked.popitem(last=False)
        return future

    def close(self) -> None:
        """Stop everything under way."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_CLOSE_SECONDS)

    def _count(self, future: "Future[Path]") -> None:
        if future.cancelled():
            return
        if future.exception() is None:
            self.fetched += 1
        else:
            self.failed += 1

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:  # whoever started the thread is told, or waits forever
            if self._ready.done():
                raise
            self._ready.set_exception(error)
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with open_client(
            allowed_hosts=self._allowed,
            connect_seconds=self._limits.connect_seconds,
            read_seconds=self._limits.read_seconds,
            most_connections=self._limits.at_once,
        ) as client:
            self._ready.set_result(PictureFetch(client, self._cache, self._limits))
            await self._stop.wait()
            under_way = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)


def _failed(error: FetchError) -> Future[Path]:
    future: Future[Path] = Future()
    future.set_exception(error)
    return future
