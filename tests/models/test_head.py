import numpy as np
import pytest

from core.errors import Cancelled, SettingsError
from core.models.head import predict_head, train_head
from core.models.head_settings import HeadSettings
from core.models.learning import LearningData
from core.models.settings import parse_settings, settings_to_json
from tests.models.synthetic import learning_data
from tests.models.watched_progress import WatchedProgress

QUICK = HeadSettings(epochs=8, patience=8, batch_size=16, first_layer=32, second_layer=16, learning_rate=5e-3)


def train(data, *, settings=QUICK, seed=0, progress=None):
    return train_head(data, settings=settings, seed=seed, progress=progress or WatchedProgress())


def test_the_epoch_with_the_lowest_validation_loss_is_kept():
    data = learning_data(per_class=30, dimensions=64)
    head = train(data)
    losses = [each["validation_loss"] for each in head.history]
    assert head.choices["best_epoch"] == int(np.argmin(losses)) + 1
    validation = data.sides == 1
    given = predict_head(head.arrays, data.features[validation])[np.arange(validation.sum()), data.labels[validation]]
    assert -np.log(given).mean() == pytest.approx(min(losses), rel=1e-4)


def test_training_stops_when_validation_no_longer_improves():
    settings = HeadSettings(epochs=300, patience=3, batch_size=16, learning_rate=0.02)
    head = train(learning_data(per_class=30, dimensions=64), settings=settings)
    assert len(head.history) == head.choices["best_epoch"] + 3 < 300


class StopsAtReport(WatchedProgress):
    """Cancels at the given report."""

    def __init__(self, folder, *, number):
        super().__init__(folder)
        self._left = number

    def report(self, done, total, message):
        self._left -= 1
        if self._left == 0:
            raise Cancelled


def test_a_stop_within_an_epoch_repeats_that_epoch_alone(tmp_path):
    data = learning_data()
    # One report while measuring, 6 steps an epoch (84 pictures in sixteens): report 10 is the third step of epoch 2.
    first, second = StopsAtReport(tmp_path, number=10), WatchedProgress(tmp_path)
    with pytest.raises(Cancelled):
        train(data, progress=first)
    assert train(data, progress=second).history == train(data).history
    assert (first.epochs, second.epochs) == ([1], list(range(2, 9)))


def test_gradients_are_those_of_the_loss():
    """One step of a tiny head without dropout moves each weight by the learning rate against its measured slope."""
    data = learning_data(per_class=10, classes=2, dimensions=3)
    settings = HeadSettings(
        epochs=1, batch_size=64, first_layer=4, second_layer=3, dropout=0.0, weight_penalty=0.05, class_weights=0.0
    )
    from core.models.head_state import fresh_head

    before = fresh_head((3, 4, 3, 2), seed=0).layers
    after = train(data, settings=settings).arrays
    rows = data.sides == 0

    def loss(layers):
        chances = predict_head({**after, **layers}, data.features[rows]).astype(np.float64)
        given = chances[np.arange(rows.sum()), data.labels[rows]]
        return -np.log(given).mean() + 0.05 * float((layers["second_weights"].astype(np.float64) ** 2).sum())

    for name, array in before.items():
        for place in np.ndindex(array.shape):
            sides = []
            for reach in (1e-2, -1e-2):
                moved = array.copy()
                moved[place] += reach
                sides.append(loss({**before, name: moved}))
            slope = (sides[0] - sides[1]) / 2e-2
            if abs(slope) > 1e-2:  # Adam's first step is the rate times the sign of the gradient
                assert after[name][place] - array[place] == pytest.approx(-5e-4 * np.sign(slope), rel=1e-2)


def test_a_constant_feature_and_a_class_of_three_pictures_do_not_break_it():
    data = learning_data()
    features, labels, sides = data.features.copy(), data.labels.copy(), data.sides.copy()
    features[:, 3] = 2.5
    labels[[0, 7, 8]] = 3  # one picture a side
    head = train(LearningData(features, labels, sides, 4))
    assert np.isfinite(predict_head(head.arrays, features)).all()
    assert np.isfinite([each["train_loss"] for each in head.history]).all()


def test_a_preset_fills_in_what_is_not_given_and_what_is_given_wins():
    report = parse_settings(HeadSettings, {"preset": "report"})
    assert (report.batch_size, report.epochs, report.dropout, report.weight_penalty) == (16, 50, 0.5, 1e-4)
    own = parse_settings(HeadSettings, {"preset": "report", "weight_penalty": "0.01", "batch_size": 64})
    assert (own.weight_penalty, own.batch_size, own.epochs) == (0.01, 64, 50)
    # What a run wrote down reads back as it was, defaults given beside a preset included.
    assert parse_settings(HeadSettings, settings_to_json(own)) == own
    with pytest.raises(SettingsError, match="preset is 'theirs': expected one of ours, report"):
        parse_settings(HeadSettings, {"preset": "theirs"})
