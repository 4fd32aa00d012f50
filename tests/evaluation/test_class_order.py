import numpy as np
import pytest

from core.evaluation.class_order import class_order, seriate
from core.evaluation.confusion import confusion_matrix


def chain(classes, *, pictures, seed=0):
    """Classes in a row, each now and then taken for its neighbors, under shuffled numbers: shuffled[place] = number."""
    random = np.random.default_rng(seed)
    shuffled = random.permutation(classes)
    place = np.repeat(np.arange(classes), pictures)
    given = np.clip(place + random.choice([-1, 0, 0, 1], len(place)), 0, classes - 1)
    ones = np.ones(len(place))
    names = [str(each) for each in range(classes)]
    return shuffled, confusion_matrix(shuffled[place], shuffled[given], probability=ones, classes=names)


@pytest.mark.parametrize(("classes", "pictures"), [(12, 60), (700, 30)])
def test_a_chain_of_classes_is_found_again(classes, pictures):
    shuffled, confusion = chain(classes, pictures=pictures)
    places = np.argsort(shuffled)[seriate(confusion)]
    # One connected chain: its order comes back, forwards or backwards.
    assert abs(np.corrcoef(places, np.arange(classes))[0, 1]) > 0.99


def test_groups_lie_together_and_classes_without_mistakes_last():
    # 0 and 2 are mixed up, 1 and 4 and 5 are, 3 never: the larger group first, then the pair, then 3.
    labels, predicted = np.array([0, 2, 1, 4, 5, 3]), np.array([2, 2, 4, 5, 5, 3])
    confusion = confusion_matrix(labels, predicted, probability=np.ones(6), classes="abcdef")
    order = seriate(confusion).tolist()
    assert sorted(order[:3]) == [1, 4, 5] and sorted(order[3:5]) == [0, 2] and order[5] == 3


def test_orders_are_permutations_and_mistakes_come_first():
    confusion = confusion_matrix(
        np.array([0, 1, 1, 2]), np.array([0, 2, 2, 2]), probability=np.ones(4), classes=["a", "b", "c"]
    )
    assert class_order(confusion, "tree").tolist() == [0, 1, 2]
    assert class_order(confusion, "mistakes").tolist() == [1, 2, 0]  # b missed twice, c wrongly given twice, a never
    assert sorted(class_order(confusion, "similarity").tolist()) == [0, 1, 2]


def test_not_a_single_mistake_keeps_the_order_of_the_tree():
    confusion = confusion_matrix(np.arange(4), np.arange(4), probability=np.ones(4), classes="abcd")
    assert seriate(confusion).tolist() == [0, 1, 2, 3]
