"""Result pages from the command line, against a shop on loopback."""

import pytest

from tests.catalog.web.crawl.shop import HOST, open_shop


@pytest.fixture
def shop():
    with open_shop() as running:
        yield running


def test_a_page_is_looked_at_and_then_imported(call, shop):
    options = ("--allow-host", HOST, "--crawl", "seconds=0", "--crawl", "stop_products=8")
    seen = call("crawl-preview", f"{shop.address}/shirts", *options, "--json")
    assert seen.code == 0, seen.err
    assert seen.json["found"] == 6 and seen.json["matches"]["product"] == 6
    assert seen.json["next_address"] == f"{shop.address}/shirts?page=2"
    assert seen.json["settings"]["product"] == "li.product"
    done = call("import", f"{shop.address}/shirts", "--catalog", "shop", "--format", "web", *options, "--json")
    assert done.code == 0, done.err
    assert (done.json["products"], done.json["pictures"]) == (8, 8)


def test_people_get_a_table_of_selectors_and_products(call, shop):
    shop.robots = "User-agent: *\nAllow: /"
    shown = call("crawl-preview", f"{shop.address}/shirts", "--allow-host", HOST, "--crawl", "seconds=0")
    assert shown.code == 0, shown.err
    for words in ("robots.txt", "allows this page", "li.product", "6 of 6", "Shirt 1", "€ 11,50", "the next page"):
        assert words in shown.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--crawl", "speed=9"), "no crawl setting is called 'speed'"),
        (("--crawl", "product=li["), "the selector for product is no CSS"),
        (("--crawl", "seconds=-1"), "the crawl's seconds must be a number from 0 to 300"),
        (("--crawl", "next=pages"), "page_address must hold {page} once"),
        ((), "no address of the public internet"),
    ],
)
def test_mistakes_give_one_message(call, shop, words, message):
    for command in (("crawl-preview",), ("import", "--catalog", "shop")):
        answer = call(*command, f"{shop.address}/shirts", *words)
        assert (answer.code, answer.out) == (2, "")
        assert message in answer.err and answer.err.count("\n") <= 2


def test_a_forbidden_page_is_not_crawled(call, shop):
    shop.robots = "User-agent: ShelfLens\nDisallow: /"
    answer = call("import", f"{shop.address}/shirts", "--catalog", "shop", "--allow-host", HOST)
    assert answer.code == 2 and "asks not to fetch" in answer.err
    assert set(shop.asked) == {"/robots.txt"}
