import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.even_negatives import draw_samples, even_shares


def drawn_from(labels, samples, model):
    """How many negatives of a model come from each class."""
    owners = np.repeat(np.arange(len(labels)), np.diff(samples.starts))
    rows = owners[samples.models == model]
    assert len(set(rows.tolist())) == len(rows)  # no picture twice
    return np.bincount(labels[rows], minlength=labels.max() + 1).tolist()


def test_every_other_class_gives_the_same_number():
    labels = np.repeat([0, 1, 2, 3, 4], 300)
    samples = draw_samples(labels, class_count=5, most=800, balance=0.0, seed=0)
    # 800 over four others: 200 each, none of its own.
    assert drawn_from(labels, samples, 0) == [0, 200, 200, 200, 200]
    assert drawn_from(labels, samples, 4) == [200, 200, 200, 200, 0]


def test_a_small_class_gives_all_it_has_and_the_others_share_the_rest():
    labels = np.repeat([0, 1, 2, 3], [50, 3, 100, 100])
    samples = draw_samples(labels, class_count=4, most=43, balance=0.0, seed=0)
    assert drawn_from(labels, samples, 0) == [0, 3, 20, 20]


def test_more_classes_than_negatives_give_one_or_none():
    labels = np.repeat(np.arange(50), 4)
    samples = draw_samples(labels, class_count=50, most=10, balance=0.0, seed=0)
    shares = drawn_from(labels, samples, 7)
    assert (sum(shares), max(shares), shares[7]) == (10, 1, 0)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 100))
@settings(max_examples=100)
def test_shares_are_as_even_as_what_there_is_allows(available, most):
    counts = np.array(available)
    shares = even_shares(counts, most, np.random.default_rng(0))
    assert shares.sum() == min(most, counts.sum())
    assert (shares <= counts).all()
    # A class that still has pictures gives at most one fewer than the class that gives most.
    assert (shares[shares < counts] >= shares.max() - 1).all()


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.2), (1.0, 0.5)])
def test_weights_of_a_model_sum_to_one_and_balance_evens_its_sides(balance, share):
    labels = np.repeat([0, 1, 2], [10, 20, 20])
    samples = draw_samples(labels, class_count=3, most=40, balance=balance, seed=0)
    weights = samples.weights(np.arange(50), labels)
    assert weights.sum(axis=0) == pytest.approx(1.0, abs=1e-5)
    # Model 0: ten pictures against forty.
    assert weights[labels == 0, 0].sum() == pytest.approx(share, abs=1e-5)
    assert samples.positive_shares[0] == pytest.approx(share, abs=1e-5)
