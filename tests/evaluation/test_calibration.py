import numpy as np
import pytest

from core.evaluation.calibration import (
    calibration_error,
    fit_temperature,
    reliability,
    scale,
    top_probabilities,
)


def answers(count, *, temperature, seed=0):
    """Probabilities of three classes whose labels are drawn as they say, then made sharper or flatter."""
    random = np.random.default_rng(seed)
    honest = random.dirichlet([1.0, 0.6, 0.4], size=count)
    labels = (random.random(count)[:, None] > honest.cumsum(axis=1)).sum(axis=1)
    return scale(honest.astype(np.float32), temperature), labels


def test_the_temperature_undoes_what_made_probabilities_too_sure():
    sharp, labels = answers(20_000, temperature=0.5)
    # Raised to the power 2: a temperature of 2 takes it back; 20,000 pictures tell it to some 2 %.
    assert fit_temperature(sharp, np.arange(20_000), labels) == pytest.approx(2.0, rel=0.05)


def test_it_is_found_where_the_log_loss_is_lowest():
    sharp, labels = answers(500, temperature=0.4, seed=1)
    rows = np.arange(500)

    def loss(temperature):
        return -np.log(np.maximum(scale(sharp, temperature)[rows, labels], 1e-12)).mean()

    found = fit_temperature(sharp, rows, labels)
    assert loss(found) <= min(loss(found * 1.02), loss(found / 1.02))


def test_scaling_lowers_the_error_on_pictures_that_had_no_say():
    sharp, labels = answers(4000, temperature=0.4, seed=2)
    fit, fresh = np.arange(2000), np.arange(2000, 4000)
    right = sharp.argmax(axis=1) == labels
    found = fit_temperature(sharp, fit, labels[fit])
    before, after = (calibration_error(top_probabilities(sharp, fresh, each), right[fresh]) for each in (1.0, found))
    assert after < before / 3


def test_scaling_keeps_the_order_and_sums_to_one():
    chances = np.array([[0.7, 0.2, 0.1], [1.0, 0.0, 0.0]], dtype=np.float32)
    scaled = scale(chances, 2.0)
    roots = np.sqrt([0.7, 0.2, 0.1])
    assert scaled[0] == pytest.approx(roots / roots.sum(), abs=1e-6)
    assert np.isfinite(scaled).all() and scaled.sum(axis=1) == pytest.approx(1) and scaled[1].argmax() == 0
    assert np.array_equal(scale(chances, 1), chances)


def test_few_pictures_change_nothing():
    sure = np.tile(np.array([[0.6, 0.4]], np.float32), (100, 1))
    assert fit_temperature(sure, np.arange(99), np.zeros(99, int)) == 1.0
    assert fit_temperature(sure, np.arange(100), np.zeros(100, int)) < 0.1  # all right: it could be much surer


def test_the_calibration_error_by_hand():
    # Two bins of five: three at 0.9 of which two are right, two at 0.5 of which one is.
    chances, right = np.array([0.9, 0.9, 0.9, 0.5, 0.5]), np.array([True, True, False, True, False])
    frame = reliability(chances, right, bins=2)
    assert frame["pictures"].tolist() == [5]  # 0.5 opens the upper half
    table = reliability(chances, right, bins=10)
    assert table["claimed"].tolist() == pytest.approx([0.5, 0.9])
    assert calibration_error(chances, right, bins=10) == pytest.approx(3 / 5 * abs(0.9 - 2 / 3) + 0)


def test_a_probability_of_one_is_in_the_last_bin():
    assert reliability(np.array([1.0]), np.array([True]), bins=10)["high"].tolist() == [1.0]
