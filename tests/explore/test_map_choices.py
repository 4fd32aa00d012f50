"""What points of a map can be colored by, and what each choice gives."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.errors import SettingsError
from core.explore.map_choices import (
    MapProducts,
    category_level,
    color_choices,
    coloring_by,
    prices,
    read_choice,
    strength_by,
    strength_choices,
    typed_choice,
)
from core.explore.named_colors import own_colors
from tests.catalog.store import small_catalog


@pytest.fixture
def shop(home):
    from core.catalog.products import product_table

    catalog = small_catalog(home)
    return MapProducts(home, catalog, product_table(home, catalog))


def test_levels_cut_category_paths():
    points = pd.DataFrame({"category": ["A > B > C", "A", None]})
    assert category_level(points, 2).tolist() == ["A > B", "A", "no category"]
    assert category_level(points, None).tolist() == ["A > B > C", "A", "no category"]


def test_prices_of_another_currency_are_missing():
    points = pd.DataFrame(
        {"price_minor_units": pd.array([100, 250, 999], dtype="Int64"), "currency": ["EUR", "EUR", "USD"]}
    )
    values, currency = prices(points)
    assert currency == "EUR"
    assert values.tolist()[:2] == [1.0, 2.5]
    assert values.isna().tolist() == [False, False, True]


# As swatches show them; white, each part at 88 %, so that it is seen on paper.
OWN = [("Navy blue", "#1c2b52"), ("light-blue", "#8aa9df"), ("RED", "#d1232a"), ("White", "#e0e0e0")]


@pytest.mark.parametrize(("name", "color"), OWN)
def test_color_names_are_drawn_in_their_color(name, color):
    assert own_colors(pd.Series([name])) == {name: color}


def test_unknown_color_names_have_none():
    assert own_colors(pd.Series(["mystery", "Multi-Colored"])) == {}


CHOICES = [
    *("category, level 1", "category", "price", "price level", "color", "brand", "split"),
    *("attribute: material", "attribute: weight_g"),
]


def test_what_a_catalog_can_be_colored_by(shop):
    # "Kitchen > Mugs" is two levels deep, so one level stands above the whole path.
    assert color_choices(shop.home, shop.catalog, shop.table, judged=False) == CHOICES
    more = color_choices(shop.home, shop.catalog, shop.table, judged=True, clustered=True)
    assert set(more) - set(CHOICES) == {"right or wrong", "confidence", "cluster"}
    assert strength_choices(shop.table, judged=True) == ["price", "confidence"]


@pytest.mark.parametrize(
    ("asked", "choice"),
    [
        ("category:1", "category, level 1"),
        ("category, level 1", "category, level 1"),
        ("attribute:material", "attribute: material"),
        ("price-level", "price level"),
    ],
)
def test_a_choice_is_read_as_it_is_typed_and_as_links_say_it(asked, choice):
    assert read_choice(asked, CHOICES) == choice
    assert read_choice(typed_choice(choice), CHOICES) == choice


def test_a_choice_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(SettingsError, match="'category:9' here: expected one of category:1, category, price, price-l"):
        read_choice("category:9", CHOICES)


def kinds(shop, by):
    return {kind.name: (kind.count, kind.color) for kind in coloring_by(shop, by).kinds}


def test_kinds_of_each_choice(shop):
    assert kinds(shop, "category, level 1") == {"Kitchen": (2, None), "Clothing": (1, None), "Kitchenware": (1, None)}
    # Red is drawn red; two products have no color.
    assert kinds(shop, "color") == {"red": (1, "#d1232a"), "blue": (1, "#2a62c4"), "unknown": (2, None)}
    assert kinds(shop, "attribute: material") == {"clay": (4, None)}
    # Prices 9, 12.50 and 40: the 30, 65 and 90 % quantiles are 11.10, 20.75 and 34.50, so levels 1, 2 and 4.
    assert kinds(shop, "price level") == {w: (1, None) for w in ("1 cheap", "2", "4 dear", "unknown")}


def test_prices_are_told_in_major_units_of_their_currency(shop):
    found = coloring_by(shop, "price")
    # The 1st and 99th percentile of log10 of 9, 12.50 and 40, which interpolate a little inwards.
    assert (found.by, found.ticks[0][1], found.ticks[-1][1]) == ("price, EUR", "9.06", "39.1")
    # 12.50 lies 0.140 of 0.635 in between, 0.22 of 254; wool has no price.
    assert found.codes.tolist() == [0, 55, 255, 254]


def test_verdicts_and_confidence_are_a_runs(shop):
    rows = pd.DataFrame({"product_id": ["a/1", "a/1", "a/2"], "label": list("xxx"), "predicted": list("xyx")})
    run = SimpleNamespace(products=rows, probabilities=np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]]))
    judged = MapProducts(shop.home, shop.catalog, shop.table, run=run, verdict_colors={"right": "#00ff00"})
    # One of two pictures of a/1 was taken for y, so that a/1 is wrong; two products were not predicted.
    assert kinds(judged, "right or wrong") == {
        "right": (1, "#00ff00"),
        "wrong": (1, None),
        "not predicted": (2, None),
    }
    # a/1: mean of 0.9 and 0.6, 0.75; a/2: 0.8. The surer is the stronger, those without are faintest.
    assert strength_by(judged, "confidence").tolist() == [127, 255, 0, 0]
    with pytest.raises(SettingsError, match="no run to show predictions of"):
        coloring_by(shop, "confidence")
    with pytest.raises(SettingsError, match="no clusters of this embedding"):
        coloring_by(shop, "cluster")
