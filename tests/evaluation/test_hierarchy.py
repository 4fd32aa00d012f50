from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.evaluation.hierarchy import index_distances, verdict_shares, verdicts
from core.evaluation.product_and_level_figures import kept_figures
from core.evaluation.report import evaluate_run
from core.models.class_tree import class_tree
from core.models.runs import find_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

CLASSES = ("A > x", "A > y", "B > z", "C")


class Judged:
    """What the functions read of an evaluation."""

    def __init__(self, labels, predicted, classes=CLASSES):
        names = np.array(classes, dtype=object)
        self.predictions = pd.DataFrame({"label": names[labels], "predicted": names[predicted]})
        self.classes, self.tree = classes, class_tree(classes)


def test_verdicts_are_shares_of_all_predictions():
    judged = Judged([0, 0, 0, 3], [0, 1, 2, 2])
    assert verdict_shares(judged) == {"right": 0.25, "right parent": 0.25, "wrong": 0.5}
    assert verdicts(judged.predictions, CLASSES, None).tolist() == [0, 2, 2, 2]  # nothing is half right without a tree


def test_distances_are_counted_beside_mistakes_made_blindly():
    # Three mistakes: 0 for 1 and 2 for 3 are one away, 0 for 3 is three away; what is right is not counted.
    found = index_distances(Judged([0, 2, 0, 1], [1, 3, 3, 1])).set_index("distance")
    assert found["pictures"].to_dict() == {"1": 2, "2": 0, "3": 1}
    # Blindly: from 0 each of 1, 2, 3 is a third (twice), from 2 its neighbours 1 and 3 are two thirds, 0 one third.
    assert found["expected"].to_dict() == pytest.approx({"1": 4 / 3, "2": 1.0, "3": 2 / 3})
    assert found["expected"].sum() == pytest.approx(3)


def test_far_mistakes_are_counted_in_ranges():
    classes = tuple(f"{number:04}" for number in range(1200))
    found = index_distances(Judged([0, 0, 1199], [4, 1199, 0], classes)).set_index("distance")
    assert found["pictures"][["4-5", "1001-1199"]].tolist() == [1, 2] and found["pictures"].sum() == 3
    assert found["expected"].sum() == pytest.approx(3)


@pytest.fixture
def run_id(home):
    catalog = planted_catalog(home, [name for name in CLASSES for _ in range(20)])
    settings = {"epochs": 4, "batch_size": 16}
    return train_run(
        home, catalog, recipe="level-by-level", settings=settings, actor="tests", progress=SilentProgress()
    )["run"]


def test_an_evaluation_tells_levels_of_its_own_and_of_another_catalog(home, run_id):
    own = evaluate_run(home, run_id)
    assert own.to_json()["levels"] == find_run(home, run_id).metrics["test"]["levels"]
    assert own.further["levels"]["2"] == own.accuracy
    planted_catalog(home, ["A > x", "B > z"] * 10, name="other", first_picture=5000)
    other = evaluate_run(home, run_id, on="other").to_json()
    assert set(other["levels"]) == {"1", "2"} and other["levels"]["2"] == other["accuracy"]
    assert "products" not in other  # one picture each


@pytest.mark.parametrize(
    "side",
    [
        None,
        {"levels": "many", "levels_by_leaf": {"1": 0.5}, "half_right": 0.1},
        {"levels": {"1": 2.0}, "levels_by_leaf": {"1": 0.5}, "half_right": 0.1},
        {"products": {"products": 3, "with_several": 2, "mean_log": {}, "attention": {}}},
        {"products": {"products": "3", "with_several": 2}},
    ],
)
def test_figures_from_outside_that_are_none_are_left_out(home, run_id, side):
    run = replace(find_run(home, run_id), metrics={"test": side})
    assert kept_figures(run, "test") == {}
