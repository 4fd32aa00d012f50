"""What a site asks is done: robots.txt, pauses, come later, go away."""

import asyncio

import pytest

from core.catalog.web.client import open_client
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.page_visits import SiteRefusal, Visits
from core.catalog.web.robots import read_rules
from core.errors import CatalogError
from tests.catalog.web.crawl.conftest import ids
from tests.catalog.web.crawl.shop import HOST, listing


def waits(shop, *paths, seconds=0.0):
    """Ask for some pages; give how long was waited in between, without waiting."""
    waited = []

    async def note(pause):
        waited.append(round(pause))

    async def ask():
        async with open_client(allowed_hosts=(HOST,)) as client:
            visits = Visits(client, seconds=seconds, allowed_hosts=(HOST,), sleep=note)
            for path in paths:
                await visits.get(shop.address + path)

    try:
        asyncio.run(ask())
    except CatalogError as error:
        return waited, error
    return waited, None


def test_a_forbidden_page_is_not_asked_for(crawl, shop):
    shop.robots = "User-agent: *\nDisallow: /shirts"
    with pytest.raises(CatalogError, match=r"the robots\.txt of http://127.* asks not to fetch http.*/shirts"):
        crawl("/shirts")
    assert shop.asked == {"/robots.txt": 1}


def test_rules_for_this_crawler_go_before_those_for_all(crawl, shop):
    shop.robots = "User-agent: *\nDisallow: /\n\nUser-agent: ShelfLens\nAllow: /"
    assert len(ids(crawl("/shirts", next="none"))) == 6


def test_a_forbidden_next_page_ends_the_crawl_and_is_listed(crawl, shop):
    shop.robots = "User-agent: ShelfLens\nDisallow: /*page=2"
    source = crawl("/shirts")
    assert len(ids(source)) == 6
    assert [(file.name, file.reason) for file in source.skipped()] == [(f"{shop.address}/shirts?page=2", "robots")]


def test_forbidden_product_pages_leave_the_cards(crawl, shop):
    shop.robots = "User-agent: *\nDisallow: /product/"
    source = crawl("/shirts", next="none", follow=True)
    assert len(ids(source)) == 6
    assert {file.reason for file in source.skipped()} == {"robots"} and len(source.skipped()) == 6
    assert not any(path.startswith("/product") for path in shop.asked)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_whose_rules_cannot_be_had_is_left_alone(crawl, shop, status):
    shop.robots = status
    with pytest.raises(CatalogError, match=f"its robots.txt answers {status}: try again later"):
        crawl("/shirts")
    assert shop.asked["/shirts"] == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_rules_allows_everything(crawl, shop, status):
    shop.robots = status
    assert len(ids(crawl("/shirts", next="none"))) == 6


def test_the_longer_of_both_pauses_is_kept(shop):
    shop.robots = "User-agent: *\nCrawl-delay: 7"
    paths = ("/shirts", "/shirts?page=2", "/shirts?page=3")
    # The pauses are not waited here, so each turn is counted from the first: 7 s after it, 14 s after it.
    assert waits(shop, *paths, seconds=2) == ([7, 14], None)
    assert waits(shop, *paths, seconds=9) == ([9, 18], None)


def test_a_site_that_asks_for_very_long_pauses_is_left_alone(crawl, shop):
    shop.robots = "User-agent: *\nCrawl-delay: 3600"
    with pytest.raises(CatalogError, match=r"asks for 3,600 s between two requests: more than 120 s is not waited"):
        crawl("/shirts")


def test_retry_after_is_waited_and_the_page_asked_for_again(shop):
    answers = iter([(429, {"Retry-After": "30"}, b""), (503, {"Retry-After": "soon"}, b""), listing([1])])
    shop.answers["/busy"] = lambda _query: next(answers)
    # 30 s as the site says, then the 5 s kept where it says nothing readable.
    assert waits(shop, "/busy") == ([30, 5], None)
    assert shop.asked["/busy"] == 3


def test_a_busy_site_is_given_up_after_three_tries(shop):
    shop.answers["/busy"] = (503, {"Retry-After": "1"}, b"")
    waited, error = waits(shop, "/busy")
    assert waited == [1, 1] and isinstance(error, SiteRefusal) and "asks to come later" in str(error)


def test_an_hour_is_not_waited(shop):
    shop.answers["/busy"] = (429, {"Retry-After": "3600"}, b"")
    waited, error = waits(shop, "/busy")
    assert waited == [] and "asks to come back in 3,600 s" in str(error)


def test_a_refusal_is_not_tried_again_and_what_was_found_is_kept(crawl, shop):
    shop.answers["/first"] = listing([1, 2], after='<a rel="next" href="/second">on</a>')
    shop.answers["/second"] = (403, {}, b"")
    message = r"refuses http.*/second \(403\).*; 2 products found so far are kept"
    with pytest.raises(CatalogError, match=message):
        crawl("/first")
    shop.answers["/second"] = listing([3])
    assert len(ids(crawl("/first"))) == 3
    assert shop.asked["/first"] == 1 and shop.asked["/second"] == 2


def test_redirects_are_asked_for_by_the_rules_too(shop):
    shop.robots = "User-agent: *\nDisallow: /secret"
    shop.answers["/open"] = (302, {"Location": "/secret"}, b"")
    _, error = waits(shop, "/open")
    assert isinstance(error, SiteRefusal) and shop.asked["/secret"] == 0


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://127.0.0.2/", "other_site"),
        ("http://169.254.169.254/latest/meta-data", "other_site"),
        ("file:///etc/passwd", "bad_url"),
        ("", "bad_url"),
        ("/round", "too_many_redirects"),
    ],
)
def test_redirects_elsewhere_are_refused(shop, target, reason):
    shop.answers["/round"] = (302, {"Location": target}, b"")
    _, error = waits(shop, "/round")
    assert isinstance(error, FetchError) and error.reason == reason


def test_a_private_address_is_refused_unless_it_is_allowed_by_name(home, shop):
    from core.catalog.source_settings import SourceSettings
    from core.catalog.web.crawl_source import open_crawl_source
    from core.progress import SilentProgress

    with pytest.raises(CatalogError, match=r"no address of the public internet.*--allow-host 127\.0\.0\.1"):
        open_crawl_source(home, f"{shop.address}/shirts", SourceSettings(), SilentProgress())
    assert not shop.asked


@pytest.mark.parametrize("text", ["", "\x00\xff", "Crawl-delay: nan", "User-agent: *\nCrawl-delay: 1e999", "a" * 10**6])
def test_broken_rules_ask_for_nothing(text):
    rules = read_rules(text)
    assert rules.delay_seconds == 0 and rules.allows("http://shop.example/x?y=%zz")
