"""Charts that answer: a confusion cell, sliders that reorder."""

import re

import numpy as np
from playwright.sync_api import expect

from core.catalog.catalogs import find_catalog
from core.catalog.products import product_table
from core.evaluation.report import evaluate_run
from core.explore.cluster_settings import ClusterSettings
from core.explore.cluster_table import cross_table
from core.explore.clusters import make_clusters
from core.models.runs import list_runs
from tests.browser.square_pointer import drawn_matrix, square_at


def test_click_on_a_confusion_cell_shows_its_pictures(visit, demo_server):
    run = list_runs(demo_server.home)[0]
    confusion = evaluate_run(demo_server.home, run.run_id).confusion
    fullest = int(np.argmax(confusion.counts))
    row, column, count = (int(values[fullest]) for values in (confusion.true, confusion.predicted, confusion.counts))
    visitor = visit(demo_server)
    page = visitor.open(f"/evaluate?show=Confusion&run={run.run_id}")
    canvas = drawn_matrix(page)
    canvas.click(position=square_at(canvas, row, column))
    expect(page.get_by_role("heading", name=f"{count} pictures")).to_be_visible()
    expect(page.locator(".card")).to_have_count(min(count, 48))
    expect(page).to_have_url(re.compile(r"true=.*predicted="))
    # The same cell by address alone, as somebody without a mouse or with a link has it.
    address = page.url.removeprefix(visitor.server.address)
    other = visit(visitor.server).open(address)
    expect(other.get_by_role("heading", name=f"{count} pictures")).to_be_visible()


def test_click_on_a_square_of_clusters_leads_to_its_products_and_onto_the_map(visit, demo_server):
    catalog = find_catalog(demo_server.home, "demo")
    found = make_clusters(demo_server.home, catalog, settings=ClusterSettings(k=3), actor="ann")
    tops = product_table(demo_server.home, catalog).set_index("product_id")["category"].str.split(" > ").str[0]
    table = cross_table(found, tops)
    row = int(table.iloc[:, 0].to_numpy().argmax())  # where most of the largest category are
    count = int(table.iloc[row].iloc[0])
    page = visit(demo_server).open(f"/embeddings?show=Clusters&grouping={found.version}")
    canvas = drawn_matrix(page, key="cluster_matrix")
    canvas.click(position=square_at(canvas, row, 0))
    expect(page).to_have_url(re.compile(rf"cluster={row}.*cluster_category="))
    # A cluster that lies in one category alone has as many on its card.
    expect(page.get_by_text(re.compile(rf"^{count} products?$")).first).to_be_visible()
    page.get_by_role("button", name="Show on the map").click()
    # The whole cluster is selected, not the square alone.
    expect(page.get_by_role("heading", name=f"{int(table.iloc[row].sum())} products selected")).to_be_visible()


def test_sliders_reorder_the_grid(visit, demo_server):
    visitor = visit(demo_server)
    page = visitor.open("/catalog?q=mug")
    page.locator(".card").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Find look-alikes").click()
    matches = page.locator(".card:has(.place) .title")
    expect(matches).to_have_count(24)
    before = matches.all_text_contents()
    slider = page.get_by_role("slider", name="Visual")
    slider.focus()
    page.keyboard.press("Home")  # no look at all: color and price decide
    # The address changes at once, the grid when the server has ranked anew: so wait for the grid itself.
    expect(page).to_have_url(re.compile(r"weight_visual=0"))
    expect(matches).not_to_have_text(before)
    expect(matches).to_have_count(24)
    page.get_by_role("button", name="Reset").first.click()
    expect(page).not_to_have_url(re.compile(r"weight_visual"))
    expect(matches).to_have_text(before)
