"""The page Clean: choosing a step, its live preview, applying, the recipe, undo."""

import json

import pytest

from core.catalog.catalogs import find_catalog
from core.cleaning.recipe import list_recipe
from tests.cleaning.shop import clean, make_shop, values
from tests.pages.conftest import broken, words

ROWS = [
    {"title": "Red mug", "category": "Kitchen > Mugs", "brand": "Acme"},
    {"title": "Blue mug", "category": "kitchen > Mug", "brand": "ACME Ltd."},
    {"title": "Big mug", "category": "Kitchen > Mugs", "brand": "Acme"},
]
HOSTILE = "![x](http://evil.example/x.png) <img src=x> $x^2$ :red[no]"


def shop(home, rows=ROWS):
    return make_shop(home, rows)


def button(app, label):
    return next(each for each in app.button if each.label == label)


def test_without_a_step_every_step_is_offered(home, open_page):
    shop(home)
    app = open_page(home, "clean")
    assert broken(app) == []
    assert app.title[0].value == "Clean"
    assert len([each for each in app.button if each.label == "Set up"]) == 13
    assert "No step yet" in words(app)


def test_a_step_is_previewed_applied_and_undone(home, open_page):
    shop(home)
    app = open_page(home, "clean", "step=spelling")
    assert "Brings 1 spellings of category to their most frequent form, in 1 products." in words(app)
    [table] = [frame.value for frame in app.dataframe]
    assert table.to_dict("records") == [{"Products": 1, "Before": "kitchen > Mug", "After": "Kitchen > Mugs"}]
    button(app, "Apply to 1 product").click().run()
    assert broken(app) == []
    assert values(home, "category")["p0001"] == "Kitchen > Mugs"
    assert "Done" in words(app) and "1. Bring spellings together" in words(app)
    button(app, "Undo").click().run()
    assert broken(app) == []
    assert values(home, "category")["p0001"] == "kitchen > Mug"
    assert list_recipe(home, find_catalog(home, "shop")) == []


def test_settings_change_the_preview(home, open_page):
    shop(home)
    app = open_page(home, "clean", "step=category-levels")
    assert [metric.value for metric in app.metric] == ["3", "2", "2"]  # products, categories now and after
    app.number_input[0].set_value(2).run()
    # Two levels are all there are.
    assert [success.value for success in app.success] == ["Nothing to change: the catalog is like this already."]


def test_a_step_something_builds_on_says_which(home, open_page):
    shop(home)
    clean(home, "category-levels", levels=1)
    clean(home, "merge-categories", rules=[["Kitchen", "Home"]])
    app = open_page(home, "clean")
    undos = [each for each in app.button if each.label == "Undo"]
    undos[-1].click().run()  # the older one stands below
    assert "came later and touches the same rows: undo it first" in words(app)
    assert len(list_recipe(home, find_catalog(home, "shop"))) == 2


@pytest.mark.parametrize("step", ["spelling", "merge-categories", "brands", "cap-per-category", "duplicates", "split"])
def test_hostile_names_stay_text(home, open_page, step):
    shop(
        home,
        [{"title": HOSTILE, "category": f"{HOSTILE} > {case}", "brand": f"{case} {HOSTILE}"} for case in ("a", "A")],
    )
    clean(home, "merge-categories", rules=[[f"{HOSTILE} > a", HOSTILE]])
    app = open_page(home, "clean", f"step={step}")
    assert broken(app) == []
    marked = [str(each.value) for kind in (app.markdown, app.caption, app.header) for each in kind]
    assert not any("evil" in text for text in marked)


@pytest.mark.parametrize("query", ["step=polish", "job=nothing", "step=split&job=../../etc", "step=", "product=nobody"])
def test_odd_addresses_show_the_page(home, open_page, query):
    shop(home)
    assert broken(open_page(home, "clean", query)) == []


def test_no_catalog_and_an_empty_one_say_what_to_do(home, open_page):
    app = open_page(home, "clean")
    assert broken(app) == []
    assert "There is no catalog yet" in words(app)
    shop(home, [])
    app = open_page(home, "clean")
    assert "no products, so there is nothing to clean" in words(app)


def test_a_long_step_is_offered_as_a_job(home, open_page):
    shop(home)
    app = open_page(home, "clean", "step=predict-categories")
    assert broken(app) == []
    assert {"Preview", "Apply at once"} <= {each.label for each in app.button}


def test_a_finished_preview_of_a_job_is_drawn(home, open_page):
    from core.jobs.folder import list_folders
    from core.jobs.supervise import run_here

    shop(home)
    steps = [{"kind": "duplicates", "settings": {"leave_out": "nothing"}}]
    run_here(home, "clean", {"catalog": "shop", "steps": steps, "preview": True}, actor="tests")
    [folder] = list_folders(home)
    app = open_page(home, "clean", f"job={folder.job}")
    assert broken(app) == []
    assert "Groups 0 products in 0 groups of equal pictures" in words(app)
    assert json.loads((folder.path / "spec.json").read_text())["arguments"]["preview"] is True
