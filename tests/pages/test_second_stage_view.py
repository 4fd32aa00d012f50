"""Evaluate on a run with specialists."""

import numpy as np
import pytest

from core.evaluation.second_stage_report import second_stage_report
from core.models.run_files import HEAD
from core.models.runs import open_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import DIMENSIONS, planted_catalog, separable_features
from tests.pages.conftest import broken, words

CLASSES = ("Shoes > Boots", "Shoes > <b>Pumps</b>", "Hats")
TITLE = "Gain of the second stage"


@pytest.fixture
def run_id(home):
    """A run on 120 products, pumps and hats made alike."""
    labels = np.repeat(np.arange(3), 40)
    features = separable_features(np.minimum(labels, 1), dimensions=DIMENSIONS, seed=3, spread=2.0)
    catalog = planted_catalog(home, [CLASSES[label] for label in labels], features=features)
    settings = {"epochs": 5, "batch_size": 16, "folds": 2, "n_estimators": "2", "learning_rate": "0.3", "keep": "all"}
    quiet = SilentProgress()
    return train_run(home, catalog, recipe="second-stage", settings=settings, actor="tests", progress=quiet)["run"]


def test_the_gain_is_shown_for_test_and_validation_but_not_for_training(home, open_page, run_id):
    report = second_stage_report(open_run(home, run_id))
    for shown, split in (("Test", "test"), ("Validation", "validation")):
        app = open_page(home, "evaluate", f"run={run_id}&split_shown={shown}")
        assert broken(app) == []
        assert TITLE in [each.value for each in app.header]
        metrics = {each.label: each.value for each in app.metric}
        assert metrics["After"] == metrics["Accuracy"]
        assert metrics["Before"] == f"{100 * report.splits[split].accuracy_before:.1f} %"
        table = next(each.value for each in app.dataframe if "Specialist" in each.value)
        assert set(table["Category"]) == {"<b>Pumps</b>", "Hats"}
        assert ("the gain flatters" in words(app)) == (split == "validation")
    app = open_page(home, "evaluate", f"run={run_id}&split_shown=Training")
    assert TITLE not in [each.value for each in app.header]


def test_a_damaged_head_is_one_message(home, open_page, run_id):
    path = home.runs / run_id / HEAD
    arrays = dict(open_run(home, run_id).head)
    np.savez(path, allow_pickle=False, **{**arrays, "tree_depth": np.array(99)})
    app = open_page(home, "evaluate", f"run={run_id}")
    assert not app.exception
    assert "its file head.npz is damaged" in words(app)
