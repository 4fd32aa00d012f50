"""Ranking settings come back from JSON as they were, and every mistake is one message that names it."""

import json

import pytest

from core.errors import SettingsError
from core.recommend.ranking_settings import CLASSIC, MatchFilter, RankingSettings
from core.recommend.weights import RankWeights

EVERYTHING = RankingSettings(
    weights=RankWeights(1, 0.5, 0, 0.25, brand=2, popularity=0.1, freshness=0.3, text=1),
    embedding="bovw",
    pool=50,
    price_mode="budget",
    budget=4_999,
    budget_currency="EUR",
    filters=MatchFilter(category="A > B", price_min=1, price_max=9, currency="EUR", colors=("red",), brands=("X",)),
    diversity=0.4,
    group_variants=True,
)


@pytest.mark.parametrize("settings", [RankingSettings(), CLASSIC, EVERYTHING])
def test_json_brings_back_the_same_settings(settings):
    assert RankingSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "ranking settings must be a JSON object: received list"),
        ({"version": 2}, "have version 2, made by a newer ShelfLens; this one reads up to version 1"),
        ({"version": True}, "'version' of ranking settings must be a whole number from 1: received True"),
        ({"wieghts": {}}, "ranking settings have no wieghts: expected some of weights, embedding"),
        ({"weights": {"visual": float("nan")}}, "weight 'visual' must be a finite number of at least 0: received nan"),
        ({"weights": {"color": -1}}, "weight 'color' must be a finite number of at least 0: received -1"),
        ({"weights": {"visual": 0}}, "at least one weight must be above 0"),
        ({"filters": {"size": "L"}}, "'filters' have no size: expected some of category, price_min"),
        ({"filters": {"colors": "red"}}, "filter 'colors' must be a list of at most 200 names: received 'red'"),
        ({"filters": {"price_min": 5, "price_max": 4}}, "'price_min' must not be above 'price_max': received 5 and 4"),
        ({"price_mode": "budget"}, "go together: received price_mode 'budget' with budget None"),
        ({"price_mode": "free"}, "'price_mode' must be one of level, same, cheaper, dearer, budget: received 'free'"),
        ({"diversity": 1.5}, "'diversity' must be a number from 0 to 1: received 1.5"),
        ({"diversity": float("nan")}, "'diversity' must be a number from 0 to 1: received nan"),
        ({"pool": 0}, "'pool' must be a whole number from 1 to 10\\^15, or nothing: received 0"),
        ({"group_variants": "yes"}, "'group_variants' must be true or false: received 'yes'"),
        ({"embedding": ""}, "'embedding' must name a backbone or a run"),
    ],
)
def test_a_mistake_is_one_message(values, message):
    with pytest.raises(SettingsError, match=message):
        RankingSettings.from_json(values)
