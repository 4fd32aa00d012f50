"""A stakeholder's tour through the demo, and what every page may never do."""

import json
import re

from playwright.sync_api import expect

from tests.browser.accessibility import CONTRAST, barriers, skipped_levels, turn_to
from tests.browser.conftest import ROOT

FAULT = {
    "time": "2026-11-02T12:00:00.000+00:00",
    "level": "error",
    "event": "page_fault",
    "message": "ValueError: a column is missing",
    "error": "ValueError",
    "where": "pages/catalog.py:12",
    "error_id": "SL-0a1b2c3d",
    "process": 1,
}
PAGES = sorted(script.stem for script in (ROOT / "pages").glob("*.py"))


def test_tour_of_the_demo(visit, demo_server):
    visitor = visit(demo_server)
    page = visitor.open("/")
    page.get_by_role("button", name="Evaluate the newest run").first.click()
    expect(page.get_by_role("heading", name="Evaluate")).to_be_visible()
    expect(page.get_by_text("Most confused")).to_be_visible()
    page.get_by_role("link", name="Catalog").click()
    expect(page.get_by_role("heading", name="Catalog")).to_be_visible()
    cards = page.locator(".card")
    expect(cards).to_have_count(48)
    title = cards.first.locator(".title").inner_text()
    cards.first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(title, exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"product="))
    dialog.get_by_role("button", name="Find look-alikes").click()
    expect(page.get_by_role("heading", name="Recommend")).to_be_visible()
    expect(page.locator(".card .bar").first).to_be_visible()
    page.get_by_role("link", name="Embeddings").click()
    expect(page.locator(".map[data-drawn]")).to_be_visible()


def test_no_page_asks_another_host_complains_or_shuts_anybody_out(serve, visit, demo_copy):
    # A fresh server and a cold deep link first: there the icon of the tab was once fetched from the internet.
    server = serve(demo_copy)
    with (demo_copy.root / "logs" / "journal.jsonl").open("a") as journal:  # Health has a fault to list
        journal.write(json.dumps(FAULT) + "\n")
    visitor = visit(server)
    found = {}
    for name in PAGES:
        page = visitor.open(f"/{name}")
        page.wait_for_timeout(500)
        # The fixture compares the hosts after the test; here only that something was asked at all.
        assert server.address.removeprefix("http://") in visitor.hosts
        found[name, "light"] = barriers(page) + skipped_levels(page)
        turn_to(page, "dark")
        visitor.settle()
        found[name, "dark"] = barriers(page, CONTRAST)
        turn_to(page, "light")
    assert {place: lines for place, lines in found.items() if lines} == {}


def test_a_link_shows_what_its_sender_saw(visit, demo_server):
    page = visit(demo_server).open("/catalog?q=mug&sort=price%2C+high+first")
    expect(page.get_by_label("Search")).to_have_value("mug")
    first = page.locator(".card .title").first.inner_text()
    address = page.url.removeprefix(demo_server.address)
    other = visit(demo_server).open(address)
    expect(other.locator(".card .title").first).to_have_text(first)


def test_cards_are_reached_and_opened_by_keyboard(visit, demo_server):
    page = visit(demo_server).open("/catalog")
    cards = page.locator(".card")
    cards.first.focus()
    page.keyboard.press("ArrowRight")
    title = cards.nth(1).locator(".title").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text(title, exact=True)).to_be_visible()


def test_an_edit_is_saved_and_undone(serve, visit, demo_copy):
    visitor = visit(serve(demo_copy))
    page = visitor.open("/catalog")
    before = page.locator(".card .title").first.inner_text()
    page.locator(".card").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Change").click()
    dialog.get_by_label("Title").fill("A title of my own")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".card .title").first).to_have_text("A title of my own")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Undo last edit").first.click()
    expect(page.locator(".card .title").first).to_have_text(before)


def test_a_deleted_catalog_comes_back(serve, visit, demo_copy):
    visitor = visit(serve(demo_copy))
    page = visitor.open("/catalog?view=Manage")
    page.get_by_text("Yes, delete this catalog").click()
    visitor.settle()
    page.get_by_role("button", name="Delete").first.click()
    # It was the only one, so the visitor is welcomed anew; the log of changes takes the deletion back.
    expect(page.get_by_role("heading", name="Welcome to ShelfLens")).to_be_visible()
    page.get_by_text("Last changes", exact=True).click()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name="Evaluate the newest run").first).to_be_visible()
