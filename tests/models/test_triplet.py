"""The recipe triplet on planted features: gradients of its layers, what it learns, judges and resumes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, SettingsError, TrainingError
from core.models.learning_pictures import PictureData
from core.models.linear import predict_linear
from core.models.neighbor_precision import Placed, neighbor_precision
from core.models.settings import parse_settings
from core.models.triplet import CHECKPOINT_NAME, center_head, train_triplet
from core.models.triplet_batches import PairedBatches
from core.models.triplet_loss import triplet_loss
from core.models.triplet_network import fresh_layers, point_gradients, points_of
from core.models.triplet_settings import TripletSettings
from core.vision.backbones import find_backbone
from core.vision.engine import PictureFile
from core.vision.pca import unit_rows
from tests.models.synthetic import learning_data
from tests.models.watched_progress import WatchedProgress

QUICK = {"epochs": 6, "patience": 6, "dimensions": 4, "classes_per_batch": 3, "pictures_per_class": 4}
VARIANTS = {
    "ours": {},
    "hidden layer": {"hidden_layer": 8, "mining": "hard", "learning_rate": 0.03, "dropout": 0.0},
    "plain": {"whiten": False, "start": "random", "mining": "all", "soft_margin": True, "dropout": 0.0},
}


@pytest.fixture(params=VARIANTS)
def settings(request):
    """Settings of a variant."""
    return TripletSettings(**{**QUICK, **VARIANTS[request.param]})


def picture_data(**planted):
    data = learning_data(**planted)
    files = [PictureFile(f"{number:04}", Path("nowhere")) for number in range(len(data.labels))]
    backbone = find_backbone("efficientnet-lite0")
    return PictureData(None, backbone, files, data.features, data.labels, data.sides, data.class_count)


def train(data, settings, *, seed=0, progress=None):
    return train_triplet(data, settings=settings, seed=seed, progress=progress or WatchedProgress())


def same(first, second):
    arrays = all((first.arrays[name] == second.arrays[name]).all() for name in first.arrays)
    return arrays and (first.features == second.features).all() and first.history == second.history


def test_gradients_of_the_layers_are_those_of_finite_differences():
    random = np.random.default_rng(0)
    inputs = np.concatenate([random.normal(size=(9, 6)), np.ones((9, 1))], axis=1)
    labels = np.repeat(np.arange(3), 3)
    for hidden in (0, 5):
        drawn = fresh_layers(7, hidden, 4, random=random)
        layers = {name: array.astype(np.float64) for name, array in drawn.items()}

        def loss(at):
            points = points_of64(at, inputs)
            return triplet_loss(points, labels, mining="all", margin=0.5, soft_margin=True)

        found = point_gradients(layers, inputs, loss(layers).gradient)
        for name, array in layers.items():
            place, step = np.unravel_index(array.size // 2, array.shape), 1e-6
            moved = [{**layers, name: array.copy()} for _ in range(2)]
            moved[0][name][place] += step
            moved[1][name][place] -= step
            slope = (loss(moved[0]).mean - loss(moved[1]).mean) / (2 * step)
            assert found[name][place] == pytest.approx(slope, rel=1e-3, abs=1e-6), (hidden, name)


def points_of64(layers, inputs):
    """The layers in double precision: differences of float32 would drown in rounding."""
    outputs = inputs
    if "hidden_weights" in layers:
        outputs = np.maximum(inputs @ layers["hidden_weights"], 0)
    outputs = outputs @ layers["last_weights"] + layers.get("last_bias", 0)
    points = outputs / np.linalg.norm(outputs, axis=1, keepdims=True)
    np.testing.assert_allclose(points, points_of(layers, inputs), atol=1e-5)
    return points


@pytest.mark.parametrize("variant", ["ours", "hidden layer"])
def test_pictures_of_a_category_come_together(variant):
    # Not from plain inputs: all features here are far from 0, so that all points begin in one direction.
    data = picture_data(per_class=120)
    network = train(data, TripletSettings(**{**QUICK, **VARIANTS[variant]}))
    test = np.flatnonzero(data.sides == 2)
    products = np.arange(len(data.labels))

    def precision(points):
        placed = Placed(points, data.labels, products).take(test)
        return np.nanmean(neighbor_precision(placed, placed)[0])

    # Test pictures were never seen; in 16 noisy dimensions about four in five neighbors are of the same category.
    assert precision(network.features) > precision(unit_rows(data.features - data.features.mean(axis=0)))
    np.testing.assert_allclose(np.linalg.norm(network.features, axis=1), 1, atol=1e-5)
    assert network.features.shape == (360, network.backbone.feature_dimensions) == (360, 4)


def test_the_history_tells_what_happened(settings):
    network = train(picture_data(), settings)
    assert [row["epoch"] for row in network.history] == [1, 2, 3, 4, 5, 6]
    for row in network.history:
        assert all(np.isfinite(value) for value in row.values())
        assert 0 <= row["train_active"] <= 1
        assert 0 <= row["validation_precision"] <= 1
    assert network.history[-1]["train_loss"] < network.history[0]["train_loss"]
    best = network.history[network.choices["best_epoch"] - 1]
    assert best["validation_precision"] == max(row["validation_precision"] for row in network.history)


def test_the_head_gives_probabilities_and_finds_the_categories():
    data = picture_data(per_class=120)
    network = train(data, TripletSettings(**QUICK))
    chances = predict_linear(network.arrays, network.features)
    assert chances.dtype == np.float32
    assert chances.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    test = data.sides == 2
    assert (chances.argmax(axis=1)[test] == data.labels[test]).mean() > 0.85


def test_the_sharpness_is_chosen_on_validation():
    # Train lies on its centers. Validation at 45 degrees to both centers tells nothing: the softest head is the best;
    # validation on its centers is certain: the sharpest.
    train_points = np.repeat(np.eye(2, dtype=np.float32), 5, axis=0)
    labels = np.array([0] * 5 + [1] * 5 + [0, 1])
    sides = np.array([0] * 10 + [1, 1])
    unsure = np.concatenate([train_points, unit_rows(np.array([[1, 1.1], [1.1, 1]]))])
    certain = np.concatenate([train_points, np.eye(2, dtype=np.float32)])
    assert center_head(unsure, labels, sides, class_count=2)[1] == pytest.approx(1.0)
    assert center_head(certain, labels, sides, class_count=2)[1] > 15


def test_labels_of_test_pictures_change_nothing():
    data = picture_data()
    shuffled = data.labels.copy()
    test = data.sides == 2
    shuffled[test] = np.random.default_rng(0).permutation(shuffled[test])
    other = PictureData(None, data.backbone, data.files, data.features, shuffled, data.sides, data.class_count)
    settings = TripletSettings(**QUICK)
    assert same(train(data, settings), train(other, settings))


def test_seeds_repeat_and_differ():
    data, settings = picture_data(), TripletSettings(**QUICK)
    first = train(data, settings, seed=3)
    assert same(first, train(data, settings, seed=3))
    assert first.history != train(data, settings, seed=4).history


@pytest.mark.parametrize("stop", [1, 2, 4, 6])
def test_resuming_after_a_stop_gives_what_an_uninterrupted_training_gives(settings, tmp_path, stop):
    data = picture_data()
    whole = train(data, settings)
    first, second = WatchedProgress(tmp_path, cancel_before=stop), WatchedProgress(tmp_path)
    with pytest.raises(Cancelled):
        train(data, settings, progress=first)
    resumed = train(data, settings, progress=second)
    assert first.epochs + second.epochs == [1, 2, 3, 4, 5, 6]
    assert same(resumed, whole)
    assert resumed.choices == whole.choices


def test_a_checkpoint_of_other_data_settings_or_seed_is_not_continued(tmp_path):
    data, settings = picture_data(), TripletSettings(**QUICK)
    train(data, settings, progress=WatchedProgress(tmp_path))
    assert (tmp_path / CHECKPOINT_NAME).exists()
    others = ((picture_data(seed=9), settings, 0), (data, settings, 1), (data, TripletSettings(**QUICK, margin=0.3), 0))
    for other, chosen, seed in others:
        again = WatchedProgress(tmp_path)
        train(other, chosen, seed=seed, progress=again)
        assert again.epochs == [1, 2, 3, 4, 5, 6]


def test_a_killed_training_goes_on(tmp_path):
    """Kill -9 in the middle of the third epoch: two are kept, none is run twice."""
    killed = (
        "import os, signal\n"
        "from tests.models.test_triplet import *\n"
        "class Deadly(WatchedProgress):\n"
        "    def record(self, kind, values):\n"
        "        if values['epoch'] == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"train(picture_data(), TripletSettings(**QUICK), progress=Deadly(Path({str(tmp_path)!r})))\n"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", killed], cwd=root, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    data, settings, second = picture_data(), TripletSettings(**QUICK), WatchedProgress(tmp_path)
    resumed = train(data, settings, progress=second)
    assert second.epochs == [3, 4, 5, 6]
    assert same(resumed, train(data, settings))


def test_batches_hold_pairs_of_several_categories():
    labels = np.array([0] * 9 + [1] * 2 + [2] + [3] * 5)
    batches = PairedBatches(labels, np.arange(len(labels)), classes=2, pictures=3)
    for rows in batches.draw(np.random.default_rng(0)):
        found, counts = np.unique(labels[rows], return_counts=True)
        assert len(found) == 2
        assert 2 not in found  # a single picture has no partner
        assert (counts >= 2).all()
        assert len(set(rows.tolist())) == len(rows)
    with pytest.raises(TrainingError, match="at least two categories need two pictures"):
        PairedBatches(np.array([0, 0, 1, 2]), np.arange(4), classes=2, pictures=2)


def test_precision_counts_neighbors_of_other_products():
    # On a line: a0 a0' b c b'. a0' is another picture of a0's product and is passed over.
    points = unit_rows(np.array([[1, 0], [1, 0.01], [1, 0.1], [1, 0.2], [1, 0.5]]))
    placed = Placed(points, np.array([0, 0, 0, 1, 0]), np.array([0, 0, 1, 2, 3]))
    found, best = neighbor_precision(placed.take(np.array([0, 3])), placed, k=2)
    # Of picture 0 the nearest others are 2 (same label) and 3 (other). Of 3 they are 2 and 1: no picture has its label.
    assert found.tolist() == [0.5, 0.0]
    assert best.tolist() == [1.0, 0.0]
    alone, _ = neighbor_precision(placed.take(np.array([0])), placed.take(np.array([0, 1])))
    assert np.isnan(alone).all()


def test_the_report_is_a_preset():
    report = parse_settings(TripletSettings, {"preset": "report"})
    # F6: Adam 1e-5, 30 epochs, batches of 30.
    assert (report.learning_rate, report.epochs, report.patience) == (1e-5, 30, 30)
    assert report.classes_per_batch * report.pictures_per_class == 30
    assert (report.start, report.whiten, report.hidden_layer, report.decay) == ("random", False, 0, False)
    assert parse_settings(TripletSettings, {"preset": "report", "epochs": "5"}).epochs == 5
    with pytest.raises(SettingsError, match="margin is 9"):
        TripletSettings(margin=9)
