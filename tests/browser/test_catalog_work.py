"""An analyst's work: from a file somebody sent to a catalog, then filtering, mending and sharing what was seen."""

import csv
import io
import re
import zipfile

import cv2
import numpy as np
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from core.catalog.catalogs import find_catalog
from core.catalog.log import list_events
from core.catalog.products import get_product

JOB_MS = 120_000
ROWS = [
    # nr, title, shelf, maker, price, picture; "maker" is taken for no brand by its name alone
    ["m1", "Red <b>mug</b>", "Kitchen > Mugs", "Nord", "9.00", "m1.png"],
    ["m2", "Blue mug", "Kitchen > Mugs", "Velmora", "12.50", "m2.png"],
    ["m3", "Green bowl", "Kitchen > Bowls", "Nord", "30.00", "m3.png"],
    ["c1", "Wool scarf", "Clothing > Scarves", "Velmora", "45.00", "c1.png"],
]


def picture(place: int) -> bytes:
    drawn = np.full((80, 80, 3), (40 * place, 200 - 30 * place, 90), np.uint8)
    cv2.circle(drawn, (40, 40), 12 + 5 * place, (250, 250, 250), -1)
    return cv2.imencode(".png", drawn)[1].tobytes()


@pytest.fixture(scope="session")
def delivery(tmp_path_factory):
    """What a shop sends: a table, and its pictures in a zip file; c1.png was forgotten."""
    folder = tmp_path_factory.mktemp("delivery")
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["nr", "title", "shelf", "house", "price", "image"], *ROWS])
    (folder / "feed of may.csv").write_text(text.getvalue())
    with zipfile.ZipFile(folder / "pictures.zip", "w") as archive:
        for place, row in enumerate(ROWS[:3]):
            archive.writestr(f"pictures/{row[5]}", picture(place))
    return folder


def count_words(page, words: str):
    """The line above the grid, such as "2 products of 4"."""
    return page.get_by_text(re.compile(rf"^{words}$"))


def test_from_an_upload_to_a_mended_catalog(serve, visit, home, delivery):
    visitor = visit(serve(home))
    page = visitor.open("/import_products")
    page.get_by_role("button", name="Table file").click()
    page.get_by_text("Upload", exact=True).click()
    inputs = page.locator('input[type="file"]')
    expect(inputs).to_have_count(2)
    inputs.nth(1).set_input_files(delivery / "pictures.zip")
    expect(page.get_by_text("pictures.zip")).to_be_visible()
    inputs.nth(0).set_input_files(delivery / "feed of may.csv")
    expect(page.get_by_text("Which column is what")).to_be_visible()
    expect(page.get_by_test_id("stMetric").filter(has_text="Rows")).to_contain_text("4")
    # The mapping is corrected: "house" names the brand.
    visitor.settle()  # while the page is still being drawn, an open list closes again
    brand = page.get_by_role("combobox", name=re.compile(r"Brand"))
    house = page.get_by_role("option", name="house", exact=True)
    for _ in range(5):  # on a busy machine the page may be drawn once more and close the list
        brand.click()
        try:
            house.click(timeout=4000)
            break
        except PlaywrightTimeout:
            continue
    expect(page.get_by_text("named by you")).to_be_visible()
    name = page.get_by_role("textbox", name="Name of the catalog")
    expect(name).to_have_count(1)  # while the page is drawn anew, what it showed before may still be there
    expect(name).to_have_value("feed-of-may")
    page.get_by_role("button", name="Import", exact=True).click()
    browse = page.get_by_role("button", name="Browse the products")
    expect(browse).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_text("1 entry skipped")).to_be_visible()
    browse.click()
    cards = page.locator(".card")
    expect(cards).to_have_count(4)
    assert page.locator("b:has-text('mug')").count() == 0  # the title is no markup

    page.get_by_role("button", name="Brand", exact=True).click()
    page.locator(".pick", has_text="Nord").click()
    expect(count_words(page, "2 products of 4")).to_be_visible()
    page.get_by_role("button", name="Category", exact=True).click()
    page.locator(".row", has_text="Kitchen").get_by_role("button", name="Unfold").click()
    page.locator(".pick", has_text="Bowls").click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="Reset all").click()
    expect(cards).to_have_count(4)

    page.get_by_role("button", name="Price", exact=True).click()
    page.get_by_label(re.compile(r"^From")).fill("12")
    page.get_by_label(re.compile(r"^To")).fill("30")
    page.get_by_role("button", name="Apply").click()
    expect(count_words(page, "2 products of 4")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Search").fill("bowl")
    page.get_by_role("textbox", name="Search").press("Enter")
    expect(cards).to_have_count(1)

    cards.first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Change").click()
    category = dialog.get_by_role("combobox", name=re.compile(r"Category"))
    category.click()
    category.fill("Kitchen > Dishes")
    page.get_by_role("option", name=re.compile(r"Kitchen > Dishes")).click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Undo it under History.")).to_be_visible()
    catalog = find_catalog(home, "feed-of-may")
    assert get_product(home, catalog, "m3").category == "Kitchen > Dishes"
    dialog.get_by_role("tab", name="History").click()
    dialog.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert get_product(home, catalog, "m3").category == "Kitchen > Bowls"
    assert [event.kind for event in list_events(home)[:2]] == ["undo", "edit"]


def test_a_link_with_filters_shows_the_same_to_somebody_else(visit, demo_server):
    page = visit(demo_server).open("/catalog?category=Clothing&currency=EUR&low=20&sort=price%2C+low+first&page=2")
    titles = page.locator(".card .title")
    expect(titles).to_have_count(48)
    expect(page.get_by_role("button", name="Category: Clothing")).to_be_visible()
    expect(page.get_by_role("button", name="from € 20.00")).to_be_visible()
    seen = titles.all_inner_texts()
    other = visit(demo_server).open(page.url.removeprefix(demo_server.address))
    expect(other.locator(".card .title")).to_have_text(seen)
    # One filter less: the first page of more products.
    before = other.get_by_text(re.compile(r"products of 658")).inner_text()
    other.get_by_role("button", name="from € 20.00").click()
    expect(other.get_by_text(before, exact=True)).to_be_hidden()
    expect(other).not_to_have_url(re.compile(r"page=|low="))


def test_keyboard_alone_moves_selects_opens_and_comes_back(visit, demo_server):
    visitor = visit(demo_server)
    page = visitor.open("/catalog")
    cards = page.locator(".card")
    expect(cards).to_have_count(48)
    cards.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    # One down and back to the first column: right, down a row, left.
    place = page.evaluate(
        "() => { const grid = [...document.querySelectorAll('*')].map((node) => node.shadowRoot).find((root) =>"
        " root?.querySelector('.card')); const all = [...grid.querySelectorAll('.card')];"
        " return [all.indexOf(grid.activeElement), all.filter((card) =>"
        " card.getBoundingClientRect().top === all[0].getBoundingClientRect().top).length]; }"
    )
    assert place[0] == place[1]
    title = cards.nth(place[0]).locator(".title").inner_text()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(title, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).not_to_have_url(re.compile(r"product="))
    expect(cards.nth(place[0])).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("1 product selected")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 products selected")).to_be_visible()


def test_a_selection_is_left_out_and_taken_back(serve, visit, demo_copy):
    visitor = visit(serve(demo_copy))
    page = visitor.open("/catalog")
    cards = page.locator(".card")
    expect(cards).to_have_count(48)
    cards.first.hover()
    page.locator(".tick").first.click()
    expect(page.get_by_text("1 product selected")).to_be_visible()
    page.locator(".tick").nth(2).click(modifiers=["Shift"])
    expect(page.get_by_text("3 products selected")).to_be_visible()
    page.get_by_role("button", name="Leave out").click()
    expect(count_words(page, "655 products")).to_be_visible()
    page.get_by_role("button", name="Undo last edit").click()
    expect(count_words(page, "658 products")).to_be_visible()


def test_of_two_editors_the_second_sees_both_versions(serve, visit, demo_copy):
    server = serve(demo_copy)
    forms = []
    for _editor in range(2):
        page = visit(server).open("/catalog?product=D0005")
        forms.append(page.get_by_role("dialog"))
        forms[-1].get_by_role("tab", name="Change").click()
        expect(forms[-1].get_by_role("button", name="Save")).to_be_visible()
    first, second = forms
    first.get_by_label("Title").fill("Hers")
    first.get_by_role("button", name="Save").click()
    expect(first.page.get_by_text("Saved. Undo it under History.")).to_be_visible()
    second.get_by_label("Title").fill("Mine")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Somebody else changed this product while you edited it")).to_be_visible()
    catalog = find_catalog(demo_copy, "demo")
    assert get_product(demo_copy, catalog, "D0005").title == "Hers"
    second.get_by_role("button", name="Save mine over it").click()
    expect(second.page.get_by_text("Saved. Undo it under History.")).to_be_visible()
    assert get_product(demo_copy, catalog, "D0005").title == "Mine"
