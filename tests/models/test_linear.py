import numpy as np
import pytest

from core.errors import SettingsError
from core.models import gathered_features
from core.models.learning import LearningData
from core.models.linear import predict_linear, train_linear
from core.models.linear_inputs import measure_axes
from core.models.linear_settings import LinearSettings
from tests.models.synthetic import learning_data
from tests.models.watched_progress import WatchedProgress

QUICK = LinearSettings(epochs=8, patience=8, batch_size=16)


def train(data, *, settings=QUICK, seed=0, progress=None):
    return train_linear(data, settings=settings, seed=seed, progress=progress or WatchedProgress())


def test_the_head_kept_is_the_one_with_the_lowest_validation_loss():
    data = learning_data(per_class=30, dimensions=64)
    head = train(data)
    losses = [each["validation_loss"] for each in head.history]
    assert head.choices["best_epoch"] == int(np.argmin(losses)) + 1
    validation = data.sides == 1
    given = predict_linear(head.arrays, data.features[validation])[np.arange(validation.sum()), data.labels[validation]]
    # Predicting from the folded head gives the loss the history says, up to float32 rounding.
    assert -np.log(given).mean() == pytest.approx(min(losses), rel=1e-3)


def test_permuting_the_classes_permutes_the_probabilities():
    data = learning_data()
    renamed = np.array([2, 0, 1])
    other = LearningData(data.features, renamed[data.labels], data.sides, data.class_count)
    straight = predict_linear(train(data).arrays, data.features)
    permuted = predict_linear(train(other).arrays, data.features)
    assert permuted[:, renamed] == pytest.approx(straight, abs=1e-3)


def test_scaling_and_shifting_a_feature_changes_nothing_but_rounding():
    data = learning_data()
    settings = LinearSettings(epochs=4, batch_size=16, feature_power=1.0)
    moved = LearningData(data.features * 100 + 7, data.labels, data.sides, data.class_count)
    straight = predict_linear(train(data, settings=settings).arrays, data.features)
    scaled = predict_linear(train(moved, settings=settings).arrays, moved.features)
    assert scaled == pytest.approx(straight, abs=1e-2)


def test_a_constant_feature_and_a_class_of_one_picture_do_not_break_it():
    data = learning_data()
    features = data.features.copy()
    features[:, 3] = 2.5
    labels = data.labels.copy()
    labels[0] = 3
    head = train(LearningData(features, labels, data.sides, 4))
    assert np.isfinite(predict_linear(head.arrays, features)).all()
    assert np.isfinite([each["train_loss"] for each in head.history]).all()


def test_class_weights_make_a_rare_class_be_found_more_often():
    random = np.random.default_rng(2)
    labels = np.repeat([0, 1], [570, 30])
    sides = np.tile(np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 2], dtype=np.uint8), 60)
    features = np.abs(random.normal(size=(600, 8)) + 0.9 * labels[:, None]).astype(np.float32)
    data = LearningData(features, labels, sides, 2)

    def found(weights):
        settings = LinearSettings(epochs=20, batch_size=32, class_weights=weights)
        predicted = predict_linear(train(data, settings=settings).arrays, features).argmax(axis=1)
        return (predicted[labels == 1] == 1).mean()

    assert found(1.0) > found(0.0)


def test_large_features_are_kept_in_a_file_with_the_same_result(monkeypatch):
    data = learning_data()
    small = train(data)
    monkeypatch.setattr(gathered_features, "MEMORY_LIMIT_BYTES", 0)
    assert train(data).history == small.history


def test_training_stops_when_validation_no_longer_improves():
    data = learning_data(per_class=30, dimensions=64)
    settings = LinearSettings(epochs=200, patience=3, batch_size=16, learning_rate=50.0)
    head = train(data, settings=settings)
    assert len(head.history) == head.choices["best_epoch"] + 3 < 200


def test_the_strength_with_the_lowest_validation_loss_is_chosen():
    data = learning_data(per_class=30, dimensions=64)
    both = train(data, settings=LinearSettings(epochs=6, batch_size=16, shrinkage=(0.1, 0.9)))
    alone = {
        strength: train(data, settings=LinearSettings(epochs=6, batch_size=16, shrinkage=(strength,)))
        for strength in (0.1, 0.9)
    }
    best = min(alone, key=lambda each: min(epoch["validation_loss"] for epoch in alone[each].history))
    assert both.choices["shrinkage"] == best
    trained_alone = [each["validation_loss"] for each in alone[best].history]
    assert [each["validation_loss"] for each in both.history] == pytest.approx(trained_alone, rel=1e-4)


def test_whitening_leaves_equal_spread_within_classes_in_all_directions():
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 500)
    stretched = random.normal(size=(1000, 3)) * [5.0, 1.0, 0.2] + labels[:, None] * [0.0, 3.0, 0.0]
    features = stretched.astype(np.float32)
    axes = measure_axes(features, labels, np.arange(1000), class_count=2, power=1.0)
    inputs = axes.turn(features) * axes.gains(0.0)
    within = np.concatenate([inputs[labels == each, :-1] - inputs[labels == each, :-1].mean(axis=0) for each in (0, 1)])
    # Unshrunk, all three directions have one spread, and inputs have mean square length 1.
    assert within.var(axis=0) / within.var(axis=0).mean() == pytest.approx(1.0, abs=1e-3)
    assert (inputs[:, :-1] ** 2).sum(axis=1).mean() == pytest.approx(1.0, abs=1e-3)


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingsError, match=r"shrinkage is 1\.5: expected at most 1"):
        LinearSettings(shrinkage=(0.5, 1.5))


def test_fewer_pictures_than_dimensions_are_whitened_as_the_full_covariance_says():
    random = np.random.default_rng(4)
    labels = np.repeat([0, 1], 10)
    features = random.uniform(1, 4, size=(20, 50)).astype(np.float32)
    axes = measure_axes(features, labels, np.arange(20), class_count=2, power=1.0)
    inputs = (axes.turn(features) * axes.gains(0.5))[:, :-1]
    # The textbook way: standardize, invert the shrunk covariance within classes, in 50 dimensions.
    rows = (features - features.mean(axis=0)) / features.std(axis=0)
    residuals = rows - np.stack([rows[labels == each].mean(axis=0) for each in (0, 1)])[labels]
    covariance = residuals.T @ residuals / 20
    shrunk = 0.5 * covariance + 0.5 * np.trace(covariance) / 50 * np.eye(50)
    products = rows @ np.linalg.inv(shrunk) @ rows.T
    # Axes may be turned, so only products of rows are compared; inputs have mean square length 1.
    assert inputs @ inputs.T == pytest.approx(products / np.trace(products) * 20, abs=1e-3)
