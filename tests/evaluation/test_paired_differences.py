from math import comb

import numpy as np
import pytest

from core.evaluation.intervals import macro_f1_interval, score_interval
from core.evaluation.paired_differences import correct_for_many, mcnemar_p_value, paired_difference


def test_mcnemar_counts_the_tails_of_fair_coins():
    # 1 of 10 disagreements one way: 2 * (C(10,0) + C(10,1)) / 2**10 = 22 / 1024
    assert mcnemar_p_value(9, 1) == pytest.approx(22 / 1024)
    assert mcnemar_p_value(1, 9) == pytest.approx(22 / 1024)
    assert mcnemar_p_value(4, 4) == 1.0 and mcnemar_p_value(0, 0) == 1.0
    exact = 2 * sum(comb(400, each) for each in range(151)) / 2**400
    assert mcnemar_p_value(250, 150) == pytest.approx(exact, rel=1e-9)


def rights(gained, lost, same):
    first = np.array([False] * gained + [True] * lost + [True] * same)
    second = np.array([True] * gained + [False] * lost + [True] * same)
    return first, second, [f"p{place}" for place in range(len(first))]


def test_a_large_one_sided_change_is_more_than_chance():
    found = paired_difference(*rights(30, 5, 65))
    assert (found.gained, found.lost, found.pictures) == (30, 5, 100)
    assert found.difference == pytest.approx(0.25)
    low, high = found.interval
    assert 0 < low < 0.25 < high and found.p_value < 0.001 and found.more_than_chance


def test_an_even_change_is_not():
    found = paired_difference(*rights(6, 5, 89))
    assert found.interval[0] < 0 < found.interval[1] and not found.more_than_chance


def test_pictures_of_one_product_count_as_one():
    # 40 pictures changed, but of two products only: no bootstrap over products can be sure of the sign.
    first, second, _ = rights(30, 10, 10)
    found = paired_difference(first, second, ["a"] * 30 + ["b"] * 10 + ["c"] * 10)
    assert found.p_value < 0.01 and found.interval[0] < 0 and not found.more_than_chance


def test_runs_that_never_disagree_are_not_said_to_be_equal_for_sure():
    found = paired_difference(*rights(0, 0, 96))
    # z squared is 3.84: the score interval of 0 in 96 reaches 3.84 / 99.84
    assert found.interval == (pytest.approx(-0.0385, abs=1e-4), pytest.approx(0.0385, abs=1e-4))
    assert found.difference == 0 and found.p_value == 1


def test_many_comparisons_are_corrected():
    # Holm: 22/1024 is the smallest of three, so it is tripled; the others are 1 already.
    found = correct_for_many([paired_difference(*rights(*each)) for each in ((9, 1, 90), (3, 3, 90), (0, 0, 90))])
    assert [each.p_value for each in found] == [pytest.approx(66 / 1024), 1.0, 1.0]


def test_intervals_hold_their_figure():
    labels = np.repeat([0, 1, 2], 30)
    predicted = np.where(np.arange(90) % 5 == 0, (labels + 1) % 3, labels)
    low, high = macro_f1_interval(labels, predicted, [str(each) for each in range(90)], class_count=3)
    assert low < 0.8 < high and high - low < 0.25  # 6 of 30 wrong in each class: F1 is 0.8 in all three
    assert macro_f1_interval(labels[:0], labels[:0], [], class_count=3) == (0.0, 1.0)
    # Wilson's own example by hand for 8 of 10: (0.49, 0.94)
    assert score_interval(0.8, 10) == (pytest.approx(0.4902, abs=1e-3), pytest.approx(0.9433, abs=1e-3))
    assert score_interval(0.5, 0) == (0.0, 1.0)
