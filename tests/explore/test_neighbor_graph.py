"""Neighbors and the weighted graph: by hand, and by the properties that define them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.explore import neighbors
from core.explore.neighbor_graph import directed_weights, neighbor_graph
from core.explore.neighbors import exact_neighbors, largest_columns


def unit_rows(seed, count, dimensions=8):
    rows = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_neighbors_by_hand():
    # Directions at 0, 60, 90 and 180 degrees: cosine distances from the first are 0, 0.5, 1 and 2.
    angles = np.radians([0, 60, 90, 180])
    rows, distances = exact_neighbors(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32), 4)
    assert rows[0].tolist() == [0, 1, 2, 3]
    assert distances[0] == pytest.approx([0, 0.5, 1, 2], abs=1e-6)
    assert rows[2].tolist() == [2, 1, 0, 3], "30 degrees, then two right angles in row order"


def test_a_product_comes_before_its_duplicates():
    rows, distances = exact_neighbors(np.repeat(unit_rows(1, 1), 5, axis=0), 3)
    assert rows[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert not distances.any()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 40))
def test_neighbors_agree_with_sorting_everything(seed, count):
    embeddings = unit_rows(seed, count)
    _, distances = exact_neighbors(embeddings, count)
    expected = np.sort(1 - embeddings.astype(np.float64) @ embeddings.T, axis=1)
    assert distances == pytest.approx(np.maximum(expected, 0), abs=2e-6)


@pytest.mark.parametrize("cores", [1, 3])
def test_tiles_are_put_together_the_same_on_any_number_of_cores(monkeypatch, cores):
    monkeypatch.setattr(neighbors, "_TILE_ROWS", 7)
    monkeypatch.setattr(neighbors.os, "cpu_count", lambda: cores)
    embeddings = unit_rows(3, 60)
    embeddings[40:50] = embeddings[5]  # eleven alike, in two tiles and beyond
    rows, distances = exact_neighbors(embeddings, 12)
    apart = np.maximum(1 - embeddings.astype(np.float64) @ embeddings.T, 0)
    apart[apart < 1e-6] = 0
    np.fill_diagonal(apart, -1)
    expected = np.lexsort((np.broadcast_to(np.arange(60), apart.shape), apart), axis=1)[:, :12]
    assert (rows == expected).all()
    assert distances == pytest.approx(np.take_along_axis(np.maximum(apart, 0), expected, axis=1), abs=2e-6)
    assert rows[45].tolist() == [45, 5, 40, 41, 42, 43, 44, 46, 47, 48, 49, *rows[45, 11:].tolist()]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_weights_of_a_product_sum_to_the_logarithm_of_its_neighborhood(seed):
    """That sum defines the bandwidth of each product in the paper (algorithm 3): log2 of the neighbor count."""
    _, distances = exact_neighbors(unit_rows(seed, 60), 15)
    weights = directed_weights(distances)
    assert weights[:, 1:].sum(axis=1) == pytest.approx(np.log2(15), abs=1e-3)
    assert weights[:, 1] == pytest.approx(1.0), "the nearest is always connected in full"
    assert (np.diff(weights, axis=1) <= 0).all(), "nearer is never weaker"


def test_graph_joins_both_directions():
    rows, distances = exact_neighbors(unit_rows(5, 30), 5)
    directed = np.zeros((30, 30))
    for head, (near, weight) in enumerate(zip(rows, directed_weights(distances), strict=True)):
        directed[head, near[1:]] = weight[1:]
    expected = 1 - (1 - directed) * (1 - directed.T)
    assert neighbor_graph(rows, distances).toarray() == pytest.approx(expected, abs=1e-6)


def test_clumps_of_equal_products_keep_finite_weights():
    embeddings = np.repeat(unit_rows(2, 2), 20, axis=0)
    weights = directed_weights(exact_neighbors(embeddings, 15)[1])
    assert np.isfinite(weights).all()
    assert weights.min() == 1, "all neighbors are equal, so all are connected in full"


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 40), st.integers(4096, 5000))
def test_the_largest_columns_are_found_among_groups(seed, count, columns):
    values = np.random.default_rng(seed).standard_normal((3, columns)).astype(np.float32)
    found = np.take_along_axis(values, largest_columns(values, count), axis=1)
    assert np.array_equal(np.sort(found, axis=1), np.sort(values, axis=1)[:, -count:])
