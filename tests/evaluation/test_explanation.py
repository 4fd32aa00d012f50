import numpy as np
import pytest

from core.evaluation.explanation import Explanation, class_activation, linear_weights
from core.models.linear import predict_linear


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_the_places_add_up_to_the_score(power):
    random = np.random.default_rng(0)
    places = np.maximum(random.normal(size=(3, 4, 6)), 0).astype(np.float32)
    features = places.reshape(-1, 6).mean(axis=0)
    head = {"weights": random.normal(size=(6, 5)).astype(np.float32), "bias": np.zeros(5, dtype=np.float32)}
    head["feature_power"] = np.array(power, dtype=np.float32)
    weights = linear_weights(head, features)
    # Logarithms of softmax probabilities differ from scores by one number for all classes, which the mean takes away.
    logs = np.log(predict_linear(head, features[None])[0])
    for number in range(5):
        assert class_activation(places, weights, number).mean() == pytest.approx(logs[number] - logs.mean(), abs=1e-4)


def test_a_place_that_alone_is_lit_is_where_the_class_is_seen():
    places = np.zeros((3, 3, 2), dtype=np.float32)
    places[2, 0, 1] = 5.0  # what speaks for class 1 is seen at the lower left alone
    evidence = class_activation(places, np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32), 1)
    assert np.unravel_index(evidence.argmax(), evidence.shape) == (2, 0)


def test_a_head_with_other_arrays_is_not_taken_for_a_linear_one():
    head = {"weights": np.ones((4, 2), dtype=np.float32), "bias": np.zeros(2), "hidden": np.ones(3)}
    assert linear_weights(head, np.ones(4, dtype=np.float32)) is None
    assert linear_weights({"weights": np.ones((3, 2))}, np.ones(4, dtype=np.float32)) is None  # of other features
    assert linear_weights({}, np.ones(4, dtype=np.float32)) is None


def test_orange_is_drawn_where_the_evidence_is():
    square = np.full((40, 40, 3), 120, dtype=np.uint8)
    evidence = np.full((4, 4), -1.0, dtype=np.float32)
    evidence[0, 0] = 2.0
    drawn = Explanation("class activation", square, np.array([1.0]), {"a": evidence}).overlay("a")
    assert drawn.shape == square.shape and drawn.dtype == np.uint8
    red, _, blue = drawn[4, 4].astype(int)
    assert red - blue > 100  # orange at the upper left
    assert len(set(drawn[35, 35].tolist())) == 1  # gray at the lower right
