"""Impact: measures by hand, and what must hold for every catalog."""

from dataclasses import replace

import numpy as np
import pytest

from core.catalog.histories import HistoryEvent, add_history
from core.errors import SettingsError
from core.progress import SilentProgress
from core.recommend import impact
from core.recommend.impact import measure_impact, sample_queries, trade_off
from core.recommend.impact_kept import ImpactQuestion, impact_of, kept_impact
from core.recommend.ranking_settings import CLASSIC, RankingSettings
from core.recommend.weights import RankWeights
from tests.catalog.store import small_catalog
from tests.recommend.catalogs_for_ranking import make_index, random_index

LOOKS = RankingSettings(weights=RankWeights.only("visual"))
PRICE = RankingSettings(weights=RankWeights.only("price"))


@pytest.fixture
def measured(home, monkeypatch):
    """Measure on an index built from arrays."""
    catalog = small_catalog(home)

    def measure(index, current, proposed, **options):
        monkeypatch.setattr(impact, "open_index", lambda *_, **__: index)
        return measure_impact(home, catalog, current, proposed, **options)

    return measure


def test_measures_by_hand(measured):
    # Four products, k 1. By looks p0 and p1 find each other, p2 and p3 too; every category stays, no product is shown
    # twice, and the price doubles or halves: the mean of ln 2 and -ln 2 is 0.
    index = make_index(
        [[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]],
        categories=["A", "A", "B", "B"],
        prices=[100, 200, 100, 200],
    )
    found = measured(index, LOOKS, LOOKS, queries=4, k=1)
    now = {name: figures["current"]["value"] for name, figures in found["measures"].items()}
    assert found["overlap"]["value"] == 1.0
    assert now["same_category"] == 1.0 and now["coverage"] == 1.0
    assert now["price_drift"] == pytest.approx(0, abs=1e-6)
    assert now["diversity"] is None  # one match is no pair
    assert now["color_distance"] is None and now["popularity"] is None  # unknown, not zero
    assert found["changed"] == []
    # By price level alone all are equally good or bad: p0 finds p2 (100 like it), p1 finds p3.
    other = measured(index, LOOKS, PRICE, queries=4, k=1)
    assert other["overlap"]["value"] == 0.0
    assert other["measures"]["same_category"]["difference"]["value"] == -1.0
    assert other["measures"]["price_drift"]["proposed"]["value"] == pytest.approx(0)
    assert {each["query"] for each in other["changed"]} == {"p0", "p1", "p2", "p3"}
    first = next(each for each in other["changed"] if each["query"] == "p0")
    assert (first["current"], first["proposed"]) == (["p1"], ["p2"])


def test_colors_are_measured_alike_whatever_formula_ranks(measured):
    # With three products and k 2 every setting shows both others, so nothing about what is shown can differ; the
    # classic formula's own color score, which depends on its candidates, must not be told for it.
    index = make_index(
        np.eye(3), prices=[100, 200, 300], bins=[[0] * 5, [400] * 5, [700] * 5], shares=np.full((3, 5), 0.2)
    )
    figures = measured(index, CLASSIC, LOOKS, queries=3, k=2)["measures"]["color_distance"]
    assert figures["current"]["queries"] == 3
    assert figures["difference"]["value"] == 0.0


def test_intervals_hold_the_mean_and_the_same_question_has_the_same_answer(measured):
    index = random_index(1, count=80)
    found = measured(index, LOOKS, PRICE, queries=40, k=5)
    for figures in found["measures"].values():
        for figure in figures.values():
            if figure["value"] is not None:
                assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    assert measured(index, LOOKS, PRICE, queries=40, k=5) == found
    assert found["queries"] == 40


def test_samples_are_drawn_in_proportion_to_categories():
    index = make_index(np.eye(40), categories=["A"] * 30 + ["B"] * 10)
    chosen = sample_queries(index, queries=8, seed=3)
    assert len(set(chosen)) == 8
    assert sum(int(each[1:]) < 30 for each in chosen) == 6  # three quarters of the products, three quarters of the draw
    assert sample_queries(index, queries=8, seed=3) == chosen
    assert len(sample_queries(index, queries=1_000)) == 40
    assert sample_queries(make_index(np.zeros((0, 2)).reshape(0, 2)), queries=5) == []


def test_a_trade_off_gives_one_part_for_the_other():
    index = random_index(2, count=60)
    points = trade_off(index, RankingSettings(), ("visual", "price"), queries=20, k=5, steps=5)
    assert [point["share"] for point in points] == [0, 0.25, 0.5, 0.75, 1]
    # At the ends only one of the two counts beside color: each part is highest where the other weighs nothing.
    assert points[0]["visual"] >= points[-1]["visual"]
    assert points[-1]["price"] >= points[0]["price"]
    with pytest.raises(SettingsError, match="two different parts"):
        trade_off(index, RankingSettings(), ("visual", "visual"))


@pytest.mark.parametrize(("name", "value"), [("queries", 0), ("queries", True), ("k", 0), ("k", 10**6)])
def test_numbers_out_of_range_are_refused(measured, name, value):
    with pytest.raises(SettingsError, match=name):
        measured(random_index(1), LOOKS, PRICE, **{name: value})


def test_a_measured_impact_is_kept_until_the_catalog_or_its_histories_change(home, monkeypatch):
    catalog = small_catalog(home)
    monkeypatch.setattr(impact, "open_index", lambda *_, **__: random_index(1))
    question = ImpactQuestion(LOOKS, PRICE, queries=5, k=3)
    assert kept_impact(home, catalog, question) is None
    found = impact_of(home, catalog, question, progress=SilentProgress())
    assert kept_impact(home, catalog, question) == found
    assert kept_impact(home, catalog, ImpactQuestion(LOOKS, PRICE, queries=5, k=4)) is None
    assert kept_impact(home, replace(catalog, version=catalog.version + 1), question) is None
    add_history(home, catalog, "orders", events=[HistoryEvent("ann", "a/1", "buy", "")], actor="tests")
    assert kept_impact(home, catalog, question) is None
