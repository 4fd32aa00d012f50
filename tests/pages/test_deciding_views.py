"""Presets, Teach, Impact and Blind tests on the page Recommend, and the ballot."""

import pytest

from core.catalog.catalogs import find_catalog
from core.home import Home
from core.jobs.supervise import run_here
from core.recommend.blind_test import BlindPlan, blind_result, find_blind_test, make_blind_test
from core.recommend.presets import find_preset, published_preset, save_preset
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import RankWeights
from tests.home_copies import copy_home
from tests.pages.conftest import broken, words

COLORS = RankingSettings(weights=RankWeights(visual=0.5, color=2, price=0, category=0))


@pytest.fixture(scope="module")
def shop(demo_home, tmp_path_factory):
    """The demo, free to be changed."""
    root = tmp_path_factory.mktemp("deciding") / "home"
    copy_home(demo_home.root, root)
    home = Home(root)
    return home, find_catalog(home, "demo")


def press(app, label):
    [button] = [each for each in app.main.button if each.label == label]
    return button.click().run()


def test_sliders_are_saved_and_published(shop, open_page):
    home, catalog = shop
    app = open_page(home, "recommend", "show=Presets&weight_color=1.5")
    assert broken(app) == []
    assert "No preset yet" in words(app)
    app.text_input(key="preset_name").input("front")
    app.text_input(key="preset_note").input("more color")
    press(app, "Save")
    assert broken(app) == []
    kept = find_preset(home, catalog, "front")
    assert (kept.newest.settings.weights.color, kept.newest.note) == (1.5, "more color")
    app.selectbox(key="preset_shown").select("front").run()
    press(app, "Publish")
    assert broken(app) == []
    assert published_preset(home, catalog).preset.name == "front"


def test_a_bad_name_is_one_clear_message(shop, open_page):
    home, _ = shop
    app = open_page(home, "recommend", "show=Presets")
    app.text_input(key="preset_name").input("../<b>evil</b>")
    press(app, "Save")
    assert broken(app) == []
    assert "letters, digits" in words(app)


def test_saving_over_somebody_else_is_told_and_loses_nothing(shop, open_page):
    home, catalog = shop
    save_preset(home, catalog, "shared", RankingSettings(), actor="ann")
    app = open_page(home, "recommend", "show=Presets")
    save_preset(home, catalog, "shared", COLORS, actor="bob")
    app.text_input(key="preset_name").input("shared")
    press(app, "Save")
    assert "changed by somebody else" in words(app)
    assert find_preset(home, catalog, "shared").newest.settings == COLORS


def test_picks_become_weights(shop, open_page):
    home, _ = shop
    app = open_page(home, "recommend", "show=Teach")
    assert broken(app) == []
    for side in ("Left is better", "Both alike", "Right is better"):
        press(app, side)
        assert broken(app) == []
    assert {metric.label: metric.value for metric in app.metric}["Picks"] == "3"
    press(app, "Undo the last pick")
    assert {metric.label: metric.value for metric in app.metric}["Picks"] == "2"
    assert "Weights: visual" in words(app)


def test_impact_shows_what_was_measured(shop, open_page):
    home, _ = shop
    weights = "weight_visual=0.5&weight_color=2&weight_price=0"
    app = open_page(home, "recommend", f"show=Impact&{weights}&impact_from=standard")
    assert broken(app) == []
    assert any(button.label == "Measure the impact" for button in app.main.button)
    arguments = {"current": RankingSettings().to_json(), "proposed": COLORS.to_json()}
    found = run_here(home, "impact", {"catalog": "demo", **arguments}, actor="tests")
    app.run()
    assert broken(app) == []
    table = app.dataframe[0].value
    assert list(table["Measure"])[:2] == ["Matches in the query's category", "Price against the query's"]
    overlap = next(metric.value for metric in app.metric if metric.label.startswith("Overlap"))
    assert overlap == f"{100 * found['overlap']['value']:.0f} %"
    assert found["changed"] and app.selectbox(key="impact_changed").value == found["changed"][0]["query"]


def test_a_voter_sees_no_names_and_votes_once(shop, open_page):
    home, catalog = shop
    names = ("secret-a", "secret-b")
    plan = BlindPlan(questions=2, k=3)
    test = make_blind_test(home, catalog, "colors", (RankingSettings(), COLORS), names=names, actor="ann", plan=plan)
    app = open_page(home, "vote", f"catalog=demo&test={test.token}")
    assert broken(app) == []
    assert "secret" not in words(app)
    press(app, "Row 1 is better")
    press(app, "Both alike")
    assert broken(app) == []
    assert any("Thank you" in each.value for each in app.success)
    result = blind_result(home, find_blind_test(home, catalog, "colors"))
    assert (result["votes"], result["equal"], result["voters"]) == (2, 1, 1)
    shown = open_page(home, "recommend", "show=Blind tests")
    assert broken(shown) == []
    assert "colors: secret-a against secret-b" in words(shown)


@pytest.mark.parametrize("query", ["", "test=", "test=<script>", "test=%00"])
def test_a_wrong_link_says_so(shop, open_page, query):
    app = open_page(shop[0], "vote", query)
    assert broken(app) == []
    assert "link" in words(app)
