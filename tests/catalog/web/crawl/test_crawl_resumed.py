"""Crawls that are stopped, killed or damaged go on where they were."""

import json
import subprocess
import sys
import time

import pytest

from core.catalog.source_settings import SourceSettings
from core.catalog.web.crawl_settings import crawl_settings
from core.catalog.web.crawl_source import open_crawl_source
from core.errors import Cancelled, CatalogError
from core.progress import SilentProgress
from tests.catalog.web.crawl.conftest import ids
from tests.catalog.web.crawl.shop import HOST, listing

CHAIN = 8

CRAWL = """
import sys
from core.catalog.source_settings import SourceSettings
from core.catalog.web.crawl_source import open_crawl_source
from core.home import Home
from core.progress import SilentProgress
from pathlib import Path
settings = SourceSettings(allowed_hosts=("127.0.0.1",), crawl={"seconds": 0.3})
open_crawl_source(Home(Path(sys.argv[1])), sys.argv[2], settings, SilentProgress())
"""


def chain(shop):
    """Pages that each hold two products of their own and lead to the next."""

    def answer(query):
        number = int(query.get("page", 1))
        after = f'<a rel="next" href="?page={number + 1}">on</a>' if number < CHAIN else ""
        return listing([number * 2, number * 2 + 1], after=after)

    shop.answers["/chain"] = answer


def asked(shop):
    return {path: times for path, times in shop.asked.items() if path.startswith("/chain")}


def journal_of(home):
    [found] = home.cache.glob("crawls/*/journal.jsonl")
    return found


@pytest.mark.faults
def test_after_kill_9_no_page_is_asked_for_twice(home, shop):
    chain(shop)
    command = [sys.executable, "-c", CRAWL, str(home.root), f"{shop.address}/chain"]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(home.cache.glob("crawls/*/journal.jsonl")) or journal_of(home).read_text().count('"page"') < 3:
        assert time.monotonic() < deadline and worker.poll() is None
        time.sleep(0.02)
    worker.kill()
    worker.wait(10)
    noted = {json.loads(line)["address"] for line in journal_of(home).read_text().splitlines() if '"page"' in line}
    settings = SourceSettings(allowed_hosts=(HOST,), crawl={"seconds": 0})
    source = open_crawl_source(home, f"{shop.address}/chain", settings, SilentProgress())
    assert ids(source) == [f"{shop.address}/product/{number}" for number in range(2, 2 * CHAIN + 2)]
    # Pages in the journal were asked for once. At most the one under way at the kill was asked for again.
    again = [path for path, times in asked(shop).items() if times > 1]
    assert len(again) <= 1 and not any(shop.address + path in noted for path in again)


def test_a_cancelled_crawl_goes_on(home, shop):
    chain(shop)

    class Impatient(SilentProgress):
        def report(self, done, total, message):
            if done >= 4:
                raise Cancelled

    settings = SourceSettings(allowed_hosts=(HOST,), crawl={"seconds": 0.4})
    with pytest.raises(Cancelled):
        open_crawl_source(home, f"{shop.address}/chain", settings, Impatient())
    before = dict(asked(shop))
    assert 2 <= len(before) < CHAIN
    source = open_crawl_source(home, f"{shop.address}/chain", settings, SilentProgress())
    assert source.count() == 2 * CHAIN
    assert sum(asked(shop).values()) <= CHAIN + 1


def test_a_torn_or_damaged_line_costs_its_page_only(home, crawl, shop):
    chain(shop)
    complete = ids(crawl("/chain"))
    journal = journal_of(home)
    lines = journal.read_bytes().splitlines(keepends=True)
    # settings, eight pages, end: keep five pages and half of the sixth.
    journal.write_bytes(b"".join(lines[:6]) + lines[6][:40])
    shop.asked.clear()
    assert ids(crawl("/chain")) == complete
    assert asked(shop) == {f"/chain?page={number}": 1 for number in (6, 7, 8)}


@pytest.mark.parametrize("line", [b"\xff\xfe\n", b"[]\n", b'{"kind": "open"}\n', b'{"kind": "page", "address": 7}\n'])
def test_foreign_lines_are_cut_off(home, crawl, shop, line):
    ids(crawl("/shirts"))
    journal = journal_of(home)
    first = journal.read_bytes().splitlines(keepends=True)[0]
    journal.write_bytes(first + line * 2)
    assert len(ids(crawl("/shirts"))) == 15


def test_products_awaiting_their_own_page_are_read_after_a_stop(crawl, shop):
    shop.answers["/product/3"] = (429, {"Retry-After": "9999"}, b"")
    with pytest.raises(CatalogError, match="asks to come back"):
        crawl("/shirts", next="none", follow=True)
    del shop.answers["/product/3"]
    assert len(ids(crawl("/shirts", next="none", follow=True))) == 6
    assert shop.asked["/product/1"] == 1 and shop.asked["/product/3"] == 2 and shop.asked["/shirts"] == 1


def test_two_crawls_of_the_same_pages_do_not_meet(home, crawl, shop):
    from core.catalog.web.crawl_journal import CrawlJournal

    settings = crawl_settings({"seconds": 0})
    with (
        CrawlJournal(home, f"{shop.address}/shirts", settings),
        pytest.raises(CatalogError, match="is being crawled with these settings already"),
    ):
        crawl("/shirts")
