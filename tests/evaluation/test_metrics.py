import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.metrics import (
    accuracy,
    accuracy_interval,
    macro_f1,
    per_class_report,
    top_k_accuracy,
    weighted_f1,
)
from core.models.label_scores import count_labels, label_figures
from core.models.scores import judge, mean_log_loss

CLASSES = ["a", "b", "c", "d", "e"]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_figures_agree_with_scikit_learn(pairs):
    from sklearn import metrics

    labels, predicted = (np.array(side) for side in zip(*pairs, strict=True))
    report = per_class_report(labels, predicted, classes=CLASSES)
    expected = metrics.precision_recall_fscore_support(labels, predicted, labels=range(5), zero_division=0)
    for name, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        assert report[name].to_numpy() == pytest.approx(values, abs=1e-9)
    assert accuracy(labels, predicted) == pytest.approx(metrics.accuracy_score(labels, predicted), abs=1e-9)
    for ours, average in ((macro_f1, "macro"), (weighted_f1, "weighted")):
        # scikit-learn averages over the classes that occur on either side.
        theirs = metrics.f1_score(labels, predicted, average=average, zero_division=0)
        assert ours(labels, predicted, class_count=5) == pytest.approx(theirs, abs=1e-9)


@given(st.permutations(range(5)), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_permuting_the_classes_permutes_the_report(order, seed):
    random = np.random.default_rng(seed)
    labels, predicted = random.integers(0, 5, 40), random.integers(0, 5, 40)
    renamed = np.array(order)
    names = [""] * 5
    for old, new in enumerate(order):
        names[new] = CLASSES[old]
    straight = per_class_report(labels, predicted, classes=CLASSES).set_index("class_name")
    permuted = per_class_report(renamed[labels], renamed[predicted], classes=names).set_index("class_name")
    assert permuted.loc[CLASSES].equals(straight)


def test_what_would_divide_by_zero_is_zero():
    # Class b never occurs and nothing is put into it; nothing of class c is found.
    report = per_class_report(np.array([0, 0, 2]), np.array([0, 0, 0]), classes=["a", "b", "c"])
    assert report["precision"].tolist() == [pytest.approx(2 / 3), 0.0, 0.0]
    assert report["recall"].tolist() == [1.0, 0.0, 0.0]
    assert report["f1"].tolist() == [0.8, 0.0, 0.0]  # 2 * 2 right / (3 put + 2 true)
    assert report["support"].tolist() == [2, 0, 1]


def test_a_picture_put_nowhere_counts_against_recall_alone():
    report = per_class_report(np.array([0, 0]), np.array([0, -1]), classes=["a"])
    assert (report["precision"][0], report["recall"][0]) == (1.0, 0.5)


def test_top_k_counts_ranks():
    assert top_k_accuracy(np.array([1, 3, 4, 1]), k=3) == 0.75
    assert top_k_accuracy(np.array([], dtype=int), k=3) == 0.0


def test_the_interval_is_that_of_the_binomial_when_every_product_has_one_picture():
    right = np.repeat([True, False], [80, 20])
    low, high = accuracy_interval(right, [f"p{number}" for number in range(100)])
    # Standard error sqrt(0.8 * 0.2 / 100) = 0.04: about 0.8 +- 0.08.
    assert low == pytest.approx(0.72, abs=0.015)
    assert high == pytest.approx(0.88, abs=0.015)


def test_pictures_of_one_product_widen_the_interval():
    right = np.repeat([True, False], [80, 20])
    low, high = accuracy_interval(right, [f"p{number // 10}" for number in range(100)])
    # Ten products, all right or all wrong: the standard error is sqrt(0.8 * 0.2 / 10) = 0.13.
    assert high - low > 0.35


def test_an_interval_of_nothing_is_everything():
    assert accuracy_interval(np.array([], dtype=bool), []) == (0.0, 1.0)


def test_few_pictures_all_right_or_all_wrong_are_no_certainty():
    names = [f"p{number}" for number in range(10)]
    # Wilson's interval for 10 of 10: 10 / (10 + 1.96 ** 2) = 0.722; for 0 of 10 its mirror image.
    assert accuracy_interval(np.ones(10, dtype=bool), names) == pytest.approx((0.722, 1.0), abs=0.001)
    assert accuracy_interval(np.zeros(10, dtype=bool), names) == pytest.approx((0.0, 0.278), abs=0.001)
    # Ten pictures of one product say no more than one: 1 / (1 + 1.96 ** 2) = 0.207.
    assert accuracy_interval(np.ones(10, dtype=bool), ["p"] * 10) == pytest.approx((0.207, 1.0), abs=0.001)


def test_top_k_agrees_with_scikit_learn():
    from sklearn.metrics import top_k_accuracy_score

    random = np.random.default_rng(0)
    chances, labels = random.dirichlet(np.ones(6), 50).astype(np.float32), random.integers(0, 6, 50)
    ranks = judge(chances, labels)["label_rank"].to_numpy()
    for k in (1, 2, 3):
        theirs = top_k_accuracy_score(labels, chances, k=k, labels=range(6))
        assert top_k_accuracy(ranks, k=k) == pytest.approx(theirs, abs=1e-9)


def test_figures_of_labels_and_the_loss_agree_with_scikit_learn():
    from sklearn import metrics

    random = np.random.default_rng(0)
    sets, chances = (random.random((60, 4)) < 0.4).astype(np.uint8), random.random((60, 4))
    ours, chosen = label_figures(chances, sets, np.full(4, 0.5)), chances >= 0.5
    assert ours["micro_f1"] == pytest.approx(metrics.f1_score(sets, chosen, average="micro"), abs=1e-9)
    assert ours["macro_f1"] == pytest.approx(metrics.f1_score(sets, chosen, average="macro"), abs=1e-9)
    assert ours["all_labels_right"] == pytest.approx(metrics.accuracy_score(sets, chosen), abs=1e-9)
    assert ours["binary_accuracy"] == pytest.approx(1 - metrics.hamming_loss(sets, chosen), abs=1e-9)
    counts = count_labels(sets, chosen)
    theirs = metrics.precision_recall_fscore_support(sets, chosen)
    for mine, expected in zip((counts.precision, counts.recall, counts.f1, counts.support), theirs, strict=True):
        assert mine == pytest.approx(expected, abs=1e-9)
    given, labels = random.dirichlet(np.ones(5), 40), random.integers(0, 5, 40)
    loss = mean_log_loss(given[np.arange(40), labels])
    assert loss == pytest.approx(metrics.log_loss(labels, given, labels=range(5)), abs=1e-9)
