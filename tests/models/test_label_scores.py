import numpy as np
import pytest

from core.models.label_rows import label_records
from core.models.label_scores import all_right, count_labels, judge_sets, label_figures, label_table, micro_f1

# Four pictures, labels black, blue, jeans. The second misses blue, the third has black too much, the fourth is empty.
SETS = np.array([[1, 0, 1], [0, 1, 1], [0, 1, 0], [0, 0, 0]], dtype=np.uint8)
CHANCES = np.array([[0.9, 0.1, 0.8], [0.2, 0.3, 0.9], [0.7, 0.6, 0.1], [0.1, 0.2, 0.3]], dtype=np.float32)
HALF = np.full(3, 0.5, dtype=np.float32)


def test_counts_and_f1_by_hand():
    counts = count_labels(SETS, CHANCES >= HALF)
    assert counts.right.tolist() == [1, 1, 2]
    assert counts.predicted.tolist() == [2, 1, 2]
    assert counts.support.tolist() == [1, 2, 2]
    assert counts.precision == pytest.approx([1 / 2, 1, 1])
    assert counts.recall == pytest.approx([1, 1 / 2, 1])
    assert counts.f1 == pytest.approx([2 / 3, 2 / 3, 1])
    assert micro_f1(counts) == pytest.approx(2 * 4 / (5 + 5))


def test_figures_by_hand():
    figures = label_figures(CHANCES, SETS, HALF)
    # The first and the fourth picture are right in all labels.
    assert all_right(SETS, CHANCES >= HALF).tolist() == [True, False, False, True]
    assert figures["all_labels_right"] == figures["accuracy"] == 0.5
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    # Two of twelve answers are wrong, which sounds better; saying no twelve times is right seven times.
    assert figures["binary_accuracy"] == pytest.approx(10 / 12)
    assert figures["binary_accuracy_of_always_no"] == pytest.approx(7 / 12)
    given = [0.9, 0.9, 0.8, 0.8, 0.3, 0.9, 0.3, 0.6, 0.9, 0.9, 0.8, 0.7]
    assert figures["loss"] == pytest.approx(-np.log(given).mean(), rel=1e-5)
    assert figures["pictures"] == 4


def test_each_label_has_its_own_threshold():
    figures = label_figures(CHANCES, SETS, np.array([0.8, 0.25, 0.5], dtype=np.float32))
    # Black from 0.8 on, blue from 0.25 on: now all four are right.
    assert figures["all_labels_right"] == figures["micro_f1"] == 1.0


def test_no_pictures_are_no_division_by_zero():
    figures = label_figures(CHANCES[:0], SETS[:0], HALF)
    assert figures["pictures"] == 0 and figures["all_labels_right"] == figures["micro_f1"] == 0.0


def test_rows_say_how_sure_the_least_certain_answer_is():
    rows = judge_sets(CHANCES, SETS, HALF)
    assert rows["probability"].tolist() == pytest.approx([0.8, 0.7, 0.6, 0.7])
    # 0.9 * 0.9 * 0.8 for the first; the second has one wrong answer, hence rank 2.
    assert rows["label_probability"].iloc[0] == pytest.approx(0.648)
    assert rows["label_rank"].tolist() == [1, 2, 2, 1]


def test_the_table_is_plain_json():
    table = label_table(count_labels(SETS, CHANCES >= HALF), classes=("black", "blue", "jeans"), thresholds=HALF)
    first = label_records(table)[0]
    assert first == {
        **{"name": "black", "threshold": 0.5, "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)},
        **{"support": 1, "predicted": 2, "right": 1},
    }
    assert [type(first[name]) for name in ("support", "f1", "name")] == [int, float, str]
