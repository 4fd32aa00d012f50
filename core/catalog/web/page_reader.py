"""Reading foreign pages in a process of its own, which may be used up without harm."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import core
from core.catalog.web.crawl_settings import CrawlSettings
from core.catalog.web.page_child import SECONDS
from core.catalog.web.page_reading import WHOLE, PageReading, as_reading
from core.errors import CatalogError

MOST_ANSWER_BYTES = 256 * 2**20


class PageReader:
    """Reads pages, one after another; use it with ``async with``."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "PageReader":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def read(
        self,
        data: bytes,
        content_type: str | None,
        *,
        address: str,
        settings: CrawlSettings,
        kind: str = WHOLE,
        number: int = 0,
    ) -> PageReading:
        """Read a page as :func:`core.catalog.web.page_reading.read_page` does.

        Raises:
            CatalogError: A selector cannot be used, or the page takes more memory or time than it may.
        """
        request = {
            "content_type": content_type,
            "address": address,
            "settings": settings.to_json(),
            "kind": kind,
            "number": number,
            "bytes": len(data),
        }
        try:
            answer = await asyncio.wait_for(self._ask(json.dumps(request).encode(), data), SECONDS)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await self._end()
            raise CatalogError(
                f"the page {address[:200]} cannot be read: it takes more than {SECONDS} s or too much memory to take "
                "apart; leave it out"
            ) from error
        except BaseException:
            await self._end()  # an answer that nobody took must not be taken for the next one
            raise
        if "error" in answer:
            raise CatalogError(answer["error"])
        return as_reading(answer["reading"])

    async def _ask(self, request: bytes, data: bytes) -> dict:
        process = self._process or await self._start()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(len(request).to_bytes(8, "big") + request + data)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(8), "big")
        if size > MOST_ANSWER_BYTES:
            raise ConnectionError("the answer is too long")
        return dict(json.loads(await process.stdout.readexactly(size)))

    async def _start(self) -> asyncio.subprocess.Process:
        root = str(Path(core.__file__).resolve().parent.parent)
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "core.catalog.web.page_child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        return self._process

    async def _end(self) -> None:
        """End the process, busy or not; the next page starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
