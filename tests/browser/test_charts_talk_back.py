"""Charts that answer: a confusion cell, sliders that reorder."""

import re

import numpy as np
from playwright.sync_api import expect

from core.evaluation.report import evaluate_run
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
