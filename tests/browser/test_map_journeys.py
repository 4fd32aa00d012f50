"""The map in a real browser: from a loop to a slice and to review, search, a morph, and 100,000 points presented."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from benchmarks.map_page import keep_map, make_home
from core.catalog.catalogs import find_catalog
from core.catalog.slices import read_slice
from core.explore.catalog_maps import latest_map
from core.explore.map_coloring import color_by_kind, shape_by_kind
from core.explore.map_page import map_page
from core.explore.map_picture import MapPicture, map_data
from core.explore.map_scene import SPAN
from core.ui.product_grid import component_text


def drawn(page: Page) -> None:
    expect(page.locator(".map[data-drawn]")).to_be_visible()


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a share of the map's width and height is on the page."""
    box = page.locator(".stage").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def draw_loop(page: Page, *corners: tuple[float, float]) -> None:
    page.keyboard.down("Shift")
    page.mouse.move(*place(page, *corners[0]))
    page.mouse.down()
    for corner in [*corners[1:], corners[0]]:
        page.mouse.move(*place(page, *corner), steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")


WITHOUT_WEBGL = """const make = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind.startsWith("webgl") ? null : make.call(this, kind, ...more);
    };"""


def picture_of(page: Page) -> np.ndarray:
    """Save the map as a PNG and read it, without its legend."""
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    with Image.open(saved.value.path()) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)[:, :-260]


def colors_of(pixels: np.ndarray) -> np.ndarray:
    """Tell the pixels with a color: dots have one; names, which are drawn over them, are dark or pale."""
    return pixels.max(axis=2) - pixels.min(axis=2) > 60


def point_at_something(page: Page) -> None:
    """Move the pointer until it stands on a product."""
    for y in np.linspace(0.1, 0.9, 25):
        for x in np.linspace(0.1, 0.9, 25):
            page.mouse.move(*place(page, x, y))
            if page.locator(".stage.on-point").count():
                return
    raise AssertionError("no product lies under any of 625 places")


def colored(page: Page) -> np.ndarray:
    return colors_of(picture_of(page))


def test_from_a_loop_to_a_slice_and_to_review(serve, visit, demo_copy):
    visitor = visit(serve(demo_copy))
    page = visitor.open("/embeddings?by=category")
    drawn(page)
    draw_loop(page, (0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99))
    heading = page.get_by_role("heading", name=re.compile("products selected"))
    expect(heading).to_be_visible()
    count = int(heading.inner_text().split()[0].replace(",", ""))
    assert count > 600  # a loop around everything selects every product with a picture
    expect(page.locator(".card")).to_have_count(48)
    expect(page).to_have_url(re.compile("loop="))
    page.get_by_role("button", name="Save as a slice").click()
    page.get_by_label("Name").fill("everything")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("slice=everything"))
    assert len(read_slice(demo_copy, find_catalog(demo_copy, "demo"), "everything").product_ids) == count
    page.get_by_role("button", name="Send to review").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(f"Sent {count} products to review.")).to_be_visible()
    expect(page.get_by_role("link", name="What was sent")).to_have_attribute("href", re.compile("queue=sent"))
    page.get_by_role("button", name=f"{count} selected").click()  # beside the map: what is selected lies below it
    expect(heading).to_be_in_viewport()
    page.go_back()  # one step leads from the slice to the loop
    expect(page).to_have_url(re.compile("loop="))
    expect(page).not_to_have_url(re.compile("slice="))
    page.go_forward()
    expect(page).to_have_url(re.compile("slice=everything"))
    # The link alone shows the same to somebody else, who lets go with the keyboard.
    other = visit(visitor.server).open(page.url.removeprefix(visitor.server.address))
    expect(other.get_by_role("heading", name=f"{count} products selected")).to_be_visible()
    drawn(other)
    other.locator(".map").focus()
    other.keyboard.press("Escape")
    expect(other.get_by_role("heading", name=re.compile("products selected"))).to_have_count(0)


def test_search_highlights_and_the_pointer_shows_pictures(visit, demo_server):
    visitor = visit(demo_server)
    page = visitor.open("/embeddings")
    drawn(page)
    page.locator(".map").focus()
    page.keyboard.press("/")
    page.keyboard.type("mug")
    expect(page.locator(".hits")).to_have_text(re.compile(r"^\d+ found$"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("products selected"))).to_be_visible()
    tip = page.locator(".tip.on")
    left, top = place(page, 0, 0)
    right, bottom = place(page, 1, 1)
    for y in np.linspace(top + 20, bottom - 20, 14):  # points are on a canvas: look for one
        page.mouse.move(left, y)
        page.mouse.move(right, y, steps=50)
        if page.locator(".stage.on-point").count():
            break
        for x in np.linspace(left, right, 25):
            page.mouse.move(x, y)
            if page.locator(".stage.on-point").count():
                break
        else:
            continue
        break
    expect(tip).to_be_visible()
    expect(tip.locator("img")).to_have_attribute("src", re.compile(r"^data:image/webp;base64,"))
    page.locator(".map").focus()
    page.keyboard.press("Escape")  # lets go of what was found
    expect(page.get_by_role("heading", name=re.compile("products selected"))).to_have_count(0)
    # Nearer, pictures stand in place of dots: the wheel keeps the product under the pointer where it is.
    for _step in range(5):
        page.mouse.wheel(0, -400)
    expect(page.locator(".pictures img").first).to_have_attribute("src", re.compile(r"^data:image/webp;base64,"))
    # What the graphics card lets go is drawn anew.
    page.locator(".map").evaluate("map => delete map.dataset.drawn")
    page.locator("div.points canvas").evaluate("""canvas => {
        canvas.dataset.lost = "";
        canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
    }""")
    expect(page.locator("div.points canvas:not([data-lost])")).to_be_visible()
    drawn(page)
    expect(page.locator(".note")).to_be_empty()
    page.keyboard.press("0")
    assert colored(page).sum() > 500
    _see_it_without_webgl(visit(visitor.server))


def _see_it_without_webgl(visitor):
    """The processor draws the map, with every gesture, and the visitor is told why it is slower."""
    visitor.page.add_init_script(WITHOUT_WEBGL)
    page = visitor.open("/embeddings")
    expect(page.get_by_text("This browser has no WebGL 2")).to_be_visible()
    drawn(page)
    expect(page.locator("canvas.points")).to_be_visible()
    whole = colored(page)
    page.mouse.move(*place(page, 0.5, 0.5))
    page.mouse.wheel(0, -200)  # nearer: dots grow, and spread
    nearer = colored(page)
    assert spread(nearer) > 1.3 * spread(whole) > 0
    page.mouse.move(*place(page, 0.1, 0.5))
    page.mouse.down()
    page.mouse.move(*place(page, 0.9, 0.5), steps=8)
    page.mouse.up()
    assert not colored(page)[:, :100].any()  # dragged to the right
    page.keyboard.press("0")
    draw_loop(page, (0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99))
    expect(page.get_by_role("heading", name=re.compile("products selected"))).to_be_visible()


def spread(pixels: np.ndarray) -> float:
    """How far from one another the colored pixels stand, across."""
    return float(np.nonzero(pixels)[1].std())


@pytest.fixture
def large_page(tmp_path):
    return write_page(tmp_path / "map.html", 100_000)


def write_page(path: Path, many: int) -> Path:
    """A page that stands alone with products of three shapes in five groups, morphing into a turned map."""
    random = np.random.default_rng(0)
    groups = random.integers(0, 5, many)
    middles = np.array([[0.2, 0.2], [0.8, 0.2], [0.5, 0.5], [0.2, 0.8], [0.8, 0.8]])
    spots = np.clip((middles[groups] + random.normal(0, 0.05, (many, 2))) * SPAN, 0, SPAN).astype(np.uint16)
    coloring = color_by_kind(pd.Series(groups).map("Group {}".format), by="group")
    shapes = shape_by_kind(color_by_kind(pd.Series(groups % 3).map("Kind {}".format), by="kind"))
    picture = MapPicture(
        spots, coloring, many, "Five groups", "groups", shapes=shapes, after=spots[:, ::-1], ends=("one", "two")
    )
    page = map_page(
        map_data(picture),
        title="Five groups",
        titles=[f"Product {number}" for number in range(many)],
        lines=[""] * many,
        body=component_text("product_map.html"),
        style=component_text("product_map.css"),
        scripts=[component_text("product_map.js"), component_text("map_drawing.js")],
        pictures=[(0, "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")],
    )
    path.write_text(page)
    return path


def test_a_hundred_thousand_points_are_presented_searched_and_morphed(browser, large_page):
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    seen = SimpleNamespace(complaints=[], hosts=set())
    page.on("console", lambda message: message.type == "error" and seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", lambda asked: seen.hosts.add(asked.url.split(":")[0]))
    page.goto(large_page.as_uri())
    drawn(page)
    page.locator(".map").focus()
    page.keyboard.press("f")
    expect(page.locator(".map.presenting")).to_be_visible()
    page.locator(".entry", has_text="Group 2").click()
    expect(page.locator(".entry[aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("/")
    page.keyboard.type("product 4242")
    # 4242, 42420 to 42429 ... every title that holds these words: 4242 anywhere in a number below 100,000.
    holding = sum("4242" in str(number) for number in range(100_000))
    expect(page.locator(".hits")).to_have_text(f"{holding:,} found")
    slider = page.get_by_role("slider", name="From one to two")
    slider.fill("100")
    assert slider.input_value() == "100"
    page.locator(".map").focus()
    for key in ("+", "ArrowLeft", "-", "0", "f"):
        page.keyboard.press(key)
    expect(page.locator(".map.presenting")).to_have_count(0)
    page.locator(".entry", has_text="Group 2").click()  # all groups again
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    text = saved.value.path().read_text()
    assert text.startswith("<svg") and text.count("M") > 90_000  # one outline each
    assert seen.complaints == []
    assert seen.hosts <= {"file", "blob", "data"}
    page.context.close()


def test_the_page_presents_a_hundred_thousand_products_and_morphs_them(serve, visit, tmp_path):
    home = make_home(tmp_path, 100_000)
    catalog = find_catalog(home, "made")
    turned = latest_map(home, catalog).frame.rename(columns={"x": "y", "y": "x"})[["product_id", "x", "y"]]
    turned.loc[:9_999, "x"] += 9  # a group that moves
    keep_map(home, catalog, turned, "colors")
    visitor = visit(serve(home))
    page = visitor.open("/embeddings?catalog=made")  # whatever the console says fails the test, see visit
    drawn(page)
    expect(page.locator(".map")).to_have_attribute("data-points", "100000")
    page.locator(".map").focus()
    page.keyboard.press("f")
    expect(page.locator(".map.presenting")).to_be_visible()
    page.locator(".entry").first.click()
    page.keyboard.press("+")
    point_at_something(page)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_visible()  # and nothing hides it
    expect(page.locator(".map.presenting")).to_have_count(0)
    page = visitor.open("/embeddings?catalog=made&show=Two+maps")
    drawn(page)
    page.get_by_role("slider", name="From").fill("70")
    expect(page).to_have_url(re.compile("[?&]at=0.7"))
    # The link shows the same place between the two maps.
    other = visit(visitor.server).open(page.url.removeprefix(visitor.server.address))
    drawn(other)
    expect(other.get_by_role("slider", name="From")).to_have_value("70")


def test_the_processor_draws_what_the_graphics_card_draws(browser, tmp_path):
    path = write_page(tmp_path / "map.html", 400)
    pictures = []
    for webgl in (True, False):
        page = browser.new_context(viewport={"width": 1000, "height": 700}).new_page()
        if not webgl:
            page.add_init_script(WITHOUT_WEBGL)
        page.goto(path.as_uri())
        drawn(page)
        assert page.locator("canvas.points").count() == (not webgl)
        page.get_by_label("Find on the map").fill("product 7")  # ringed
        expect(page.locator(".hits")).to_have_text(f"{sum('7' in str(number) for number in range(400))} found")
        page.wait_for_timeout(300)
        pictures.append(picture_of(page))
        page.context.close()
    assert colors_of(pictures[0]).sum() > 2000
    apart = np.abs(pictures[0] - pictures[1]).mean(axis=2)
    # A dot lies up to half a pixel elsewhere: it stands on whole pixels where the processor draws it.
    assert (apart > 60).mean() < 0.01
    assert abs(colors_of(pictures[0]).sum() / colors_of(pictures[1]).sum() - 1) < 0.1
