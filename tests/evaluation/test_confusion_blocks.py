import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.confusion import confusion_matrix, picture_rows
from core.evaluation.confusion_blocks import blocks_of, matching_classes, rolled_up


def counted(labels, predicted, names):
    labels, predicted = np.array(labels), np.array(predicted)
    return confusion_matrix(labels, predicted, probability=np.ones(len(labels)), classes=names)


def test_neighbors_share_a_square_and_nothing_is_lost():
    # Five classes on at most three squares a side: two, two and one class each.
    confusion = counted([0, 0, 1, 2, 3, 4, 4], [0, 1, 3, 2, 2, 4, 0], "abcde")
    blocks = blocks_of(confusion, np.arange(5), np.arange(5), most=3)
    assert blocks.row_starts.tolist() == [0, 2, 4, 5]
    assert blocks.counts.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 1]]
    assert blocks.support.tolist() == [3, 2, 2] and not blocks.is_single
    rows, columns = blocks.classes_at(0, 1)
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [2, 3])


def test_a_window_in_another_order_without_the_right_ones():
    confusion = counted([0, 0, 1, 2], [0, 1, 1, 0], "abc")
    blocks = blocks_of(confusion, np.array([2, 0]), np.array([1, 0]), only_errors=True)
    # Row c: once taken for a. Row a: once for b; a for a is right and left out, but still counts in the share.
    assert blocks.counts.tolist() == [[0, 1], [1, 0]]
    assert blocks.shares.tolist() == [[0.0, 1.0], [0.5, 0.0]] and blocks.is_single


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 99))
@settings(max_examples=30)
def test_every_picture_is_in_exactly_one_square(classes, most, seed):
    random = np.random.default_rng(seed)
    labels, predicted = random.integers(0, classes, 60), random.integers(0, classes, 60)
    confusion = counted(labels, predicted, [str(each) for each in range(classes)])
    order = random.permutation(classes)
    blocks = blocks_of(confusion, order, order, most=most)
    assert blocks.counts.sum() == 60 == blocks.support.sum()
    assert max(blocks.counts.shape) <= most


def test_categories_of_a_level_hold_all_below_them():
    classes = ["A > x", "A > y", "B > z"]
    rows = pd.DataFrame(
        {"label": ["A > x", "A > y", "B > z"], "predicted": ["A > y", "A > y", "A > x"], "probability": [0.9, 0.8, 0.7]}
    )
    confusion = rolled_up(rows, np.array([0, 0, 1]), ["A", "B"], classes)
    assert confusion.counts.tolist() == [2, 1]  # A for A twice, though x was taken for y; B for A once
    assert picture_rows(confusion, true=0, predicted=0).tolist() == [0, 1]
    assert picture_rows(confusion, predicted=0).tolist() == [0, 1, 2]
    assert picture_rows(confusion, true=1, predicted=1).tolist() == []


def test_search_finds_rows_and_adds_what_they_were_taken_for():
    confusion = counted([0, 0, 1, 2], [0, 2, 1, 1], ["Red Dress", "Hat", "Shirt"])
    rows, columns = matching_classes(confusion, "dress RED")
    assert (rows.tolist(), columns.tolist()) == ([0], [0, 2])
    assert [len(each) for each in matching_classes(confusion, "boat")] == [0, 0]


def test_thousands_of_classes_become_few_squares():
    random = np.random.default_rng(0)
    confusion = counted(
        random.integers(0, 5270, 100_000), random.integers(0, 5270, 100_000), list(map(str, range(5270)))
    )
    blocks = blocks_of(confusion, np.arange(5270), np.arange(5270))
    assert blocks.counts.size <= 75 * 75 and blocks.counts.sum() == 100_000
