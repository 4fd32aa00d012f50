"""A head from strangers gives one error, and never more than that."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import RunError
from core.evaluation.second_stage_report import second_stage_report
from core.home import open_home
from core.models.predict import predict_features
from core.models.run_files import HEAD
from core.models.runs import open_run
from core.models.second_stage_head import Specialist, predict_second_stage, read_stage, stage_arrays
from core.models.second_stage_sets import ConfusableSet
from core.models.second_stage_trees import read_trees
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import DIMENSIONS, planted_catalog, separable_features
from tests.models.test_second_stage_trees import tree, written


def small_head(*, trust=0.5, correct_first=False, alone=False):
    """Three classes of two features; one round of trees for 0 against 1: feature 1 below 1 adds 2 to class 0."""
    forest = read_trees(written(tree(1, 1.0, 2.0, 0.0), tree(1, 1.0, 0.0, 0.0)))
    found = ConfusableSet(0, (0, 1), 7)
    specialist = Specialist(np.array([0, 1]), np.empty(0, np.int64), trust, correct_first, alone)
    linear = {
        "weights": np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32),
        "bias": np.zeros(3, dtype=np.float32),
        "feature_power": np.float32(1.0),
    }
    return {**linear, **stage_arrays([found], [specialist], [forest])}


def predict(head, *features):
    return predict_second_stage(head, np.array([features], dtype=np.float32))[0].tolist()


def test_redistributing_shares_out_the_mass_of_the_set():
    # Log-odds 2, 1, 0: e^2, e, 1 of 11.107. The specialist gives e^2 : 1 to the first; half of its word counts.
    total = np.exp(2) + np.exp(1) + 1
    mass, own = (np.exp(2) + np.exp(1)) / total, np.exp(2) / (np.exp(2) + 1)
    expected = [0.5 * np.exp(2) / total + 0.5 * mass * own, 0.5 * np.exp(1) / total + 0.5 * mass * (1 - own), 1 / total]
    assert predict(small_head(), 1.0, 0.0) == pytest.approx(expected, abs=1e-6)


def test_starting_from_the_first_model_without_a_correction_changes_nothing():
    # Feature 1 at 1 or above: both trees add 0, and the first model's own chances are shared out again.
    total = np.exp(2) + np.exp(1) + 1
    expected = [np.exp(2) / total, np.exp(1) / total, 1 / total]
    assert predict(small_head(trust=1.0, correct_first=True), 1.0, 1.0) == pytest.approx(expected, abs=1e-6)


def test_replacing_leaves_nothing_outside_the_set():
    expected = [np.exp(2) / (np.exp(2) + 1), 1 / (np.exp(2) + 1), 0.0]
    assert predict(small_head(trust=1.0, alone=True), 1.0, 0.0) == pytest.approx(expected, abs=1e-6)


def test_a_picture_of_another_category_is_left_alone():
    # A negative feature 0 makes class 2 the most probable one, for which there is no specialist.
    total = np.exp(-2) + np.exp(-1) + 1
    assert predict(small_head(), -1.0, 0.0) == pytest.approx([np.exp(-2) / total, np.exp(-1) / total, 1 / total])


def test_what_is_laid_out_is_read_back():
    stage = read_stage(small_head(), dimensions=2, class_count=3)
    assert stage.sets == (ConfusableSet(0, (0, 1), 7),)
    assert stage.specialists[0].trust == 0.5
    assert stage.specialists[0].roots.tolist() == [0, 3]


def changed(name, value):
    return {**small_head(), name: value}


BROKEN = {
    "a feature beyond the last": changed("node_feature", np.full(6, 2, dtype=np.int32)),
    "a negative feature": changed("node_feature", np.full(6, -1, dtype=np.int32)),
    "a child beyond the last node": changed("node_left", np.full(6, 6, dtype=np.int32)),
    "a root beyond the last node": changed("tree_roots", np.array([0, 99], dtype=np.int32)),
    "nodes of different number": changed("node_right", np.zeros(5, dtype=np.int32)),
    "leaves that are no numbers": changed("node_value", np.full(6, np.nan, dtype=np.float32)),
    "thresholds of text": changed("node_threshold", np.array(["a"] * 6)),
    "a depth without end": changed("tree_depth", np.array(2**30)),
    "a depth below 0": changed("tree_depth", np.array(-1)),
    "a depth of several numbers": changed("tree_depth", np.array([1, 2])),
    "a class the run does not have": changed("set_members", np.array([0, 3], dtype=np.int32)),
    "the same member twice": changed("set_members", np.array([0, 0], dtype=np.int32)),
    "a set without its own category": changed("set_categories", np.array([2], dtype=np.int32)),
    "starts that go back": changed("set_starts", np.array([2, 0], dtype=np.int64)),
    "too few starts": changed("tree_starts", np.array([0], dtype=np.int64)),
    "trees that do not divide": changed("tree_roots", np.array([0], dtype=np.int32)),
    "a share above 1": changed("set_trust", np.array([1.5], dtype=np.float32)),
    "a share that is no number": changed("set_trust", np.array([np.nan], dtype=np.float32)),
    "fractions for nodes": changed("node_left", np.zeros(6, dtype=np.float32)),
    "objects": changed("node_left", np.zeros((2, 3), dtype=np.int32)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_arrays_that_do_not_fit_are_refused(name):
    with pytest.raises(ValueError, match=r"."):
        predict(BROKEN[name], 1.0, 0.0)


def test_trees_that_lead_in_a_circle_come_to_an_end():
    head = changed("node_left", np.array([0, 1, 2, 3, 4, 5], dtype=np.int32))
    assert sum(predict(head, 1.0, 0.0)) == pytest.approx(1.0)


def test_huge_leaves_give_no_nonsense():
    head = changed("node_value", np.full(6, 3e38, dtype=np.float32))
    assert sum(predict(head, 1.0, 0.0)) == pytest.approx(1.0)


@pytest.fixture(scope="module")
def stored_run(tmp_path_factory):
    """A run of two kinds that overlap and a third one, in a home."""
    home = open_home(tmp_path_factory.mktemp("second") / "home")
    labels = np.repeat(np.arange(3), 40)
    features = separable_features(np.minimum(labels, 1), dimensions=DIMENSIONS, seed=3, spread=2.0)
    names = [["boots", "shoes", "hats"][label] for label in labels]
    catalog = planted_catalog(home, names, features=features)
    settings = {"epochs": 5, "batch_size": 16, "folds": 2, "n_estimators": "2", "learning_rate": "0.3", "keep": "all"}
    result = train_run(
        home, catalog, recipe="second-stage", settings=settings, actor="tests", progress=SilentProgress()
    )
    return home, result["run"]


def test_the_report_counts_what_the_run_kept(stored_run):
    home, run_id = stored_run
    files = open_run(home, run_id)
    report = second_stage_report(files)
    rows = files.products
    first = np.array(files.run.classes)[files.head["first_predicted"]]
    for split, gain in report.splits.items():
        own = (rows["split"] == split).to_numpy()
        label, after = rows["label"].to_numpy()[own], rows["predicted"].to_numpy()[own]
        assert gain.pictures == own.sum() > 0
        assert gain.errors_before == (first[own] != label).sum()
        assert gain.errors_after == (after != label).sum()
        assert gain.difference.gained - gain.difference.lost == gain.errors_before - gain.errors_after
        low, high = gain.difference.interval
        assert low <= gain.difference.difference <= high
    # hats and shoes are made alike, so each is taken for the other; boots are not.
    assert {each.category: each.confused_with for each in report.sets} == {"hats": ("shoes",), "shoes": ("hats",)}
    hats = next(each for each in report.sets if each.category == "hats")
    given = (first == "hats") & (rows["split"] == "test").to_numpy()
    assert (hats.pictures["test"], hats.kept) == (given.sum(), True)
    assert hats.errors_before["test"] == (rows["label"].to_numpy()[given] != "hats").sum()
    noted = files.manifest["choices"]["validation"]
    found = report.splits["validation"].to_json()
    assert {name: noted[name] for name in ("pictures", "errors_before", "errors_after", "mended", "broken")} == {
        name: found[name] for name in ("pictures", "errors_before", "errors_after", "mended", "broken")
    }


def test_a_damaged_head_is_one_error_for_predictions_and_for_the_report(stored_run):
    home, run_id = stored_run
    path = home.runs / run_id / HEAD
    whole = path.read_bytes()
    arrays = dict(open_run(home, run_id).head)
    try:
        for name, value in (
            ("node_left", np.full_like(arrays["node_left"], 2**31 - 1)),
            ("node_feature", np.full_like(arrays["node_feature"], DIMENSIONS)),
            ("tree_depth", np.array(10**9)),
            ("set_members", arrays["set_members"].astype(np.float32)),
        ):
            np.savez(path, allow_pickle=False, **{**arrays, name: value})
            run = open_run(home, run_id)
            with pytest.raises(RunError, match=r"its file head\.npz is damaged"):
                predict_features(run, np.zeros((2, DIMENSIONS), dtype=np.float32))
            with pytest.raises(RunError, match=r"its file head\.npz is damaged"):
                second_stage_report(run)
        for first in (np.full(120, 3), np.zeros(5, dtype=np.int32), np.zeros(120, dtype=np.float32)):
            np.savez(path, allow_pickle=False, **{**arrays, "first_predicted": first})
            with pytest.raises(RunError, match="first_predicted"):
                second_stage_report(open_run(home, run_id))
    finally:
        path.write_bytes(whole)


def test_a_run_of_another_recipe_has_no_second_stage(stored_run):
    home, run_id = stored_run
    kept = open_run(home, run_id)
    run = replace(kept, run=replace(kept.run, recipe="linear"))
    with pytest.raises(RunError, match="is of the recipe 'linear': only runs of 'second-stage'"):
        second_stage_report(run)
