import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.product_predictions import (
    EVEN,
    choose_temperature,
    combine_pictures,
    group_pictures,
    paired_interval,
    product_figures,
)

# Product "a" shows class 0 on two pictures and a misleading one; "b" has one picture; "c" two unsure ones.
IDS = np.array(["a", "b", "a", "c", "a", "c"], dtype=object)
CHANCES = np.array(
    [[0.8, 0.2], [0.3, 0.7], [0.8, 0.2], [0.5, 0.5], [0.1, 0.9], [0.4, 0.6]],
    dtype=np.float32,
)


def combined(*, temperature=EVEN):
    products = group_pictures(IDS, np.arange(6))
    return combine_pictures(CHANCES[products.rows], products.starts, temperature=temperature)


def test_pictures_are_grouped_by_product():
    products = group_pictures(IDS, np.arange(6))
    assert products.rows.tolist() == [0, 2, 4, 1, 3, 5]  # a, b, c in the order of their first pictures
    assert (products.starts.tolist(), products.sizes.tolist()) == ([0, 3, 4], [3, 1, 2])


def test_mean_log_probability_is_the_geometric_mean_made_to_sum_to_one():
    first = np.array([(0.8 * 0.8 * 0.1) ** (1 / 3), (0.2 * 0.2 * 0.9) ** (1 / 3)])  # 0.4 and 0.330
    assert combined()[0].tolist() == pytest.approx((first / first.sum()).tolist(), rel=1e-5)
    assert combined()[1].tolist() == pytest.approx([0.3, 0.7], rel=1e-5)  # one picture speaks for itself


def test_attention_follows_the_surest_picture_as_the_temperature_falls():
    # Entropies: 0.8/0.2 has 0.722 bits, 0.1/0.9 has 0.469: the misleading picture is the surest of "a".
    assert combined(temperature=1e6)[0].tolist() == pytest.approx(combined()[0].tolist(), abs=1e-4)
    assert combined(temperature=0.01)[0].tolist() == pytest.approx([0.1, 0.9], abs=1e-4)
    # By hand at T = 0.5: confidences 0.278, 0.278, 0.531; weights e^0.556, e^0.556, e^1.062 over their sum.
    weights = np.exp(np.array([1 - 0.721928, 1 - 0.721928, 1 - 0.468996]) / 0.5)
    weights /= weights.sum()
    logs = weights @ np.log([[0.8, 0.2], [0.8, 0.2], [0.1, 0.9]])
    expected = np.exp(logs) / np.exp(logs).sum()
    assert combined(temperature=0.5)[0].tolist() == pytest.approx(expected.tolist(), rel=1e-4)


def test_certain_and_impossible_classes_stay_finite():
    chances = np.array([[1, 0], [0, 1]], dtype=np.float32)
    for temperature in (0.02, 1.0, EVEN):
        assert combine_pictures(chances, np.array([0]), temperature=temperature)[0].tolist() == [0.5, 0.5]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.integers(0, 10**6), st.sampled_from([0.05, 1.0, EVEN]))
def test_products_do_not_depend_on_the_order_of_pictures(sizes, seed, temperature):
    random = np.random.default_rng(seed)
    codes = random.permutation(np.repeat(np.arange(len(sizes)), sizes))
    chances = random.dirichlet(np.ones(3), size=len(codes)).astype(np.float32)
    found = {}
    for order in (np.arange(len(codes)), random.permutation(len(codes))):
        products = group_pictures(codes[order], order)
        answers = combine_pictures(chances[products.rows], products.starts, temperature=temperature)
        assert answers.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
        for product, answer in zip(codes[products.rows[products.starts]], answers, strict=True):
            assert found.setdefault(product, answer) == pytest.approx(answer, abs=1e-5)


def test_figures_of_products_stand_beside_those_of_their_pictures():
    labels = np.array([0, 1, 0, 1, 0, 1])
    figures = product_figures(CHANCES, pd.DataFrame({"product_id": IDS}), np.arange(6), labels, temperature=0.02)
    assert (figures["products"], figures["with_several"], figures["temperature"]) == (3, 2, 0.02)
    # Pictures right: a 2 of 3, b 1 of 1, c 1 of 2 (even odds go to the first class). Mean log has all three right.
    assert figures["mean_log"]["accuracy"] == 1.0
    assert figures["mean_log"]["gain"] == pytest.approx((1 / 3 + 0 + 1 / 2) / 3)
    # The surest picture of "a" misleads: b and c are right.
    assert figures["attention"]["accuracy"] == pytest.approx(2 / 3)
    assert figures["attention"]["gain"] == pytest.approx((-2 / 3 + 0 + 1 / 2) / 3)
    low, high = figures["attention"]["gain_interval"]
    assert low < figures["attention"]["gain"] < high


def test_products_of_one_picture_have_no_figures_of_their_own():
    rows = pd.DataFrame({"product_id": ["a", "b"]})
    assert product_figures(CHANCES[:2], rows, np.arange(2), np.array([0, 1]), temperature=EVEN) == {}


def test_the_temperature_is_low_where_sure_pictures_are_right():
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, size=200)
    sure = np.full((200, 4), 0.03, np.float32)
    sure[np.arange(200), labels] = 0.91
    vague = random.dirichlet(np.full(4, 8), size=200).astype(np.float32)  # tells nothing of the class
    chances = np.stack((sure, vague), axis=1).reshape(400, 4)
    products = group_pictures(np.repeat(np.arange(200), 2), np.arange(400))
    assert choose_temperature(chances, products, labels) <= 0.1
    # Ten products are the fewest to choose by; nine leave all pictures alike.
    few = [group_pictures(np.repeat(np.arange(count), 2), np.arange(2 * count)) for count in (9, 10)]
    assert [choose_temperature(chances, each, labels[: len(each.sizes)]) == EVEN for each in few] == [True, False]
    # One picture a product leaves nothing to choose; neither do equal pictures, which any weights combine alike.
    single = group_pictures(np.arange(200), np.arange(200))
    assert choose_temperature(sure, single, labels) == EVEN
    assert choose_temperature(np.repeat(sure, 2, axis=0), products, labels) == EVEN


def test_no_difference_claims_no_certainty():
    low, high = paired_interval(np.zeros(20), among=40)
    # Wilson: 3.84 / (20 + 3.84) = 0.161 among those that could differ, half of all.
    assert (low, high) == pytest.approx((-0.0806, 0.0806), abs=1e-4)


def test_a_hundred_thousand_products_are_combined_block_by_block():
    random = np.random.default_rng(0)
    count, classes = 100_000, 60  # 12 million probabilities: three blocks
    labels = np.repeat(random.integers(0, classes, size=count), 2)
    logits = random.normal(size=(2 * count, classes)).astype(np.float32)
    logits[np.arange(2 * count), labels] += 2
    chances = np.exp(logits)
    chances /= chances.sum(axis=1, keepdims=True)
    ids = pd.DataFrame({"product_id": np.repeat(np.arange(count), 2)})
    figures = product_figures(chances, ids, np.arange(2 * count), labels, temperature=0.5)
    assert figures["products"] == figures["with_several"] == count
    # The mean of two independent logits has 1 / sqrt(2) of the noise.
    assert figures["mean_log"]["gain"] > 0.1
    summed = (logits[::2] + logits[1::2]).argmax(axis=1) == labels[::2]
    assert figures["mean_log"]["accuracy"] == pytest.approx(summed.mean(), abs=1e-4)
