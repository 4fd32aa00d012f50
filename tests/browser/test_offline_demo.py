"""The demo to go, opened from the disk: search, sliders and explanations work, and nothing is asked of anybody."""

import numpy as np
from playwright.sync_api import expect

from core.catalog.catalogs import find_catalog
from core.recommend.index import open_index
from core.recommend.offline_demo import export_demo
from core.recommend.ranking import exact_parts, score_parts, weighted_mean
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import BASIC_PARTS, RankWeights


def scores_of(index, rows, product_id, weights):
    """Score the products of the demo against one of them, as ShelfLens does."""
    table = exact_parts(score_parts(index.query_product(product_id), index), rows, BASIC_PARTS)
    ids = [index.product_ids[row] for row in rows]
    return dict(zip(ids, weighted_mean(table, weights.shares()), strict=True))


def shown(page):
    return [card.get_attribute("data-product") for card in page.locator("#grid .card").all()]


def is_order_of(ids, scores, query):
    """Best first; the file keeps parts in 1/65,534 steps, so scores nearer than two of them may change places."""
    values = [scores[product_id] for product_id in ids]
    best = sorted((score for product_id, score in scores.items() if product_id != query), reverse=True)
    return np.allclose(values, best[: len(values)], atol=2 / 65_534)


def test_search_sliders_and_explanations_work_without_a_network(browser, demo_home, tmp_path):
    catalog = find_catalog(demo_home, "demo")
    settings = RankingSettings()
    path = tmp_path / "demo.html"
    assert export_demo(demo_home, catalog, settings, path, limit=60)["products"] == 60
    index = open_index(demo_home, catalog)
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    expect(page.locator("#grid .card")).to_have_count(48)
    every = page.evaluate("data.products.map((product) => product.id)")
    rows = np.array([index.rows[product_id] for product_id in every])

    words = page.locator("#grid .title").first.inner_text().split()[-1]
    page.locator("#search").fill(words.upper())
    for title in page.locator("#grid .card").all_inner_texts():
        assert words.lower() in title.lower()
    query = shown(page)[0]
    page.locator("#grid .card").first.click()
    before = shown(page)
    assert len(before) == 24 and query not in before
    assert is_order_of(before, scores_of(index, rows, query, settings.weights), query)
    told = page.locator("#grid .bar").first.get_attribute("aria-label")
    assert "visual" in told and "color" in told

    page.get_by_role("slider", name="visual").focus()
    page.keyboard.press("Home")  # no look at all
    expect(page.locator("#sliders output").first).to_have_text("0.00")
    after = shown(page)
    assert after != before
    weights = RankWeights(visual=0, color=0.5, price=0.5, category=0)
    assert is_order_of(after, scores_of(index, rows, query, weights), query)
    page.get_by_role("button", name="Reset").click()
    assert shown(page) == before
    assert [url for url in asked if not url.startswith(("data:", path.as_uri()))] == []
    assert complaints == []
    context.close()
