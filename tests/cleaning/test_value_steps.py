"""Colors, brands and price texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.color_names import BY_WORD, COLOR_NAMES, color_rgb
from core.cleaning.brands import brand_names
from core.cleaning.colors import color_names, named_color
from core.cleaning.folding import fold_name
from core.errors import SettingsError
from tests.cleaning.shop import clean, make_shop, preview, values


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("navy", "Navy Blue"),
        ("NAVY  blue", "Navy Blue"),
        ("Balck", "Black"),  # two letters changed places
        ("Turquise", "Turquoise Blue"),
        ("blue/white", "Blue"),  # the first of several
        ("Sporty red", "Red"),
        ("Multicolour", "Multicolor"),
        ("N/A", None),
        ("Persian Sunset", ""),  # no color word in it: left as it is
    ],
)
def test_words_for_colors(text, name):
    assert named_color(text) == name


def test_several_colors_as_asked():
    assert named_color("Blue, White", several="multicolor") == "Multicolor"
    assert named_color("Blue, White", several="keep") == "Blue, White"
    assert named_color("Blue, blue", several="multicolor") == "Blue"


def test_every_word_means_one_color():
    words = [word for color in COLOR_NAMES for word in {color.name.lower(), *color.synonyms}]
    assert len(words) == len(set(words))
    assert all(fold_name(word) == word for word in words)
    assert all(color.rgb is None or all(0 <= each <= 255 for each in color.rgb) for color in COLOR_NAMES)
    assert color_rgb("NAVY") == BY_WORD["navy blue"].rgb == (0, 0, 128)
    assert color_rgb("unheard of") is None


def test_colors_are_named_and_filled_from_attributes(home):
    make_shop(
        home,
        [
            {"color": "navy"},
            {"color": "Navy Blue"},
            {"color": "none"},
            {"attributes": {"Colour": "crimson"}},
            {"attributes": {"Colour": ["teal", "red"], "size": "L"}},
            {"attributes": {"size": "blue"}},
        ],
    )
    applied = clean(home, "colors")
    assert list(values(home, "color").values()) == ["Navy Blue", "Navy Blue", None, "Red", "Teal", None]
    assert (applied.products, applied.figures["renamed"], applied.figures["filled"]) == (4, 2, 2)


def test_brands_by_case_punctuation_and_legal_suffix():
    names = brand_names(
        {"Nike": 5, "NIKE Inc.": 2, "nike": 1, "Acme Pvt. Ltd.": 4, "L.G.": 1, "LG": 2, "n/a": 1, "Co": 1}
    )
    assert names == {
        "Nike": "Nike",
        "NIKE Inc.": "Nike",
        "nike": "Nike",
        "Acme Pvt. Ltd.": "Acme",
        "L.G.": "LG",
        "LG": "LG",
        "n/a": None,
        "Co": "Co",  # nothing would be left of it
    }


def test_legal_suffixes_can_stay(home):
    make_shop(home, [{"brand": "Acme Ltd."}, {"brand": "ACME LTD"}, {"brand": "Acme Ltd."}])
    clean(home, "brands", legal_suffixes=False)
    assert set(values(home, "brand").values()) == {"Acme Ltd."}


texts = st.dictionaries(
    st.text(st.sampled_from("aAbBeE .&-,/'é"), min_size=1, max_size=8), st.integers(1, 5), max_size=8
)


@settings(max_examples=80)
@given(texts, st.sampled_from([brand_names, color_names]))
def test_naming_twice_changes_nothing_more(counts, name_all):
    named = name_all(counts)
    again: dict[str, int] = {}
    for text, name in named.items():
        if name is not None:
            again[name] = again.get(name, 0) + counts[text]
    assert {text: name for text, name in name_all(again).items() if text != name} == {}


def test_price_texts_become_prices(home):
    make_shop(
        home,
        [
            {"attributes": {"Price": "Rs. 1,299", "size": "L"}},
            {"attributes": {"price": "was € 20,00 now € 15,50"}},
            {"attributes": {"price": "10-20"}, "currency": None},
            {"attributes": {"price": "call us"}},
            {"price_minor_units": 500, "currency": "EUR", "attributes": {"price": "9 EUR"}},
            {"attributes": {"weight": "100"}},
        ],
    )
    shown = preview(home, "prices", currency="USD")
    assert (shown.total, shown.figures["was"], shown.figures["unreadable"]) == (3, 1, 1)
    clean(home, "prices", currency="USD")
    assert list(values(home, "price_minor_units").values()) == [129_900, 1550, 1000, None, 500, None]
    assert list(values(home, "currency").values()) == ["INR", "EUR", "USD", None, "EUR", None]
    attributes = list(values(home, "attributes").values())
    # What it cost before and the end of the range stay known, in major units.
    assert attributes[1]["price_was"] == 20.0
    assert attributes[2]["price_highest"] == 20.0
    assert attributes[0] == {"Price": "Rs. 1,299", "size": "L"}


def test_a_price_without_currency_waits_for_one(home):
    make_shop(home, [{"attributes": {"price": "12.50"}}])
    shown = preview(home, "prices")
    assert shown.total == 0
    assert "names no currency" in shown.notes[0]


def test_a_currency_has_three_letters(home):
    make_shop(home, [{}])
    with pytest.raises(SettingsError, match=r"step prices: currency is 'euros': expected three letters"):
        clean(home, "prices", currency="euros")
