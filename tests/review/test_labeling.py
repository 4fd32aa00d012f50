"""What is worth labeling: in doubt, and not the same picture twice."""

import numpy as np
import pandas as pd

from core.progress import SilentProgress
from core.review import labeling
from core.review.audited_products import AuditedProducts
from core.review.labeling import next_to_label


def audited(features, categories):
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    count = len(features)
    products = pd.DataFrame({"product_id": [f"p{place}" for place in range(count)], "category": categories})
    pictures = pd.DataFrame({"product": np.arange(count), "picture_hash": "", "group": np.arange(count)})
    return AuditedProducts(products, pictures, features, unit, np.arange(count), None, 0)


def between_two_categories():
    """40 products of A and B; p40 lies on A, p41 and p42 are one picture between both, p43 is unlike all others."""
    random = np.random.default_rng(0)
    labeled = np.abs(np.eye(6)[np.repeat([0, 1], 20)] + random.normal(0, 0.05, (40, 6)))
    sure, between = np.eye(6)[0], (np.eye(6)[0] + np.eye(6)[1]) / 2
    lone = np.eye(6)[0] * 0.6 + np.eye(6)[1] * 0.5 + np.eye(6)[5] * 0.6
    features = np.concatenate([labeled, [sure, between, between, lone]]).astype(np.float32)
    return audited(features, ["A"] * 20 + ["B"] * 20 + [None] * 4)


def test_the_doubtful_one_comes_first_and_its_twin_does_not_follow():
    found = next_to_label(between_two_categories(), limit=2, progress=SilentProgress())
    order = {each.product_id for each in found}
    # p41 and p42 are one picture; once one is taken the other teaches nothing.
    assert "p43" in order and len(order & {"p41", "p42"}) == 1
    assert set(name for name, _chance in found[0].guesses) == {"A", "B"}


def test_however_many_are_wanted_few_are_compared(monkeypatch):
    monkeypatch.setattr(labeling, "_MOST_CANDIDATES", 1)
    found = next_to_label(between_two_categories(), limit=2, progress=SilentProgress())
    # Two of the four are compared, as many as are wanted: the most doubtful, though they are twins.
    assert {each.product_id for each in found} == {"p41", "p42"}


def test_without_categories_pictures_are_spread_and_nothing_is_guessed():
    features = np.eye(4, dtype=np.float32)[[0, 0, 1, 2]]
    found = next_to_label(audited(features, [None] * 4), limit=3, progress=SilentProgress())
    assert len({tuple(features[int(each.product_id[1:])]) for each in found}) == 3
    assert all(each.guesses == () and each.doubt == 1 for each in found)


def test_nothing_is_left_to_label():
    assert next_to_label(audited(np.eye(2, dtype=np.float32), ["A", "B"]), limit=5, progress=SilentProgress()) == []
