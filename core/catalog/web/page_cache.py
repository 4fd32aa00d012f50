"""Pages kept for a few minutes, so that trying out selectors does not ask the shop again and again."""

import hashlib
import json
import time
from pathlib import Path

from core.catalog.web.page_visits import MOST_PAGE_BYTES, FetchedPage
from core.files import read_ordinary, write_whole
from core.home import Home

KEPT_SECONDS = 15 * 60
MOST_PAGES = 20


def cached_page(home: Home, address: str, *, rendered: bool) -> FetchedPage | None:
    """Give a page that was looked at a moment ago, or None."""
    path = _path(home, address, rendered=rendered)
    try:
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            return None
        head, _, data = read_ordinary(path, most_bytes=MOST_PAGE_BYTES + 65536).partition(b"\n")
        values = json.loads(head)
        return FetchedPage(str(values["address"]), data, values["content_type"], rendered=rendered)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def cache_page(home: Home, address: str, page: FetchedPage) -> None:
    """Keep a page, and of all of them the newest."""
    path = _path(home, address, rendered=page.rendered)
    head = json.dumps({"address": page.address, "content_type": page.content_type}).encode()
    write_whole(path, head + b"\n" + page.data)
    others = sorted(path.parent.glob("*.page"), key=lambda each: each.stat().st_mtime)
    for each in others[:-MOST_PAGES]:
        each.unlink(missing_ok=True)


def _path(home: Home, address: str, *, rendered: bool) -> Path:
    name = hashlib.sha256(f"{rendered} {address}".encode()).hexdigest()[:32]
    return home.cache / "crawls" / "pages" / f"{name}.page"
