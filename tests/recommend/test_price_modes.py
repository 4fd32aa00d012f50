"""What a good price is: expected values by the formulas of the module, worked out by hand."""

import numpy as np
import pytest

from core.catalog.price_levels import price_levels
from core.recommend.price_modes import Pricing, price_values

PRICES = [100, 200, 50, None, 100]
CURRENCIES = ["EUR", "EUR", "EUR", None, "INR"]


def values(pricing, *, price=100.0, currency="EUR"):
    levels = price_levels(PRICES, CURRENCIES, categories=[None] * 5)
    amounts = np.array([np.nan if amount is None else amount for amount in PRICES], np.float32)
    return price_values(pricing, levels, amounts, level=2.0, price=price, currency=currency).tolist()


@pytest.mark.parametrize(
    ("pricing", "expected"),
    [
        (Pricing("same"), [1, 0.5, 0.5]),  # 100 against 100, 200 and 50: the smaller over the larger
        (Pricing("cheaper"), [1 / 2, 1 / 3, 2 / 3]),  # 100 / (p + 100)
        (Pricing("dearer"), [1 / 2, 2 / 3, 1 / 3]),
        (Pricing("budget", 80, "EUR"), [0.8, 0.4, 1]),  # 80 / p above the budget
    ],
)
def test_prices_are_compared_by_the_formula(pricing, expected):
    found = values(pricing)
    assert found[:3] == pytest.approx(expected)
    assert np.isnan(found[3:]).all()  # no price, and another currency: missing, not zero


def test_a_budget_needs_no_price_of_the_query():
    assert values(Pricing("budget", 100, "INR"), price=None, currency=None)[4] == 1


def test_without_a_price_of_the_query_nothing_is_compared():
    assert np.isnan(values(Pricing("same"), price=None)).all()


def test_free_products_are_as_cheap_as_can_be():
    levels = price_levels([0, 10], ["EUR", "EUR"], categories=[None, None])
    asked = {"level": 1.0, "price": 0.0, "currency": "EUR"}
    prices = np.array([0, 10], np.float32)
    assert price_values(Pricing("same"), levels, prices, **asked).tolist() == [1, 0]
    assert price_values(Pricing("cheaper"), levels, prices, **asked).tolist() == [0.5, 0]
