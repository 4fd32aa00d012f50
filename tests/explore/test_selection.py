"""Lasso and box: which products lie inside, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingsError
from core.explore.selection import products_in_box, products_in_lasso

POINTS = pd.DataFrame(
    {"product_id": list("abcdef"), "x": [1, 3, 5, 2, -1, np.nan], "y": [1, 1, 1, 2.5, 1, 1]}, dtype=object
).astype({"x": float, "y": float})


def test_a_triangle():
    # Corners (0, 0), (4, 0), (0, 4): inside means x + y < 4. a 2, b 4 (on the edge), c 6, d 4.5, e left of it.
    assert products_in_lasso(POINTS, np.array([[0, 0], [4, 0], [0, 3.9]])) == ["a"]
    assert products_in_lasso(POINTS, np.array([[0, 0], [5, 0], [0, 5]])) == ["a", "b", "d"]


def test_a_u_shape_leaves_out_its_gap():
    # A U over x 0..6, y 0..3 whose gap is x 2..4, y 0.5..3: b at (3, 1) and d at (2.5 over the gap) are outside.
    corners = np.array([[0, 0], [6, 0], [6, 3], [4, 3], [4, 0.5], [1.9, 0.5], [1.9, 3], [0, 3]])
    assert products_in_lasso(POINTS, corners) == ["a", "c"]


def test_a_box_takes_its_edges_and_either_order_of_ends():
    assert products_in_box(POINTS, x=(3, 1), y=(1, 1)) == ["a", "b"]


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), max_size=30),
    st.tuples(st.floats(-8, 0), st.floats(1, 8)),
    st.tuples(st.floats(-8, 0), st.floats(1, 8)),
)
def test_a_rectangular_lasso_is_a_box(points, x, y):
    points = [(a, b) for a, b in points if a not in x and b not in y]  # a lasso does not promise its edges
    frame = pd.DataFrame(points, columns=["x", "y"], dtype=float)
    frame["product_id"] = [str(number) for number in range(len(frame))]
    corners = np.array([[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]])
    assert products_in_lasso(frame, corners) == products_in_box(frame, x=x, y=y)
    assert products_in_lasso(frame, corners[::-1]) == products_in_box(frame, x=x, y=y)


@pytest.mark.parametrize("polygon", [np.zeros((2, 2)), np.zeros((4, 3)), np.full((3, 2), np.nan)])
def test_no_polygon_is_refused(polygon):
    with pytest.raises(SettingsError, match="a lasso needs at least 3 finite corners"):
        products_in_lasso(POINTS, polygon)
