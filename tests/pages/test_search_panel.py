"""The panel that searches settings: setup, mistakes, a search that stands still, and one that is done."""

import pytest
from streamlit.testing.v1 import AppTest

from core.home import open_home
from core.jobs import run_here
from core.models.search_store import list_searches
from tests.home_copies import copy_home
from tests.pages.conftest import broken, words

QUICK = {"recipe": "head", "settings": {"epochs": 2, "first_layer": 8, "second_layer": 8}}


@pytest.fixture(scope="module")
def searched_home(demo_home, tmp_path_factory):
    """A copy of the demo with a search of four trials."""
    root = tmp_path_factory.mktemp("searched") / "home"
    copy_home(demo_home.root, root)
    home = open_home(root)
    space = {"learning_rate": "1e-4,1e-2", "dropout": "0.1,0.5"}
    run_here(home, "search", {"catalog": "demo", **QUICK, "space": space}, actor="tests")
    return home


def panel(home, monkeypatch, *, query=None):
    def script():
        import streamlit as st

        from core.catalog.catalogs import find_catalog
        from core.ui.caches import home
        from core.ui.search_panel import search_panel

        st.title("Train")
        search_panel(find_catalog(home(), "demo"))

    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in (query or {}).items():
        app.query_params[name] = value
    return app.run()


def start_button(app):
    return next(each for each in app.button if each.label == "Start search")


def test_the_setup_says_what_it_costs_and_starts_the_search(searched_home, monkeypatch):
    started = []
    monkeypatch.setattr(
        "core.ui.search_panel.submit", lambda home, kind, asked, actor: started.append((kind, asked)) or "job"
    )
    app = panel(searched_home, monkeypatch)
    assert broken(app) == []
    app.selectbox(key="search_recipe").select("head").run()
    app.segmented_control(key="search_method").set_value("grid").run()
    assert broken(app) == []
    assert "5 trials, about " in words(app)  # the learning rates of the report
    start_button(app).click().run()
    [(kind, asked)] = started
    assert (kind, asked["method"]) == ("search", "grid")
    assert asked["space"] == {"learning_rate": "1e-5,3.3e-5,1e-4,3.3e-4,1e-3"}


def test_mistakes_are_told_and_nothing_can_be_started(searched_home, monkeypatch):
    app = panel(searched_home, monkeypatch)
    app.selectbox(key="search_recipe").select("head").run()
    app.text_input(key="search_head_guided_dropout").input("0.5:0.1").run()
    assert broken(app) == []
    assert "the lower one first" in words(app)
    assert start_button(app).disabled
    app.multiselect(key="search_head_guided_names").set_value([]).run()
    assert "Choose at least one setting to vary" in words(app) and start_button(app).disabled


def test_a_past_search_shows_its_best_its_trials_and_its_run(searched_home, monkeypatch):
    [search] = list_searches(searched_home)
    app = panel(searched_home, monkeypatch)
    app.selectbox(key="past_search").select(search.search_id).run()
    assert broken(app) == []
    figures = {each.label: each.value for each in app.metric}
    best = max(trial["figures"]["accuracy"] for trial in search.report["trials"])
    assert (figures["Best on validation"], figures["Trials"]) == (f"{100 * best:.1f} %", "4")
    [table] = app.dataframe
    assert sorted(table.value["Trial"]) == [1, 2, 3, 4]
    assert table.value["Validation"].iloc[0] == pytest.approx(100 * best)
    assert [each.label for each in app.button if each.label == "Evaluate the best run"]
    assert app.get("plotly_chart")


def test_a_finished_job_in_the_address_shows_its_result(searched_home, monkeypatch):
    from core.jobs import list_jobs

    job = next(each for each in list_jobs(searched_home) if each.kind == "search")
    app = panel(searched_home, monkeypatch, query={"search_job": job.job})
    assert broken(app) == []
    assert "Searching settings of Dense head" in words(app).replace("\\", "")
    assert "Best on validation" in {each.label for each in app.metric}
    app.button(key="another_search").click().run()
    assert "search_job" not in app.query_params and start_button(app)


def test_foreign_jobs_in_the_address_are_passed_over(searched_home, monkeypatch):
    app = panel(searched_home, monkeypatch, query={"search_job": "../../etc"})
    assert broken(app) == [] and start_button(app)
