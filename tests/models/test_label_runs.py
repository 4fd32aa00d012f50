"""Runs that predict labels: what they keep, how they go on after a stop, what damaged files say."""

import json
import shutil

import numpy as np
import pytest

from core.errors import Cancelled, RunError, TrainingError
from core.evaluation.label_report import evaluate_labels
from core.evaluation.report import evaluate_run
from core.home import open_home
from core.models.estimate import estimate_training
from core.models.linear_state import CHECKPOINT_NAME
from core.models.predict import predict_features
from core.models.predicted_labels import order_labels
from core.models.runs import list_runs, open_run
from core.models.train import train_run
from core.progress import SilentProgress
from core.vision.feature_store import read_features
from tests.models.synthetic import DIMENSIONS, planted_catalog

SETTINGS = {"epochs": 6, "batch_size": 32}
COLORS, KINDS = ("black", "blue", "red"), ("dress", "jeans")


def planted(home, *, name="shop", first_picture=0, seed=0, count=90, rename=None, strength=1.2):
    """Products with a color and a kind, each of which adds a direction of its own to the features."""
    random = np.random.default_rng(seed)
    directions = np.random.default_rng(99).normal(size=(5, DIMENSIONS))
    colors, kinds = random.integers(0, 3, count), random.integers(0, 2, count)
    features = 6 + strength * (directions[colors] + directions[3 + kinds]) + random.normal(size=(count, DIMENSIONS))
    names = [(COLORS[color], KINDS[kind]) for color, kind in zip(colors, kinds, strict=True)]
    attributes = [{"labels": [(rename or {}).get(each, each) for each in labels]} for labels in names]
    return planted_catalog(
        home,
        [None] * count,
        name=name,
        attributes=attributes,
        first_picture=first_picture,
        features=np.maximum(features, 0).astype(np.float32),
    )


def trained(home, catalog, *, progress=None, **options):
    options = {"recipe": "multi-label", "target": "labels", "settings": SETTINGS, **options}
    return train_run(home, catalog, actor="tests", progress=progress or SilentProgress(), **options)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    home = open_home(tmp_path_factory.mktemp("labels") / "home")
    return home, trained(home, planted(home))


@pytest.fixture
def run(tmp_path, kept):
    """The run in a copy of its home, whose files may be damaged."""
    shutil.copytree(kept[0].root, tmp_path / "copy")
    return open_run(open_home(tmp_path / "copy"), kept[1]["run"])


def again(run):
    """The run opened anew, after a file was changed."""
    return open_run(open_home(run.folder.parents[1]), run.run.run_id)


def test_a_run_keeps_sets_thresholds_and_figures(kept):
    home, result = kept
    run = open_run(home, result["run"])
    assert run.run.classes == ("black", "blue", "dress", "jeans", "red") and run.run.predicts_labels
    assert run.label_sets.shape == run.probabilities.shape == (90, 5)
    chosen = np.asarray(run.probabilities >= run.thresholds)
    right = (chosen == (run.label_sets > 0)).all(axis=1)
    assert ((run.products["label"] == run.products["predicted"]) == right).all()
    assert ((run.products["label_rank"] == 1) == right).all()
    test = (run.products["split"] == "test").to_numpy()
    assert result["metrics"]["test"]["all_labels_right"] == pytest.approx(right[test].mean())
    # Directions of length sqrt(1280) * 1.2 under noise of 1 a direction: hardly anything is hard.
    assert right[test].mean() > 0.9
    # Independent probabilities: a color and a kind, so that rows sum to about two.
    assert run.probabilities.sum(axis=1).mean() == pytest.approx(2, abs=0.3)
    assert {each["name"]: each["support"] for each in result["labels"]}["dress"] == run.label_sets[test, 2].sum()
    json.dumps(result, allow_nan=False)


def test_features_predict_what_the_run_kept_chosen_labels_first(kept):
    run = open_run(kept[0], kept[1]["run"])
    features, _ = read_features(kept[0], run.products["picture_hash"].tolist())
    probabilities = predict_features(run, features)
    assert probabilities == pytest.approx(np.asarray(run.probabilities), abs=1e-5)
    first = order_labels(run, probabilities)[0]
    assert sorted(each.name for each in first) == list(run.run.classes)
    flags = [each.chosen for each in first]
    assert flags == sorted(flags, reverse=True)
    assert " + ".join(sorted(each.name for each in first if each.chosen)) == run.products["predicted"].iloc[0]


def test_a_stopped_training_goes_on_with_the_same_result(home, tmp_path):
    class Folder(SilentProgress):
        def __init__(self, cancel_before=None):
            self.folder, self.epochs, self._stop = tmp_path / "job", [], cancel_before
            self.folder.mkdir(exist_ok=True)

        def report(self, done, total, message):
            if message == f"epoch {self._stop}":
                raise Cancelled

        def record(self, kind, values):
            self.epochs.append(values["epoch"])

    shop = planted(home, count=60)
    first, second = Folder(cancel_before=4), Folder()
    with pytest.raises(Cancelled):
        trained(home, shop, progress=first)
    assert list((tmp_path / "job").rglob(CHECKPOINT_NAME)) and list_runs(home) == []
    result = trained(home, shop, progress=second)
    assert first.epochs + second.epochs == [1, 2, 3, 4, 5, 6]
    assert result["metrics"] == trained(home, shop)["metrics"]


def test_own_pictures_are_judged_and_mistakes_are_found(kept):
    home, result = kept
    evaluation = evaluate_labels(home, result["run"], split="train")
    figures = evaluation.to_json()
    assert figures["all_labels_right"] == result["metrics"]["train"]["all_labels_right"]
    low, high = figures["accuracy_interval"]
    assert low <= figures["accuracy"] <= high
    assert len(evaluation.rows_of(wrong=True)) == (~evaluation.predictions["right"]).sum()
    for place, name in enumerate(evaluation.classes):
        missing = evaluation.counts.support[place] - evaluation.counts.right[place]
        assert len(evaluation.rows_of(missing=name)) == missing
    json.dumps(figures, allow_nan=False)


def test_another_catalog_is_judged_by_name_and_labels_nobody_knows_are_said(kept):
    home, result = kept
    rename = {"black": "Black", "red": "crimson"}
    planted(home, name="other", first_picture=500, seed=3, count=40, rename=rename)
    found = evaluate_labels(home, result["run"], on="other").to_json()
    assert found["pictures"] == 40 and found["unmatched_classes"] == ["crimson"]
    assert found["matched_classes"] == {"Black": "black"}
    assert any("'Black' of other and the run's 'black' differ only by case" in each for each in found["warnings"])


def test_what_expects_one_class_says_so_in_one_sentence(kept):
    home, result = kept
    with pytest.raises(RunError, match="predicts any number of labels for a picture, not one class"):
        evaluate_run(home, result["run"])


def test_other_recipes_refuse_labels_before_anything_is_done(home):
    shop = planted(home, count=30)
    with pytest.raises(TrainingError, match="'linear' predicts one class a picture, not the target 'labels'"):
        trained(home, shop, recipe="linear", settings={})
    with pytest.raises(TrainingError, match="recipes that do: linear"):
        trained(home, shop, target="category", settings={})
    assert list_runs(home) == []


def test_an_estimate_counts_labels(kept):
    estimate = estimate_training(kept[0], _shop(kept[0]), "multi-label", "efficientnet-lite0", target="labels")
    assert estimate.seconds is not None and estimate.seconds > 0


def _shop(home):
    from core.catalog.catalogs import find_catalog

    return find_catalog(home, "shop")


@pytest.mark.parametrize(
    "sets",
    [np.zeros((90, 4), np.uint8), np.zeros((90, 5), np.int64), np.full((90, 5), 7, np.uint8), np.zeros(3, np.uint8)],
    ids=["labels", "type", "values", "shape"],
)
def test_damaged_sets_are_one_error(run, sets):
    np.save(run.folder / "label_sets.npy", sets)
    with pytest.raises(RunError, match=r"label_sets\.npy is damaged"):
        evaluate_labels(open_home(run.folder.parents[1]), run.run.run_id)


def test_lost_sets_are_one_error(run):
    (run.folder / "label_sets.npy").unlink()
    with pytest.raises(RunError, match=r"has lost its file label_sets\.npy"):
        _ = again(run).label_sets


@pytest.mark.parametrize(
    "change",
    [
        {"thresholds": np.zeros(2, np.float32)},
        {"thresholds": np.array(["x"] * 5)},
        {"thresholds": np.full(5, np.nan, np.float32)},
    ],
    ids=["shape", "type", "nan"],
)
def test_thresholds_of_another_kind_are_one_error(run, change):
    np.savez(run.folder / "head.npz", **{**run.head, **change})
    with pytest.raises(RunError, match=r"head\.npz is damaged"):
        _ = again(run).thresholds


@pytest.mark.parametrize(
    "seen", [np.zeros((3, 9), np.uint8), np.zeros(5, np.uint8), np.zeros((3, 5), np.float32), np.array(["x"])]
)
def test_sets_seen_of_another_shape_are_one_error(run, seen):
    np.savez(run.folder / "head.npz", **{**run.head, "seen_sets": seen})
    with pytest.raises(RunError, match=r"head\.npz is damaged"):
        predict_features(again(run), np.ones((2, DIMENSIONS), np.float32))


def test_names_of_sets_must_be_texts(run):
    run.products.assign(predicted=3).to_parquet(run.folder / "products.parquet")
    with pytest.raises(RunError, match=r"products\.parquet is damaged"):
        _ = again(run).products


def test_files_of_different_lengths_are_one_error(run):
    run.products.iloc[:50].to_parquet(run.folder / "products.parquet")
    with pytest.raises(RunError, match="do not belong together"):
        evaluate_labels(open_home(run.folder.parents[1]), run.run.run_id)
