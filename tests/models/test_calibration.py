import numpy as np
import pytest

from core.models.calibration import Calibration, calibrate, combine, log_loss


def planted_scores(count=4000, classes=4):
    """Scores three times too sure: pictures were labeled by drawing from the softmax of a third of them."""
    random = np.random.default_rng(0)
    scores = random.normal(scale=6.0, size=(count, classes)).astype(np.float32)
    chances = combine(scores / 3, 1.0)
    labels = (random.random((count, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, classes - 1)
    return scores, labels


def test_scores_that_are_too_sure_are_calmed_down():
    scores, labels = planted_scores()
    found = calibrate(scores, labels, offsets=np.zeros(4), pull=5.0)
    assert found.slopes.max() < 0.6
    plain = Calibration(np.ones(4, np.float32), np.zeros(4, np.float32), 1.0)
    assert log_loss(scores, labels, found) < 0.9 * log_loss(scores, labels, plain)


def test_few_pictures_hardly_move_a_model_from_what_all_share():
    scores, labels = planted_scores()
    # Class 3 has one picture left; by itself its best bias would be far below the others'.
    rare = np.flatnonzero(labels != 3)
    rows = np.append(rare, np.flatnonzero(labels == 3)[0])
    few = np.append(rare[:6], rows[-1])
    found = calibrate(scores[few], labels[few], offsets=np.zeros(4), pull=5.0)
    assert np.isfinite(found.slopes).all() and np.isfinite(found.biases).all()
    assert np.ptp(found.slopes) < 0.5 and np.ptp(found.biases) < 1.0


def test_no_pictures_leave_scores_as_they_are_but_for_the_offsets():
    found = calibrate(np.zeros((0, 2), np.float32), np.zeros(0, int), offsets=np.array([-1.0, 2.0]), pull=5.0)
    assert found.slopes.tolist() == [1.0, 1.0]
    assert found.biases.tolist() == [-1.0, 2.0]
    assert found.sharpness == 1.0


def test_a_model_that_points_the_wrong_way_is_flattened_and_never_turned():
    random = np.random.default_rng(1)
    labels = random.integers(0, 2, 500)
    scores = np.where(labels[:, None] == np.arange(2), -3.0, 3.0).astype(np.float32)
    found = calibrate(scores, labels, offsets=np.zeros(2), pull=1.0)
    assert (found.slopes == pytest.approx(0.05)) and np.isfinite(found.biases).all()


def test_combined_rows_sum_to_one_even_when_every_model_says_no():
    log_odds = np.array([[-200.0, -201.0], [90.0, -90.0]], dtype=np.float32)
    chances = combine(log_odds, 1.0)
    # Far below zero the probability of yes is exp(log-odds): the ratio of the two is e.
    assert chances[0, 0] / chances[0, 1] == pytest.approx(np.e, rel=1e-3)
    assert chances.sum(axis=1) == pytest.approx(1.0)
