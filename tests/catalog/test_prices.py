from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.prices import ParsedPrice, PriceStyle, guess_style, parse_price
from core.errors import CatalogError


@pytest.mark.parametrize(
    ("text", "minor_units", "currency"),
    [
        ("12.50", 1250, None),
        ("€ 1.234,50", 123450, "EUR"),
        ("1,234.50 $", 123450, "USD"),
        ("1 234,50 zł", 123450, "PLN"),
        ("1\u202f234,50\xa0€", 123450, "EUR"),  # the narrow blank that French spreadsheets write
        ("CHF 1'234.-", 123400, "CHF"),
        ("12,- €", 1200, "EUR"),
        ("Rs. 1,23,456.00", 12345600, "INR"),  # lakhs: groups of two above the thousand
        ("₹ 1,899", 189900, "INR"),
        ("Rs.299/-", 29900, "INR"),
        ("199 kr", 19900, "SEK"),
        ("¥1,980", 1980, "JPY"),  # yen have no smaller unit
        ("1.234 KWD", 1234, "KWD"),  # a dinar has 1,000 fils, so three digits are the fils
        ("A$ 5", 500, "AUD"),
        ("５００円", 500, "JPY"),  # full-width digits
        ("€12⁹⁹", 1299, "EUR"),  # raised cents are cents, not hundreds
        ("0.234", 23, None),  # no thousand begins with 0
        ("12345.678", 1234568, None),  # five digits before the mark: no thousands; half a cent and more rounds up
        ("2.50 per 100 g", 250, None),
        ("From $10", 1000, "USD"),
        ("15 (25 % off)", 1500, None),
    ],
)
def test_one_price(text, minor_units, currency):
    assert parse_price(text) == ParsedPrice(minor_units, currency)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("10-20", ParsedPrice(1000, None, highest_minor_units=2000)),
        ("$10 to $20", ParsedPrice(1000, "USD", highest_minor_units=2000)),
        ("20,00 – 10,00 €", ParsedPrice(1000, "EUR", highest_minor_units=2000)),  # the lower one is the price
        ("10-10", ParsedPrice(1000, None)),
        ("was 20 now 15", ParsedPrice(1500, None, was_minor_units=2000)),
        ("15 (was 20)", ParsedPrice(1500, None, was_minor_units=2000)),
        ("15 statt 20 €", ParsedPrice(1500, "EUR", was_minor_units=2000)),
        ("MRP 1,999 now Rs. 999", ParsedPrice(99900, "INR", was_minor_units=199900)),
        ("was 20 now 15 save 5", ParsedPrice(1500, None, was_minor_units=2000)),
        ("MRP 100", ParsedPrice(10000, None)),  # an old price alone is the price
    ],
)
def test_ranges_and_old_prices(text, price):
    assert parse_price(text) == price


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-5", "below 0"),
        ("€ -5", "below 0"),
        ("($5.00)", "below 0"),
        ("0", "above 0"),
        ("0.00", "above 0"),
        ("nan", "'nan' is neither a currency"),
        ("inf", "'inf' is neither"),
        ("", "no number"),
        ("call 555-1234", "'call' is neither"),
        ("12 ABC", "'abc' is neither"),
        ("1.2.3", "not parted into thousands"),
        ("1,234.567,89", "mixes its marks"),
        ("$5 / £4", "several currencies"),
        ("10 20", "no single price"),
        ("3 for 10", "no single price"),
        ("9" * 20, "at most 1,000,000,000,000"),
        ("1" * 300, "300 characters"),
        (float("nan"), "expected a number"),
        (float("inf"), "expected a number"),
        (-1, "expected a number"),
        (True, "no number"),
        (None, "no number"),
    ],
)
def test_what_is_no_price_says_why(text, why):
    with pytest.raises(CatalogError, match="is no price: ") as error:
        parse_price(text)
    assert why in str(error.value)


def test_the_column_decides_what_one_mark_before_three_digits_means():
    assert guess_style(["1.234", "19.99"]) == PriceStyle(".")
    assert guess_style(["1.234", "19,99"]) == PriceStyle(",")
    assert guess_style(["1.234", "2.345.678"]) == PriceStyle(",")  # points that repeat are thousands
    assert guess_style(["1.234", 5, None, "5,000"]) == PriceStyle()
    assert parse_price("1.234", style=PriceStyle(".")).minor_units == 123
    assert parse_price("1.234", style=PriceStyle(",")).minor_units == 123400
    assert parse_price("1.234").minor_units == 123400  # three cents are rarer than thousands


def test_a_hint_decides_between_countries_that_share_a_sign():
    assert parse_price("$5", currency="CAD").currency == "CAD"
    assert parse_price("5 kr", currency="NOK").currency == "NOK"
    assert parse_price("5", currency="eur").currency == "EUR"
    assert parse_price("£5", currency="EUR").currency == "GBP"  # what the cell says counts
    assert parse_price(12.5, currency="USD") == ParsedPrice(1250, "USD")
    assert parse_price(Decimal("0.005"), currency="EUR").minor_units == 1


_SIGNS = st.sampled_from(["", "€", "$", "£", "₹", "Rs. ", "zł", "CHF ", "EUR "])


@settings(max_examples=100, deadline=None)
@given(cents=st.integers(1, 10**11), sign=_SIGNS, marks=st.sampled_from([",.", ".,", " ,", "'.", "\u202f,"]))
def test_every_way_of_writing_an_amount_gives_the_amount(cents, sign, marks):
    thousands, decimal = marks
    text = f"{cents // 100:,}".replace(",", thousands) + f"{decimal}{cents % 100:02}"
    assert parse_price(f"{sign}{text}").minor_units == cents
    assert parse_price(f"{text} {sign}").minor_units == cents


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.text("0123456789.,'-– €$kr()/%wasnow", max_size=30), st.floats(), st.integers())
)
def test_anything_is_a_price_in_its_range_or_refused(cell):
    try:
        price = parse_price(cell, currency="EUR")
    except CatalogError as error:
        assert "\x00" not in str(error) and len(str(error)) < 400
        return
    highest = price.highest_minor_units or price.minor_units
    assert 0 < price.minor_units <= highest <= 10**15
    assert price.was_minor_units is None or 0 < price.was_minor_units <= 10**15


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("0123456789.,€ ", max_size=12), max_size=20))
def test_a_style_is_found_in_any_column(column):
    assert guess_style(column).decimal in (None, ".", ",")
