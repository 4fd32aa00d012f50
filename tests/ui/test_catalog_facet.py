import pytest

from core.ui.catalog_facet import category_options, value_options
from core.ui.catalog_swatches import swatch


def test_a_level_counts_everything_below_it():
    counts = {"Clothing > Shirts": 3, "Clothing > shoes > Boots": 2, "Clothing": 1, None: 7, "Bags": 4}
    tree = [(option.value, option.depth, option.count) for option in category_options(counts)]
    # Ordered by name within a level, in any case; products without a category are no node.
    assert tree == [
        ("Bags", 0, 4),
        ("Clothing", 0, 6),
        ("Clothing > Shirts", 1, 3),
        ("Clothing > shoes", 1, 2),
        ("Clothing > shoes > Boots", 2, 2),
    ]


def test_values_come_most_frequent_first_and_empty_ones_not_at_all():
    assert [option.value for option in value_options({"a": 1, None: 9, "b": 5, "": 2})] == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "color"),
    [
        ("Navy Blue", "#1c2b52"),
        ("NAVY", "#1c2b52"),
        ("off white", "#f7f4e9"),
        ("Light Blue", "#8aa9df"),  # blue #2a62c4, each part 45 % of its way to 255
        ("dark green", "#205027"),  # green #3a9147, each part at 55 %: 31.9, 79.75, 39.05
        ("sage", None),
        ("<b>", None),
    ],
)
def test_a_swatch_shows_the_color_a_name_means(name, color):
    assert swatch(name) == color
