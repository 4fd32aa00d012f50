"""Result pages that a server sends whole."""

import pytest

from core.catalog.sources import SkippedFile
from core.catalog.web.client import USER_AGENT
from core.errors import CatalogError
from tests.catalog.web.crawl.conftest import ids
from tests.catalog.web.crawl.shop import listing, page


def test_pages_are_turned_and_products_read_without_a_single_selector(crawl, shop):
    source = crawl("/shirts")
    records = list(source.records())
    # 15 products, 6 a page: three pages, in order.
    assert [record.product_id for record in records] == [f"{shop.address}/product/{n}" for n in range(1, 16)]
    first = records[0]
    assert (first.title, first.brand) == ("Shirt 1", "Maker")
    assert (first.price_minor_units, first.currency) == (1150, "EUR")  # "€ 11,50"
    assert first.category == ("Clothing", "Shirts")  # the breadcrumb without its "Home"
    assert [picture.url for picture in first.pictures] == [f"{shop.address}/photo/1.png"]  # 400w, not 80w
    assert first.attributes["link"] == f"{shop.address}/product/1"
    assert source.count() == 15 and source.skipped() == []


def test_each_page_is_asked_for_once_with_an_honest_name(crawl, shop):
    ids(crawl("/shirts"))
    assert shop.asked == {"/robots.txt": 1, "/shirts": 1, "/shirts?page=2": 1, "/shirts?page=3": 1}
    assert shop.names == {USER_AGENT} and USER_AGENT.startswith("ShelfLens/")


def test_a_finished_crawl_is_not_repeated_within_its_hours(crawl, shop):
    first = ids(crawl("/shirts"))
    assert ids(crawl("/shirts")) == first
    assert shop.asked["/shirts"] == 1
    ids(crawl("/shirts", keep_hours=0))
    assert shop.asked["/shirts"] == 2


@pytest.mark.parametrize(
    ("settings", "count", "pages"),
    [({"stop_products": 8}, 8, 2), ({"stop_pages": 1}, 6, 1), ({"next": "none"}, 6, 1)],
)
def test_a_crawl_stops_where_it_is_told(crawl, shop, settings, count, pages):
    assert len(ids(crawl("/shirts", **settings))) == count
    assert sum(times for path, times in shop.asked.items() if path.startswith("/shirts")) == pages


def test_selectors_of_the_user_are_followed(crawl, shop):
    settings = {"product": "li.product", "title": "img@class", "attribute.cost": ".price", "picture": "img@srcset"}
    record = next(crawl("/shirts", next="none", fixed_category="Wear > Tops", **settings, link="h3 a").records())
    assert (record.title, record.category, record.attributes["cost"]) == ("photo", ("Wear", "Tops"), "€ 11,50")
    assert record.price_minor_units is None  # nothing said where a price stands


def test_numbers_in_the_address_end_with_the_first_page_without_news(crawl, shop):
    shop.answers["/numbered"] = lambda query: listing([1, 2] if query.get("page") != "2" else [3])
    source = crawl("/numbered", next="pages", page_address=f"{shop.address}/numbered?page={{page}}")
    assert len(ids(source)) == 3
    # Page 3 shows the first page again, as many shops do behind their last.
    assert shop.asked["/numbered?page=3"] == 1 and shop.asked["/numbered?page=4"] == 0


def test_a_circle_of_next_links_ends(crawl, shop):
    shop.answers["/a"] = listing([1, 2], after='<a rel="next" href="/b?utm_source=x">on</a>')
    shop.answers["/b"] = listing([3, 4], after='<a rel="next" href="/a">on</a>')
    assert len(ids(crawl("/a"))) == 4
    assert shop.asked["/a"] == 1


def test_endless_pages_with_the_same_products_end(crawl, shop):
    shop.answers["/calendar"] = lambda query: listing(
        [1, 2], after=f'<a rel="next" href="/calendar?day={int(query.get("day", 0)) + 1}">on</a>'
    )
    assert len(ids(crawl("/calendar"))) == 2
    # Two pages in a row without anything new are enough to know.
    assert sum(times for path, times in shop.asked.items() if path.startswith("/calendar")) == 3


def test_products_own_pages_add_what_the_card_lacks(crawl, shop):
    source = crawl("/shirts", next="none", follow="yes", **{"detail.attribute.size": ".size"})
    record = next(source.records())
    assert record.title == "Shirt 1"  # the card's
    assert record.color == "white" and record.description == "Number 1, cool in summer."
    assert [picture.url for picture in record.pictures] == [
        f"{shop.address}/photo/1.png",
        f"{shop.address}/photo/1-back.png",
    ]
    assert record.attributes["size"] == "M"


def test_a_missing_product_page_keeps_the_card(crawl, shop):
    shop.answers["/product/2"] = (404, {}, b"")
    source = crawl("/shirts", next="none", follow=True)
    assert [record.title for record in source.records()][1] == "Shirt 2"
    assert [(file.name, file.reason) for file in source.skipped()] == [(f"{shop.address}/product/2", "http_404")]


def test_products_that_a_page_describes_for_search_engines_are_read(crawl, shop):
    data = """<script type="application/ld+json">{"@graph": [{"@type": "ItemList", "itemListElement": [
      {"@type": "ListItem", "item": {"@type": "Product", "url": "/p/1", "name": "Lamp", "image": {"url": "/l.png"},
        "brand": {"@type": "Brand", "name": "Lux"}, "offers": {"price": 12.5, "priceCurrency": "USD"}}}]}]}</script>"""
    shop.answers["/described"] = page("<p>no cards</p>", head=data)
    [record] = crawl("/described").records()
    assert (record.title, record.brand, record.price_minor_units, record.currency) == ("Lamp", "Lux", 1250, "USD")


def test_relative_links_are_read_against_the_base_and_the_encoding_is_that_of_the_page(crawl, shop):
    text = listing([1, 2], head='<base href="/deep/">')[2].decode().replace('href="/product', 'href="product')
    body = text.replace("Shirt", "Hémd").encode("iso-8859-1", "xmlcharrefreplace")
    shop.answers["/old"] = (200, {"Content-Type": "text/html; charset=ISO-8859-1"}, body)
    record = next(crawl("/old").records())
    assert (record.product_id, record.title) == (f"{shop.address}/deep/product/1", "Hémd 1")


def test_a_next_page_that_is_gone_ends_the_crawl_and_is_listed(crawl, shop):
    shop.answers["/last"] = listing([1, 2], after='<a rel="next" href="/gone">on</a>')
    source = crawl("/last")
    assert len(ids(source)) == 2
    assert source.skipped() == [SkippedFile(f"{shop.address}/gone", "http_404", "the host answers 404")]


def test_a_page_without_products_says_what_to_do(crawl, shop):
    shop.answers["/empty"] = page("<p>Nothing</p>")
    with pytest.raises(CatalogError, match=r"no product was found at .*/empty: look with `crawl-preview`"):
        crawl("/empty")
