"""Filters, variety, variants, the classic ranking and queries of several examples, on catalogs small enough to see."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SettingsError
from core.recommend.query import joined_query
from core.recommend.rank_products import rank_parts
from core.recommend.ranking import score_parts
from core.recommend.ranking_settings import CLASSIC, MatchFilter, RankingSettings
from core.recommend.region import cropped
from core.recommend.weights import RankWeights
from tests.recommend.catalogs_for_ranking import make_index, random_index

VISUAL = RankingSettings(weights=RankWeights.only("visual"))
# p1 looks almost like p0, p2 a little less, p3 is far away.
ROWS = [[1, 0, 0], [0.98, 0.2, 0], [0.95, 0.25, 0], [0.1, 0, 1]]
RED_BIN, BLUE_BIN = 63, 8 * 64 + 63  # hue 0 and hue 8 of 12, full saturation and value


def ranked(index, settings, query="p0", k=10):
    return rank_parts(score_parts(index.query_product(query), index), settings, k=k)


def filtered(index, **values):
    return ranked(index, dataclasses.replace(VISUAL, filters=MatchFilter(**values))).product_ids


def test_filters_leave_only_what_meets_them_and_nothing_unknown():
    index = make_index(
        ROWS,
        categories=["A > X", "A > Y", "AB", None],
        prices=[10, 20, 30, None],
        bins=[[RED_BIN, 0, 0, 0, 0]] * 2 + [[BLUE_BIN, 0, 0, 0, 0]] * 2,
        shares=[[1, 0, 0, 0, 0]] * 3 + [[0] * 5],
    )
    assert filtered(index, category="A") == ("p1",)  # "AB" is no level below "A"
    assert filtered(index, price_min=20, price_max=30) == ("p1", "p2")
    assert filtered(index, price_max=1000) == ("p1", "p2")  # p3 has no price
    assert filtered(index, colors=("blue",)) == ("p2",)  # p3's colors are unknown
    assert filtered(index, brands=("x",)) == ()
    assert filtered(index, in_stock=True) == ()  # nobody says so


def test_prices_of_several_currencies_need_one_named():
    index = make_index(ROWS, prices=[None, 20, 30, 40], currencies=[None, "EUR", "INR", "EUR"])
    with pytest.raises(SettingsError, match="needs a currency, because this catalog has several: name one of EUR, INR"):
        filtered(index, price_max=50)
    assert filtered(index, price_max=35, currency="INR") == ("p2",)


def test_variety_puts_the_unlike_first_and_none_changes_nothing():
    index = make_index(ROWS)
    assert ranked(index, VISUAL).product_ids == ("p1", "p2", "p3")
    # After p1, p2 (score 0.967, likeness to p1 0.998) is worth 0.5 * (0.967 - 0.998) < 0.5 * (0.0995 - 0.0975).
    assert ranked(index, dataclasses.replace(VISUAL, diversity=0.5)).product_ids == ("p1", "p3", "p2")


def test_one_of_each_products_variants_is_shown():
    index = make_index(ROWS)
    titles = ("Acme Soft Running Shoe Red 42", "ACME soft running shoe, blue", "Other sturdy hiking boot", "Lamp")
    index = dataclasses.replace(index, titles=titles)
    grouped = dataclasses.replace(VISUAL, group_variants=True)
    assert ranked(index, grouped).product_ids == ("p2", "p3")  # p1 is p0 in blue
    assert ranked(index, grouped, query="p2").product_ids == ("p1", "p3")  # p0 and p1 are one product


def test_the_classic_ranking_is_the_sum_of_the_report():
    # Distances of palettes to red: p1 red 0, p2 blue the largest, so color scores 1 and 0. Levels in one category of
    # prices 10, 10, 20, 40: quantiles 10, 19.5, 34: levels 1, 1, 3, 4; price scores 1 and (3 - 2) / 3.
    index = make_index(
        ROWS,
        categories=["A"] * 4,
        prices=[10, 10, 20, 40],
        bins=[[RED_BIN, 0, 0, 0, 0]] * 2 + [[BLUE_BIN, 0, 0, 0, 0], [RED_BIN, 0, 0, 0, 0]],
        shares=[[1, 0, 0, 0, 0]] * 4,
    )
    weights = RankWeights(visual=0, color=1, price=3, category=0)
    found = ranked(index, dataclasses.replace(CLASSIC, weights=weights, pool=2))
    assert found.product_ids == ("p1", "p2")  # p3 is not among the two nearest
    assert found.scores * 4 == pytest.approx([1 * 3 + 1, 3 / 3 + 0])
    assert (found.pool, found.candidates) == (2, 2)
    with pytest.raises(SettingsError, match="classic ranking weighs price and color: received price 0 and color 0"):
        ranked(index, dataclasses.replace(CLASSIC, weights=RankWeights.only("visual")))


def test_examples_for_and_against():
    index = make_index([[1, 0, 0], [0, 1, 0], [0.7, 0.7, 0], [0.7, 0, 0.7], [0.6, 0, 0]])
    both = joined_query([index.query_product("p0"), index.query_product("p1")])
    found = rank_parts(score_parts(both, index), VISUAL, k=5)
    assert found.product_ids[0] == "p2"  # half way between the two
    assert not {"p0", "p1"} & set(found.product_ids)  # examples are no matches
    less = joined_query([index.query_product("p4")], [index.query_product("p3")])
    assert rank_parts(score_parts(less, index), VISUAL, k=5).product_ids[:2] == ("p0", "p2")
    with pytest.raises(SettingsError, match="at least one example"):
        joined_query([])


def test_like_this_but_in_another_color():
    index = make_index(
        [[1, 0]] * 3,
        bins=[[RED_BIN, 0, 0, 0, 0]] * 2 + [[BLUE_BIN, 0, 0, 0, 0]],
        shares=[[1, 0, 0, 0, 0]] * 3,
    )
    query = index.query_product("p0").in_color(index.color_space.plain((0, 0, 255)))
    assert rank_parts(score_parts(query, index), RankingSettings(), k=2).product_ids == ("p2", "p1")


def test_brand_and_text_are_parts_and_missing_ones_stay_out():
    index = dataclasses.replace(
        make_index([[1, 0], [0, 1], [0, 1], [0, 1]]),
        titles=("red wool scarf", "green wool scarf", "steel lamp", None),
        brands=("Acme", " ACME ", "Other", None),
    )
    found = ranked(index, RankingSettings(weights=RankWeights(0, 0, 0, 0, brand=1)))
    assert (found.product_ids, found.scores.tolist(), found.unscored) == (("p1", "p2"), [1, 0], 1)
    text = ranked(index, RankingSettings(weights=RankWeights(0, 0, 0, 0, text=1)))
    assert text.product_ids == ("p1", "p2") and 0.3 < text.scores[0] < 1 and text.scores[1] == 0
    assert text.unscored == 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**16), st.floats(0, 1), st.booleans(), st.sampled_from(["same", "cheaper", "dearer", "level"]))
def test_whatever_the_settings_scores_are_in_range_and_nothing_comes_twice(seed, diversity, classic, mode):
    index = random_index(seed)
    chosen = RankingSettings(
        diversity=diversity, price_mode=mode, group_variants=True, formula="classic" if classic else "weighted"
    )
    found = ranked(index, chosen, k=15)
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert len(set(found.product_ids)) == len(found.product_ids) and "p0" not in found.product_ids
    assert ((found.parts >= 0) & (found.parts <= 1) | np.isnan(found.parts)).all()


def test_a_region_is_cut_out_and_a_wrong_one_is_named():
    picture = np.arange(100 * 200 * 3, dtype=np.uint32).reshape(100, 200, 3).astype(np.uint8)
    assert np.array_equal(cropped(picture, (50, 0, 100, 25)), picture[:25, 100:])
    for wrong in ((-1, 0, 50, 50), (0, 0, 3, 100), (0, 0, 101, 100), (60, 0, 40, 100)):
        with pytest.raises(SettingsError, match="a region is left, top, right and bottom in percent"):
            cropped(picture, wrong)
