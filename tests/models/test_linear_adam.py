"""The reports' softmax layer: Adam on features as they are."""

import numpy as np
import pytest

from core.errors import Cancelled
from core.models.linear import predict_linear, train_linear
from core.models.linear_settings import LinearSettings
from core.models.settings import parse_settings
from tests.models.synthetic import learning_data
from tests.models.watched_progress import WatchedProgress

WHOLE = 10_000  # more than all pictures: every step sees all of train, so that their order does not matter


def train(data, **settings):
    settings = {"preset": "report-phase-1", "batch_size": WHOLE, **settings}
    return train_linear(data, settings=parse_settings(LinearSettings, settings), seed=3, progress=WatchedProgress())


def adam_by_hand(data, *, steps, rate):
    """Softmax regression by the formulas of Kingma and Ba (2015) in double precision, weights and bias apart."""
    train = data.sides == 0
    inputs, truth = data.features[train].astype(float), np.eye(data.class_count)[data.labels[train]]
    values = [np.zeros((inputs.shape[1], data.class_count)), np.zeros(data.class_count)]
    means, squares = [0.0, 0.0], [0.0, 0.0]
    for step in range(1, steps + 1):
        logits = inputs @ values[0] + values[1]
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        errors = (chances / chances.sum(axis=1, keepdims=True) - truth) / len(truth)
        for place, gradient in enumerate((inputs.T @ errors, errors.sum(axis=0))):
            means[place] = 0.9 * means[place] + 0.1 * gradient
            squares[place] = 0.999 * squares[place] + 0.001 * gradient**2
            mean, square = means[place] / (1 - 0.9**step), squares[place] / (1 - 0.999**step)
            values[place] = values[place] - rate * mean / (np.sqrt(square) + 1e-8)
    return values


def test_weights_are_those_of_adam_worked_out_by_hand():
    data = learning_data(per_class=20, dimensions=12)
    head = train(data, epochs=15, learning_rate=0.01)
    # The epoch kept is the best by validation; compared is that epoch.
    weights, bias = adam_by_hand(data, steps=head.choices["best_epoch"], rate=0.01)
    assert head.arrays["weights"] == pytest.approx(weights, abs=2e-4)
    assert head.arrays["bias"] == pytest.approx(bias, abs=2e-4)


def test_presets_are_the_reports_figures():
    phase_1 = parse_settings(LinearSettings, {"preset": "report-phase-1"})
    assert (phase_1.optimizer, phase_1.epochs, phase_1.batch_size, phase_1.learning_rate) == ("adam", 12, 20, 1e-3)
    dropout = parse_settings(LinearSettings, {"preset": "report-dropout"})
    assert (dropout.epochs, dropout.batch_size, dropout.learning_rate, dropout.dropout) == (30, 40, 1e-5, 0.5)
    frozen = parse_settings(LinearSettings, {"preset": "report-frozen", "epochs": "3"})
    assert (frozen.epochs, frozen.batch_size) == (3, 32)  # what is changed wins


def test_dropout_changes_training_but_not_predicting():
    data = learning_data(per_class=20, dimensions=12)
    plain, dropped = train(data, epochs=5), train(data, epochs=5, dropout=0.5)
    assert not np.allclose(plain.arrays["weights"], dropped.arrays["weights"])
    once, again = (predict_linear(dropped.arrays, data.features) for _ in range(2))
    assert np.array_equal(once, again)


def test_a_stopped_training_goes_on_as_if_it_had_not_been(tmp_path):
    data = learning_data(per_class=20, dimensions=12)
    settings = parse_settings(LinearSettings, {"preset": "report-dropout", "epochs": "6", "learning_rate": "0.01"})
    whole = train_linear(data, settings=settings, seed=3, progress=WatchedProgress())
    with pytest.raises(Cancelled):
        train_linear(data, settings=settings, seed=3, progress=WatchedProgress(tmp_path, cancel_before=4))
    resumed = train_linear(data, settings=settings, seed=3, progress=WatchedProgress(tmp_path))
    assert resumed.history == whole.history
    assert np.array_equal(resumed.arrays["weights"], whole.arrays["weights"])
