"""Links that nobody should send: every name a page reads from its address, filled with what means harm."""

import itertools

import pytest

from tests.catalog.store import small_catalog
from tests.evaluation.planted_run import planted_run
from tests.models.synthetic import planted_catalog
from tests.pages.conftest import PAGES, _fresh_caches, broken, open_page  # noqa: F401 - fixtures

# Choices kept by our own names, and widgets that Streamlit binds to the address.
NAMES = (
    *("q", "page", "sort", "category", "brand", "color", "split", "issue", "slice", "low", "high", "currency"),
    *("pictures", "left_out", "product", "view", "run", "runs", "loop", "loop_only", "loop_by", "loop_at", "find"),
    *("only", "verdict_run", "target", "backbone", "recipe", "query", "why", "picture_set", "test", "queue", "by"),
    *("embedding", "distance", "shape", "against", "before", "after", "pair_method", "space_method", "strength"),
    *("job", "search_job", "histories_job", "step", "source", "another", "like", "block", "beside", "in_color"),
    *("level", "show", "show_labels", "only_mistakes", "true", "predicted", "outcome", "method", "way", "start"),
    *("price_from", "price_to", "budget", "crop_x", "crop_y", "precision", "judge_on", "label_seen", "curve_of"),
    *("line", "preset_shown", "slice_shown", "split_shown", "trade_from", "trade_to", "clock", "scaled", "planned"),
)
HOSTILE = (
    "<script>alert(1)</script>![x](http://evil.test/a.png)",
    "../../../../etc/passwd",
    "9" * 400,
    "-1e999",
    "\x00\u202e\ufffd\x1b[2J",
    "[" * 2000,
    '{"weights": {"visual": NaN}, "version": 1}',
    "0-99999999999-0-1",
    "nan,inf,-inf",
    "%00&catalog=x#",
)


@pytest.fixture
def shop(home):
    """A home with products of every kind and a run, so that pages have something to choose from."""
    small_catalog(home, "small")
    planted = planted_catalog(home, ["mug", "lamp", "mug", "lamp"])
    planted_run(home, planted, [("mug", "mug"), ("lamp", "mug")] * 2, classes=("lamp", "mug"))
    return home


@pytest.mark.parametrize(("place", "page"), enumerate(PAGES))
def test_a_page_says_something_or_ignores_it(place, page, shop, open_page, monkeypatch):  # noqa: F811
    values = itertools.cycle(HOSTILE[place % len(HOSTILE) :] + HOSTILE[: place % len(HOSTILE)])
    asked = dict(zip(NAMES, values, strict=False))
    monkeypatch.setattr("tests.pages.conftest.parse_qs", lambda _query: {name: [each] for name, each in asked.items()})
    asked["catalog"] = "shop"
    app = open_page(shop, page, "anything")
    assert broken(app) == []
    shown = "\n".join(str(each.value) for kind in (app.markdown, app.caption, app.title) for each in kind)
    assert "evil.test" not in shown and "<script" not in shown
