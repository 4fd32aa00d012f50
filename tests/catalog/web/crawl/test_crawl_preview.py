"""What a crawl would find, shown before it is crawled."""

import io

import pytest
from PIL import Image

from core.catalog.database import read
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.schema import products
from core.catalog.source_preview import preview_source
from core.catalog.source_settings import SourceSettings
from core.catalog.web.crawl_preview import preview_crawl
from core.catalog.web.crawl_settings import crawl_settings
from core.errors import CatalogError
from tests.catalog.web.crawl.shop import HOST, listing, page


def look(home, shop, path, **settings):
    chosen = crawl_settings({"seconds": 0, **settings})
    return preview_crawl(home, shop.address + path, chosen, allowed_hosts=(HOST,))


def test_the_first_page_is_told_with_its_guesses(home, shop):
    shop.robots = "User-agent: *\nCrawl-delay: 3"
    preview = look(home, shop, "/shirts")
    assert (preview.found, preview.rendered, preview.title) == (6, "static", "A shop")
    assert preview.matches["product"] == preview.matches["price"] == 6
    assert (preview.next, preview.next_address) == ("the next page", f"{shop.address}/shirts?page=2")
    assert preview.seconds == 3 and preview.robots.endswith("allows this page and asks for 3 s between two requests")
    assert preview.settings.product == "li.product" and preview.warnings == ()


def test_selectors_are_tried_on_the_page_at_hand(home, shop):
    look(home, shop, "/shirts")
    preview = look(home, shop, "/shirts", product="li.product", title=".nothing", link="h3 a", picture="img")
    assert shop.asked["/shirts"] == 1
    assert preview.matches["title"] == 0
    assert preview.warnings == ("the selector of title finds nothing in the 6 cards",)


def test_a_selector_without_a_card_is_named(home, shop):
    preview = look(home, shop, "/shirts", product="article")
    assert preview.products == () and preview.warnings == ("nothing on this page matches 'article'",)


def test_a_page_that_scripts_would_fill_is_noticed(home, shop):
    shop.answers["/app"] = page('<div id="root"></div><script src="/app.js"></script>')
    preview = look(home, shop, "/app", render="static")
    assert "scripts seem to fill this page" in preview.warnings[1]


def test_what_a_site_forbids_is_not_looked_at(home, shop):
    shop.robots = "User-agent: *\nDisallow: /shirts"
    with pytest.raises(CatalogError, match="asks not to fetch"):
        look(home, shop, "/shirts")
    assert shop.asked["/shirts"] == 0


def test_the_first_products_are_shown_as_they_would_be_imported(home, shop):
    settings = SourceSettings(format="web", allowed_hosts=(HOST,), crawl={"seconds": 0})
    preview = preview_source(home, f"{shop.address}/shirts", settings=settings)
    assert preview.format == "web" and preview.count is None and len(preview.records) == 6
    assert preview.records[0].price_minor_units == 1150
    assert shop.asked["/shirts?page=2"] == 0


def test_a_crawl_is_imported_with_its_pictures_once(home, shop, crawl):
    settings = SourceSettings(format="web", allowed_hosts=(HOST,), crawl={"seconds": 0})

    def imported():
        source = crawl("/shirts")
        return import_source(
            home, source, catalog_name="shop", actor="tests", options=ImportOptions(), settings=settings
        ).to_json()

    first = imported()
    assert (first["products"], first["pictures"], first["categories"], first["new"]) == (15, 15, 1, 15)
    again = imported()
    assert (again["products"], again["pictures"], again["new"], again["changed"]) == (15, 15, 0, 0)
    with read(home) as connection:
        titles = {row.title for row in connection.execute(products.select())}
    assert titles == {f"Shirt {number}" for number in range(1, 16)}


def test_pictures_that_are_gone_are_counted(home, shop, crawl):
    shop.answers["/few"] = listing([1, 2, 3])
    shop.answers["/photo/2.png"] = (404, {}, b"")
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(buffer, "JPEG")
    shop.answers["/photo/3.png"] = (200, {"Content-Type": "image/jpeg"}, buffer.getvalue()[:200])
    settings = SourceSettings(format="web", allowed_hosts=(HOST,), crawl={"seconds": 0})
    report = import_source(home, crawl("/few"), catalog_name="shop", actor="tests", settings=settings).to_json()
    assert (report["products"], report["pictures"]) == (3, 1)
    assert {entry["reason"]: entry["count"] for entry in report["skipped"]} == {"http_404": 1, "truncated": 1}
