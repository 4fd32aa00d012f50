"""What makes a selection special: shares, effects and chances worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from core.explore.selection_contrast import contrast, title_words


def shop(count=200):
    """The first 20 products are dear red lamps of one brand; the others are cheap mugs in two colors."""
    lamp = np.arange(count) < 20
    return pd.DataFrame(
        {
            "product_id": [f"p{number}" for number in range(count)],
            "title": np.where(lamp, "Old lamp", "Old mug"),
            "category": np.where(lamp, "Home > Lamps", "Kitchen > Mugs"),
            "price_minor_units": pd.array(np.where(lamp, 5000, 900), dtype="Int64"),
            "currency": "EUR",
            "brand": np.where(lamp, "Nord", None),
            "color": np.where(lamp | (np.arange(count) % 2 == 0), "red", "blue"),
            "split": None,
        }
    )


def test_what_only_the_selected_have_has_the_largest_effect():
    table = shop()
    found = contrast(table, np.arange(200) < 20)
    traits = {(trait.field, trait.value): trait for trait in found.traits}
    lamps = traits["category", "Home > Lamps"]
    assert (lamps.selected, lamps.rest, lamps.share_selected, lamps.share_rest) == (20, 0, 1.0, 0.0)
    # 2 asin sqrt 1 - 2 asin sqrt 0 = pi, the largest there is; the parent says the same, the mugs the opposite.
    assert lamps.effect == pytest.approx(math.pi)
    assert traits["category", "Home"].effect == pytest.approx(math.pi)
    assert traits["word in title", "mug"].effect == pytest.approx(-math.pi)
    assert ("word in title", "old") not in traits  # everybody has it
    # All 20 are red against 90 of 180: 2 asin 1 - 2 asin sqrt 0.5 = pi - pi / 2.
    assert traits["color", "red"].effect == pytest.approx(math.pi / 2)
    assert found.prices is not None
    assert (found.prices.median_selected, found.prices.median_rest, found.prices.dearer) == (50.0, 9.0, 1.0)


def test_chance_finds_stay_out():
    table = shop().assign(category=None, title=[f"word{chr(97 + number % 26)}x" for number in range(200)], color=None)
    random = np.random.default_rng(1)
    found = contrast(table.assign(brand=None), random.permutation(np.arange(200) < 40))
    assert found.traits == ()
    assert found.compared > 0


def test_nothing_and_everything_have_no_rest():
    table = shop()
    for selected in (np.zeros(200, bool), np.ones(200, bool)):
        found = contrast(table, selected)
        assert (found.traits, found.prices) == ((), None)


def test_a_catalog_without_prices_categories_or_titles():
    bare = shop(50).assign(price_minor_units=pd.array([None] * 50, dtype="Int64"), currency=None, category=None)
    found = contrast(bare.assign(title="", brand=None, color=None), np.arange(50) < 5)
    assert (found.traits, found.prices, found.selected, found.rest) == ((), None, 5, 45)


def test_prices_of_other_currencies_are_left_out():
    table = shop(20).assign(currency=["EUR"] * 15 + ["JPY"] * 5)
    found = contrast(table, np.arange(20) < 10)
    assert found.prices is not None
    assert (found.prices.currency, found.prices.selected, found.prices.rest) == ("EUR", 10, 5)
    assert found.prices.dearer == 0.5  # all cost the same


def test_words_count_once_a_title():
    words = title_words(pd.Series(["Mug mug MUG 12", "a mug", None]))
    assert words.words.tolist() == ["mug"]  # numbers and single letters are no words
    assert words.rows.tolist() == [0, 1]
