"""The Review page: what waits, many accepted after a sample, writing and undoing, and plain words elsewhere."""

import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.products import get_product
from core.review.audit import keep_audit
from core.review.findings import LABELS, PRICES, Audit, Finding
from core.review.queue import send_products
from core.ui.review_writing import SURE
from tests.pages.conftest import broken, words
from tests.quality.shops import shop_of
from tests.review.reviewing import BOWLS, MUGS, suspected


def button(app, label):
    return next(each for each in app.button if each.label == label)


def figures(app):
    return {each.label: each.value for each in app.metric}


def test_an_empty_home_and_an_empty_catalog_say_so(home, open_page):
    assert "There is no catalog yet" in words(open_page(home, "review"))
    create_catalog(home, "empty", actor="tests")
    app = open_page(home, "review")
    assert broken(app) == []
    assert "This catalog is empty" in words(app)


@pytest.mark.parametrize("queue", ["labels", "duplicates", "prices", "pictures", "label", "sent", "<b>"])
def test_every_queue_of_a_fresh_catalog_says_what_to_do(home, open_page, queue):
    shop_of(home, [{}])
    app = open_page(home, "review", f"queue={queue}")
    assert broken(app) == []
    said = words(app)
    assert any(each in said for each in ("Nobody has looked", "Which pictures are worth", "Nothing waits"))


def test_many_are_accepted_after_a_sample_then_written_then_undone(home, open_page):
    catalog = suspected(home)
    app = open_page(home, "review")
    assert broken(app) == []
    assert figures(app)["To decide"] == "3"
    # 0.99, 0.98 and 0.97 are all at least 0.95.
    assert button(app, "Accept 3 findings").disabled
    app.checkbox[0].check().run()
    button(app, "Accept 3 findings").click().run()
    assert figures(app) == {"To decide": "0", "Accepted": "3", "Kept": "0", "Written": "0"}
    assert get_product(home, catalog, "p0").category == MUGS  # nothing is written yet
    button(app, "Write 3 changes").click().run()
    assert broken(app) == []
    assert get_product(home, catalog, "p0").category == BOWLS
    assert figures(app)["Written"] == "3"
    app.button(key="undo_written").click().run()
    assert get_product(home, catalog, "p0").category == MUGS
    assert figures(app)["Accepted"] == "3"


def test_a_slice_narrows_what_waits_and_its_link_shows_the_same(home, open_page):
    from core.catalog.slices import save_slice

    catalog = suspected(home)
    save_slice(home, catalog, "window", ["p2", "gone"], actor="Ada")
    app = open_page(home, "review", "slice=window")
    assert broken(app) == []
    assert figures(app)["To decide"] == "1" and "1 of 3 findings to decide are in the slice" in words(app)
    app.selectbox(key="_choice_slice").set_value("").run()
    assert figures(app)["To decide"] == "3" and "slice" not in app.query_params
    assert figures(open_page(home, "review", "slice=<b>"))["To decide"] == "3"  # no such slice: all of it


def test_odd_prices_start_where_there_are_some(home, open_page):
    catalog = shop_of(home, [{}, {}])
    findings = [Finding(each, PRICES, 0.77, "€ 10.00", "€ 1.25", "Costs 8x.") for each in ("p0", "p1")]
    keep_audit(home, catalog, Audit(PRICES, tuple(findings)))
    app = open_page(home, "review", "queue=prices")
    assert broken(app) == []
    assert app.slider(key="bulk_least_prices").value == SURE[PRICES] == 0.75


def test_an_older_audit_is_said_to_be_older(home, open_page):
    from core.catalog.product_edits import edit_products

    catalog = suspected(home)
    edit_products(home, catalog, ["p0"], {"category": "Garden"}, actor="Ada")
    app = open_page(home, "review")
    assert "The catalog has changed since it was judged" in words(app)
    assert figures(app)["To decide"] == "2"


def test_notes_and_sent_products_are_text_never_markup(home, open_page):
    name = "![spy](http://evil.test/a.png) :red[loud]"
    catalog = shop_of(home, [{"title": name, "category": name, "product_id": "p0"}])
    keep_audit(home, catalog, Audit(LABELS, (), (f"Nothing to compare: all products are filed in {name!r}.",)))
    send_products(home, find_catalog(home, "shop"), ["p0"], reason=name, actor="Grace")
    for queue in ("labels", "sent"):
        app = open_page(home, "review", f"queue={queue}")
        assert broken(app) == []
        kinds = (app.title, app.markdown, app.caption, app.info, app.warning)
        assert "evil.test" not in "\n".join(str(element.value) for kind in kinds for element in kind)
