import numpy as np
import pytest

from core.evaluation.thresholds import (
    achieved_interval,
    choose_threshold,
    fewest_pictures,
    lower_bound,
    one_picture_a_product,
    share_curve,
)


def falling(count):
    """Probabilities 0.99 down to 0.5, all different."""
    return np.linspace(0.99, 0.5, count)


def test_the_lower_bound_is_that_of_clopper_and_pearson():
    # All 149 right: 0.05 ** (1 / 149) is the share at which that has a chance of 5 %.
    assert lower_bound(149, 149, doubt=0.05) == pytest.approx(0.05 ** (1 / 149))
    # 9 of 10, from the tables of the exact interval: 0.6058 one-sided at 95 %.
    assert lower_bound(9, 10, doubt=0.05) == pytest.approx(0.6058, abs=1e-4)
    assert lower_bound(0, 10, doubt=0.05) == 0


def test_how_few_pictures_can_prove_a_precision():
    assert fewest_pictures(0.98, 0.05) == 149  # 0.98 ** 149 = 0.0493, 0.98 ** 148 = 0.0503
    assert fewest_pictures(0.5, 0.5) == 1


def test_too_few_pictures_promise_nothing():
    found = choose_threshold(falling(148), np.ones(148, bool), precision=0.98, doubt=0.05)
    assert (found.value, found.accepted, found.pictures) == (None, 0, 148)


def test_everything_is_accepted_where_everything_is_right():
    found = choose_threshold(falling(200), np.ones(200, bool), precision=0.98, doubt=0.05)
    assert (found.value, found.accepted, found.right) == (0.5, 200, 200)
    assert found.bound == pytest.approx(0.05 ** (1 / 200))


def test_it_stops_before_the_mistakes():
    right = np.ones(300, bool)
    right[200:] = False  # the 100 least sure are all wrong
    found = choose_threshold(falling(300), right, precision=0.98, doubt=0.05)
    # One mistake among 201 has a bound of 0.9766: below what is wanted.
    assert (found.accepted, found.right) == (200, 200)


def test_an_early_mistake_is_got_over_when_many_more_are_right():
    right = np.ones(1000, bool)
    right[20] = False
    found = choose_threshold(np.linspace(0.999, 0.99, 1000), right, precision=0.98, doubt=0.05)
    assert (found.accepted, found.right) == (1000, 999)


def test_equal_probabilities_stay_together():
    right = np.ones(400, bool)
    right[350:] = False
    chances = np.concatenate([np.full(200, 0.9), np.full(200, 0.6)])  # the mistakes are among the 0.6
    found = choose_threshold(chances, right, precision=0.98, doubt=0.05)
    assert (found.value, found.accepted) == (0.9, 200)


def test_the_promise_holds_as_often_as_it_says():
    """A thousand shops whose pictures are right with exactly their probability: a plan may fail in 5 % of them."""
    random, failed = np.random.default_rng(3), 0
    for _ in range(1000):
        chances = random.uniform(0.8, 1, 400)
        found = choose_threshold(chances, random.random(400) < chances, precision=0.95, doubt=0.05)
        if found.value is not None:
            failed += (found.value + 1) / 2 < 0.95  # true precision of what is accepted: the mean probability
    assert failed <= 70  # 50 expected at most, and 2.9 standard deviations


def test_between_what_the_precision_of_fresh_pictures_lies():
    low, high = achieved_interval(200, 200, precision=0.98, fresh=100, doubt=0.05)
    # Binomial(100, 0.98): P(at most 94) = 1.5 %, P(at most 95) = 5.1 %, so 95 is the 2.5 % quantile.
    assert (low, high) == (0.95, 1.0)
    assert achieved_interval(0, 0, precision=0.98, fresh=0, doubt=0.05) == (0.0, 1.0)
    assert achieved_interval(180, 200, precision=0.8, fresh=1000, doubt=0.05)[1] < 1


def test_the_curve_over_shares():
    curve = share_curve(np.array([0.9, 0.7, 0.7, 0.2]), np.array([True, True, False, False]))
    assert curve["threshold"].tolist() == [0.9, 0.7, 0.2]
    assert curve["share"].tolist() == [0.25, 0.75, 1.0]
    assert curve["accuracy"].tolist() == [1.0, pytest.approx(2 / 3), 0.5]
    assert share_curve(np.empty(0), np.empty(0, bool)).empty


def test_one_picture_of_each_product():
    ids = np.array(["a", "b", "a", "c", "a"], dtype=object)
    rows = one_picture_a_product(ids)
    assert sorted(ids[rows]) == ["a", "b", "c"] and rows.tolist() == sorted(rows)
    assert one_picture_a_product(np.array(["a", "b"], dtype=object)).tolist() == [0, 1]
