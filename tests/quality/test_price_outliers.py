"""Prices are judged by their category, else by its parent, in their own currency."""

import numpy as np
import pytest

from core.quality.price_outliers import FAR_DEVIATIONS, price_deviations


def deviations(rows):
    """`rows`: (category path, price, currency number)."""
    paths = list(dict.fromkeys(path for path, _, _ in rows))
    return price_deviations(
        np.array([price for _, price, _ in rows], np.int64),
        category_codes=np.array([paths.index(path) for path, _, _ in rows], np.int32),
        currency_codes=np.array([currency for _, _, currency in rows], np.int32),
        category_paths=paths,
    )


def test_ten_times_the_price_is_far_in_a_category_of_equal_prices():
    found = deviations([("Mugs", 1000, 0)] * 20 + [("Mugs", 10_000, 0), ("Mugs", 100, 0)])
    # All but two are equal, so the spread is its floor of 0.25: ln(10) / 0.25 = 9.2.
    assert found[20] == pytest.approx(np.log(10) / 0.25)
    assert found[21] == pytest.approx(-np.log(10) / 0.25)
    assert not found[:20].any()


def test_twice_the_price_is_not_far():
    found = deviations([("Mugs", 1000, 0)] * 20 + [("Mugs", 2000, 0)])
    assert found[20] == pytest.approx(np.log(2) / 0.25) and found[20] < FAR_DEVIATIONS


def test_a_deeper_category_with_enough_prices_wins():
    rows = [("Home > Mugs", 1000, 0)] * 15 + [("Home > Sofas", 100_000, 0)] * 15 + [("Home > Mugs", 100_000, 0)]
    found = deviations(rows)
    assert found[30] > FAR_DEVIATIONS  # a mug at the price of a sofa
    assert np.abs(found[:30]).max() < FAR_DEVIATIONS


def test_a_small_category_takes_its_parents_prices():
    rows = [("Home > Mugs", 1000, 0)] * 15 + [("Home > Cups", 1000, 0)] * 3 + [("Home > Cups", 50_000, 0)]
    assert deviations(rows)[18] == pytest.approx(np.log(50) / 0.25)  # judged among the 19 of Home


def test_currencies_are_kept_apart():
    rows = [("Mugs", 1000, 0)] * 20 + [("Mugs", 100_000, 1)] * 20
    assert not deviations(rows).any()  # yen beside euros are no outliers


def test_too_few_prices_and_prices_of_zero_are_not_judged():
    assert not deviations([("Mugs", 10, 0)] * 5 + [("Mugs", 10_000_000, 0)]).any()
    assert deviations([("Mugs", 1000, 0)] * 20 + [("Mugs", 0, 0)])[20] == 0
    assert deviations([]).shape == (0,)


def test_products_without_a_category_are_judged_among_all():
    found = deviations([("Mugs", 1000, 0)] * 20 + [(None, 1_000_000, 0)])
    assert found[20] > FAR_DEVIATIONS


def test_medians_agree_with_pandas():
    import pandas as pd

    random = np.random.default_rng(3)
    paths = [f"c{number}" for number in random.integers(0, 4, 400)]
    prices = np.exp(random.normal(7, 1.5, 400)).astype(np.int64) + 1
    found = deviations([(path, int(price), 0) for path, price in zip(paths, prices, strict=True)])
    logs = pd.Series(np.log(prices.astype(float)))
    median = logs.groupby(paths).transform("median")
    spread = (logs - median).abs().groupby(pd.Series(paths)).transform("median") * 1.4826
    np.testing.assert_allclose(found, (logs - median) / np.maximum(spread, 0.25), rtol=1e-9)
