"""Alignment: it finds back a turned map, and never changes distances but by one common scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import procrustes

from core.explore.alignment import align_positions, disparity


def distances(positions):
    return np.linalg.norm(positions[:, None].astype(float) - positions[None], axis=2)


@given(st.integers(0, 10_000), st.integers(2, 30), st.sampled_from([2, 3]))
def test_distances_change_by_one_common_scale(seed, count, dimensions):
    random = np.random.default_rng(seed)
    moving, onto = random.standard_normal((2, count, dimensions)).astype(np.float32) * [[[1]], [[40]]]
    before, after = distances(moving), distances(align_positions(moving, onto))
    scale = after.sum() / before.sum()
    assert scale > 0
    assert after == pytest.approx(scale * before, rel=1e-3, abs=1e-3 * after.max())


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_map_comes_back(mirrored):
    # 30 degrees, twice the size, moved, and seen in a mirror.
    onto = np.random.default_rng(0).standard_normal((20, 2)).astype(np.float32)
    angle = np.radians(30)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = 2 * onto @ turn * ([-1, 1] if mirrored else [1, 1]) + [5, -3]
    assert align_positions(moved, onto) == pytest.approx(onto, abs=1e-5)


def test_maps_without_extent_stay_finite():
    for moving, onto in ((np.zeros((3, 2)), np.eye(3, 2)), (np.eye(3, 2), np.zeros((3, 2))), (np.zeros((0, 2)),) * 2):
        assert np.isfinite(align_positions(moving, onto)).all()


def test_maps_with_nothing_in_common_stay_as_widely_spread():
    random = np.random.default_rng(5)
    moving, onto = random.normal(size=(400, 2)), random.normal(size=(400, 2)) * 7
    laid = align_positions(moving, onto)
    assert laid.std(axis=0).mean() == pytest.approx(onto.std(axis=0).mean(), rel=0.05)


def test_disparity_is_scipys():
    random = np.random.default_rng(6)
    moving = random.normal(size=(60, 2))
    for noise in (0.0, 0.5, 5.0):
        onto = 3 * moving @ np.array([[0.0, 1.0], [-1.0, 0.0]]) + noise * random.normal(size=(60, 2))
        assert disparity(moving, onto) == pytest.approx(procrustes(onto, moving)[2], abs=1e-9)
    assert disparity(np.ones((5, 2)), onto[:5]) == 0.0  # nothing is spread
