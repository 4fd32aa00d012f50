"""Labels flipped among well-parted clusters come first, and nothing is said of categories nobody knows."""

import numpy as np
import pytest

from core.progress import SilentProgress
from core.review.label_suspicion import LabeledPictures, SuspicionSettings, judge_labels


def clusters(sizes, *, dimensions=12, seed=0):
    """Pictures around one corner a class: 1 on the class's own axis, 0.15 of noise on all."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    features = np.eye(dimensions)[labels] + random.normal(0, 0.15, (len(labels), dimensions))
    features = np.abs(features).astype(np.float32)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    numbers = np.arange(len(labels))
    return LabeledPictures(features, labels.astype(np.int64), numbers, numbers.copy(), unit, len(sizes))


def judged(pictures):
    return judge_labels(pictures, settings=SuspicionSettings(), progress=SilentProgress())


def test_flipped_labels_are_the_most_suspicious_and_get_their_class_back():
    pictures = clusters((40, 40, 40))
    flipped = {3: 1, 50: 2, 100: 0}
    for row, label in flipped.items():
        pictures.labels[row] = label
    found = judged(pictures)
    assert set(np.argsort(-found.scores)[:3].tolist()) == set(flipped)
    assert [int(found.suggested[row]) for row in (3, 50, 100)] == [0, 1, 2]
    # The corners are seven deviations apart: nothing else is in doubt.
    assert (found.scores > 0.5).sum() == 3


def test_a_category_of_one_product_is_never_suspected():
    """Out of its fold nobody knows the category, so its probability is 0 and says nothing."""
    found = judged(clusters((30, 30, 1)))
    assert found.scores[60] == 0
    assert found.members.tolist() == [30, 30, 1]


def test_copies_do_not_vouch_for_one_another():
    """Five copies of one picture of class 0, all filed in class 1: as neighbors and in folds they stay together."""
    pictures = clusters((40, 40))
    copies = list(range(5))
    for values in (pictures.features, pictures.matrix):
        values[copies] = values[0]
    pictures.labels[copies] = 1
    pictures.groups[copies] = 0
    found = judged(pictures)
    # Had they vouched for one another, their own category would be the likelier one.
    assert (found.scores[copies] > 0.5).all() and (found.suggested[copies] == 0).all()


def test_the_same_data_gives_the_same_scores():
    pictures = clusters((20, 20))
    assert (judged(pictures).scores == judged(pictures).scores).all()


@pytest.mark.parametrize("identical", [True, False])
def test_identical_and_empty_features_give_finite_scores(identical):
    pictures = clusters((12, 12))
    pictures.features[:] = 1.0 if identical else 0.0
    pictures.matrix[:] = pictures.matrix[0] if identical else 0.0
    assert np.isfinite(judged(pictures).scores).all()
