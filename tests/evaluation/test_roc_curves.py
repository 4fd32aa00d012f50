import numpy as np
import pytest

from core.evaluation.roc_curves import precision_recall, roc, thinned


@pytest.mark.parametrize("ties", [False, True])
def test_both_curves_agree_with_scikit_learn(ties):
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(0)
    truth = random.random(3000) < 0.2
    chances = np.clip(0.3 * truth + random.normal(0.4, 0.2, 3000), 0, 1)
    if ties:
        chances = np.round(chances, 2)
    assert roc(chances, truth).area == pytest.approx(metrics.roc_auc_score(truth, chances), abs=1e-9)
    expected = metrics.average_precision_score(truth, chances)
    assert precision_recall(chances, truth).area == pytest.approx(expected, abs=1e-9)
    x, y, thresholds = metrics.roc_curve(truth, chances, drop_intermediate=False)
    mine = roc(chances, truth)
    for ours, theirs in ((mine.x, x), (mine.y, y), (mine.thresholds, thresholds)):
        assert ours == pytest.approx(theirs, abs=1e-9)
    precision, recall, cuts = metrics.precision_recall_curve(truth, chances)
    mine = precision_recall(chances, truth)
    assert (mine.y, mine.x) == (pytest.approx(precision, abs=1e-9), pytest.approx(recall, abs=1e-9))
    assert mine.thresholds[:-1] == pytest.approx(cuts)


def test_only_one_kind_of_truth_has_no_area():
    assert np.isnan(roc(np.array([0.2, 0.4]), np.array([True, True])).area)
    assert np.isnan(precision_recall(np.array([0.2, 0.4]), np.array([False, False])).area)


def test_a_thinned_curve_keeps_its_ends_and_its_area():
    random = np.random.default_rng(1)
    whole = roc(random.random(5000), random.random(5000) < 0.5)
    drawn = thinned(whole, points=100)
    assert len(drawn.x) == 100 and drawn.area == whole.area
    assert (drawn.x[0], drawn.y[0], drawn.x[-1], drawn.y[-1]) == (0, 0, 1, 1)
