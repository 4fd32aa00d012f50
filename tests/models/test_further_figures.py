import numpy as np
import pandas as pd
import pytest

from core.models.class_tree import class_tree
from core.models.further_figures import further_figures, kept_temperature, side_figures, tree_of
from core.models.level_figures import level_figures
from core.models.product_predictions import EVEN

CLASSES = ("A > x", "A > y", "B > z")


def test_a_level_is_judged_by_sums_and_by_the_likeliest_class():
    tree = class_tree(CLASSES)
    # Three pictures of "A > x". The first is right. The second says "B > z" first, though "A" has 0.6 together.
    # The third says "A > y".
    chances = np.array([[0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.1, 0.8, 0.1]], dtype=np.float32)
    labels, predicted = np.zeros(3, dtype=int), chances.argmax(axis=1)
    figures = level_figures(tree, chances, np.arange(3), labels, predicted)
    assert figures["levels"] == pytest.approx({"1": 1.0, "2": 1 / 3})
    assert figures["levels_by_leaf"] == pytest.approx({"1": 2 / 3, "2": 1 / 3})
    assert figures["half_right"] == pytest.approx(1 / 3)  # only the third


def test_only_categories_with_levels_have_a_tree():
    assert tree_of(CLASSES, "category").levels == tree_of(CLASSES, "category:2").levels == 2
    assert tree_of(("x", "y"), "category") is None
    assert tree_of(CLASSES, "attribute:brand") is None  # the sign in a brand's name means nothing


def rows_of(ids, labels, predicted, splits):
    return pd.DataFrame({"product_id": ids, "label": labels, "predicted": predicted, "split": splits})


def test_each_side_has_its_figures_and_the_temperature_comes_from_validation():
    chances = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.5, 0.5]], dtype=np.float32)
    rows = rows_of(["a", "a", "b", "c"], ["x", "x", "y", "x"], ["x", "y", "y", "x"], ["test", "test", "train", "train"])
    figures = further_figures(chances, rows, ("x", "y"), target="category")
    assert figures["train"] == figures["validation"] == {}
    assert figures["test"]["products"]["mean_log"]["accuracy"] == 1.0  # 0.9 * 0.4 beats 0.1 * 0.6
    assert figures["test"]["products"]["temperature"] is None  # nothing to choose by
    assert further_figures(chances, rows, ("x", "y"), target="labels") == {}


def test_a_side_without_pictures_has_none():
    empty = rows_of([], [], [], [])
    tree = class_tree(CLASSES)
    chances = np.zeros((0, 3), dtype=np.float32)
    assert side_figures(chances, empty, np.zeros(0, int), CLASSES, tree=tree, temperature=EVEN) == {}


@pytest.mark.parametrize(
    "metrics", [None, [], {}, {"test": 3}, {"test": {"products": "x"}}, {"test": {"products": {"temperature": -1.0}}}]
)
def test_a_temperature_from_outside_is_checked(metrics):
    assert kept_temperature(metrics) == EVEN
    assert kept_temperature({"train": {}, "test": {"products": {"temperature": 0.2}}}) == 0.2
