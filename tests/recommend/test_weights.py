"""Weights: what is refused, with the values in the message."""

import pytest

from core.errors import SettingsError
from core.recommend.weights import RankWeights


def test_defaults_are_the_command_lines():
    further = dict.fromkeys(("brand", "popularity", "freshness", "text"), 0.0)
    assert RankWeights().to_json() == {"visual": 1.0, "color": 0.5, "price": 0.5, "category": 0.0, **further}


@pytest.mark.parametrize(
    ("value", "shown"), [(-0.1, "-0.1"), (float("nan"), "nan"), (float("inf"), "inf"), ("1", "'1'"), (True, "True")]
)
def test_a_weight_out_of_range_is_named_with_its_value(value, shown):
    with pytest.raises(SettingsError, match=f"weight 'color' must be a finite number of at least 0: received {shown}"):
        RankWeights(color=value)


def test_all_zero_is_refused():
    with pytest.raises(SettingsError, match="at least one weight must be above 0"):
        RankWeights(visual=0, color=0, price=0, category=0)


def test_json_round_trip_and_unknown_part():
    weights = RankWeights(visual=0.2, color=3, price=0, category=1)
    assert RankWeights.from_json(weights.to_json()) == weights
    assert RankWeights.from_json({"color": 1}) == RankWeights(visual=0, color=1, price=0, category=0)
    with pytest.raises(SettingsError, match="unknown part size: weights are known for visual, color, price, category"):
        RankWeights.from_json({"size": 1})
    with pytest.raises(SettingsError, match="received list"):
        RankWeights.from_json([1, 2])


def test_huge_weights_keep_their_proportions():
    shares = RankWeights(visual=1e308, color=1e308, price=5e307, category=0).shares()
    assert shares.tolist() == [1, 1, 0.5, 0, 0, 0, 0, 0]
