"""The confusion of more categories than are written into squares: a click looks into a square, then at its pictures."""

import re

import pytest
from playwright.sync_api import expect

from benchmarks.confusion_page import CATALOG, RUN, build_home
from core.evaluation.report import evaluate_run
from tests.browser.square_pointer import drawn_matrix, first_full, square_at


@pytest.fixture(scope="module")
def many_home(tmp_path_factory):
    return build_home(tmp_path_factory.mktemp("many"), 160, 1200)


def test_a_click_looks_into_a_square_and_then_at_its_pictures(serve, visit, many_home):
    page = visit(serve(many_home)).open(f"/evaluate?show=Confusion&catalog={CATALOG}&run={RUN}&level=All")
    expect(page.get_by_text("160 true × 160 predicted of 160 categories")).to_be_visible()
    canvas = drawn_matrix(page)
    canvas.click(
        position=square_at(canvas, *first_full(canvas)[:2])
    )  # 54 squares a side, 3 x 3 pairs of categories each
    expect(page.get_by_text("3 true × 3 predicted of 160 categories")).to_be_visible()
    page.get_by_role("button", name="Whole matrix").click()
    expect(page.get_by_text("160 true × 160 predicted of 160 categories")).to_be_visible()

    confusion = evaluate_run(many_home, RUN).confusion
    names = [name.rsplit(" > ", 1)[-1] for name in confusion.classes]
    page = visit(serve(many_home)).open(
        f"/evaluate?show=Confusion&catalog={CATALOG}&run={RUN}&level=All&block=0-40-0-40"
    )
    expect(page.get_by_text("40 true × 40 predicted of 160 categories")).to_be_visible()
    canvas = drawn_matrix(page)
    row, column, count = first_full(canvas)
    where = square_at(canvas, row, column)
    canvas.hover(position=where)
    tip = page.locator(".st-key-confusion .tip")
    expect(tip).to_contain_text(f"predicted: {confusion.classes[column]}")
    expect(tip).to_contain_text(f"{count} pictures")
    canvas.click(position=where)
    expect(page.locator(".card")).to_have_count(min(int(count), 48))
    expect(page).to_have_url(re.compile(rf"true=.*{names[row].replace(' ', '.')}"))
