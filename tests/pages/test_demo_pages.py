"""The demo through every page: figures, links and choices as the address asks for them."""

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.products import product_table
from core.models.runs import list_runs
from tests.pages.conftest import PAGES, TITLES, broken, in_address, words


@pytest.fixture(scope="session")
def run(demo_home):
    return list_runs(demo_home)[0]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_the_demo_opens(demo_home, open_page, page):
    app = open_page(demo_home, page)
    assert broken(app) == []
    assert app.title[0].value == TITLES[page]
    assert in_address(app, "catalog") == "demo"


def test_overview_names_one_next_step(demo_home, open_page):
    app = open_page(demo_home, "overview")
    # Catalog, run and map are there, so what is left is looking at mistakes; it is the only primary button.
    primary = [button.label for button in app.main.button if button.proto.type == "primary"]
    assert primary == ["Evaluate the newest run"]


def test_evaluate_shows_the_figures_the_run_kept(demo_home, open_page, run):
    app = open_page(demo_home, "evaluate", f"run={run.run_id}")
    shown = {metric.label: metric.value for metric in app.metric}
    kept = run.metrics["test"]
    assert shown["Accuracy"] == f"{kept['accuracy'] * 100:.1f} %"
    assert shown["Macro F1"] == f"{kept['macro_f1'] * 100:.1f} %"
    assert shown["Pictures"] == f"{kept['pictures']:,}"


def test_evaluate_says_when_figures_are_not_fair(demo_home, open_page, run):
    app = open_page(demo_home, "evaluate", f"run={run.run_id}&split_shown=Training")
    assert broken(app) == []
    assert "only figures on test pictures are fair" in words(app)


def test_a_cell_named_in_the_address_is_shown(demo_home, open_page, run):
    category = run.classes[0]
    app = open_page(demo_home, "evaluate", f"show=Confusion&true={category}&predicted={category}")
    assert broken(app) == []
    assert f"true: {category}    predicted: {category}" in words(app)


def test_category_table_adds_up_to_the_test_pictures(demo_home, open_page, run):
    app = open_page(demo_home, "evaluate", "show=Categories")
    table = app.dataframe[0].value
    assert list(table["Category"]) == list(run.classes)
    assert table["Pictures"].sum() == run.metrics["test"]["pictures"]


def test_catalog_filters_from_the_address(demo_home, open_page):
    table = product_table(demo_home, find_catalog(demo_home, "demo"))
    category = table["category"].iloc[0]
    expected = int(table["category"].eq(category).sum())
    app = open_page(demo_home, "catalog", f"category={category}")
    assert broken(app) == []
    assert f"**{expected} products** of {len(table)}" in words(app)


def test_catalog_says_when_nothing_passes(demo_home, open_page):
    app = open_page(demo_home, "catalog", "q=zzzzqqq")
    assert "No product passes these filters." in words(app)
    next(button for button in app.button if button.label == "Clear the filters").click().run()
    assert "No product passes" not in words(app)


def test_recommend_keeps_query_and_weights_of_the_address(demo_home, open_page):
    product_id = product_table(demo_home, find_catalog(demo_home, "demo"))["product_id"].iloc[3]
    app = open_page(demo_home, "recommend", f"query={product_id}&weight_color=1.5&numbers=true")
    assert broken(app) == []
    weights = {slider.label: slider.value for slider in app.slider if str(slider.key).startswith("weight_")}
    further = dict.fromkeys(("Brand", "Popularity", "Freshness", "Text"), 0.0)
    assert weights == {"Visual": 1.0, "Color": 1.5, "Price": 0.5, "Category": 0.0, **further}
    table = app.dataframe[0].value
    assert table["Place"].tolist() == list(range(1, 25))
    assert table["Score"].is_monotonic_decreasing


def test_weights_that_are_all_zero_are_explained(demo_home, open_page):
    product_id = product_table(demo_home, find_catalog(demo_home, "demo"))["product_id"].iloc[3]
    zero = "&".join(f"weight_{part}=0" for part in ("visual", "color", "price", "category"))
    app = open_page(demo_home, "recommend", f"query={product_id}&{zero}")
    assert broken(app) == []
    assert "All weights are zero" in words(app)


def test_a_product_that_is_not_there_is_a_message(demo_home, open_page):
    app = open_page(demo_home, "recommend", "query=no-such-product")
    assert broken(app) == []
    assert "no-such-product" in words(app)


def test_a_run_that_is_not_there_is_a_message(demo_home, open_page):
    app = open_page(demo_home, "evaluate", "run=../../secret")
    assert broken(app) == []
    assert "The run in this link is not here any more." in words(app)


def test_map_can_be_colored_by_everything_it_offers(demo_home, open_page):
    app = open_page(demo_home, "embeddings")
    for option in app.selectbox(key="_choice_by").options:
        app.selectbox(key="_choice_by").select(option).run()
        assert broken(app) == [], option


def test_train_says_how_long_it_takes(demo_home, open_page):
    app = open_page(demo_home, "train")
    assert "**About " in words(app)
