"""Intervals of F1 and of label sets: around the figure, wider where products bring several pictures, and repeatable."""

import numpy as np
import pytest

from core.evaluation.intervals import f1_intervals, label_intervals, score_interval
from core.models.label_scores import label_figures


def test_intervals_of_labels_hold_the_figures_and_repeat():
    random = np.random.default_rng(0)
    sets = (random.random((400, 3)) < 0.4).astype(np.uint8)
    chosen = np.where(random.random((400, 3)) < 0.15, 1 - sets, sets).astype(bool)
    products = [f"p{place}" for place in range(400)]
    found = label_intervals(sets, chosen, products)
    figures = label_figures(chosen.astype(np.float32), sets, np.full(3, 0.5))
    for name, (low, high) in found.items():
        assert low < figures[name] < high, name
    # 1,200 answers of which 15 % are wrong: standard error sqrt(.85 * .15 / 1200) = 0.0103, so about 0.04 wide.
    low, high = found["binary_accuracy"]
    assert high - low == pytest.approx(0.040, abs=0.012)
    assert label_intervals(sets, chosen, products) == found
    # Ten pictures of each product, all copies: a tenth of the evidence, so sqrt(10) times as wide.
    copies = np.arange(400) // 10 * 10
    wide = label_intervals(sets[copies], chosen[copies], [f"p{place // 10}" for place in range(400)])
    assert wide["binary_accuracy"][1] - wide["binary_accuracy"][0] > 2 * (high - low)


def test_no_picture_gives_no_certainty():
    nothing = np.zeros((0, 3))
    assert set(label_intervals(nothing, nothing, []).values()) == {(0.0, 1.0)}
    assert set(f1_intervals(np.zeros(0, int), np.zeros(0, int), [], class_count=3).values()) == {(0.0, 1.0)}


def test_the_score_interval_is_wilsons():
    from scipy.stats import binomtest

    for right, of in ((8, 10), (0, 7), (30, 30)):
        theirs = binomtest(right, of).proportion_ci(method="wilson")
        assert score_interval(right / of, of) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert score_interval(0.5, 0) == (0.0, 1.0)
