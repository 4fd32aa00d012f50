import numpy as np
import pytest

from core.models.label_thresholds import best_threshold, choose_thresholds, threshold_curve


def test_the_threshold_lies_in_the_middle_of_the_gap_that_parts_the_label():
    probabilities, present = np.array([0.9, 0.8, 0.3, 0.1]), np.array([1, 1, 0, 0])
    # Any threshold in (0.3, 0.8] is right everywhere, and so 0.5 itself, which is nearest to itself.
    assert best_threshold(probabilities, present) == 0.5
    # Here the gap is (0.1, 0.3]: its middle.
    assert best_threshold(probabilities, np.array([1, 1, 1, 0])) == pytest.approx(0.2)


def test_the_highest_f1_wins_over_the_fewest_mistakes():
    probabilities = np.array([0.9, 0.4, 0.3, 0.2, 0.1])
    present = np.array([1, 0, 1, 1, 0])
    # Cut after 1: 2*1/(1+3) = 0.5; after 2: 2/5; after 3: 4/6; after 4: 6/7, the best; after 5: 6/8.
    assert best_threshold(probabilities, present) == pytest.approx((0.2 + 0.1) / 2)


def test_slack_keeps_one_odd_picture_from_deciding():
    # Ten pictures with the label, nine near 1 and one at 0.02; ten without it, all at 0.01.
    probabilities = np.array([0.95] * 9 + [0.02] + [0.01] * 10)
    present = np.array([1] * 10 + [0] * 10)
    assert best_threshold(probabilities, present) == pytest.approx(0.015)
    # Missing that one costs 1 - 18/19 = 0.053 of F1; two pictures' slack allow 2 / (2 * 10) = 0.1.
    assert best_threshold(probabilities, present, slack=2) == 0.5


def test_equal_probabilities_are_never_parted():
    probabilities, present = np.array([0.7, 0.7, 0.7, 0.2]), np.array([1, 1, 0, 0])
    # Cut after three: 2*2/(3+2) = 0.8, after four: 4/6. Cutting between equals would give 1, but cannot be done.
    assert best_threshold(probabilities, present) == 0.5


def test_a_label_on_no_picture_is_cut_at_one_half():
    assert best_threshold(np.array([0.9, 0.1]), np.zeros(2)) == 0.5


def test_a_label_with_few_pictures_shares_the_threshold_of_all():
    random = np.random.default_rng(0)
    sets = np.zeros((40, 3), dtype=np.uint8)
    sets[:20, 0], sets[:2, 1], sets[:38, 2] = 1, 1, 1
    probabilities = np.clip(0.3 * sets + random.uniform(0, 0.1, sets.shape), 0, 1).astype(np.float32)
    found = choose_thresholds(probabilities, sets, least_positives=5, slack=0)
    # Label 1 is on two pictures, label 2 lacks on two: both share; label 0 has twenty of each.
    assert found.own.tolist() == [True, False, False]
    assert found.values[1] == found.values[2] == np.float32(found.shared)
    # Probabilities with a label lie in 0.3..0.4, without in 0..0.1: the shared threshold parts them all.
    assert 0.1 < found.shared < 0.3 and 0.1 < found.values[0] < 0.3


def test_no_validation_pictures_at_all_leave_one_half():
    found = choose_thresholds(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.uint8))
    assert found.values.tolist() == [0.5, 0.5]


def test_the_curve_says_what_every_threshold_gives():
    probabilities, present = np.array([0.9, 0.6, 0.4]), np.array([1, 0, 1])
    thresholds, precision, recall, f1 = threshold_curve(probabilities, present, points=3)
    # From 0 all three are chosen, two rightly; from 0.5 the first two, one rightly; from 1 none.
    assert thresholds.tolist() == [0, 0.5, 1]
    assert precision[:2] == pytest.approx([2 / 3, 1 / 2]) and np.isnan(precision[2])
    assert recall == pytest.approx([1, 1 / 2, 0])
    assert f1 == pytest.approx([4 / 5, 2 / 4, 0])
