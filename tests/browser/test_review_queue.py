"""A reviewer works through the queue by keyboard, with undo; writes what was accepted, and undoes the writing."""

from playwright.sync_api import expect

from core.catalog.catalogs import find_catalog
from core.catalog.products import get_product
from tests.review.reviewing import BOWLS, MUGS, suspected

STEP_MS = 20_000


def figure(page, label):
    return page.get_by_test_id("stMetric").filter(has_text=label).first


def finding(page, product_id):
    """The card of a product; the next one only comes once the decision is kept."""
    card = page.locator(f'.finding[data-product="{product_id}"]:not(.sent)')
    expect(card).to_be_visible(timeout=STEP_MS)
    return card


def test_the_queue_by_keyboard_with_undo(serve, visit, home):
    suspected(home, 4, rows=[{"title": "Mug <img src=x onerror=alert(1)>"}, {}, {}, {}])
    visitor = visit(serve(home))
    page = visitor.open("/review")
    assert page.locator(".finding img[onerror]").count() == 0
    finding(page, "p0").focus()
    page.keyboard.press("a")
    finding(page, "p1")
    expect(figure(page, "Accepted")).to_contain_text("1", timeout=STEP_MS)
    page.keyboard.press("u")  # the keyboard stayed with the queue
    finding(page, "p0")
    page.keyboard.press("k")
    finding(page, "p1")
    page.keyboard.press("a")
    finding(page, "p2")
    page.keyboard.press("c")
    page.keyboard.type("Kitchen>Plates")
    page.keyboard.press("Enter")
    finding(page, "p3")
    page.reload()  # decisions survive
    finding(page, "p3")
    expect(figure(page, "Kept")).to_contain_text("1", timeout=STEP_MS)
    page.get_by_role("button", name="Write 2 changes").click()
    expect(page.get_by_text("2 products changed.")).to_be_visible(timeout=STEP_MS)
    catalog = find_catalog(home, "shop")
    assert [get_product(home, catalog, f"p{place}").category for place in range(4)] == [
        MUGS,
        BOWLS,
        "Kitchen > Plates",
        MUGS,
    ]
    page.locator(".st-key-undo_written button").click()
    expect(page.get_by_text("2 accepted changes not written yet")).to_be_visible(timeout=STEP_MS)
    assert get_product(home, catalog, "p1").category == MUGS
