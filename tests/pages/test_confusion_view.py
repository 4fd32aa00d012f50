"""The confusion of many categories on the page Evaluate, and what may go wrong while it is open."""

import pandas as pd
import pytest

from core.catalog.catalogs import find_catalog
from core.models.runs import ROWS, delete_run
from tests.evaluation.planted_run import planted_run
from tests.models.synthetic import planted_catalog
from tests.pages.conftest import broken, in_address, words

# Three top categories of 30 below each; one in three pictures is taken for the next category.
CLASSES = tuple(f"Top {place // 30} > Kind {place:02}" for place in range(90))


@pytest.fixture
def run_id(home):
    pairs = [(CLASSES[place % 90], CLASSES[(place + (place % 3 == 0)) % 90]) for place in range(180)]
    catalog = planted_catalog(home, [label for label, _ in pairs])
    return planted_run(home, catalog, pairs, classes=CLASSES)


def picture_count(app):
    return next(each.value for each in app.header if each.value.endswith(("picture", "pictures")))


def test_many_categories_are_rolled_up_and_a_level_leads_to_what_is_below(home, open_page, run_id):
    app = open_page(home, "evaluate", f"run={run_id}&show=Confusion")
    assert broken(app) == []
    assert "3 true × 3 predicted of 3 categories" in words(app)
    app.selectbox(key="true").select("Top 0").run()
    app.selectbox(key="predicted").select("Top 1").run()
    # Kinds 2, 5, ... are not moved; of 0, 3, ..., 27 none leaves the top category. Kind 29 is not divisible by 3.
    assert picture_count(app) == "0 pictures"
    app.button(key="look_below").click().run()
    assert in_address(app, "block") == "0-30-30-60"  # where the 30 kinds of either lie among 90
    app = open_page(home, "evaluate", f"run={run_id}&show=Confusion&level=All&block=0-30-30-60")
    assert broken(app) == []
    assert "30 true × 30 predicted of 90 categories" in words(app)
    app.button(key="whole_matrix").click().run()
    assert "90 true × 90 predicted of 90 categories. A square stands for up to 4 pairs" in words(app)


def test_a_pair_shows_its_pictures_and_search_narrows(home, open_page, run_id):
    query = f"run={run_id}&show=Confusion&level=All&true={CLASSES[3]}&predicted={CLASSES[4]}"
    app = open_page(home, "evaluate", query)
    assert broken(app) == []
    assert picture_count(app) == "2 pictures"  # products 3 and 93
    assert "Confused because" in [each.value for each in app.header]
    app.text_input(key="find").set_value("kind 03").run()
    # The row found; as columns it and what its pictures were taken for, kind 04.
    assert "1 true × 2 predicted of 90 categories" in words(app)
    app.text_input(key="find").set_value("no such words").run()
    assert "No category has all these words" in words(app)
    assert broken(app) == []


@pytest.mark.parametrize(
    "query", ["block=9-1-0-99", "block=x", "block=0-9999999-0-1", "level=Level 99", "class_order=<b>", "true=nobody"]
)
def test_what_the_address_says_wrongly_is_left_out(home, open_page, run_id, query):
    app = open_page(home, "evaluate", f"run={run_id}&show=Confusion&{query}")
    assert broken(app) == []
    assert "3 true × 3 predicted" in words(app)


def test_orders_and_only_mistakes(home, open_page, run_id):
    for query in ("class_order=Similarity&level=All", "class_order=Mistakes&only_mistakes=true", "show=Categories"):
        assert broken(open_page(home, "evaluate", f"run={run_id}&show=Confusion&{query}")) == []


def test_a_run_deleted_while_it_is_open_is_said(home, open_page, run_id):
    app = open_page(home, "evaluate", f"run={run_id}&show=Confusion&level=All")
    delete_run(home, run_id, actor="somebody else")
    app.selectbox(key="true").select(CLASSES[0]).run()
    assert broken(app) == []
    assert "The run in this link is not here any more." in words(app)
    assert "No run yet" in words(app)


def test_predictions_of_other_categories_are_refused_in_words(home, open_page, run_id):
    path = home.runs / run_id / ROWS
    rows = pd.read_parquet(path)
    rows.assign(predicted="Somewhere else").to_parquet(path, index=False)
    app = open_page(home, "evaluate", f"run={run_id}&show=Confusion")
    assert broken(app) == []
    assert "names a class that the run does not have" in words(app)


def test_why_offers_mistakes_and_says_what_is_missing(home, open_page, run_id):
    app = open_page(home, "evaluate", f"run={run_id}&show=Why")
    assert "The surest mistakes" in words(app) and broken(app) == []
    app = open_page(home, "evaluate", f"run={run_id}&show=Why&why=p0003")
    # The planted pictures have no files: nothing can be drawn, and that is said.
    assert "Where the run looked cannot be shown" in words(app) and broken(app) == []
    app = open_page(home, "evaluate", f"run={run_id}&show=Why&why=<i>nobody</i>")
    assert "No such product is among these pictures" in words(app) and broken(app) == []


def test_the_summary_says_where_the_run_comes_from_and_gives_intervals(home, open_page, run_id):
    from core.evaluation.report import evaluate_run

    app = open_page(home, "evaluate", f"run={run_id}")
    assert broken(app) == []
    name = find_catalog(home, "shop").name
    assert f"{name}, version " in words(app) and "180 test pictures in 90 categories" in words(app)
    assert "1 min 1 s" in words(app) and "No validation or test picture has a near duplicate" in words(app)
    evaluation = evaluate_run(home, run_id)
    shown = {metric.label: metric for metric in app.metric}
    assert shown["Accuracy"].value == "66.7 %"  # two of three
    for label, figure in (("Accuracy", "accuracy"), ("Macro F1", "macro_f1"), ("Top 3", "top3_accuracy")):
        low, high = evaluation.intervals[figure]
        assert shown[label].delta == f"{100 * low:.1f} to {100 * high:.1f}"
