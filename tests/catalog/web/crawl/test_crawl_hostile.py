"""Pages that nobody should send."""

import pytest

from core.errors import CatalogError
from tests.catalog.web.crawl.conftest import ids
from tests.catalog.web.crawl.shop import card, listing, page


def test_links_that_are_none_leave_the_picture_to_name_the_product(crawl, shop):
    links = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://evil.example/", "//127.0.0.2/x"]
    cards = "".join(card(number, link=link) for number, link in enumerate(links, start=1))
    shop.answers["/odd"] = page(f"<ul>{cards}</ul>")
    assert ids(crawl("/odd", product="li.product")) == [f"{shop.address}/photo/{n}.png" for n in range(1, 6)]


def test_cards_without_link_and_picture_are_listed(crawl, shop):
    shop.answers["/bare"] = page(f"<ul>{card(1)}<li class='product'><h3>Only words</h3></li></ul>")
    source = crawl("/bare", product="li.product")
    assert len(ids(source)) == 1
    assert [file.reason for file in source.skipped()] == ["no_link"]


def test_names_hold_no_control_marks_and_no_halves_of_characters(crawl, shop):
    data = (
        '<script type="application/ld+json">{"@type":"Product","url":"/p","name":"a\\ud800b\\u202ec\\u0007d"}</script>'
    )
    shop.answers["/marks"] = page("", head=data)
    [record] = crawl("/marks").records()
    assert record.title == "a b c d"


def test_an_attribute_of_megabytes_is_no_link_and_no_name(crawl, shop):
    huge = "x" * 2_000_000
    body = f"<ul>{card(1, link='/' + huge)}{card(2, title=huge)}{card(3)}</ul>"
    shop.answers["/huge"] = page(body)
    records = list(crawl("/huge", product="li.product", title="h3", link="h3 a").records())
    assert [record.product_id for record in records] == [
        f"{shop.address}/photo/1.png",
        f"{shop.address}/product/2",
        f"{shop.address}/product/3",
    ]
    assert len(records[1].title) == 2000


def test_a_page_of_ten_megabytes_is_refused(crawl, shop):
    shop.answers["/long"] = page("y" * 10_000_000)
    with pytest.raises(CatalogError, match="more than 8,388,608 bytes"):
        crawl("/long")


def test_a_page_that_takes_forever_to_take_apart_is_given_up(crawl, shop, monkeypatch):
    from core.catalog.web import page_reader

    monkeypatch.setattr(page_reader, "SECONDS", 2)
    # Elements nested without end: the parser of HTML takes time that grows with the square of their depth.
    shop.answers["/deep"] = page("<div>" * 500_000)
    with pytest.raises(CatalogError, match=r"/deep cannot be read: it takes more than 2 s or too much memory"):
        crawl("/deep")


def test_a_file_is_no_page(crawl, shop):
    with pytest.raises(CatalogError, match="it is no page but 'image/png'"):
        crawl("/photo/1.png")


def test_broken_html_is_read_as_browsers_do(crawl, shop):
    text = listing([1, 2, 3])[2].replace(b"</li>", b"").replace(b"</span>", b"").replace(b"</h3>", b"</h2></b>")
    shop.answers["/broken"] = (200, {}, text)
    assert len(ids(crawl("/broken", product="li.product"))) == 3


@pytest.mark.parametrize("address", ["ftp://shop.example/", "http://u:p@shop.example/", "http:///x", "http://x\\y/"])
def test_addresses_that_cannot_be_asked_are_refused(home, address):
    from core.catalog.source_settings import SourceSettings
    from core.catalog.web.crawl_source import open_crawl_source
    from core.progress import SilentProgress

    with pytest.raises(CatalogError, match="the address cannot be asked"):
        open_crawl_source(home, address, SourceSettings(), SilentProgress())
