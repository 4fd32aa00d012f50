"""The HTML files people pass on, full of hostile names, opened from the disk: nothing runs, nothing is asked for."""

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from core.evaluation.comparison import compare
from core.evaluation.comparison_files import comparison_html
from core.explore.map_coloring import color_by_kind
from core.explore.map_page import map_page
from core.explore.map_picture import MapPicture, map_data
from core.explore.map_scene import SPAN
from core.quality.report import quality_report
from core.quality.report_html import report_html
from core.recommend import offline_demo
from core.recommend.offline_demo import export_demo
from core.recommend.ranking_settings import RankingSettings
from core.ui.product_grid import component_text
from tests.catalog.store import small_catalog
from tests.evaluation.test_comparison import run, shares
from tests.quality.shops import shop_of
from tests.recommend.catalogs_for_ranking import random_index

TRAPS = (
    "<script>window.sprung=1</script>",
    "</script><script>window.sprung=2</script>",
    "</title></style><img src=http://evil.test/a.png onerror=window.sprung=3>",
    '"\' onmouseover=window.sprung=4 style=background:url(http://evil.test/b.png) x="',
    "<iframe srcdoc='<script>parent.sprung=5</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=http://evil.test/'><base href=http://evil.test/>",
    "<form action=http://evil.test><button autofocus onfocus=window.sprung=6>",
    "javascript:window.sprung=7",
    "--><svg/onload=window.sprung=8>\u2028window.sprung=9\u2029",
)
NAMES = [TRAPS[row % len(TRAPS)] for row in range(40)]


def demo(home, folder, monkeypatch):
    rows = [{"product_id": f"p{row}", "title": name, "category": name} for row, name in enumerate(NAMES)]
    monkeypatch.setattr(offline_demo, "open_index", lambda *_, **__: random_index(1))
    export_demo(home, shop_of(home, rows), RankingSettings(), folder / "demo.html", limit=40)


def quality(home, folder, _monkeypatch):
    rows = [{"product_id": f"{row}{name}", "title": name, "category": name} for row, name in enumerate(NAMES)]
    catalog = shop_of(home, rows)
    (folder / "quality.html").write_text(report_html(home, catalog, quality_report(home, catalog)), encoding="utf-8")


def comparison(_home, folder, _monkeypatch):
    runs = [
        run(name, shares(3 + place % 2, 5), recipe=name, settings={"x": name}) for place, name in enumerate(TRAPS[:4])
    ]
    (folder / "comparison.html").write_text(comparison_html(compare(runs)), encoding="utf-8")


def product_map(_home, folder, _monkeypatch):
    spots = np.random.default_rng(0).integers(0, SPAN, (len(NAMES), 2)).astype(np.uint16)
    picture = MapPicture(spots, color_by_kind(pd.Series(NAMES), by="category"), len(NAMES), NAMES[0], "x")
    page = map_page(
        map_data(picture),
        title=NAMES[2],
        titles=NAMES,
        lines=NAMES[::-1],
        body=component_text("product_map.html"),
        style=component_text("product_map.css"),
        scripts=[component_text("product_map.js"), component_text("map_drawing.js")],
    )
    (folder / "map.html").write_text(page, encoding="utf-8")


def policy_of(page):
    return page.locator("meta[http-equiv='Content-Security-Policy']").first.get_attribute("content")


@pytest.mark.parametrize("make", [demo, quality, comparison, product_map])
def test_a_file_full_of_traps_runs_nothing_and_asks_nobody(browser, home, tmp_path, monkeypatch, make):
    folder = tmp_path / "made"
    folder.mkdir()
    make(home, folder, monkeypatch)
    [path] = folder.iterdir()
    context = browser.new_context(viewport={"width": 1200, "height": 900})  # online: whatever wants to leave could
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(path.as_uri(), timeout=120_000)  # a busy machine takes long to draw a map
    for step in range(8):  # over whatever stands there
        page.mouse.move(100 + 130 * step, 120 + 80 * step)
    page.wait_for_timeout(200)

    assert "window.sprung=1" in page.locator("body").text_content()  # the traps are shown, as text
    assert page.evaluate("window.sprung") is None
    assert page.evaluate("[...document.querySelectorAll('iframe, form, base, object, embed, link')].length") == 0
    handlers = "[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter((a) => /^on/.test(a.name))"
    assert page.evaluate(f"{handlers}.length") == 0
    assert [url for url in asked if not url.startswith(("data:", "blob:", path.as_uri()))] == []
    assert complaints == []
    policy = policy_of(page)
    assert policy.startswith("default-src 'none'") and "base-uri 'none'" in policy and "form-action 'none'" in policy
    scripts = " ".join(re.findall(r"script-src ([^;]*)", policy)).split()
    assert "connect-src" not in policy and all(re.fullmatch(r"'sha256-[^' ]+'", each) for each in scripts)

    # Whatever slipped in would be held by the policy as well.
    page.evaluate("fetch('http://evil.test/').catch(() => { window.held = true })")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x: onerror=window.sprung=10>')")
    page.wait_for_function("window.held")
    assert page.evaluate("window.sprung") is None
    assert [url for url in asked if "evil.test" in url] == []
    context.close()


def test_tables_on_pages_offer_no_download_that_marks_no_formulas(serve, visit, home):
    """Streamlit writes names as they are; what people take along is written by `core.catalog.export_cells`."""
    small_catalog(home)
    page = visit(serve(home)).open("/catalog?catalog=shop&view=History")
    page.get_by_test_id("stDataFrame").first.hover()
    expect(page.get_by_role("button", name="Fullscreen").first).to_be_visible()  # the toolbar is there
    download = page.locator('button[aria-label^="Download as CSV"]')
    assert download.count() == 1  # by this name Streamlit still draws it
    expect(download).to_be_hidden()
