import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.confusion import cell_products, confusion_matrix, dense_matrix, most_confused_pairs

LABELS = np.array([0, 0, 0, 0, 1, 1, 2])
PREDICTED = np.array([0, 1, 1, 1, 1, 0, 2])
PROBABILITY = np.array([0.9, 0.5, 0.8, 0.6, 0.7, 0.4, 1.0])
CLASSES = ["a", "b", "c"]


@pytest.fixture
def confusion():
    return confusion_matrix(LABELS, PREDICTED, probability=PROBABILITY, classes=CLASSES)


def test_counts_and_shares(confusion):
    assert dense_matrix(confusion).tolist() == [[1, 3, 0], [1, 1, 0], [0, 0, 1]]
    assert dense_matrix(confusion, normalize="true").tolist() == [[0.25, 0.75, 0], [0.5, 0.5, 0], [0, 0, 1]]
    assert dense_matrix(confusion, normalize="predicted").tolist() == [[0.5, 0.75, 0], [0.5, 0.25, 0], [0, 0, 1]]


def test_chosen_classes_keep_their_totals(confusion):
    # Class c first, then a: shares are still of all four pictures of a.
    assert dense_matrix(confusion, normalize="true", chosen=[2, 0]).tolist() == [[1, 0], [0, 0.25]]


def test_a_cell_gives_its_pictures_most_probable_first(confusion):
    assert cell_products(confusion, 0, 1).tolist() == [2, 3, 1]
    assert cell_products(confusion, 0, 2).tolist() == []
    assert cell_products(confusion, 2, 2).tolist() == [6]
    assert cell_products(confusion, 2, 1).tolist() == []


def test_the_most_confused_pairs(confusion):
    pairs = most_confused_pairs(confusion)
    assert pairs[["true", "predicted", "pictures", "share"]].to_numpy().tolist() == [
        ["a", "b", 3, 0.75],
        ["b", "a", 1, 0.5],
    ]
    assert len(most_confused_pairs(confusion, limit=1)) == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=50))
@settings(max_examples=40, deadline=None)
def test_counts_agree_with_scikit_learn_and_cells_hold_every_picture_once(pairs):
    from sklearn.metrics import confusion_matrix as theirs

    labels, predicted = (np.array(side) for side in zip(*pairs, strict=True))
    ours = confusion_matrix(labels, predicted, probability=np.ones(len(labels)), classes="abcd")
    assert (dense_matrix(ours) == theirs(labels, predicted, labels=range(4))).all()
    rows = [row for true in range(4) for given in range(4) for row in cell_products(ours, true, given)]
    assert sorted(rows) == list(range(len(labels)))


def test_thousands_of_classes_need_only_their_cells():
    random = np.random.default_rng(0)
    labels, predicted = random.integers(0, 5270, 20_000), random.integers(0, 5270, 20_000)
    confusion = confusion_matrix(
        labels, predicted, probability=random.random(20_000), classes=list(map(str, range(5270)))
    )
    assert confusion.counts.sum() == 20_000
    assert len(confusion.counts) <= 20_000
    row = 137
    assert row in cell_products(confusion, labels[row], predicted[row])
