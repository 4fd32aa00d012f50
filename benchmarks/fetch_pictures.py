"""Fetch pictures by address from one slow host: ShelfLens beside plain clients, in the same run.

A server in a process of its own answers on loopback after a latency. The peers save every answer to a file and check
nothing; ShelfLens also checks that each is a whole picture, notes its version for the next import, and asks the host
at most 8 things at a time. The last line is the second import, where nothing has changed.

    python -m benchmarks.fetch_pictures [--pictures 400] [--latency-ms 20] [--json]
"""

import argparse
import asyncio
import io
import json
import multiprocessing
import os
import platform
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import requests
from PIL import Image

from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SourcePicture, SourceRecord
from core.catalog.web.fetch_limits import FetchLimits
from core.catalog.web.fetching import fetched
from core.home import Home
from core.progress import SilentProgress

SIDE_PX = 448


def serve(ready: "multiprocessing.Queue[int]", latency_seconds: float) -> None:
    """Answer every address with a picture of about 50 kB, after a latency."""
    random = np.random.default_rng(7)
    buffer = io.BytesIO()
    pixels = random.integers(0, 256, (SIDE_PX // 8, SIDE_PX // 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=90)
    body = buffer.getvalue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(latency_seconds)
                is_known = b'if-none-match: "1"' in request.lower()
                status, sent = (b"304 Not Modified", b"") if is_known else (b"200 OK", body)
                writer.write(b'HTTP/1.1 %s\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n%s' % (status, len(sent), sent))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def with_urllib(urls: list[str], folder: Path) -> None:
    """One after the other, a connection each."""
    for number, url in enumerate(urls):
        with urllib.request.urlopen(url, timeout=20) as answer:
            (folder / f"{number}.jpg").write_bytes(answer.read())


def with_requests(urls: list[str], folder: Path) -> None:
    """One after the other, over one connection."""
    with requests.Session() as session:
        for number, url in enumerate(urls):
            (folder / f"{number}.jpg").write_bytes(session.get(url, timeout=20).content)


def with_httpx(urls: list[str], folder: Path) -> None:
    """One after the other, over one connection."""
    with httpx.Client(timeout=20) as client:
        for number, url in enumerate(urls):
            (folder / f"{number}.jpg").write_bytes(client.get(url).content)


def with_requests_in_threads(urls: list[str], folder: Path) -> None:
    """Eight at a time, as many as ShelfLens asks a host."""
    with requests.Session() as session, ThreadPoolExecutor(8) as threads:

        def save(numbered: tuple[int, str]) -> None:
            (folder / f"{numbered[0]}.jpg").write_bytes(session.get(numbered[1], timeout=20).content)

        list(threads.map(save, enumerate(urls)))


def with_shelflens(urls: list[str], folder: Path, *, limits: FetchLimits | None = None) -> None:
    """As an import does."""
    records = [SourceRecord(str(place), url, pictures=(SourcePicture("", url=url),)) for place, url in enumerate(urls)]
    settings = SourceSettings(allowed_hosts=("127.0.0.1",))
    skipped: list = []
    came = fetched(Home(folder), records, settings=settings, skipped=skipped, progress=SilentProgress(), limits=limits)
    assert sum(len(record.pictures) for record in came) == len(urls), skipped[:3]


def pictures_per_second(fetch: Callable[[list[str], Path], None], urls: list[str], folder: Path) -> float:
    """Time one way to fetch everything."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    fetch(urls, folder)
    return round(len(urls) / (time.perf_counter() - began), 1)


def measure(pictures: int, *, latency_ms: float) -> dict:
    """Fetch the same pictures in every way.

    Args:
        pictures: How many addresses.
        latency_ms: What the host waits before each answer.
    """
    ready = multiprocessing.get_context("spawn").Queue()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(ready, latency_ms / 1000), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{ready.get(timeout=60)}"
    urls = [f"{base}/{number}.jpg" for number in range(pictures)]

    def many_at_once(urls: list[str], folder: Path) -> None:
        with_shelflens(urls, folder, limits=FetchLimits(at_once_a_host=32))

    ways = {
        "urllib, one after the other": with_urllib,
        "requests, one after the other": with_requests,
        "httpx, one after the other": with_httpx,
        "requests, 8 threads": with_requests_in_threads,
        "ShelfLens, 8 at a time": with_shelflens,
        "ShelfLens, 32 at a time": many_at_once,
    }
    with tempfile.TemporaryDirectory() as name:
        found = {way: pictures_per_second(fetch, urls, Path(name) / way) for way, fetch in ways.items()}
        again = Path(name) / "ShelfLens, 8 at a time"
        found["ShelfLens again, nothing changed"] = pictures_per_second(with_shelflens, urls, again)
    server.terminate()
    return {
        "pictures": pictures,
        "latency_ms": latency_ms,
        "pictures_per_second": found,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "versions": {"httpx": httpx.__version__, "requests": requests.__version__},
    }


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--latency-ms", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.pictures, latency_ms=options.latency_ms)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['pictures']:,} pictures, {result['latency_ms']:g} ms before each answer, {result['machine']}")
    print(f"versions: {', '.join(f'{name} {version}' for name, version in result['versions'].items())}")
    for way, figure in result["pictures_per_second"].items():
        print(f"{way:<34} {figure:>8,.1f} pictures/s")


if __name__ == "__main__":
    main()
