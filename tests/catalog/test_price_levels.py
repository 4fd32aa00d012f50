"""Price levels: thresholds, levels and similarities worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.price_levels import EXACT, LEVELS, price_levels, price_thresholds
from core.errors import SettingsError


def test_thresholds_of_eleven_even_prices_fall_on_known_prices():
    # 11 prices 0, 10, ..., 100 cents: quantile q lies at place q * 10, so 30 % = 30, 65 % = 65 (between 60 and 70).
    thresholds = price_thresholds(list(range(0, 101, 10)))
    assert thresholds.hundredths == (3000, 6500, 9000)


@pytest.mark.parametrize(
    ("price", "level"),
    # "at or below" belongs to the lower level
    [(0, 1), (30, 1), (31, 2), (65, 2), (66, 3), (90, 3), (91, 4), (100, 4)],
)
def test_level_is_closed_above(price, level):
    assert price_thresholds(list(range(0, 101, 10))).level(price) == level


def test_equal_quantiles_give_the_middle_level():
    # 19 of 20 products cost 500, so places 5.7, 12.35 and 17.1 of 0..19 all hold 500; even the dear one is level 2.5.
    thresholds = price_thresholds([500] * 19 + [9000])
    assert thresholds.hundredths == (50_000, 50_000, 50_000)
    assert (thresholds.level(500), thresholds.level(9000)) == (2.5, 2.5)


def test_a_single_price_is_the_middle_level():
    assert price_thresholds([1234]).level(1234) == 2.5


def test_two_equal_quantiles_are_not_three():
    # Places 2.7, 5.85 and 8.1 of 0..9: 100, 100 and 100 + 0.1 * (900 - 100) = 180. Only the last quantile differs.
    thresholds = price_thresholds([100] * 9 + [900])
    assert thresholds.hundredths == (10_000, 10_000, 18_000)
    assert (thresholds.level(100), thresholds.level(150), thresholds.level(900)) == (1, 3, 4)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_thresholds_agree_with_numpy_quantiles(prices):
    expected = np.quantile(np.array(prices, np.float64), [0.3, 0.65, 0.9])
    assert np.allclose(np.array(price_thresholds(prices).hundredths) / 100, expected, rtol=1e-12, atol=1e-6)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_dearer_product_is_never_on_a_lower_level(prices, one, other):
    thresholds = price_thresholds(prices)
    assert thresholds.level(min(one, other)) <= thresholds.level(max(one, other))


def test_similarity_falls_by_a_third_a_level_and_is_missing_across_currencies():
    prices = [*range(0, 101, 10), 10, None]
    currencies = ["EUR"] * 11 + ["INR", None]
    levels = price_levels(prices, currencies, categories=["Mugs"] * 13)
    similarity = levels.similarities(2.0, "EUR")[levels.codes]
    # Levels of 0..100 cents: 0-30 -> 1, 40-60 -> 2, 70-90 -> 3, 100 -> 4; (3 - |difference|) / 3.
    assert similarity[:11] == pytest.approx([2 / 3] * 4 + [1] * 3 + [2 / 3] * 3 + [1 / 3])
    assert np.isnan(similarity[11]), "a price in rupees says nothing about one in euros"
    assert np.isnan(similarity[12]), "no price"


def test_levels_are_found_within_the_category():
    # 90 cents is the dearest mug and the cheapest lamp.
    prices = [10, 20, 30, 90, 90, 500, 600, 700]
    levels = price_levels(prices, ["EUR"] * 8, categories=["Mugs"] * 4 + ["Lamps"] * 4, least_prices=EXACT)
    assert levels.level(90, "EUR", category="Mugs") == 4
    assert levels.level(90, "EUR", category="Lamps") == 1
    assert levels.similarities(4.0, "EUR")[levels.codes][3:5] == pytest.approx([1, 0])


def test_an_unknown_category_is_placed_in_the_whole_currency():
    prices = list(range(0, 101, 10))
    levels = price_levels(prices, ["EUR"] * 11, categories=["Mugs"] * 5 + ["Lamps"] * 6)
    assert [levels.level(price, "EUR", category=None) for price in (30, 31, 66, 91)] == [1, 2, 3, 4]
    assert levels.level(91, "EUR", category="Chairs") == 4
    assert levels.level(91, "INR", category="Mugs") is None
    assert levels.level(None, "EUR", category="Mugs") is None


rows = st.tuples(
    st.one_of(st.none(), st.integers(0, 40)), st.sampled_from(["EUR", "INR"]), st.sampled_from(["Mugs", "Lamps", None])
)


@given(st.lists(rows, max_size=40), st.sampled_from(["EUR", "INR", "USD"]))
def test_every_product_is_on_the_level_of_its_price(products, currency):
    prices, currencies, categories = zip(*products, strict=True) if products else ((), (), ())
    levels = price_levels(prices, currencies, categories=categories)
    found = levels.similarities(2.0, currency)[levels.codes]
    for similarity, price, own, category in zip(found, prices, currencies, categories, strict=True):
        if price is None or own != currency:
            assert np.isnan(similarity)
        else:
            assert similarity == pytest.approx((3 - abs(2 - levels.level(price, own, category=category))) / 3)


def test_the_exact_rule_by_hand():
    # F8 for one category of 5 prices: places 0.3 * 4 = 1.2, 0.65 * 4 = 2.6, 0.9 * 4 = 3.6 of 100, 200, 300, 400, 1000:
    # 220, 360 and 760. So 100 and 200 are level 1, 300 is 2, 400 is 3, 1000 is 4. A category of one price is 2.5.
    prices = [1000, 100, 400, 200, 300, 77]
    levels = price_levels(prices, ["EUR"] * 6, categories=["A > B"] * 5 + ["A > C"], least_prices=EXACT)
    assert levels.thresholds["A > B", "EUR"].hundredths == (22_000, 36_000, 76_000)
    assert [levels.level(price, "EUR", category="A > B") for price in prices[:5]] == [4, 1, 3, 1, 2]
    assert levels.level(77, "EUR", category="A > C") == 2.5
    assert LEVELS[levels.codes].tolist() == [4, 1, 3, 1, 2, 2.5]


def test_a_small_category_takes_the_levels_of_its_parent():
    # "Kitchen > Mugs" has 2 of the 3 prices asked for, "Kitchen" has 11 with everything below it: 0, 10 ... 100 as in
    # the first test, so thresholds 30, 65, 90. The lamps have 3 of their own: 500, 500, 500 are all level 2.5.
    prices = [0, 100, *range(10, 100, 10), 500, 500, 500]
    categories = ["Kitchen > Mugs"] * 2 + ["Kitchen > Pots"] * 9 + ["Lamps"] * 3
    levels = price_levels(prices, ["EUR"] * 14, categories=categories, least_prices=3)
    assert levels.thresholds["Kitchen > Mugs", "EUR"].hundredths == (3000, 6500, 9000)
    assert [levels.level(price, "EUR", category="Kitchen > Mugs") for price in (0, 40, 100)] == [1, 2, 4]
    assert levels.level(500, "EUR", category="Lamps") == 2.5
    # The pots have 9 prices of their own, 10 ... 90: places 2.4, 5.2, 7.2, so 34, 62 and 82.
    assert levels.thresholds["Kitchen > Pots", "EUR"].hundredths == (3400, 6200, 8200)


def test_a_category_nobody_is_in_is_placed_by_its_parent():
    levels = price_levels(
        [*range(0, 101, 10), 9000], ["EUR"] * 12, categories=["Kitchen > Pots"] * 11 + ["Yachts"], least_prices=3
    )
    assert levels.level(91, "EUR", category="Kitchen > Pans > Woks") == 4  # as in Kitchen, not beside a yacht
    assert levels.level(91, "INR", category="Kitchen > Pans") is None


def test_too_few_prices_everywhere_fall_back_to_the_currency():
    # 4 euro prices in 4 categories: everybody is placed among 0, 10, 20, 30 (places 0.9, 1.95, 2.7: 9, 19.5, 27).
    levels = price_levels([0, 10, 20, 30, 5], ["EUR"] * 4 + ["INR"], categories=["A", "B", "C", None, "A"])
    assert [levels.level(price, "EUR", category="A") for price in (0, 10, 20, 30)] == [1, 2, 3, 4]
    assert levels.level(5, "INR", category="A") == 2.5  # the only price in rupees


def test_a_category_needs_at_least_one_price():
    with pytest.raises(SettingsError, match=r"at least 1 price .* not 0"):
        price_levels([1], ["EUR"], categories=["A"], least_prices=0)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["A", "A > B", "A > C", "D", None])), max_size=40),
    st.integers(1, 12),
)
def test_the_rule_with_parents_is_the_exact_rule_where_categories_are_large(products, least):
    prices, categories = zip(*products, strict=True) if products else ((), ())
    currencies = ["EUR"] * len(prices)
    exact = price_levels(prices, currencies, categories=categories, least_prices=EXACT)
    found = price_levels(prices, currencies, categories=categories, least_prices=least)
    for price, category in zip(prices, categories, strict=True):
        if category is not None and categories.count(category) >= least:
            own = exact.level(price, "EUR", category=category)
            assert found.level(price, "EUR", category=category) == own


def test_every_level_is_in_the_table():
    assert LEVELS.tolist() == [1, 2, 2.5, 3, 4]
