"""Mining argued by hand, the loss by its formula, and its gradient by finite differences."""

import numpy as np
import pytest

from core.models.triplet_loss import distances, mine, triplet_loss
from core.vision.pca import unit_rows

# On the unit circle at these angles: two categories, one of which surrounds the other's second picture.
ANGLES = np.radians([0, 40, 10, 90])
LABELS = np.array([0, 0, 1, 1])


def circle(angles=ANGLES):
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def triplets(mining, points=None, labels=LABELS):
    found = mine(distances(circle() if points is None else points), labels, mining)
    columns = (found.anchors, found.positives, found.negatives)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def test_distances_are_chords():
    # Two points at an angle t are 2 sin(t / 2) apart.
    apart = distances(circle())
    assert apart[0, 1] == pytest.approx(2 * np.sin(np.radians(20)), abs=1e-5)
    assert apart[0, 0] < 0.01
    np.testing.assert_allclose(apart, apart.T, atol=1e-6)


def test_hard_takes_the_farthest_of_its_own_and_the_nearest_other():
    # Each category has two pictures, so the positive is the other one. The nearest of the other category:
    # of 0 deg it is 10 deg, of 40 deg it is 10 deg (30 away, 90 deg is 50 away), of 10 deg it is 0 deg, of 90 deg 40.
    assert triplets("hard") == [(0, 1, 2), (1, 0, 2), (2, 3, 0), (3, 2, 1)]


def test_hard_takes_the_farther_of_two_positives():
    points = circle(np.radians([0, 20, 50, 180]))
    found = triplets("hard", points, np.array([0, 0, 0, 1]))
    # The lone picture of category 1 has no positive and is no anchor.
    assert found == [(0, 2, 3), (1, 2, 3), (2, 0, 3)]


def test_semi_hard_takes_the_nearest_negative_beyond_the_positive():
    # (0, 40): the positive is 40 away; 10 deg is nearer, so 90 deg it is. (40, 0): 40 away; 10 deg is 30 away, too
    # near; 90 deg is 50 away. (10, 90): 80 away; 0 deg is 10 and 40 deg is 30 away, none is beyond: the farthest,
    # 40 deg. (90, 10): 80 away; 40 deg is 50 away, 0 deg is 90 away and beyond.
    assert triplets("semi-hard") == [(0, 1, 3), (1, 0, 3), (2, 3, 1), (3, 2, 0)]


def test_all_takes_every_pair_with_every_other_category():
    # Four ordered pairs of one category, two negatives each.
    assert len(triplets("all")) == 8
    assert all(LABELS[a] == LABELS[p] != LABELS[n] and a != p for a, p, n in triplets("all"))


@pytest.mark.parametrize("mining", ["hard", "semi-hard", "all"])
@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 1, 2, 3]])
def test_without_pairs_or_a_second_category_there_is_nothing_to_learn(mining, labels):
    found = triplet_loss(circle(), np.array(labels), mining=mining, margin=0.2, soft_margin=False)
    assert (found.mean, found.active) == (0.0, 0.0)
    assert not found.gradient.any()


def test_the_loss_is_the_formula():
    chord = lambda degrees: 2 * np.sin(np.radians(degrees) / 2)  # noqa: E731
    # Hard triplets as above, as (to the positive, to the negative) in degrees.
    over = np.array([chord(40) - chord(10), chord(40) - chord(30), chord(80) - chord(10), chord(80) - chord(50)])
    hinge = triplet_loss(circle(), LABELS, mining="hard", margin=0.1, soft_margin=False)
    assert hinge.mean == pytest.approx(np.maximum(over + 0.1, 0).mean(), abs=1e-5)
    assert hinge.active == 1.0
    soft = triplet_loss(circle(), LABELS, mining="hard", margin=0.1, soft_margin=True)
    assert soft.mean == pytest.approx(np.log1p(np.exp(over)).mean(), abs=1e-5)


def test_triplets_beyond_the_margin_cost_nothing_and_move_nothing():
    points = circle(np.radians([0, 1, 179, 180]))
    found = triplet_loss(points, LABELS, mining="semi-hard", margin=0.2, soft_margin=False)
    assert (found.mean, found.active) == (0.0, 0.0)
    assert not found.gradient.any()


@pytest.mark.parametrize("mining", ["hard", "semi-hard", "all"])
@pytest.mark.parametrize("soft", [False, True])
def test_the_gradient_is_that_of_finite_differences(mining, soft):
    random = np.random.default_rng(3)
    points = unit_rows(random.normal(size=(12, 5))).astype(np.float64)
    labels = np.repeat(np.arange(4), 3)

    def loss(at):
        return triplet_loss(at, labels, mining=mining, margin=0.3, soft_margin=soft)

    gradient, step = loss(points).gradient, 1e-6
    for row, column in ((0, 0), (3, 2), (7, 4), (11, 1)):
        moved = [points.copy(), points.copy()]
        moved[0][row, column] += step
        moved[1][row, column] -= step
        slope = (loss(moved[0]).mean - loss(moved[1]).mean) / (2 * step)
        # The formula of the distance, 2 - 2 cosine, holds on the sphere only; it is differentiated as it stands.
        assert gradient[row, column] == pytest.approx(slope, rel=1e-3, abs=1e-5)


def test_equal_pictures_of_two_categories_do_not_break_it():
    points = np.repeat(circle()[:1], 4, axis=0)
    found = triplet_loss(points, LABELS, mining="hard", margin=0.2, soft_margin=False)
    assert found.mean == pytest.approx(0.2, abs=1e-6)  # as near as the positive: only the margin is missing
    assert np.isfinite(found.gradient).all()
