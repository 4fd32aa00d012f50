import numpy as np
import pytest

from core.models import gathered_features, one_vs_all
from core.models.learning import LearningData
from core.models.one_vs_all import predict_one_vs_all, train_one_vs_all
from core.models.one_vs_all_settings import OneVsAllSettings
from core.models.settings import parse_settings
from tests.models.synthetic import learning_data, separable_features
from tests.models.watched_progress import WatchedProgress

QUICK = OneVsAllSettings(epochs=8, patience=8, batch_size=16)


def train(data, *, settings=QUICK, seed=0, progress=None):
    return train_one_vs_all(data, settings=settings, seed=seed, progress=progress or WatchedProgress())


def noisy_data():
    """Ten classes that overlap, so that a probability has something to be wrong about."""
    labels = np.repeat(np.arange(10), 60)
    sides = np.tile(np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2], dtype=np.uint8), 60)
    features = separable_features(labels, dimensions=24, seed=5, spread=3.0)
    return LearningData(features, labels.astype(np.int64), sides, 10)


def test_calibration_lowers_the_validation_loss_and_helps_test_too():
    data = noisy_data()
    with_it = train(data)
    assert with_it.choices["validation_loss"] < with_it.choices["validation_loss_before_calibration"]
    without = train(data, settings=OneVsAllSettings(epochs=8, patience=8, batch_size=16, calibrate=False))
    assert without.choices["validation_loss"] == with_it.choices["validation_loss_before_calibration"]
    test = np.flatnonzero(data.sides == 2)
    losses = [
        -np.log(predict_one_vs_all(head.arrays, data.features[test])[np.arange(len(test)), data.labels[test]]).mean()
        for head in (with_it, without)
    ]
    assert losses[0] < losses[1]


def test_the_loss_noted_is_that_of_the_head_kept():
    data = noisy_data()
    head = train(data)
    rows = np.flatnonzero(data.sides == 1)
    given = predict_one_vs_all(head.arrays, data.features[rows])[np.arange(len(rows)), data.labels[rows]]
    assert -np.log(given).mean() == pytest.approx(head.choices["validation_loss"], rel=1e-3)


def test_models_alone_look_better_than_their_choice_among_all():
    """The report's 89 % a model beside 35.9 % among all: saying no nine times in ten is already right nine times."""
    data = noisy_data()
    head = train(data)
    assert head.choices["mean_binary_accuracy_of_always_no"] == pytest.approx(0.9)
    assert len(head.choices["binary_accuracy"]) == 10
    chosen = head.history[head.choices["best_epoch"] - 1]["validation_accuracy"]
    assert head.choices["mean_binary_accuracy"] > max(0.89, chosen)


def test_a_class_of_three_pictures_and_one_without_validation_do_not_break_it():
    data = learning_data()
    labels = data.labels.copy()
    labels[[0, 7, 8]] = 3  # one picture a side
    labels[1] = 4  # train alone
    head = train(LearningData(data.features, labels, data.sides, 5))
    probabilities = predict_one_vs_all(head.arrays, data.features)
    assert np.isfinite(probabilities).all()
    # One validation picture must not make its model certain about every other picture.
    assert np.median(probabilities[:, 3]) < 0.3
    assert np.isfinite([each["validation_loss"] for each in head.history]).all()


def test_blocks_and_files_change_nothing_but_rounding(monkeypatch):
    data = learning_data()
    whole = train(data)
    monkeypatch.setattr(one_vs_all, "_CELLS", 15)  # five pictures of three classes in one go
    monkeypatch.setattr(gathered_features, "MEMORY_LIMIT_BYTES", 0)
    parts = train(data)
    assert [each["validation_loss"] for each in parts.history] == pytest.approx(
        [each["validation_loss"] for each in whole.history], rel=1e-3
    )


def test_the_preset_of_the_report():
    report = parse_settings(OneVsAllSettings, {"preset": "report"})
    assert (report.negatives, report.balance, report.calibrate) == (800, 0.0, False)
