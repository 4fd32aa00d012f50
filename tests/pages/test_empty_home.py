"""A new home: every page says what to do, and none breaks."""

import pytest

from tests.pages.conftest import PAGES, broken, words


# Health has nothing to do with catalogs.
@pytest.mark.parametrize("page", sorted({*PAGES} - {"health"}))
def test_page_of_an_empty_home_shows_the_way(home, open_page, page):
    app = open_page(home, page)
    assert broken(app) == []
    said = words(app)
    assert "Welcome to ShelfLens" in said or "There is no catalog yet" in said or "What do you have?" in said


def test_overview_offers_exactly_two_ways_to_begin(home, open_page):
    app = open_page(home, "overview")
    assert [button.label for button in app.main.button] == ["Build the demo", "Import a folder"]


def test_unknown_catalog_in_the_address_is_named_not_obeyed(home, open_page):
    app = open_page(home, "catalog", "catalog=../../etc")
    assert broken(app) == []


def test_a_page_shows_nothing_where_others_could_reach_it(home, open_page, monkeypatch):
    monkeypatch.setattr("core.ui.guard.exposure_problem", lambda _address: "open to everybody, without a login")
    app = open_page(home, "overview")
    assert [each.value for each in app.error] == ["open to everybody, without a login"]
    assert len(app.button) == 0
