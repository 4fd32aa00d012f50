"""The figures behind a preview agree with scikit-learn's."""

import numpy as np
import pytest

from core.review.correction_preview import _figures


def test_accuracy_and_macro_f1_agree_with_scikit_learn():
    from sklearn.metrics import accuracy_score, f1_score

    random = np.random.default_rng(0)
    labels, predicted = random.integers(0, 5, 300), random.integers(0, 5, 300)
    accuracy, macro_f1 = _figures(labels, predicted, np.ones(300), 7)
    assert accuracy == pytest.approx(accuracy_score(labels, predicted), abs=1e-9)
    assert macro_f1 == pytest.approx(f1_score(labels, predicted, average="macro"), abs=1e-9)
