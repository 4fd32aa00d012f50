import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.money import format_price, to_major_units, to_minor_units
from core.errors import SettingsError


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.50", "EUR", 1250), (0.1 + 0.2, "EUR", 30), ("500", "JPY", 500), ("1.005", "BHD", 1005), ("0.125", "EUR", 13)],
)
def test_amounts_become_whole_minor_units_of_their_currency(amount, currency, minor):
    assert to_minor_units(amount, currency) == minor


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_there_and_back_loses_nothing(minor, currency):
    assert to_minor_units(to_major_units(minor, currency), currency) == minor


@pytest.mark.parametrize("amount", ["nan", "inf", "-1", "cheap", ""])
def test_what_is_no_price_is_named(amount):
    with pytest.raises(SettingsError, match="a price must be a number of at least 0"):
        to_minor_units(amount, "EUR")


def test_people_read_sign_thousands_and_digits():
    assert format_price(123450, "EUR") == "€ 1,234.50"
    assert format_price(1500, "JPY") == "¥ 1,500"
    assert format_price(199, "CHF") == "CHF 1.99"
    assert format_price(None, "EUR") == ""
