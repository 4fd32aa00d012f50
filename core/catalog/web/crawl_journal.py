"""What a crawl has found so far, kept line by line, so that one that is killed goes on where it was.

A folder a crawl under the home's cache: ``journal.jsonl``, one JSON object a line, appended and never changed. A
line that was torn by a kill is cut off; what it told of is fetched again, and nothing else.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from core.catalog.sources import SkippedFile
from core.catalog.web.crawl_settings import CrawlSettings, crawl_settings
from core.catalog.web.found_products import FoundProduct, read_product
from core.catalog.web.page_links import canonical
from core.errors import CatalogError, SettingsError
from core.files import open_appending
from core.home import Home

RESUMED_HOURS = 7 * 24
"""An unfinished crawl older than this begins anew: its shop has changed."""

MOST_JOURNALS = 50
_LONGEST_LINE = 64 * 2**20


class CrawlJournal:
    """The journal of one crawl; use it with ``with``, one process at a time.

    Args:
        home: Where it is kept.
        address: Where the crawl begins.
        settings: As the user gave them.

    Attributes:
        settings: Settings with the guesses of the first page; None before it was read.
        rendered: Whether the pages are made by a browser.
        pages: How many result pages were read.
        next_address: Where to go on; None at the end, or when nothing was read.
        visited: Canonical addresses of the pages that were read.
        found: Products by id: True once their own page was read too, or need not be.
        ended: Why the crawl ended; empty while it has not.
    """

    def __init__(self, home: Home, address: str, settings: CrawlSettings) -> None:
        self.folder = home.cache / "crawls" / settings.fingerprint(address)
        self.path = self.folder / "journal.jsonl"
        self._address, self._given = address, settings
        self._file: BinaryIO | None = None
        self._forget()

    def _forget(self) -> None:
        self.settings: CrawlSettings | None = None
        self.rendered = False
        self.pages = 0
        self.next_address: str | None = None
        self.visited: set[str] = set()
        self.found: dict[str, bool] = {}
        self.skipped: list[SkippedFile] = []
        self.ended = ""

    def __enter__(self) -> "CrawlJournal":
        from filelock import FileLock, Timeout

        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(self.folder / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise CatalogError(
                f"{self._address[:300]} is being crawled with these settings already: wait for it, or cancel it"
            ) from error
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        self._lock.release()

    def note_settings(self, settings: CrawlSettings, *, rendered: bool) -> None:
        """Keep what the first page told: the guessed settings, and whether pages need a browser."""
        self._append({"kind": "settings", "settings": settings.to_json(), "rendered": rendered})

    def note_page(
        self, address: str, products: dict[str, FoundProduct], *, next_address: str | None, unnamed: int = 0
    ) -> None:
        """Keep a result page with the products that are new, and where it leads."""
        values = {key: product.to_json() for key, product in products.items()}
        line = {"kind": "page", "address": address, "products": values, "next": next_address}
        self._append(line)
        if unnamed:
            self.note_skipped(f"{unnamed} cards of {address[:500]}", "no_link")

    def note_product(self, key: str, product: FoundProduct) -> None:
        """Keep a product with what its own page says."""
        self._append({"kind": "product", "key": key, "product": product.to_json()})

    def note_skipped(self, name: str, reason: str, detail: str = "") -> None:
        """Keep a page that was left out."""
        self._append({"kind": "skipped", "name": name, "reason": reason, "detail": detail[:500]})

    def note_end(self, why: str) -> None:
        """Keep that there is nothing more to fetch."""
        self._append({"kind": "end", "why": why, "at": datetime.now(UTC).isoformat(timespec="seconds")})

    def products(self) -> Iterator[tuple[str, FoundProduct]]:
        """Yield every product once, by id, in the order found; those whose own page is awaited are left out."""
        follows = self.settings is not None and self.settings.follow
        seen: set[str] = set()
        for line in _lines(self.path):
            entries = line.get("products", {}) if line["kind"] == "page" and not follows else {}
            if line["kind"] == "product":
                entries = {line["key"]: line["product"]}
            for key, values in entries.items():
                if key not in seen:
                    seen.add(key)
                    yield key, read_product(values)

    def unfollowed(self) -> list[tuple[str, FoundProduct]]:
        """List the products whose own page was not read yet."""
        waiting = {key for key, is_done in self.found.items() if not is_done}
        if not waiting:
            return []
        lines = (line for line in _lines(self.path) if line["kind"] == "page")
        entries = (entry for line in lines for entry in line["products"].items() if entry[0] in waiting)
        return [(key, read_product(values)) for key, values in entries]

    def _open(self) -> None:
        """Read what is there, and decide whether to go on with it or begin anew."""
        if self.path.exists():
            self._read()
            hours = (time.time() - self.path.stat().st_mtime) / 3600
            if hours > (self._given.keep_hours if self.ended else RESUMED_HOURS) or (self.ended and not self.found):
                self.path.unlink()
                self._forget()
        else:
            _drop_oldest(self.folder.parent, but=self.folder)
        self._file = open_appending(self.path)

    def _read(self) -> None:
        """Take over every whole line; cut off what follows the last."""
        good = 0
        with self.path.open("rb") as file:
            for text in iter(lambda: file.readline(_LONGEST_LINE), b""):
                line = _line(text)
                if line is None or not self._take(line):
                    break
                good += len(text)
        os.truncate(self.path, good)

    def _append(self, line: dict[str, Any]) -> None:
        assert self._file is not None
        data = json.dumps(line, ensure_ascii=True, allow_nan=False).encode() + b"\n"
        while data:  # an unbuffered write may stop short, as on a disk that is nearly full
            data = data[self._file.write(data) :]
        self._take(line)

    def _take(self, line: dict[str, Any]) -> bool:
        """Bring the state up to a line; False for one that is none of ours."""
        try:
            getattr(self, f"_take_{line['kind']}")(line)
        except (AttributeError, KeyError, TypeError, ValueError, SettingsError):
            return False
        return True

    def _take_settings(self, line: dict[str, Any]) -> None:
        self.settings, self.rendered = crawl_settings(line["settings"]), bool(line["rendered"])

    def _take_page(self, line: dict[str, Any]) -> None:
        self.visited.add(canonical(line["address"]))
        self.pages += 1
        self.next_address = line["next"]
        follows = self.settings is not None and self.settings.follow
        for key in line["products"]:
            self.found.setdefault(key, not follows)

    def _take_product(self, line: dict[str, Any]) -> None:
        read_product(line["product"])
        self.found[line["key"]] = True

    def _take_skipped(self, line: dict[str, Any]) -> None:
        self.skipped.append(SkippedFile(line["name"], line["reason"], line["detail"]))

    def _take_end(self, line: dict[str, Any]) -> None:
        self.ended = str(line["why"])


def _line(text: bytes) -> dict[str, Any] | None:
    if not text.endswith(b"\n"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("kind"), str) else None


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for text in iter(lambda: file.readline(_LONGEST_LINE), b""):
            line = _line(text)
            if line is not None:
                yield line


def _drop_oldest(folder: Path, *, but: Path) -> None:
    """Keep only so many journals: results can be fetched again."""
    others = [each for each in folder.iterdir() if each != but and (each / "journal.jsonl").exists()]
    others.sort(key=lambda each: (each / "journal.jsonl").stat().st_mtime)
    for each in others[: max(0, len(others) - MOST_JOURNALS)]:
        shutil.rmtree(each, ignore_errors=True)
