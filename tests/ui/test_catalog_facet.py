import pytest

from core.catalog.color_swatches import RAINBOW, swatch
from core.ui.catalog_facet import category_options, value_options


def test_paths_become_a_tree_in_the_order_of_names():
    counts = {"Clothing": 6, "Clothing > shoes > Boots": 2, "Clothing > Shirts": 3, "Bags": 4, "Clothing > shoes": 2}
    tree = [(option.label, option.depth, option.count) for option in category_options(counts)]
    # Ordered by name within a level, in any case of letters; each node before what is below it.
    assert tree == [("Bags", 0, 4), ("Clothing", 0, 6), ("Shirts", 1, 3), ("shoes", 1, 2), ("Boots", 2, 2)]


def test_values_keep_their_order_and_empty_ones_are_no_choice():
    assert [option.value for option in value_options({"b": 5, "": 2, "a": 1})] == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "color"),
    [
        ("Navy Blue", "#1c2b52"),
        ("NAVY", "#1c2b52"),
        ("off white", "#f7f4e9"),
        ("Light Blue", "#8aa9df"),  # blue #2a62c4, each part 45 % of its way to 255
        ("dark green", "#205027"),  # green #3a9147, each part at 55 %: 31.9, 79.75, 39.05
        ("Multi-Colored", RAINBOW),
        ("Sage", "#9caf88"),
        ("mystery", None),
        ("<b>", None),
    ],
)
def test_a_swatch_shows_the_color_a_name_means(name, color):
    assert swatch(name) == color
