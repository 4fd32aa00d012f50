"""Result pages on the Import page: looked at, corrected, seen as they would be imported."""

from html import escape

import pytest

from tests.catalog.web.crawl.shop import HOST, listing, open_shop
from tests.pages.conftest import broken, words
from tests.pages.test_hostile_names import HOSTILE, markup


@pytest.fixture
def shop():
    with open_shop() as running:
        yield running


@pytest.fixture
def look(home, open_page, shop):
    """Look at a page of the shop as a visitor does."""

    def looked(path, *, host=HOST):
        app = open_page(home, "import_products", "source=web")
        app.text_input(key="crawl_address").set_value(shop.address + path).run()
        app.text_input(key="crawl_hosts").set_value(host).run()
        button = next(each for each in app.main.button if each.label == "Look at the page")
        return button.click().run(timeout=60)

    return looked


def table(app, column):
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


def test_the_form_comes_filled_with_guesses(look, shop):
    app = look("/shirts")
    assert broken(app) == []
    assert app.text_input(key="crawl_field_product").value == "li.product"
    assert app.text_input(key="crawl_field_product").label == "Card of one product · 6 on this page"
    assert app.text_input(key="crawl_field_price").label == "Price · in 6 of 6"
    assert app.selectbox(key="crawl_field_next").value == "link"
    assert list(table(app, "First picture")["Title"]) == [f"Shirt {number}" for number in range(1, 7)]
    assert f"Next: the next page {shop.address}/shirts?page=2" in words(app)
    assert next(iter(table(app, "Product id")["Price"])) == "€ 11.50"
    assert shop.asked["/shirts"] == 1


def test_a_changed_selector_is_seen_without_asking_the_shop_again(look, shop):
    app = look("/shirts")
    app = app.text_input(key="crawl_field_title").set_value(".brand").run(timeout=60)
    assert set(table(app, "First picture")["Title"]) == {"Maker"}
    assert shop.asked["/shirts"] == 1


def test_a_broken_selector_is_named_and_the_other_fields_keep_their_values(look):
    app = look("/shirts")
    app.number_input(key="crawl_field_stop_products").set_value(7).run(timeout=60)
    app = app.text_input(key="crawl_field_title").set_value("h3[").run(timeout=60)
    assert "the selector for title is no CSS" in words(app)
    app = app.text_input(key="crawl_field_title").set_value("h3").run(timeout=60)
    assert app.number_input(key="crawl_field_stop_products").value == 7
    assert app.selectbox(key="crawl_field_next").value == "link"
    assert broken(app) == []


def test_a_site_that_says_no_is_told_as_it_is(look, shop):
    shop.robots = "User-agent: *\nDisallow: /shirts"
    app = look("/shirts")
    assert "asks not to fetch" in words(app) and len(app.dataframe) == 0
    assert shop.asked["/shirts"] == 0


def test_a_private_host_is_refused_with_a_way_out(look, shop):
    app = look("/shirts", host="")
    assert "no address of the public internet" in words(app) and "is allowed above" in words(app)
    assert not shop.asked


def test_names_on_foreign_pages_are_no_markup(look, shop):
    text = listing([1, 2, 3])[2].decode()
    for number, name in zip((1, 2, 3), HOSTILE, strict=False):
        text = text.replace(f">Shirt {number}<", f">{escape(name)}<")
    shop.answers["/odd"] = (200, {"Content-Type": "text/html; charset=utf-8"}, text.encode("utf-8", "replace"))
    app = look("/odd")
    assert broken(app) == []
    assert "evil.test" not in markup(app) and ":red[loud]" not in markup(app)
