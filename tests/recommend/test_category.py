"""Category similarity: shared levels over the longer path, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recommend.category import category_paths

CATEGORIES = ["Clothing > Tops > Shirts", "Clothing > Tops", "Clothing > Shoes", "Home > Tops", None, "", "Clothing"]


def similarity_to(category, categories=CATEGORIES):
    paths = category_paths(categories)
    return paths.similarities(category)[paths.codes]


def test_shared_levels_over_the_longer_path():
    # 3 of 3; 2 of 3; 1 of 3; 0 (the same word under another parent is another category); missing twice; 1 of 3.
    expected = [1, 2 / 3, 1 / 3, 0, np.nan, np.nan, 1 / 3]
    assert similarity_to("Clothing > Tops > Shirts") == pytest.approx(expected, nan_ok=True)


def test_a_path_the_catalog_does_not_know_shares_its_upper_levels():
    expected = [2 / 4, 2 / 4, 1 / 4, 0, np.nan, np.nan, 1 / 4]
    assert similarity_to("Clothing > Tops > Blouses > Silk") == pytest.approx(expected, nan_ok=True)


def test_a_name_that_only_begins_alike_is_another_category():
    assert similarity_to("Clothing > Top")[1] == pytest.approx(1 / 2)
    assert similarity_to("Cloth")[6] == 0


def test_without_a_category_everything_is_missing():
    assert np.isnan(similarity_to(None)).all()
    assert np.isnan(similarity_to("Clothing", [None, None])).all()
    assert similarity_to("Clothing", []).shape == (0,)


level = st.sampled_from("abc")
path = st.lists(level, min_size=1, max_size=4).map(" > ".join)


@given(st.lists(path, min_size=1, max_size=20), path)
def test_agrees_with_the_formula_and_is_symmetric(categories, query):
    def shares(one, other):
        one, other = one.split(" > "), other.split(" > ")
        shared = 0
        while shared < min(len(one), len(other)) and one[shared] == other[shared]:
            shared += 1
        return shared / max(len(one), len(other))

    assert similarity_to(query, categories) == pytest.approx([shares(category, query) for category in categories])
    assert similarity_to(query, categories)[0] == similarity_to(categories[0], [query])[0]
